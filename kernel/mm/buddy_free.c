/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving blocks back: judge the call, then merge with free buddies.
 *
 * A single page goes into the hart's own cache and takes no lock; merging is done under the lock
 * of the zone. The judgement needs none: an allocated block belongs to one caller, and only that one
 * may free it.
 *
 * The judgement is one comparison: the word of an allocated head says head, order and one
 * reference, so a double free, a tail page, a reserved page and a wrong order all differ from it.
 */
#include "mm/buddy.h"

#include "arch/arch.h"
#include "lib/panic.h"
#include "mm/buddy_internal.h"
#include "mm/page_debug.h"

/* Is word the same as expect but for its type? The type is the top byte: one shift hides it. */
static inline bool is_word(u64 word, u64 expect)
{
	return (word ^ expect) << (64 - PAGE_TYPE_SHIFT) == 0;
}

static inline bool is_same_zone(const struct page *a, const struct page *b)
{
	return ((a->links ^ b->links) & LINKS_ZONE_INDEX_MASK) == 0;
}

/* What is isolated stays apart from what is not. Smaller buddies share a pageblock. */
static inline bool is_same_isolation(const struct page *a, const struct page *b)
{
	return (get_pageblock_migratetype(a) == MIGRATE_ISOLATE) ==
	       (get_pageblock_migratetype(b) == MIGRATE_ISOLATE);
}

/*
 * Under the zone's lock; page is nobody's, its word is 0. The buddy's frame number differs in one bit; as the struct pages of a
 * largest block are contiguous in every model, the buddy's is found by the same distance.
 */
static inline struct page *release(struct zone *zone, struct page *page, u64 order, u64 type,
				   bool isolated)
{
	pfn_t pfn = page_to_pfn(page);

	zone->nr_free += 1UL << order;
	for (; order < MAX_PAGE_ORDER; order++) {
		const u64 size = 1UL << order;
		struct page *buddy = pfn & size ? page - size : page + size;

		if (!is_word(page_word(buddy), PAGE_WORD(PG_BUDDY, order, 0, 0)) ||
		    !is_same_zone(page, buddy))
			break;
		if (isolated && order >= PAGEBLOCK_ORDER && !is_same_isolation(page, buddy))
			break;
		list_del(&buddy->lru);
		/* Neither is a head any more; the lower one will be that of the merged block. */
		page_set_word(buddy, 0);
		if (pfn & size)
			page = buddy;
	}
	free_list_add(zone, page, order, type);
	return page;
}

/* Are some of a block's pageblocks isolated, and some not? */
static bool is_mixed(const struct page *page, u64 order)
{
	for (u64 n = PAGEBLOCK_NR_PAGES; n < 1UL << order; n += PAGEBLOCK_NR_PAGES)
		if (!is_same_isolation(page, page + n))
			return true;
	return false;
}

/*
 * The same while pageblocks of the zone are isolated: never on the straight path. A block of several may
 * have been allocated before one of them was: then its parts go where they belong.
 */
static __attribute__((noinline)) struct page *release_apart(struct zone *zone, struct page *page,
							    u64 order)
{
	for (; is_mixed(page, order); order--)
		(void)release_apart(zone, page + (1UL << (order - 1)), order - 1);
	return release(zone, page, order, get_pageblock_migratetype(page), true);
}

static __attribute__((noinline, cold)) bool free_apart(struct zone *zone, struct page *page,
						       u64 order)
{
	(void)release_apart(zone, page, order);
	spin_unlock(&zone->lock);
	return true;
}

void buddy_release_locked(struct zone *zone, struct page *page, u32 order)
{
	page = release_apart(zone, page, order);
	list_del(&page->lru);
	list_add_tail(&page->lru, free_list(zone, page_order(page), page_type(page)));
}

void buddy_release(struct zone *zone, struct page *page, u32 order)
{
	page_debug_freed(page, order);
	spin_lock(&zone->lock);
	buddy_release_locked(zone, page, order);
	spin_unlock(&zone->lock);
}

/* At most nr pages of a type of one of this hart's caches go back to the zone's lists. */
static void hot_drain(struct zone *zone, struct page_cache *cache, u32 type, u32 nr)
{
	struct page *page;

	spin_lock(&zone->lock);
	while (nr-- > 0 && (page = hot_unpush(cache, type)) != NULL) {
		page_set_word(page, 0);
		if (zone->nr_isolated > 0)
			(void)release_apart(zone, page, 0);
		else
			release(zone, page, 0, get_pageblock_migratetype(page), false);
	}
	spin_unlock(&zone->lock);
}

void hot_drain_all(void)
{
	struct zone *zone;
	u32 nid;

	if (!home_zone)
		return;
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			struct page_cache *cache = hot_cache(zone);

			for (u32 type = 0; page_cache_count(cache) > 0; type++)
				hot_drain(zone, cache, type, ~0U);
		}
}

/* A cache is over its limit: the hart's own, or 0, because another hart asks or all caches are off. */
static __attribute__((noinline)) bool hot_overflow(struct zone *zone, struct page_cache *cache,
						   u32 type)
{
	buddy_serve();
	if (buddy_caches_are_off())
		hot_drain(zone, cache, type, ~0U);
	else if (page_cache_count(cache) > PCP_HIGH)
		hot_drain(zone, cache, type, PCP_BATCH);
	return true;
}

/*
 * The judgement: one comparison. What an allocated single page says, its type shifted out; for larger blocks the
 * order is added. While there are struct pages that are not initialised, and may say anything, the
 * lowest bit is set, which no shifted word has: then every free takes the long way.
 */
#define UNTYPED(word) ((word) << (64 - PAGE_TYPE_SHIFT))
#define LONG_WAY      1UL

static u64 allocated_word = UNTYPED(PAGE_WORD(PG_HEAD, 0, 0, 1));

/* Has this struct page been initialised? NULL: all have. */
static bool (*is_ready)(const struct page *page);

void buddy_judge_frees(bool (*with)(const struct page *page))
{
	is_ready = with;
	arch_write_once(allocated_word,
			UNTYPED(PAGE_WORD(PG_HEAD, 0, 0, 1)) | (with ? LONG_WAY : 0));
}

/* A single page goes into the hart's cache. */
static inline bool give_page(struct page *page, u64 type, u64 site)
{
	struct hart *hart = this_hart();
	struct page_cache *cache = &hart->cache[page->links & LINKS_ZONE_INDEX_MASK];

	__asm__("" : "+r"(cache)); /* one address: GCC would work it out anew for each member */
	if (config_page_owner)
		page->free_site = site;
	page_debug_freed(page, 0);
	page_set_word(page, PAGE_WORD(PG_PCP, 0, type, 0));
	hot_push(cache, page, type);
	if (page_cache_count(cache) > arch_read_once(hart->pcp_high))
		return hot_overflow(page_zone(page), cache, (u32)type);
	return true;
}

/*
 * A block of whole pageblocks has the type it was allocated with; smaller ones follow their
 * pageblock, which may have changed hands meanwhile.
 */
static inline bool give_block(struct page *page, u64 order, u64 site)
{
	u64 type = page_type(page);
	struct zone *zone = page_zone(page);

	if (config_page_owner)
		page->free_site = site;
	page_debug_freed(page, order);
	page_set_word(page, 0);
	spin_lock(&zone->lock);
	if (zone->nr_isolated > 0)
		return free_apart(zone, page, order);
	if (order < PAGEBLOCK_ORDER)
		type = *pageblock_type_slot(page, page_to_pfn(page));
	release(zone, page, order, type, false);
	spin_unlock(&zone->lock);
	return true;
}

/* Refused, or on the long way: the struct page must have been initialised before it is believed. */
static __attribute__((noinline, cold)) bool free_judged(struct page *page, u32 order, u64 site)
{
	if (!is_ready)
		return buddy_refuse(page, order, site);
	if (!is_ready(page))
		return buddy_refuse_pending(page, order, site);
	if (order > MAX_PAGE_ORDER || !is_word(page->word, PAGE_WORD(PG_HEAD, order, 0, 1)))
		return buddy_refuse(page, order, site);
	return order == 0 ? give_page(page, page_type(page), site) : give_block(page, order, site);
}

static __attribute__((noinline)) bool free_block(struct page *page, u64 order, u64 site)
{
	if (order > MAX_PAGE_ORDER ||
	    UNTYPED(page->word) !=
		    arch_read_once(allocated_word) + UNTYPED(PAGE_WORD(0, order, 0, 0)))
		return free_judged(page, (u32)order, site);
	return give_block(page, order, site);
}

bool free_pages(struct page *page, u32 order)
{
	const u64 site = arch_return_address();
	const u64 word = page->word;

	if (order != 0 || UNTYPED(word) != arch_read_once(allocated_word))
		return free_block(page, order, site);
	return give_page(page, word >> PAGE_TYPE_SHIFT, site);
}

void buddy_donate(struct zone *zone, struct page *page, pfn_t pfn, u32 order)
{
	assert_kernel(IS_ALIGNED(pfn, 1UL << order), pfn, order);
	page_debug_freed(page, order);
	spin_lock(&zone->lock);
	free_list_add(zone, page, order, *pageblock_type_slot(page, pfn));
	zone->nr_free += 1UL << order;
	spin_unlock(&zone->lock);
}
