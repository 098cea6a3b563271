/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MIGRATE_ISOLATE: ranges of pageblocks out of the allocator's reach.
 */
#include "mm/isolate.h"

#include "lib/panic.h"
#include "mm/buddy_internal.h"

static bool is_free_head(const struct page *page)
{
	return page_word(page) & PG_BUDDY;
}

static u32 order_of(u64 word)
{
	return (u8)(word >> PAGE_ORDER_SHIFT);
}

struct page *block_head(pfn_t pfn, u64 *word)
{
	u64 own = 0;

	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *head = pfn_to_page(ALIGN_DOWN(pfn, 1UL << order));

		*word = page_word(head);
		if ((*word & (PG_BUDDY | PG_HEAD)) && order_of(*word) >= order)
			return head;
		if (order == 0)
			own = *word;
		if (own & (PG_RESERVED | PG_PCP))
			break;
	}
	*word = own;
	return NULL;
}

/* A free block that has frames on both sides of pfn is cut into pageblocks. */
static void cut_at(pfn_t pfn)
{
	struct page *head;
	struct zone *zone;
	u64 order, type, word;

	if (IS_ALIGNED(pfn, MAX_ORDER_NR_PAGES) || !pfn_valid(pfn))
		return;
	head = block_head(pfn, &word);
	if (!head || !(word & PG_BUDDY) || page_to_pfn(head) == pfn)
		return;
	zone = page_zone(head);
	order = page_order(head);
	type = page_type(head);
	list_del(&head->lru);
	for (u64 i = 0; i < 1UL << order; i += PAGEBLOCK_NR_PAGES)
		free_list_add(zone, head + i, PAGEBLOCK_ORDER, type);
}

static void set_type(pfn_t pfn, enum migratetype type)
{
	struct page *page = pfn_to_page(pfn);

	set_pageblock_migratetype(page, type);
	if (type == MIGRATE_ISOLATE)
		page_zone(page)->nr_isolated++;
	else
		page_zone(page)->nr_isolated--;
}

void isolate_pages(pfn_t start_pfn, pfn_t end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));

	assert_kernel(IS_ALIGNED(start_pfn | end_pfn, PAGEBLOCK_NR_PAGES), start_pfn, end_pfn);
	spin_lock(&zone->lock);
	cut_at(start_pfn);
	cut_at(end_pfn);
	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn += PAGEBLOCK_NR_PAGES)
		set_type(pfn, MIGRATE_ISOLATE);
	for (pfn_t pfn = start_pfn; pfn < end_pfn;) {
		struct page *page = pfn_to_page(pfn);
		const u64 order = page_order(page);

		if (!is_free_head(page)) {
			pfn++;
			continue;
		}
		list_del(&page->lru);
		free_list_add(zone, page, order, MIGRATE_ISOLATE);
		pfn += 1UL << order;
	}
	spin_unlock(&zone->lock);
}

void unisolate_pages(pfn_t start_pfn, pfn_t end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));

	spin_lock(&zone->lock);
	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn += PAGEBLOCK_NR_PAGES)
		set_type(pfn, MIGRATE_MOVABLE);
	for (pfn_t pfn = start_pfn; pfn < end_pfn;) {
		struct page *page = pfn_to_page(pfn);
		const u32 order = page_order(page);

		if (!is_free_head(page)) {
			pfn++;
			continue;
		}
		list_del(&page->lru);
		page_set_word(page, 0);
		zone->nr_free -= 1UL << order;
		buddy_release_locked(zone, page, order);
		pfn += 1UL << order;
	}
	spin_unlock(&zone->lock);
}

pfn_t isolated_busy(pfn_t start_pfn, pfn_t end_pfn)
{
	u64 word;

	while (start_pfn < end_pfn && ((word = page_word(pfn_to_page(start_pfn))) & PG_BUDDY))
		start_pfn += 1UL << order_of(word);
	return start_pfn;
}

void isolated_take(pfn_t start_pfn, pfn_t end_pfn)
{
	struct zone *zone = page_zone(pfn_to_page(start_pfn));

	spin_lock(&zone->lock);
	for (pfn_t pfn = start_pfn; pfn < end_pfn;) {
		struct page *page = pfn_to_page(pfn);
		const u32 order = page_order(page);

		assert_kernel(is_free_head(page), pfn, page->word);
		list_del(&page->lru);
		page_set_word(page, 0);
		zone->nr_free -= 1UL << order;
		pfn += 1UL << order;
	}
	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn += PAGEBLOCK_NR_PAGES)
		set_type(pfn, MIGRATE_MOVABLE);
	spin_unlock(&zone->lock);
}
