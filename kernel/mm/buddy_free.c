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

/* Is word the same as expect but for its type? The type is the top byte: one shift hides it. */
static inline bool is_word(u64 word, u64 expect)
{
	return (word ^ expect) << (64 - PAGE_TYPE_SHIFT) == 0;
}

static inline bool is_same_zone(const struct page *a, const struct page *b)
{
	return ((a->links ^ b->links) & LINKS_ZONE_INDEX_MASK) == 0;
}

/*
 * page is nobody's. The buddy's frame number differs in one bit; as the struct pages of a
 * largest block are contiguous in every model, the buddy's is found by the same distance.
 */
static inline void release(struct zone *zone, struct page *page, u64 order, u64 type)
{
	pfn_t pfn = page_to_pfn(page);

	zone->nr_free += 1UL << order;
	for (; order < MAX_PAGE_ORDER; order++) {
		const u64 size = 1UL << order;
		struct page *buddy = pfn & size ? page - size : page + size;

		if (!is_word(buddy->word, PAGE_WORD(PG_BUDDY, order, 0, 0)) ||
		    !is_same_zone(page, buddy))
			break;
		list_del(&buddy->lru);
		/* Neither is a head any more, unless the lower one becomes that of the merged block. */
		buddy->word = 0;
		page->word = 0;
		if (pfn & size)
			page = buddy;
	}
	free_list_add(zone, page, order, type);
}

static __attribute__((noinline)) bool hot_drain(struct zone *zone, u32 type, u32 nr)
{
	struct page *page;

	while (nr-- > 0 && (page = hot_pop(&zone->pcp, type)) != NULL) {
		page->word = 0;
		release(zone, page, 0, get_pageblock_migratetype(page));
	}
	return true;
}

void buddy_drain(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 type = 0; type < MIGRATE_TYPES; type++)
				hot_drain(zone, type, ~0U);
}

/* Say what is wrong with a free, and from where; refuse it. */
static __attribute__((noinline, cold)) bool refuse(const struct page *page, u32 order, u64 site)
{
	const char *why = "it is not the head of an allocated block";

	if (page_has(page, PG_BUDDY) || page_has(page, PG_PCP))
		why = "it is free already";
	else if (page_has(page, PG_RESERVED))
		why = pfn_is_ram(page_to_pfn(page)) ? "it is reserved and was never allocated"
						    : "it is a hole, not RAM";
	else if (page_has(page, PG_HEAD))
		why = page_order(page) != order ? "it was allocated with another order"
						: "it is still referenced";
	else if (page->free_site != 0)
		why = "it was freed before, alone or inside a larger block";
	log_warn("bad-free",
		 "free of pfn 0x%lx order %u from 0x%lx refused: %s (allocated with order %u from "
		 "0x%lx, last "
		 "freed from 0x%lx)",
		 page_to_pfn(page), order, site, why, page_order(page), page->alloc_site,
		 page->free_site);
	return false;
}

/*
 * A block of whole pageblocks has the type it was allocated with; smaller ones follow their
 * pageblock, which may have changed hands meanwhile.
 */
static __attribute__((noinline)) bool free_block(struct page *page, u64 order, u64 site)
{
	u64 type = page_type(page);

	if (order > MAX_PAGE_ORDER || !is_word(page->word, PAGE_WORD(PG_HEAD, order, 0, 1)))
		return refuse(page, (u32)order, site);
	page->free_site = site;
	page->word = 0;
	if (order < PAGEBLOCK_ORDER)
		type = *pageblock_type_slot(page, page_to_pfn(page));
	release(page_zone(page), page, order, type);
	return true;
}

bool free_pages(struct page *page, u32 order)
{
	const u64 site = arch_return_address();
	const u64 differs = page->word ^ PAGE_WORD(PG_HEAD, 0, 0, 1);
	struct zone *zone;

	/* Only the type may differ from what an allocated single page says. */
	if (order != 0 || differs << (64 - PAGE_TYPE_SHIFT) != 0)
		return free_block(page, order, site);
	zone = page_zone(page);
	page->free_site = site;
	page->word = differs | PG_PCP;
	hot_push(&zone->pcp, page, (u32)(differs >> PAGE_TYPE_SHIFT));
	if (zone->pcp.count > PCP_HIGH)
		return hot_drain(zone, (u32)(differs >> PAGE_TYPE_SHIFT), PCP_BATCH);
	return true;
}

void buddy_donate(struct zone *zone, struct page *page, pfn_t pfn, u32 order)
{
	assert_kernel(IS_ALIGNED(pfn, 1UL << order), pfn, order);
	free_list_add(zone, page, order, *pageblock_type_slot(page, pfn));
	zone->nr_free += 1UL << order;
}
