/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One round: at each of its places save a word, write a pattern that names the place, push it out
 * of the caches, read it back, and put the saved word back.
 *
 *   reads its own pattern      RAM
 *   reads another's pattern    the same memory: an alias of it
 *   reads anything else, traps nothing is there
 *
 * All words are saved before the first is written: two places that are one memory then save the
 * same word, and putting it back is right in any order. Every pattern is written at all places
 * before the first is read: what a bus without RAM still holds from the last write is another's.
 *
 * A cache would answer for RAM that does not exist. Nothing in the tree or in SBI empties one for
 * S-mode, so a multiple of what it can hold is read through it.
 */
#include "mm/bank_probe.h"

#include "lib/panic.h"

#define MIN_STEP    (16 * MIB)
#define NR_BLOCKS   8U /* of 2 MiB, read to empty caches: eight times the second level of a JH7110 */
#define LINE_BYTES  64 /* of a cache; shorter ones are read more than once */
#define NR_PATTERNS 2

static const u64 patterns[NR_PATTERNS] = {0x5aa55aa53cc30000, 0xa55aa55ac33c0000};

static const struct bank_table *banks_asked;
static u64 step;
static u32 nr_points;
static phys_addr_t block[NR_BLOCKS]; /* RAM around the image, opened for reading */
static u32 nr_blocks;

static u64 asked_offset; /* of the last round; from its first on */
static u32 nr_rounds;
static u64 saved[PROBE_MAX_POINTS];
static u8 answers[PROBE_MAX_POINTS];
static u16 same_as[PROBE_MAX_POINTS];

static const struct bank *bank_of(phys_addr_t pa)
{
	for (u32 i = 0; i < banks_asked->nr; i++)
		if (range_has(banks_asked->bank[i].range, pa))
			return &banks_asked->bank[i];
	return NULL;
}

/*
 * Open blocks of RAM for evict(), from the image upward: where paging will put its first tables, and
 * under the same leaves.
 */
static void open_blocks(const struct bank *home, phys_addr_t image_end)
{
	phys_addr_t at = ALIGN_UP(image_end, MEGAPAGE_SIZE);
	const phys_addr_t end = min_u64(home->range.end, at + GIGAPAGE_SIZE);
	u64 word;

	for (; at + MEGAPAGE_SIZE <= end && nr_blocks < NR_BLOCKS; at += MEGAPAGE_SIZE)
		if (bank_probe_is_clear((struct range){at, at + MEGAPAGE_SIZE}) &&
		    arch_probe_read(at, &word) &&
		    arch_probe_read(at + MEGAPAGE_SIZE - sizeof(word), &word) &&
		    arch_boot_window(at))
			block[nr_blocks++] = at;
}

void bank_probe_begin(const struct bank_table *table)
{
	const struct arch_handoff *handoff = arch_handoff();
	const phys_addr_t top = table->bank[table->nr - 1].range.end;
	const struct bank *home;

	banks_asked = table;
	for (step = MIN_STEP; top - table->phys_base > step * PROBE_MAX_POINTS;)
		step *= 2;
	nr_points = (u32)((top - table->phys_base + step - 1) / step);
	home = bank_of(handoff->image.text);
	bank_probe_keep(step, home ? home->range.start : handoff->image.text);
	if (home)
		open_blocks(home, handoff->image.end);
}

static phys_addr_t point_page(u32 i)
{
	return banks_asked->phys_base + i * step + asked_offset;
}

/* A word in the middle of the page: the first ones are where most things begin. */
static phys_addr_t point_word(u32 i)
{
	return point_page(i) + PAGE_SIZE / 2;
}

static u64 pattern_of(u32 i, u32 pass)
{
	return patterns[pass] ^ i;
}

/* Which place wrote this word; nr_points when none did. It may be known as an alias already. */
static u32 writer_of(u64 word, u32 pass)
{
	u64 i = word ^ patterns[pass];

	return i < nr_points && (answers[i] == PROBE_RAM || answers[i] == PROBE_ALIAS) ? (u32)i
										       : nr_points;
}

static void save_all(void)
{
	for (u32 i = 0; i < nr_points; i++) {
		answers[i] = PROBE_UNKNOWN;
		if (!bank_of(point_page(i)) || !bank_probe_may_ask(point_page(i)))
			continue;
		answers[i] = arch_probe_read(point_word(i), &saved[i]) ? PROBE_RAM : PROBE_NOTHING;
	}
}

/* Read what was opened, line by line: what the caches held before has to leave. */
static void evict(void)
{
	for (u32 i = 0; i < nr_blocks; i++) {
		const volatile u8 *byte = phys_to_virt(block[i]);

		for (u64 at = 0; at < MEGAPAGE_SIZE; at += LINE_BYTES)
			(void)byte[at];
	}
}

static bool is_home(u32 i)
{
	return bank_of(point_page(i)) == bank_of(arch_handoff()->image.text);
}

/* The place that keeps the memory of place i. */
static u32 keeper_of(u32 i)
{
	while (answers[i] == PROBE_ALIAS)
		i = same_as[i];
	return i;
}

/* Two keepers are one memory: the bank with the image keeps it, else the lower address. */
static void join(u32 a, u32 b)
{
	const u32 low = a < b ? a : b;
	const u32 high = a < b ? b : a;
	const bool high_keeps = is_home(high) && !is_home(low);

	if (low == high)
		return;
	answers[high_keeps ? low : high] = PROBE_ALIAS;
	same_as[high_keeps ? low : high] = (u16)(high_keeps ? high : low);
}

static void write_and_read(u32 pass)
{
	for (u32 i = 0; i < nr_points; i++)
		if (answers[i] == PROBE_RAM &&
		    !arch_probe_write(point_word(i), pattern_of(i, pass)))
			answers[i] = PROBE_NOTHING;
	evict();
	for (u32 i = 0; i < nr_points; i++) {
		u64 word = 0;
		u32 writer;

		if (answers[i] != PROBE_RAM)
			continue;
		if (!arch_probe_read(point_word(i), &word))
			writer = nr_points;
		else
			writer = writer_of(word, pass);
		if (writer == nr_points)
			answers[i] = PROBE_NOTHING;
		else
			join(i, keeper_of(writer));
	}
}

static void ask(u64 offset)
{
	static bool was_written[PROBE_MAX_POINTS];

	asked_offset = offset;
	nr_rounds++;
	save_all();
	for (u32 i = 0; i < nr_points; i++)
		was_written[i] = answers[i] == PROBE_RAM;
	for (u32 pass = 0; pass < NR_PATTERNS; pass++)
		write_and_read(pass);
	for (u32 i = 0; i < nr_points; i++)
		if (was_written[i])
			(void)arch_probe_write(point_word(i), saved[i]);
}

enum probe_answer bank_probe_page(phys_addr_t page, phys_addr_t *same)
{
	const u64 from_base = page - banks_asked->phys_base;
	const u32 i = (u32)(from_base / step);

	if (nr_rounds == 0 || asked_offset != from_base % step)
		ask(from_base % step);
	assert_kernel(answers[i] != PROBE_UNKNOWN, page, i);
	*same = point_page(keeper_of(i));
	return answers[i];
}

bool bank_probe_point(u32 i, phys_addr_t *page, enum probe_answer *answer)
{
	if (i >= nr_points)
		return false;
	*page = point_page(i);
	*answer = answers[i];
	return true;
}

u32 bank_probe_rounds(void)
{
	return nr_rounds;
}
