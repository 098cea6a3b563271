/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ends of the chain: memory is added, memory is removed.
 *
 *   add_memory -> add_memory_resource -> arch_add_memory -> __add_pages -> sparse_add_section
 *     -> section_activate -> populate_section_memmap (-> vmemmap_populate)
 *   remove_memory -> arch_remove_memory -> __remove_pages -> sparse_remove_section
 *     -> section_deactivate -> depopulate_section_memmap (-> vmemmap_free)
 *
 * Changes of an add, in order: node, direct map, sections, banks. A failure takes back what was done
 * until then, in reverse.
 */
#include "mm/hotplug_internal.h"

#include "harts.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/bank.h"
#include "mm/deferred.h"
#include "mm/owned.h"
#include "mm/paging.h"

enum online_policy online_policy;

static bool table_alloc(phys_addr_t *table)
{
	return owned_alloc_zeroed(OWN_TABLES, home_node->nid, 0, table);
}

static const struct paging_tables tables = {table_alloc, owned_has, owned_free, harts_fence};

static int add_memory_resource(u32 nid, struct range range, enum add_flags flags)
{
	TRACE_CALL(nid, range.start, range.end, flags);
	struct add_plan plan = {.nid = nid, .range = range};
	int failed;

	paging_set_tables(&tables);
	failed = hotplug_plan(&plan, flags);
	failed = failed ? failed : try_online_node(nid);
	if (failed)
		return failed;
	failed = arch_add_memory(&plan);
	if (!failed) {
		banks_add(range, nid);
		hotplug_respan();
		return 0;
	}
	try_offline_node(nid);
	hotplug_respan();
	return hotplug_fail(
		failed,
		"an allocation failed halfway although %lu bytes were there: everything "
		"was taken back",
		plan.need);
}

int add_memory(u32 nid, phys_addr_t start, u64 size, enum add_flags flags)
{
	TRACE_CALL(nid, start, size, flags);
	int failed = hotplug_check_add(&nid, start, size);

	deferred_complete(); /* what follows looks at struct pages of all frames */
	if (!failed)
		failed = add_memory_resource(nid, (struct range){start, start + size}, flags);
	if (failed || online_policy == ONLINE_POLICY_OFFLINE)
		return failed;
	return online_pages(PFN_DOWN(start), size / PAGE_SIZE,
			    online_policy == ONLINE_POLICY_MOVABLE ? MMOP_ONLINE_MOVABLE
								   : MMOP_ONLINE_KERNEL);
}

/* One piece of what shall be removed. */
static int check_remove(const struct piece *piece)
{
	const struct memory_block *block = memory_block_find(piece->nr);
	const struct range range = pfn_range(piece->start_pfn, piece->nr_pages);

	if (!block || !subsections_all(block->hot, piece->first, piece->end))
		return hotplug_fail(
			HOTPLUG_EINVAL,
			"block %lu: not all of [0x%lx, 0x%lx) was added at run time; only "
			"that can be removed",
			piece->nr, range.start, range.end);
	if (!subsections_all(block->offline, piece->first, piece->end))
		return hotplug_fail(HOTPLUG_EBUSY,
				    "block %lu: [0x%lx, 0x%lx) is online: hotplug offline it first",
				    piece->nr, range.start, range.end);
	if (block->altmap_pages > 0 && !piece_is_section(piece))
		return hotplug_fail(
			HOTPLUG_EBUSY,
			"block %lu holds its own struct pages: those of its other parts "
			"would go with [0x%lx, 0x%lx); remove the whole block",
			piece->nr, range.start, range.end);
	return 0;
}

int remove_memory(phys_addr_t start, u64 size)
{
	TRACE_CALL(start, size);
	struct range range;
	struct piece piece;
	int failed = 0;
	u32 nid;

	if (size == 0 || !IS_ALIGNED(start | size, MEGAPAGE_SIZE) ||
	    !range_make(start, size, &range))
		return hotplug_fail(HOTPLUG_EINVAL,
				    "0x%lx and 0x%lx must be multiples of 2 MiB, one subsection",
				    start, size);
	for (pfn_t at = PFN_DOWN(start); !failed && next_piece(&at, PFN_DOWN(range.end), &piece);)
		failed = check_remove(&piece);
	if (!failed && !banks_have_room())
		failed = hotplug_fail(HOTPLUG_ENOMEM, "the table of banks is full: remove more at "
						      "once");
	if (failed)
		return failed;
	arch_remove_memory(range);
	banks_remove(range);
	for_each_online_node (nid)
		try_offline_node(nid);
	hotplug_respan();
	return 0;
}
