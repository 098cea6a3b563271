/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator, driven by bytes, against one byte for each frame. The machine has two nodes,
 * two zones and a hole, and boots once; after each input the kernel's state, the struct pages and
 * what bring-up has allocated are put back. Operations of three bytes: what and how large, and which
 * block or frame. NULL is believed only when the oracle has no such block; a free that nobody
 * may make must be refused; in the end the lists are compared with the oracle, block by block.
 */
#include "buddy_test.h"
#include "fuzz.h"
#include "lib/log.h"

#define BASE       (4 * GIB - 12 * MIB)
#define MAX_FRAMES (28UL * MIB / PAGE_SIZE)

enum state { TAKEN, FREE, HEAD, TAIL };

static u8 at_start[MAX_FRAMES], oracle[MAX_FRAMES], order_of[MAX_FRAMES];
static bool seen[MAX_FRAMES];
static u32 heads[MAX_FRAMES], nr_heads;
static u64 nr_frames, free_at_start;
static pfn_t first;
static struct fuzz_bytes input;

static bool is_free(u64 frame, u32 order)
{
	const struct zone *zone = NULL;

	for (u64 i = frame; i < frame + (1UL << order); i++) {
		if (i >= nr_frames || oracle[i] != FREE)
			return false;
		if (zone && page_zone(pfn_to_page(first + i)) != zone)
			return false;
		zone = page_zone(pfn_to_page(first + i));
	}
	return true;
}

/* Any aligned, free block of that order in one zone? */
static bool has(u32 order)
{
	for (u64 i = ALIGN_UP(first, 1UL << order) - first; i < nr_frames; i += 1UL << order)
		if (is_free(i, order))
			return true;
	return false;
}

static void allocate(u32 order, u32 how)
{
	struct page *page = how & 8 ? alloc_pages(order)
				    : alloc_pages_node(how >> 4 & 1, order, how % MIGRATE_TYPES);
	u64 frame;

	if (!page) {
		ASSERT(!has(order));
		return;
	}
	frame = page_to_pfn(page) - first;
	ASSERT(IS_ALIGNED(first + frame, 1UL << order));
	ASSERT(is_free(frame, order));
	memset(oracle + frame, TAIL, 1UL << order);
	oracle[frame] = HEAD;
	order_of[frame] = (u8)order;
	heads[nr_heads++] = (u32)frame;
}

static void give_back(u32 i)
{
	const u32 frame = heads[i];

	heads[i] = heads[--nr_heads];
	ASSERT(free_pages(pfn_to_page(first + frame), order_of[frame]));
	memset(oracle + frame, FREE, 1UL << order_of[frame]);
}

static void free_anything(u64 frame, u32 order)
{
	if (!pfn_valid(first + frame))
		return;
	if (oracle[frame] != HEAD || order_of[frame] != order) {
		ASSERT(!free_pages(pfn_to_page(first + frame), order));
		return;
	}
	for (u32 i = 0; i < nr_heads; i++)
		if (heads[i] == frame)
			return give_back(i);
}

static void see_block(struct zone *zone, struct page *page, u32 order, u32 type)
{
	const u64 frame = page_to_pfn(page) - first;

	judge_free_block(zone, page, order, type);
	for (u64 i = frame; i < frame + (1UL << order); i++) {
		ASSERT(!seen[i]);
		seen[i] = true;
	}
}

static void compare(void)
{
	u64 free = 0;

	memset(seen, 0, sizeof(seen));
	for_each_free_block(see_block);
	for (u64 i = 0; i < nr_frames; i++) {
		ASSERT_EQ(seen[i], oracle[i] == FREE);
		free += oracle[i] == FREE;
	}
	ASSERT_EQ(all_free_pages(), free);
}

static void run(void)
{
	while (input.at < input.end) {
		u32 what = fuzz_u8(&input), which = fuzz_u16(&input);
		u32 order = (what >> 3) % NR_PAGE_ORDERS;

		what &= 7;
		if (what < 3)
			allocate(order, which);
		else if (what == 3) /* many of them: fills the machine */
			for (u32 i = which >> 5 & 63; i > 0; i--)
				allocate(order, which);
		else if (what == 4) /* any order, also one that there is not */
			free_anything(which % nr_frames, which >> 12 | order);
		else if (what == 5 && nr_heads > 0) /* the frames of a block, or right behind it */
			free_anything((heads[nr_heads - 1] + which % 5) % nr_frames, which >> 12);
		else if (nr_heads > 0)
			give_back(which % nr_heads);
	}
	compare();
	while (nr_heads > 0)
		give_back(nr_heads - 1);
	ASSERT_EQ(all_free_pages(), free_at_start);
	ASSERT(has(MAX_PAGE_ORDER) == (alloc_pages(MAX_PAGE_ORDER) != NULL));
}

/* What bring-up has allocated for itself; struct pages only where there is RAM, they are many. */
static void keep_memory(void)
{
	struct range range;
	enum owner owner;

	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		if (owner != OWN_MEMMAP && owner != OWN_TABLES)
			fuzz_keep(phys_to_virt(range.start), range_size(range));
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		struct page *page = pfn_to_page(PFN_DOWN(bank.start));
		u64 pages = range_size(bank) / PAGE_SIZE;

		ASSERT(pfn_to_page(PFN_DOWN(bank.end) - 1) == page + pages - 1);
		fuzz_keep(page, pages * sizeof(*page));
	}
}

static void boot(void)
{
	given_node_bank(0, BASE, 12 * MIB);
	given_node_bank(0, 4 * GIB, 5 * MIB + 3 * PAGE_SIZE);
	given_node_bank(1, 4 * GIB + 7 * MIB - PAGE_SIZE, 8 * MIB);
	boot_to("check");
	log_set_level(5);
}

void fuzz_init(void)
{
	if (!fuzz_run(boot))
		fuzz_finding("the machine does not boot");
	first = PFN_DOWN(banks.bank[0].range.start);
	nr_frames = PFN_DOWN(banks.bank[banks.nr - 1].range.end) - first;
	ASSERT_LE(nr_frames, MAX_FRAMES);
	for (u64 i = 0; i < nr_frames; i++) {
		const phys_addr_t pa = pfn_to_phys(first + i);
		phys_addr_t end;

		at_start[i] = banks_find(pa) && owner_at(pa, pa + PAGE_SIZE, &end) == OWN_FREE
				      ? FREE
				      : TAKEN;
	}
	free_at_start = all_free_pages();
	fuzz_keep_state();
	keep_memory();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input = (struct fuzz_bytes){data, data + size};
	memcpy(oracle, at_start, sizeof(oracle));
	nr_heads = 0;
	ASSERT(fuzz_run(run));
	fuzz_restore();
	return 0;
}
