/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What will an add take from the buddy allocator, is it there, and if not, what is cheaper?
 *
 *   1. struct pages in blocks: for vmemmap 2 MiB, shown by megapage leaves
 *   2. vmemmap: struct pages in single pages, shown by base-page leaves; a few more tables
 *   3. altmap: struct pages in the first pages of each block; tables only
 *
 * Each is worked out for the whole request before anything is changed. The numbers are exact but
 * for the pages of owned.c's own table.
 */
#include "mm/hotplug_internal.h"

#include "mm/owned.h"
#include "mm/paging.h"

/* Pages that unmovable allocations of that order can get: all zones but Movable. */
static u64 available(u32 order)
{
	struct zone *zone;
	u64 pages = 0;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 at = order; zone->type != ZONE_MOVABLE && at < NR_PAGE_ORDERS;
			     at++)
				pages += buddy_free_blocks(zone, at) << at;
	return pages;
}

static void add_cost(struct add_plan *plan, bool is_new_table_page)
{
	const pfn_t start_pfn = PFN_DOWN(plan->range.start);
	const pfn_t end_pfn = PFN_DOWN(plan->range.end);
	struct memmap_cost cost;
	struct piece piece;
	u64 pages = is_new_table_page;
	u64 root = ~0UL;

	plan->blocks = 0;
	pages += paging_tables_missing(paging_direct_va(plan->range.start), range_size(plan->range),
				       PAGING_ADDED_LEAF);
	for (pfn_t at = start_pfn; next_piece(&at, end_pfn, &piece);) {
		const u64 root_of = (piece.nr - section_base) / SECTIONS_PER_ROOT;

		pages += memory_block_find(piece.nr) == NULL;
		pages += !mem_section[root_of] && root_of != root;
		root = root_of;
		if (section_is_valid(nr_to_section(piece.nr)) &&
		    nr_to_section(piece.nr)->section_mem_map & SECTION_IS_EARLY)
			continue;
		memmap_cost(piece.start_pfn, piece.nr_pages,
			    plan->megapages && piece_is_section(&piece), &cost);
		plan->block_bytes = cost.block_bytes;
		pages += cost.tables;
		if (!plan->altmap) {
			pages += cost.pages;
			plan->blocks += cost.blocks;
		}
	}
	plan->need = pages * PAGE_SIZE + plan->blocks * plan->block_bytes;
}

static bool can_pay(struct add_plan *plan)
{
	u32 order = 0;

	add_cost(plan, true);
	buddy_drain();
	if (plan->need > available(0) * PAGE_SIZE)
		return false;
	while (PAGE_SIZE << order < plan->block_bytes)
		order++;
	return plan->blocks == 0 ||
	       (order <= MAX_PAGE_ORDER && plan->blocks <= available(order) >> order);
}

static int cannot_pay(const struct add_plan *plan)
{
	return hotplug_fail(HOTPLUG_ENOMEM,
			    "struct pages and tables need %lu bytes, %lu of them in pieces of %lu; "
			    "%lu bytes are free: free some, add less, or say altmap",
			    plan->need, plan->blocks * plan->block_bytes, plan->block_bytes,
			    available(0) * PAGE_SIZE);
}

int hotplug_plan(struct add_plan *plan, enum add_flags flags)
{
	const bool is_sections =
		IS_ALIGNED(plan->range.start | plan->range.end, 1UL << SECTION_SIZE_BITS);
	struct add_plan first;

	plan->altmap = flags & ADD_ALTMAP;
	plan->megapages = config_vmemmap_megapage && !(flags & ADD_BASE_PAGES) &&
			  IS_ALIGNED(SECTION_MEMMAP_BYTES, MEGAPAGE_SIZE);
	if (plan->altmap && !is_sections)
		return hotplug_fail(
			HOTPLUG_EINVAL,
			"altmap takes the first pages of a whole block: give multiples of "
			"%s",
			size_text(1UL << SECTION_SIZE_BITS).s);
	if (can_pay(plan))
		return 0;
	first = *plan;
	if (flags & ADD_NO_FALLBACK)
		return cannot_pay(&first);
	plan->megapages = false;
	if (can_pay(plan))
		return 0;
	plan->altmap = is_sections;
	plan->megapages = first.megapages;
	return plan->altmap && can_pay(plan) ? 0 : cannot_pay(&first);
}
