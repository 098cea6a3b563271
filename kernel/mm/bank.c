/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which RAM is there? The union of all banks of the tree, in whole pages, each byte once.
 *
 * Input: machine.banks, in the tree's order. Output: the table of bank.h. The first bank of
 * the tree that names a byte keeps it, because its node id and origin came first; what a
 * later bank adds becomes pieces of their own. Nothing is lost without an entry in dropped.
 *
 *   first    [=======A=======)
 *   later          [=========B=========)      one piece remains of B
 *   table    [=======A=======)[====B====)
 */
#include "mm/bank_internal.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "memmodel_policy.h"
#include "mm/numa.h"

struct bank_table banks;

void bank_insert(struct bank_table *table, u32 at, const struct bank *bank)
{
	if (table->nr == MAX_BANKS)
		stop("the device tree's RAM makes more than %d banks: merge tuples of reg in %s",
		     MAX_BANKS, bank->origin);
	for (u32 i = table->nr; i > at; i--)
		table->bank[i] = table->bank[i - 1];
	table->bank[at] = *bank;
	table->nr++;
}

void bank_delete(struct bank_table *table, u32 at)
{
	for (u32 i = at + 1; i < table->nr; i++)
		table->bank[i - 1] = table->bank[i];
	table->nr--;
}

/* Where a range starting at pa belongs in the sorted table. */
static u32 place_of(const struct bank_table *table, phys_addr_t pa)
{
	u32 at = 0;

	while (at < table->nr && table->bank[at].range.start < pa)
		at++;
	return at;
}

static void warn_overlap(const struct bank *have, const struct machine_bank *from,
			 struct range overlap)
{
	if (from->range.start == have->range.start && from->range.end == have->range.end)
		log_warn("bank-duplicate",
			 "%s reg %u repeats [0x%lx, 0x%lx) of %s reg %u: counted once; remove one "
			 "of them",
			 from->origin, from->reg, overlap.start, overlap.end, have->origin,
			 have->reg);
	else
		log_warn("bank-overlap",
			 "%s reg %u overlaps %s reg %u in [0x%lx, 0x%lx): the first keeps it; make "
			 "them disjoint",
			 from->origin, from->reg, have->origin, have->reg, overlap.start,
			 overlap.end);
}

/* Insert what of a bank of the tree no earlier one has, and count those bytes as RAM. */
static void add_machine_bank(struct bank_table *table, const struct machine_bank *from)
{
	TRACE_CALL(from->range.start, from->range.end);
	struct bank piece = {.range = from->range,
			     .nid = from->nid,
			     .reg = from->reg,
			     .hotpluggable = from->hotpluggable,
			     .origin = from->origin};
	phys_addr_t at = from->range.start;
	const struct bank *warned = NULL;

	for (u32 i = 0; at < from->range.end;) {
		while (i < table->nr && table->bank[i].range.end <= at)
			i++;
		struct range rest = {at, from->range.end};

		if (i < table->nr && range_overlaps(table->bank[i].range, rest)) {
			struct range overlap = range_intersect(table->bank[i].range, rest);

			/* Pieces of one earlier bank are one finding. */
			if (!warned || warned->origin != table->bank[i].origin ||
			    warned->reg != table->bank[i].reg)
				warn_overlap(&table->bank[i], from, overlap);
			warned = &table->bank[i];
			rest.end = overlap.start;
			at = overlap.end;
		} else {
			at = from->range.end;
		}
		if (range_is_empty(rest))
			continue;
		piece.range = rest;
		table->ram += range_size(rest);
		bank_insert(table, place_of(table, rest.start), &piece);
		i = 0;
	}
}

/* Whole pages: start up, end down; the crumbs are dropped, and said. */
static void trim_to_pages(struct bank_table *table)
{
	for (u32 i = 0; i < table->nr;) {
		struct bank *bank = &table->bank[i];
		struct range whole = range_shrink(bank->range);

		if (range_is_empty(whole)) {
			log_warn("bank-too-small",
				 "%s reg %u [0x%lx, 0x%lx) holds no whole page: %lu bytes are not "
				 "used; "
				 "give reg page aligned values",
				 bank->origin, bank->reg, bank->range.start, bank->range.end,
				 range_size(bank->range));
			bank_note_dropped(table, bank->range, DROP_SUB_PAGE);
			bank_delete(table, i);
			continue;
		}
		if (range_size(whole) != range_size(bank->range)) {
			log_warn("bank-trimmed",
				 "%s reg %u [0x%lx, 0x%lx) does not begin and end on pages: %lu "
				 "bytes are "
				 "not used; give reg page aligned values",
				 bank->origin, bank->reg, bank->range.start, bank->range.end,
				 range_size(bank->range) - range_size(whole));
			bank_note_dropped(table, (struct range){bank->range.start, whole.start},
					  DROP_SUB_PAGE);
			bank_note_dropped(table, (struct range){whole.end, bank->range.end},
					  DROP_SUB_PAGE);
			bank->range = whole;
		}
		i++;
	}
}

/* The first byte of the range that is in no bank, or its end; banks that touch count as one. */
static phys_addr_t first_uncovered(const struct bank_table *table, struct range range)
{
	phys_addr_t at = range.start;

	for (u32 i = 0; i < table->nr; i++)
		if (range_has(table->bank[i].range, at))
			at = table->bank[i].range.end;
	return min_u64(at, range.end);
}

/* Every page of the image must be RAM. */
static void require_image(const struct bank_table *table, const struct arch_image *image)
{
	phys_addr_t at = first_uncovered(table, (struct range){image->text, image->end});

	if (at == image->end)
		return;
	if (machine.options.nr_mem > 0)
		stop("mem= leaves no RAM at 0x%lx, inside the image [0x%lx, 0x%lx): name at least "
		     "that range "
		     "(from the lowest bank 0x%lx that is mem=%luM)",
		     at, image->text, image->end, table->nr ? table->bank[0].range.start : 0,
		     table->nr ? (image->end - table->bank[0].range.start + MIB - 1) / MIB + 1 : 0);
	stop("the image [0x%lx, 0x%lx) is in no bank from 0x%lx on: the device tree's memory nodes "
	     "do not "
	     "describe the RAM it was loaded to; correct reg or the load address",
	     image->text, image->end, at);
}

void banks_init(void)
{
	TRACE_CALL();
	struct bank_table *table = &banks;

	for (u32 i = 0; i < machine.nr_banks; i++)
		add_machine_bank(table, &machine.banks[i]);
	trim_to_pages(table);
	bank_apply_hold(table);
	bank_apply_mem(table);
	bank_apply_reach(table);
	arch_set_phys_base(table->phys_base);
	bank_probe(table);
	memmodel_place(table);
	require_image(table, &arch_handoff()->image);
	numa_settle(table);
}

const struct bank *banks_find(phys_addr_t pa)
{
	u32 low = 0;
	u32 high = banks.nr;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (banks.bank[middle].range.end <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low < banks.nr && banks.bank[low].range.start <= pa ? &banks.bank[low] : NULL;
}

u64 banks_hold(struct range range)
{
	u64 bytes = 0;

	for (u32 i = 0; i < banks.nr; i++)
		bytes += range_size(range_intersect(banks.bank[i].range, range));
	return bytes;
}
