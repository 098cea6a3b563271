/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is free, and in which blocks: the files of /proc that show the buddy allocator, with their
 * columns in their order. The numbers are as wide as they need be, so that a line fits 80 columns.
 */
#include "lib/list.h"
#include "mm/buddy.h"
#include "mm/memmap_init.h"
#include "mm/memmodel.h"
#include "monitor/command.h"

static u64 count_blocks(const struct zone *zone, u32 order, u32 type)
{
	const struct list_head *head = &zone->free_area[order].free_list[type];
	u64 blocks = 0;

	for (const struct list_head *at = head->next; at != head; at = at->next)
		blocks++;
	return blocks;
}

static u32 digits_of(u64 value)
{
	u32 digits = 1;

	for (; value >= 10; value /= 10)
		digits++;
	return digits;
}

/* How wide the column of each order is: its largest number over all zones. */
struct widths {
	u32 order[NR_PAGE_ORDERS];
};

static void widen(struct widths *widths, u32 order, u64 value)
{
	if (digits_of(value) > widths->order[order])
		widths->order[order] = digits_of(value);
}

static void run_buddyinfo(const char *const *args)
{
	struct widths widths = {{0}};
	struct zone *zone;
	u32 nid;

	(void)args;
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				widen(&widths, order, buddy_free_blocks(zone, order));
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			print("Node %u, zone %8s", nid, zone->name);
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				print(" %*lu", (int)max_u64(widths.order[order], 3),
				      buddy_free_blocks(zone, order));
			print("\n");
		}
}

static void show_free_types(const struct widths *widths)
{
	const struct zone *zone;
	u32 nid;

	print("%-36s", "Free pages count per type at order");
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
		print("%s%*u", order > 0 ? " " : "", (int)widths->order[order], order);
	print("\n");
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 type = 0; type < MIGRATE_TYPES; type++) {
				print("Node %2u, zone %6s, type %11s", nid, zone->name,
				      migratetype_name((enum migratetype)type));
				for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
					print(" %*lu", (int)widths->order[order],
					      count_blocks(zone, order, type));
				print("\n");
			}
}

/* Pageblocks of a zone by their type; those without a struct page are none. */
static void show_block_types(const struct zone *zone)
{
	u64 blocks[MIGRATE_TYPES] = {0};

	for (pfn_t pfn = ALIGN_DOWN(zone->start_pfn, PAGEBLOCK_NR_PAGES); pfn < zone_end_pfn(zone);
	     pfn += PAGEBLOCK_NR_PAGES) {
		const struct page *page =
			pfn_valid(pfn) && pfn_is_ready(pfn) ? pfn_to_page(pfn) : NULL;

		if (page && page_zone(page) == zone)
			blocks[get_pageblock_migratetype(page)]++;
	}
	print("Node %u, zone %8s", zone->node->nid, zone->name);
	for (u32 type = 0; type < MIGRATE_TYPES; type++)
		print(" %12lu", blocks[type]);
	print("\n");
}

static void run_pagetypeinfo(const char *const *args)
{
	struct widths widths = {{0}};
	const struct zone *zone;
	u32 nid;

	(void)args;
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
		widen(&widths, order, order);
		for_each_online_node (nid)
			for_each_node_zone (zone, nid)
				for (u32 type = 0; type < MIGRATE_TYPES; type++)
					widen(&widths, order, count_blocks(zone, order, type));
	}
	print("Page block order: %d\n", PAGEBLOCK_ORDER);
	print("Pages per block:  %lu\n\n", PAGEBLOCK_NR_PAGES);
	show_free_types(&widths);
	print("\n%-21s", "Number of blocks type");
	for (u32 type = 0; type < MIGRATE_TYPES; type++)
		print(" %12s", migratetype_name((enum migratetype)type));
	print("\n");
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			show_block_types(zone);
}

/* The hot lists: what each hart has of the zone in front of its lock. */
static void show_pagesets(const struct zone *zone)
{
	print("  pagesets\n");
	for (u32 i = 0; i < nr_harts; i++)
		print("    cpu: %u\n"
		      "              count: %lu\n"
		      "              high:  %u\n"
		      "              batch: %u\n",
		      i, page_cache_count(&harts[i]->cache[zone_index(zone)]), PCP_HIGH, PCP_BATCH);
}

static void run_zoneinfo(const char *const *args)
{
	const struct zone *zone;
	u32 nid;

	(void)args;
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			print("Node %u, zone %8s\n", nid, zone->name);
			print("  pages free     %lu\n", zone_free_pages(zone));
			print("        spanned  %lu\n", zone->spanned_pages);
			print("        present  %lu\n", zone->present_pages);
			print("        managed  %lu\n", zone->managed_pages);
			print("      nr_free_pages %lu\n", zone_free_pages(zone));
			show_pagesets(zone);
			print("  start_pfn:           %lu\n", zone->start_pfn);
		}
}

static const struct command commands[] = {
	{"buddyinfo", "", "free blocks by zone and order",
	 "As /proc/buddyinfo: the columns are the orders from 0 on. A block of order n is 2^n\n"
	 "pages, naturally aligned. Pages that wait on hot lists are in none of them.\n"
	 "Example: buddyinfo\n"
	 "See also: pagetypeinfo, zoneinfo, alloc\n",
	 0, run_buddyinfo},
	{"pagetypeinfo", "", "free blocks by order and migrate type",
	 "As /proc/pagetypeinfo: free blocks of each type, then pageblocks of each type. An\n"
	 "allocation that finds none of its own type takes over another type's pageblock.\n"
	 "Example: pagetypeinfo\n"
	 "See also: buddyinfo, alloc\n",
	 0, run_pagetypeinfo},
	{"zoneinfo", "", "free, spanned, present and managed pages of each zone",
	 "As /proc/zoneinfo. spanned: from the first frame to the last; present: of those, RAM;\n"
	 "managed: of those, given to the buddy allocator; free: of those, free now. pagesets:\n"
	 "single pages that wait on the hot list of each hart; those are free, too.\n"
	 "Example: zoneinfo\n"
	 "See also: zones, buddyinfo, node\n",
	 0, run_zoneinfo},
};

const struct command_group commands_buddy = {commands, ARRAY_SIZE(commands)};
