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
#include "mm/memmap_init.h"
#include "stage.h"

struct handover_figures handover_figures;

/* One store a page. */
void handover_clear_reserved(struct page *page, u64 nr)
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

/* Blocks from the top down. */
static inline void give_blocks(const struct handover_piece *piece, bool is_reserved)
{
	pfn_t end_pfn = piece->end_pfn;

	while (end_pfn > piece->start_pfn) {
		u32 order = largest_order(piece->start_pfn, end_pfn);
		struct page *page;

		end_pfn -= 1UL << order;
		page = pfn_to_page(end_pfn);
		if (is_reserved)
			handover_clear_reserved(page, 1UL << order);
		buddy_donate(piece->zone, page, end_pfn, order);
		handover_figures.blocks++;
	}
}

void handover_donate(const struct handover_piece *piece)
{
	give_blocks(piece, false);
	/* Another hart may look whether there are any, without the lock of those who grow. */
	arch_write_once(piece->zone->nr_deferred,
			piece->zone->nr_deferred - (piece->end_pfn - piece->start_pfn));
}

/* [start_pfn, end_pfn) lies in one zone and has struct pages. */
static void give(struct zone *zone, pfn_t start_pfn, pfn_t end_pfn)
{
	TRACE_CALL(start_pfn, end_pfn);
	zone->managed_pages += end_pfn - start_pfn;
	handover_figures.pages += end_pfn - start_pfn;
	handover_note_given(&(struct handover_piece){start_pfn, end_pfn, zone});
	if (memmap_is_deferred())
		zone->nr_deferred += end_pfn - start_pfn;
	else
		give_blocks(&(struct handover_piece){start_pfn, end_pfn, zone}, true);
}

/* Call piece for what has struct pages, cut at the zone edge, descending. */
static void for_each_valid(pfn_t start_pfn, pfn_t end_pfn, u32 nid,
			   void (*piece)(struct zone *zone, pfn_t start_pfn, pfn_t end_pfn))
{
	TRACE_CALL(start_pfn, end_pfn, nid);
	while (end_pfn > start_pfn) {
		struct zone *zone = &NODE_DATA(nid)->node_zones[zone_type_of(end_pfn - 1)];
		pfn_t zone_start = zone->type == ZONE_DMA32
					   ? start_pfn
					   : max_u64(start_pfn, ZONE_DMA32_END_PFN);
		pfn_t at = memmodel_valid_start(end_pfn, zone_start);

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
	handover_shuffle();
	handover_figures.rejected_hole = memmap_init_figures.unavailable;
	handover_figures.rejected_reserved = memmap_init_figures.pages -
					     memmap_init_figures.unavailable -
					     handover_figures.pages;
	if (handover_figures.pages == 0)
		stop("no page of RAM is left for the allocator: image, firmware, struct pages and "
		     "reservations take all %s, less %s that got no struct pages (warnings above)",
		     size_text(banks.ram).s, size_text(without_memmap()).s);
	if (memmap_is_deferred()) {
		buddy_judge_frees(page_is_ready);
		zone_grow(home_zone);
	}
}

/* Each block becomes an allocated one, and is freed: the lists have neighbours now to merge it with. */
static void release_blocks(pfn_t start_pfn, pfn_t end_pfn)
{
	while (end_pfn > start_pfn) {
		u32 order = largest_order(start_pfn, end_pfn);
		struct page *page;

		end_pfn -= 1UL << order;
		page = pfn_to_page(end_pfn);
		handover_clear_reserved(page, 1UL << order);
		page->word = PAGE_WORD(PG_HEAD, order, MIGRATE_MOVABLE, 1);
		free_pages(page, order);
	}
}

/* What lies in units that are not initialised yet becomes free with its unit. */
static void release(struct zone *zone, pfn_t start_pfn, pfn_t end_pfn)
{
	zone->managed_pages += end_pfn - start_pfn;
	handover_figures.pages += end_pfn - start_pfn;
	handover_figures.rejected_reserved -= end_pfn - start_pfn;
	handover_note_released(&(struct handover_piece){start_pfn, end_pfn, zone});
	while (end_pfn > start_pfn) {
		pfn_t at = max_u64(start_pfn, ALIGN_DOWN(end_pfn - 1, MAX_ORDER_NR_PAGES));

		if (pfn_is_ready(at)) {
			release_blocks(at, end_pfn);
		} else {
			zone->nr_deferred += end_pfn - at;
			zone->grow_pfn = min_u64(zone->grow_pfn, at);
		}
		end_pfn = at;
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
