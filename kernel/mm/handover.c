/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Give the free memory away.
 *
 * Ranges are cut where the zone changes and where struct pages are missing, then split like this: the largest
 * block that starts here is as large as the frame number is aligned, and as large as what is
 * left allows. Blocks are donated highest first, so that lists start with the lowest.
 */
#include "mm/handover.h"

#include "lib/bits.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/bank.h"
#include "mm/buddy.h"
#include "mm/memblock.h"
#include "stage.h"

#define MAX_RANGES 2048

struct handover_figures handover_figures;

static u32 nr_given;
static struct range given[MAX_RANGES]; /* descending while they are given */

bool handover_range(u32 i, struct range *out)
{
	if (i >= nr_given)
		return false;
	*out = given[nr_given - 1 - i];
	return true;
}

static void note_given(pfn_t start_pfn, pfn_t end_pfn)
{
	struct range range = {pfn_to_phys(start_pfn), pfn_to_phys(end_pfn)};

	if (nr_given > 0 && given[nr_given - 1].start == range.end) {
		given[nr_given - 1].start = range.start;
		return;
	}
	if (nr_given == MAX_RANGES)
		stop("more than %d free ranges: the memory map is in shreds", MAX_RANGES);
	given[nr_given++] = range;
}

/* One store a page: neither reserved nor referenced. */
static void clear_reserved(struct page *page, u64 nr)
{
	struct page *end = page + nr;

#pragma GCC unroll 16
	for (; page < end; page++)
		page->word = 0;
}

static u32 largest_order(pfn_t start_pfn, pfn_t end_pfn)
{
	u32 order = lowest_bit(end_pfn | MAX_ORDER_NR_PAGES);

	while (end_pfn - start_pfn < 1UL << order)
		order--;
	return order;
}

/* [start_pfn, end_pfn) lies in one zone and has struct pages: blocks from the top down. */
static void give(struct zone *zone, pfn_t start_pfn, pfn_t end_pfn)
{
	TRACE_CALL(start_pfn, end_pfn);
	zone->managed_pages += end_pfn - start_pfn;
	handover_figures.pages += end_pfn - start_pfn;
	note_given(start_pfn, end_pfn);
	while (end_pfn > start_pfn) {
		u32 order = largest_order(start_pfn, end_pfn);
		struct page *page;

		end_pfn -= 1UL << order;
		page = pfn_to_page(end_pfn);
		clear_reserved(page, 1UL << order);
		buddy_donate(zone, page, end_pfn, order);
		handover_figures.blocks++;
	}
}

/*
 * Call piece for what has struct pages, cut at the zone edge, descending. Steps of the largest block:
 * inside one, frames have struct pages all or none, but for a zone edge.
 */
static void for_each_valid(pfn_t start_pfn, pfn_t end_pfn, u32 nid,
			   void (*piece)(struct zone *zone, pfn_t start_pfn, pfn_t end_pfn))
{
	TRACE_CALL(start_pfn, end_pfn, nid);
	while (end_pfn > start_pfn) {
		struct zone *zone = &NODE_DATA(nid)->node_zones[zone_type_of(end_pfn - 1)];
		pfn_t zone_start = zone->type == ZONE_DMA32
					   ? start_pfn
					   : max_u64(start_pfn, ZONE_DMA32_END_PFN);
		pfn_t at = end_pfn;

		while (at > zone_start && pfn_valid(at - 1))
			at = max_u64(zone_start, ALIGN_DOWN(at - 1, MAX_ORDER_NR_PAGES));
		if (at < end_pfn)
			piece(zone, at, end_pfn);
		else
			at = max_u64(zone_start, ALIGN_DOWN(at - 1, MAX_ORDER_NR_PAGES));
		end_pfn = at;
	}
}

/* Bytes of banks that the memory model had to leave out. */
static u64 without_memmap(void)
{
	u64 bytes = 0;

	for (u32 i = 0; i < banks.nr_dropped; i++)
		if (banks_find(banks.dropped[i].range.start))
			bytes += range_size(banks.dropped[i].range);
	return bytes;
}

void memblock_free_all(void)
{
	TRACE_CALL();
	pfn_t start_pfn = 0;
	pfn_t end_pfn = 0;
	phys_addr_t start, end;
	u32 run_nid = 0;
	u32 nid;
	u64 i;

	memblock_close();
	/* Regions that touch are one run: memblock keeps them apart when their flags differ. */
	for_each_free_mem_range_reverse (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, &nid) {
		if (PFN_DOWN(end) != start_pfn || nid != run_nid) {
			for_each_valid(start_pfn, end_pfn, run_nid, give);
			end_pfn = PFN_DOWN(end);
			run_nid = nid;
		}
		start_pfn = PFN_UP(start);
	}
	for_each_valid(start_pfn, end_pfn, run_nid, give);
	handover_figures.rejected_hole = memmap_init_figures.unavailable;
	handover_figures.rejected_reserved = memmap_init_figures.pages -
					     memmap_init_figures.unavailable -
					     handover_figures.pages;
	if (handover_figures.pages == 0)
		stop("no page of RAM is left for the allocator: image, firmware, struct pages and "
		     "reservations take all %s, less %s that got no struct pages (warnings above)",
		     size_text(banks.ram).s, size_text(without_memmap()).s);
}

/* The i-th given range, descending, is touched by fresh: make them one; true when done. */
static bool joins(u32 i, struct range fresh)
{
	if (given[i].start != fresh.end && given[i].end != fresh.start)
		return false;
	given[i].start = min_u64(given[i].start, fresh.start);
	given[i].end = max_u64(given[i].end, fresh.end);
	if (i + 1 < nr_given && given[i + 1].end == given[i].start) {
		given[i].start = given[i + 1].start;
		nr_given--;
		memmove(&given[i + 1], &given[i + 2], (nr_given - i - 1) * sizeof(given[0]));
	}
	return true;
}

/* As note_given(), for a range anywhere between the others. */
static void note_released(pfn_t start_pfn, pfn_t end_pfn)
{
	struct range fresh = {pfn_to_phys(start_pfn), pfn_to_phys(end_pfn)};
	u32 i = 0;

	while (i < nr_given && given[i].start > fresh.end)
		i++;
	if (i < nr_given && joins(i, fresh))
		return;
	if (nr_given == MAX_RANGES)
		stop("more than %d free ranges: the memory map is in shreds", MAX_RANGES);
	memmove(&given[i + 1], &given[i], (nr_given - i) * sizeof(given[0]));
	given[i] = fresh;
	nr_given++;
}

/* Each block becomes an allocated one, and is freed: the lists have neighbours now to merge it with. */
static void release(struct zone *zone, pfn_t start_pfn, pfn_t end_pfn)
{
	zone->managed_pages += end_pfn - start_pfn;
	handover_figures.pages += end_pfn - start_pfn;
	handover_figures.rejected_reserved -= end_pfn - start_pfn;
	note_released(start_pfn, end_pfn);
	while (end_pfn > start_pfn) {
		u32 order = largest_order(start_pfn, end_pfn);
		struct page *page;

		end_pfn -= 1UL << order;
		page = pfn_to_page(end_pfn);
		clear_reserved(page, 1UL << order);
		page->word = PAGE_WORD(PG_HEAD, order, MIGRATE_MOVABLE, 1);
		free_pages(page, order);
	}
}

u64 handover_release(struct range range, u32 nid)
{
	u64 before = handover_figures.pages;

	assert_kernel(stage_is_done("handover"), range.start, range.end);
	for_each_valid(PFN_DOWN(range.start), PFN_DOWN(range.end), nid, release);
	buddy_drain();
	return handover_figures.pages - before;
}
