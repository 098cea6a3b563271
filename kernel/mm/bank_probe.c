/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe: is there RAM where the tree says? A tree may claim 4 GiB on a board with 2, or list two
 * windows on the same DRAM; intervals cannot tell, only the memory can.
 *
 * Each bank is asked at its first page, at its last and at every step between; where two neighbours
 * answer differently, halving finds the page at which the answer changes:
 *
 *   bank     [=========================================================)
 *   asked    R     R     R     R  |  -     -     -     -     -     -  -
 *   becomes  [====================)(dropped: "probe: no RAM")
 *
 * This is a part of the banks stage and not a stage of its own, because what it decides is the
 * result of that stage: the direct map's reach is known, the table is not closed yet, and nodes,
 * placement of the model, the judgement of reservations and initrd all read it later. Nothing is
 * allocated, so nothing but what firmware handed over can be in the way, and that is left alone:
 * image, blob, everything reserved, and the firmware even when the tree hides it.
 */
#include "mm/bank_probe.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"

#define MAX_PIECES 64

/* A part of a bank with one answer. */
struct piece {
	struct range range;
	enum probe_answer answer;
	phys_addr_t asked; /* a page of it that gave the answer */
	phys_addr_t same;  /* PROBE_ALIAS: where that page is kept */
};

/* The round that asks all banks at one offset; rounds for single pages come between. */
static struct {
	u32 nr;
	phys_addr_t page[PROBE_MAX_POINTS];
	u8 answer[PROBE_MAX_POINTS];
} grid;

static void ask_grid(const struct bank_table *table)
{
	enum probe_answer answer;
	phys_addr_t page, same;
	u32 i;

	for (i = 0; i < table->nr && !bank_probe_next_page(table->bank[i].range, &page); i++)
		;
	if (i == table->nr)
		return;
	(void)bank_probe_page(page, &same);
	for (i = 0; bank_probe_point(i, &page, &answer); i++)
		if (answer != PROBE_UNKNOWN) {
			grid.page[grid.nr] = page;
			grid.answer[grid.nr++] = (u8)answer;
		}
}

static enum probe_answer answer_of(phys_addr_t page)
{
	phys_addr_t same;

	return bank_probe_page(page, &same);
}

/* The page to ask after this one, and its answer; last is the bank's last one. */
static bool next_asked(phys_addr_t page, phys_addr_t last, phys_addr_t *next,
		       enum probe_answer *answer)
{
	for (u32 i = 0; i < grid.nr; i++)
		if (grid.page[i] > page && grid.page[i] < last) {
			*next = grid.page[i];
			*answer = grid.answer[i];
			return true;
		}
	if (page == last)
		return false;
	*next = last;
	*answer = answer_of(last);
	return true;
}

/* Move left and right, which answer differently, together until no page between may be asked. */
static void find_edge(phys_addr_t *left, phys_addr_t *right, enum probe_answer answer_left)
{
	for (;;) {
		const phys_addr_t after = *left + PAGE_SIZE;
		const phys_addr_t middle = ALIGN_DOWN(after + (*right - after) / 2, PAGE_SIZE);
		phys_addr_t page;

		if (!bank_probe_next_page((struct range){middle, *right}, &page) &&
		    !bank_probe_last_page((struct range){after, middle}, &page))
			return;
		if (answer_of(page) == answer_left)
			*left = page;
		else
			*right = page;
	}
}

static struct piece *piece_add(struct piece *pieces, u32 *nr, const struct bank *bank,
			       phys_addr_t start, enum probe_answer answer)
{
	if (*nr == MAX_PIECES)
		stop("probe: %s reg %u [0x%lx, 0x%lx) changes between RAM and nothing more than %d "
		     "times: it does not describe RAM; correct reg or leave probe out",
		     bank->origin, bank->reg, bank->range.start, bank->range.end, MAX_PIECES);
	pieces[*nr] = (struct piece){.range = {start, bank->range.end}, .answer = answer};
	return &pieces[(*nr)++];
}

/* Cut one bank where the answer changes. RAM ends behind the last page that is known to be RAM. */
static u32 pieces_of(const struct bank *bank, struct piece *pieces)
{
	phys_addr_t page, last, next;
	enum probe_answer answer, now;
	struct piece *piece;
	u32 nr = 0;

	if (!bank_probe_next_page(bank->range, &page) ||
	    !bank_probe_last_page(bank->range, &last)) {
		log_warn("probe-untested",
			 "probe: all of %s reg %u [0x%lx, 0x%lx) is reserved or at the offset of "
			 "something that is: the tree is believed",
			 bank->origin, bank->reg, bank->range.start, bank->range.end);
		return 0;
	}
	answer = bank_probe_page(page, &next);
	piece = piece_add(pieces, &nr, bank, bank->range.start, answer);
	piece->asked = page;
	piece->same = next;
	for (; next_asked(page, last, &next, &now); page = next) {
		phys_addr_t left = page, right = next, same;

		if (now == answer)
			continue;
		find_edge(&left, &right, answer);
		piece->range.end = answer == PROBE_RAM ? left + PAGE_SIZE : right;
		answer = bank_probe_page(right, &same);
		piece = piece_add(pieces, &nr, bank, piece->range.end, answer);
		piece->asked = right;
		piece->same = same;
		next = right;
	}
	return nr;
}

static void say_dropped(const struct bank *bank, const struct piece *piece)
{
	if (piece->answer == PROBE_ALIAS)
		log_warn("probe-alias",
			 "probe: %s reg %u: [0x%lx, 0x%lx) shows RAM a second time, 0x%lx is "
			 "0x%lx: not used; correct reg",
			 bank->origin, bank->reg, piece->range.start, piece->range.end,
			 piece->asked, piece->same);
	else
		log_warn(
			"probe-no-ram",
			"probe: %s reg %u: no RAM answers in [0x%lx, 0x%lx), %s: not used; correct "
			"reg, or let firmware set the size",
			bank->origin, bank->reg, piece->range.start, piece->range.end,
			size_text(range_size(piece->range)).s);
}

/* The bank at index at becomes its pieces of RAM. Result: the index behind them. */
static u32 keep_ram(struct bank_table *table, u32 at, const struct piece *pieces, u32 nr)
{
	const struct bank whole = table->bank[at];

	bank_delete(table, at);
	for (u32 i = 0; i < nr; i++) {
		struct bank ram = whole;

		if (pieces[i].answer == PROBE_RAM) {
			ram.range = pieces[i].range;
			bank_insert(table, at++, &ram);
			continue;
		}
		say_dropped(&whole, &pieces[i]);
		bank_note_dropped(table, pieces[i].range,
				  pieces[i].answer == PROBE_ALIAS ? DROP_PROBE_ALIAS
								  : DROP_PROBE_NO_RAM);
	}
	return at;
}

void bank_probe(struct bank_table *table)
{
	static struct piece pieces[MAX_PIECES];
	u64 claimed = 0;
	u64 found = 0;

	TRACE_CALL(table->nr);
	if (!machine.options.probe)
		return;
	bank_probe_begin(table);
	ask_grid(table);
	for (u32 i = 0; i < table->nr;) {
		u32 nr;

		claimed += range_size(table->bank[i].range);
		nr = pieces_of(&table->bank[i], pieces);
		if (nr == 0 || (nr == 1 && pieces[0].answer == PROBE_RAM))
			i++;
		else
			i = keep_ram(table, i, pieces, nr);
	}
	for (u32 i = 0; i < table->nr; i++)
		found += range_size(table->bank[i].range);
	log_line("probe", "%s of %s is RAM; %u rounds over %u places", size_text(found).s,
		 size_text(claimed).s, bank_probe_rounds(), grid.nr);
	if (table->nr == 0)
		stop("probe: no RAM answers at all in the banks of the device tree: correct the "
		     "memory "
		     "nodes, or leave probe out");
}
