/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FLATMEM: the mem_map of the whole span, holes included, as one contiguous allocation.
 *
 * The cost of the holes is worked out first and compared with the budget of menuconfig. Over
 * it, the boot stops with the numbers, or (FLATMEM_DROP_FAR_BANKS) the span is cut before the
 * highest banks until the rest fits, and their RAM is accounted as lost.
 */
#include "mm/memmodel.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/early.h"
#include "mm/memblock.h"

struct page *mem_map;
pfn_t mem_map_start_pfn;
u64 mem_map_nr_pages;

/* Bytes of struct pages for frames that are no RAM, when the span ends with bank last. */
static u64 hole_bytes(u32 last)
{
	u64 span =
		range_size((struct range){banks.bank[0].range.start, banks.bank[last].range.end});
	u64 present = 0;

	for (u32 i = 0; i <= last; i++)
		present += range_size(banks.bank[i].range);
	return (span - present) / PAGE_SIZE * sizeof(struct page);
}

/* The last bank that the mem_map covers. */
static u32 fit_budget(void)
{
	u64 budget = config_flat_hole_budget_mib * MIB;
	u32 last = banks.nr - 1;

	if (hole_bytes(last) > budget && !config_flat_drop_far_banks)
		stop("FLATMEM would spend %s of struct pages on the holes between banks, more than "
		     "the budget of "
		     "%s: choose SPARSEMEM_VMEMMAP in menuconfig, raise FLATMEM_HOLE_BUDGET_MIB, "
		     "or let "
		     "FLATMEM_DROP_FAR_BANKS give up the far banks",
		     size_text(hole_bytes(last)).s, size_text(budget).s);
	for (; hole_bytes(last) > budget; last--) {
		const struct bank *far = &banks.bank[last];

		log_warn("bank-capped",
			 "%s reg %u [0x%lx, 0x%lx) is not used: FLATMEM would spend %s of struct "
			 "pages on holes, "
			 "the budget is %s; choose SPARSEMEM_VMEMMAP in menuconfig",
			 far->origin, far->reg, far->range.start, far->range.end,
			 size_text(hole_bytes(last)).s, size_text(budget).s);
		banks_drop(far->range, "over the hole budget");
	}
	return last;
}

void memmodel_init(void)
{
	u32 last = fit_budget();
	pfn_t start_pfn = PFN_DOWN(banks.bank[0].range.start);
	pfn_t end_pfn = PFN_DOWN(banks.bank[last].range.end);
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

bool memmodel_next_run(u64 *cursor, struct memmap_run *run)
{
	return mem_map_next_run(cursor, run);
}

void memmodel_report(struct memmap_report *report)
{
	mem_map_report(report);
}
