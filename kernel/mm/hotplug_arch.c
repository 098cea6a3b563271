/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The middle of the chain: direct map first, then section by section. The names are those of the
 * field, where arch_add_memory() is the machine's part; ours is the same on target and host.
 */
#include "mm/hotplug_internal.h"

#include "mm/paging.h"

int __add_pages(pfn_t pfn, u64 nr_pages, const struct add_plan *plan)
{
	TRACE_CALL(pfn, nr_pages, plan->nid);
	const pfn_t end_pfn = pfn + nr_pages;
	struct piece piece;
	pfn_t at = pfn;
	int failed = 0;

	while (!failed && next_piece(&at, end_pfn, &piece))
		failed = sparse_add_section(&piece, plan);
	if (failed && piece.start_pfn > pfn)
		__remove_pages(pfn, piece.start_pfn - pfn);
	return failed;
}

void __remove_pages(pfn_t pfn, u64 nr_pages)
{
	TRACE_CALL(pfn, nr_pages);
	const pfn_t end_pfn = pfn + nr_pages;
	struct piece piece;
	pfn_t at = pfn;

	while (next_piece(&at, end_pfn, &piece))
		sparse_remove_section(&piece);
}

int arch_add_memory(const struct add_plan *plan)
{
	TRACE_CALL(plan->range.start, plan->range.end, plan->nid, plan->altmap);
	int failed;

	if (!paging_add_direct(plan->range))
		return HOTPLUG_ENOMEM;
	failed =
		__add_pages(PFN_DOWN(plan->range.start), range_size(plan->range) / PAGE_SIZE, plan);
	if (failed)
		paging_remove_direct(plan->range);
	return failed;
}

void arch_remove_memory(struct range range)
{
	TRACE_CALL(range.start, range.end);
	__remove_pages(PFN_DOWN(range.start), range_size(range) / PAGE_SIZE);
	paging_remove_direct(range);
}
