/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The blocks of a list are put in a row by their frame numbers: block i of a zone is the i-th multiple of
 * the largest block's size. Each block changes places with one at or before it, if that is free
 * and of the same type: holes and blocks in use only make the row shorter.
 */
#include "mm/handover.h"

#include "lib/random.h"
#include "mm/buddy.h"
#include "mm/memmap_init.h"

static bool is_largest_free(const struct zone *zone, pfn_t pfn)
{
	const struct page *page;

	if (!pfn_valid(pfn) || !pfn_is_ready(pfn))
		return false;
	page = pfn_to_page(pfn);
	return page_has(page, PG_BUDDY) && page_order(page) == MAX_PAGE_ORDER &&
	       page_zone(page) == zone;
}

/* Two entries of lists change places; they may be neighbours. */
static void swap_places(struct list_head *a, struct list_head *b)
{
	struct list_head *before_a = a->prev == b ? a : a->prev;

	list_del(a);
	list_add(a, b);
	list_del(b);
	list_add(b, before_a);
}

static void shuffle_zone(struct zone *zone)
{
	const pfn_t start_pfn = ALIGN_UP(zone->start_pfn, MAX_ORDER_NR_PAGES);
	const pfn_t end_pfn = zone_end_pfn(zone);

	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn += MAX_ORDER_NR_PAGES) {
		u64 nr = (pfn - start_pfn) / MAX_ORDER_NR_PAGES + 1;
		pfn_t other = start_pfn + random_u64() % nr * MAX_ORDER_NR_PAGES;

		if (other != pfn && is_largest_free(zone, pfn) && is_largest_free(zone, other) &&
		    page_type(pfn_to_page(pfn)) == page_type(pfn_to_page(other)))
			swap_places(&pfn_to_page(pfn)->lru, &pfn_to_page(other)->lru);
	}
}

void handover_shuffle(void)
{
	struct zone *zone;
	u32 nid;

	if (!config_shuffle)
		return;
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			spin_lock(&zone->lock);
			shuffle_zone(zone);
			spin_unlock(&zone->lock);
		}
}
