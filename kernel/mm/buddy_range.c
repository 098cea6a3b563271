/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking a given range, for blocks larger than the largest order. All of it must be free, so
 * each of its largest blocks must be one block on a list: free buddies have always merged.
 */
#include "lib/panic.h"
#include "mm/buddy_internal.h"
#include "mm/page_debug.h"

static bool is_largest_block(pfn_t pfn)
{
	return pfn_valid(pfn) && page_has(pfn_to_page(pfn), PG_BUDDY) &&
	       page_order(pfn_to_page(pfn)) == MAX_PAGE_ORDER;
}

bool buddy_take_range(pfn_t start_pfn, pfn_t end_pfn)
{
	struct zone *zone;
	bool is_free = true;

	assert_kernel(IS_ALIGNED(start_pfn | end_pfn, MAX_ORDER_NR_PAGES), start_pfn, end_pfn);
	if (!pfn_valid(start_pfn))
		return false;
	buddy_drain();
	zone = page_zone(pfn_to_page(start_pfn));
	spin_lock(&zone->lock);
	for (pfn_t pfn = start_pfn; pfn < end_pfn && is_free; pfn += MAX_ORDER_NR_PAGES)
		is_free = is_largest_block(pfn) && page_zone(pfn_to_page(pfn)) == zone;
	for (pfn_t pfn = start_pfn; pfn < end_pfn && is_free; pfn += MAX_ORDER_NR_PAGES) {
		struct page *page = pfn_to_page(pfn);

		list_del(&page->lru);
		page_set_word(page, 0);
		page_debug_allocated(page, MAX_PAGE_ORDER);
		zone->nr_free -= MAX_ORDER_NR_PAGES;
	}
	spin_unlock(&zone->lock);
	return is_free;
}
