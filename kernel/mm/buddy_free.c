/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving blocks back: judge the call, then merge with free buddies.
 *
 * The judgement is one comparison: the word of an allocated head says head, order and one
 * reference, so a double free, a tail page, a reserved page and a wrong order all differ from it.
 */
#include "mm/buddy.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/buddy_internal.h"

/* The word of an allocated block but for its type. */
#define WORD_WITHOUT_TYPE(word) ((word) & ~(0xffUL << PAGE_TYPE_SHIFT))

static inline bool is_same_zone(const struct page *a, const struct page *b)
{
	const u64 mask = LINKS_ZONE_MASK | LINKS_NID_MASK << LINKS_NID_SHIFT;

	return ((a->links ^ b->links) & mask) == 0;
}

/*
 * page is nobody's. Its buddy differs in one bit of the frame number; as the struct pages of a
 * largest block are contiguous in every model, the buddy's is found by the same distance.
 */
void buddy_release(struct zone *zone, struct page *page, u32 order, u32 type)
{
	pfn_t pfn = page_to_pfn(page);

	zone->nr_free += 1UL << order;
	while (order < MAX_PAGE_ORDER) {
		pfn_t buddy_pfn = pfn ^ (1UL << order);
		struct page *buddy = page + (s64)(buddy_pfn - pfn);

		if (WORD_WITHOUT_TYPE(buddy->word) != PAGE_WORD(PG_BUDDY, order, 0, 0) ||
		    !is_same_zone(page, buddy))
			break;
		free_list_del(zone, buddy, order, page_type(buddy));
		buddy->word = 0;
		page->word = 0;
		if (buddy_pfn < pfn) {
			page = buddy;
			pfn = buddy_pfn;
		}
		order++;
	}
	free_list_add(zone, page, order, type);
}

static void pcp_drain_batch(struct zone *zone, u32 type, u32 nr)
{
	struct list_head *head = &zone->pcp.list[type];

	while (nr-- > 0 && !list_is_empty(head)) {
		struct page *page = container_of(head->prev, struct page, lru);

		list_del(&page->lru);
		zone->pcp.count--;
		page->word = 0;
		buddy_release(zone, page, 0, get_pageblock_migratetype(page));
	}
}

void buddy_drain(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 type = 0; type < MIGRATE_TYPES; type++)
				pcp_drain_batch(zone, type, ~0U);
}

/* Say what is wrong with a free, and from where; refuse it. */
static bool refuse(const struct page *page, u32 order, u64 site)
{
	const char *why = "it is not the head of an allocated block";

	if (page_has(page, PG_BUDDY) || page_has(page, PG_PCP))
		why = "it is free already";
	else if (page_has(page, PG_RESERVED))
		why = pfn_is_ram(page_to_pfn(page)) ? "it is reserved and was never allocated"
						    : "it is a hole, not RAM";
	else if (page_has(page, PG_HEAD))
		why = page_order(page) != order ? "it was allocated with another order" : "it is still referenced";
	else if (page->free_site != 0)
		why = "it was freed before, alone or inside a larger block";
	log_warn("bad-free",
		 "free of pfn 0x%lx order %u from 0x%lx refused: %s (allocated with order %u from 0x%lx, last "
		 "freed from 0x%lx)",
		 page_to_pfn(page), order, site, why, page_order(page), page->alloc_site, page->free_site);
	return false;
}

bool free_pages(struct page *page, u32 order)
{
	u64 site = (u64)__builtin_return_address(0);
	struct zone *zone;
	u32 type;

	if (WORD_WITHOUT_TYPE(page->word) != PAGE_WORD(PG_HEAD, order, 0, 1))
		return refuse(page, order, site);
	zone = page_zone(page);
	page->free_site = site;
	if (order > 0) {
		page->word = 0;
		buddy_release(zone, page, order, get_pageblock_migratetype(page));
		return true;
	}
	type = page_type(page);
	page->word = PAGE_WORD(PG_PCP, 0, type, 0);
	list_add(&page->lru, &zone->pcp.list[type]);
	if (++zone->pcp.count > PCP_HIGH)
		pcp_drain_batch(zone, type, PCP_BATCH);
	return true;
}

void buddy_donate(struct zone *zone, struct page *page, pfn_t pfn, u32 order)
{
	assert_kernel(IS_ALIGNED(pfn, 1UL << order), pfn, order);
	free_list_add(zone, page, order, *pageblock_type_slot(page, pfn));
	zone->nr_free += 1UL << order;
}
