/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FLATMEM: the mem_map of the whole span, holes included, as one contiguous allocation.
 *
 * The cost of the holes is worked out first and compared with the budget of menuconfig. Over
 * it, the boot stops with the numbers, or (FLATMEM_DROP_FAR_BANKS) the banks farthest from the
 * image are given up until the rest fits, and their RAM is accounted as lost.
 */
#include "mm/memmodel.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "mm/bank_internal.h"

struct page *mem_map;
pfn_t mem_map_start_pfn;
u64 mem_map_nr_pages;

/* Bytes of struct pages for frames that are no RAM. */
static u64 hole_bytes(const struct bank_table *table)
{
	u64 span = table->bank[table->nr - 1].range.end - table->bank[0].range.start;

	for (u32 i = 0; i < table->nr; i++)
		span -= range_size(table->bank[i].range);
	return span / PAGE_SIZE * sizeof(struct page);
}

/* Of the two outermost banks, the one that is farther from the image. */
static u32 farthest_bank(const struct bank_table *table)
{
	const phys_addr_t image = arch_handoff()->image.text;
	const struct bank *first = &table->bank[0];
	const struct bank *last = &table->bank[table->nr - 1];
	u64 below = image > first->range.end ? image - first->range.end : 0;
	u64 above = last->range.start > image ? last->range.start - image : 0;

	return below > above ? 0 : table->nr - 1;
}

/* The budget of menuconfig for holes is kept, or the boot ends here, with the numbers. */
void memmodel_place(struct bank_table *table)
{
	u64 budget = config_flat_hole_budget_mib * MIB;

	if (hole_bytes(table) > budget && !config_flat_drop_far_banks)
		stop("FLATMEM would spend %s of struct pages on the holes between banks, more than "
		     "the budget of %s: choose SPARSEMEM_VMEMMAP in menuconfig, raise "
		     "FLATMEM_HOLE_BUDGET_MIB, or let FLATMEM_DROP_FAR_BANKS give up the far banks",
		     size_text(hole_bytes(table)).s, size_text(budget).s);
	while (hole_bytes(table) > budget) {
		u32 at = farthest_bank(table);
		const struct bank *far = &table->bank[at];

		log_warn("bank-capped",
			 "%s reg %u [0x%lx, 0x%lx) is not used: FLATMEM would spend %s of struct "
			 "pages on holes, the budget is %s; choose SPARSEMEM_VMEMMAP in menuconfig",
			 far->origin, far->reg, far->range.start, far->range.end,
			 size_text(hole_bytes(table)).s, size_text(budget).s);
		bank_note_dropped(table, far->range, DROP_HOLE_BUDGET);
		bank_delete(table, at);
	}
}

void memmodel_init(void)
{
	TRACE_CALL();
	pfn_t start_pfn = PFN_DOWN(banks.bank[0].range.start);
	pfn_t end_pfn = PFN_DOWN(banks.bank[banks.nr - 1].range.end);
	pg_data_t *node = NODE_DATA(0);

	if (!mem_map_alloc(node, start_pfn, end_pfn))
		stop("FLATMEM needs %s of contiguous free RAM for the mem_map of %lu pages and no "
		     "bank has it: "
		     "choose SPARSEMEM_VMEMMAP in menuconfig",
		     size_text((end_pfn - start_pfn) * sizeof(struct page)).s, end_pfn - start_pfn);
	mem_map_start_pfn = node->mem_map_start_pfn;
	mem_map_nr_pages = node->mem_map_end_pfn - node->mem_map_start_pfn;
	mem_map =
		(struct page *)((u64)node->node_mem_map - mem_map_start_pfn * sizeof(struct page));
	mem_map_finish();
}

bool memmodel_next_run_in(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run)
{
	return mem_map_next_run(cursor, start_pfn, end_pfn, run);
}

pfn_t memmodel_valid_start(pfn_t end_pfn, pfn_t limit)
{
	return mem_map_valid_start(end_pfn, limit);
}

void memmodel_report(struct memmap_report *report)
{
	mem_map_report(report);
}
