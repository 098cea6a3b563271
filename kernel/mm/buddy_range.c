/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking a given range, for blocks larger than the largest order. All of it must be free, so
 * each of its largest blocks must be one block on a list: free buddies have always merged.
 */
#include "lib/panic.h"
#include "mm/bank.h"
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

/* The frames of the block that begins at pfn, 1 when none does; is it held by the owner? */
static u64 block_at(pfn_t pfn, u64 owner, bool *held)
{
	const struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;

	*held = page && page_order(page) <= MAX_PAGE_ORDER && buddy_is_held(page, owner);
	return page && (page->word & (PG_BUDDY | PG_HEAD)) ? 1UL << page_order(page) : 1;
}

bool buddy_next_held(pfn_t *cursor, u64 owner, pfn_t *start_pfn, pfn_t *end_pfn)
{
	const pfn_t last = PFN_DOWN(banks.bank[banks.nr - 1].range.end);
	pfn_t pfn = max_u64(*cursor, PFN_DOWN(banks.bank[0].range.start));
	bool held = false;
	u64 nr;

	for (nr = 0; pfn < last && !held; pfn += held ? 0 : nr)
		nr = block_at(pfn, owner, &held);
	*start_pfn = pfn;
	while (held && pfn < last) {
		pfn += nr;
		nr = block_at(pfn, owner, &held);
	}
	*end_pfn = pfn;
	*cursor = pfn;
	return *start_pfn < *end_pfn;
}
