/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking blocks: the hot list for single pages, the free lists for the rest.
 *
 * A single page comes from the hart's own cache and takes no lock; everything else is done under the
 * lock of its zone. A page leaves a free list with its new word already written: who merges
 * under the lock after us must not find PG_BUDDY in it.
 *
 * A block is taken from the smallest order that has one, and split: the upper half goes back,
 * until the size is right. When a migratetype has run out, a block of another type is taken,
 * the largest there is, and its pageblocks change to the new type, so that the types mix as little as possible.
 */
#include "mm/buddy.h"

#include "arch/arch.h"
#include "lib/panic.h"
#include "mm/buddy_internal.h"
#include "mm/page_debug.h"

static const char *const type_names[MIGRATE_TYPES] = {[MIGRATE_UNMOVABLE] = "Unmovable",
						      [MIGRATE_MOVABLE] = "Movable",
						      [MIGRATE_RECLAIMABLE] = "Reclaimable"};

/* Where to steal when a type has nothing left. */
static const enum migratetype fallbacks[MIGRATE_TYPES][MIGRATE_TYPES - 1] = {
	[MIGRATE_UNMOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE},
	[MIGRATE_MOVABLE] = {MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE},
	[MIGRATE_RECLAIMABLE] = {MIGRATE_UNMOVABLE, MIGRATE_MOVABLE},
};

const char *migratetype_name(enum migratetype type)
{
	return type_names[type];
}

void buddy_init_zone(struct zone *zone)
{
	for (u32 type = 0; type < NR_FREE_LISTS; type++)
		for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
			list_init(&zone->free_area[order].free_list[type]);
}

enum migratetype get_pageblock_migratetype(const struct page *page)
{
	return *pageblock_type_slot(page, page_to_pfn(page));
}

void set_pageblock_migratetype(const struct page *page, enum migratetype type)
{
	*pageblock_type_slot(page, page_to_pfn(page)) = (u8)type;
}

u64 nr_free_pages(void)
{
	struct zone *zone;
	u64 pages = 0;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			pages += zone_free_pages(zone);
	return pages;
}

u64 buddy_free_blocks(struct zone *zone, u32 order)
{
	const struct list_head *head;
	u64 blocks = 0;

	spin_lock(&zone->lock);
	for (u32 type = 0; type < MIGRATE_TYPES; type++) {
		head = free_list(zone, order, type);
		for (const struct list_head *at = head->next; at != head; at = at->next)
			blocks++;
	}
	spin_unlock(&zone->lock);
	return blocks;
}

/* A block of order have, off its list already, is cut: upper halves go back until order is left. */
static inline struct page *split(struct zone *zone, struct page *page, u64 have, u64 order,
				 u64 type)
{
	while (have > order) {
		have--;
		free_list_add(zone, page + (1UL << have), have, type);
	}
	zone->nr_free -= 1UL << order;
	return page;
}

static inline struct page *first_block(struct zone *zone, u64 order, u64 type)
{
	struct list_head *head = free_list(zone, order, type);

	return list_is_empty(head) ? NULL : container_of(head->next, struct page, lru);
}

/* From the type's own lists: the smallest block that is large enough. */
static inline struct page *take(struct zone *zone, u64 order, u64 type)
{
	for (u64 have = order; have < NR_PAGE_ORDERS; have++) {
		struct page *page = first_block(zone, have, type);

		if (!page)
			continue;
		list_del(&page->lru);
		return split(zone, page, have, order, type);
	}
	return NULL;
}

/* Another type's largest block; whole pageblocks of it belong to the new type from now on. */
static __attribute__((noinline)) struct page *steal(struct zone *zone, u64 order,
						    enum migratetype type)
{
	for (u32 i = 0; i < MIGRATE_TYPES - 1; i++) {
		enum migratetype from = fallbacks[type][i];

		for (u64 have = NR_PAGE_ORDERS; have-- > order;) {
			struct page *page = first_block(zone, have, from);

			if (!page)
				continue;
			list_del(&page->lru);
			if (have < PAGEBLOCK_ORDER)
				return split(zone, page, have, order, from);
			for (u64 n = 0; n < 1UL << have; n += PAGEBLOCK_NR_PAGES)
				set_pageblock_migratetype(page + n, type);
			return split(zone, page, have, order, type);
		}
	}
	return NULL;
}

/*
 * Fill a hot list of this hart with a batch, as far as the zone has pages, and give the last of it. Nothing
 * is left in it while the caches are off.
 */
static __attribute__((noinline)) struct page *refill(struct zone *zone, enum migratetype type)
{
	struct page_cache *cache = hot_cache(zone);
	u32 batch;

	buddy_serve();
	batch = buddy_caches_are_off() ? 1 : PCP_BATCH;
	spin_lock(&zone->lock);
	for (u32 i = 0; i < batch; i++) {
		struct page *page = take(zone, 0, type);

		if (!page && !(page = steal(zone, 0, type)))
			break;
		page_set_word(page, PAGE_WORD(PG_PCP, 0, type, 0));
		hot_push(cache, page, type);
	}
	spin_unlock(&zone->lock);
	return hot_pop(cache, type);
}

static inline struct page *mark_allocated(struct page *page, u64 order, u64 type, u64 site)
{
	page_set_word(page, PAGE_WORD(PG_HEAD, order, type, 1));
	if (config_page_owner)
		page->alloc_site = site;
	page_debug_allocated(page, order);
	return page;
}

static struct page *take_any(struct zone *zone, u32 order, enum migratetype type, u64 site)
{
	struct page *page;

	if (order == 0) {
		page = hot_pop(hot_cache(zone), type);
		if (!page)
			page = refill(zone, type);
		return page ? mark_allocated(page, 0, type, site) : NULL;
	}
	spin_lock(&zone->lock);
	page = take(zone, order, type);
	if (!page)
		page = steal(zone, order, type);
	if (page) {
		mark_allocated(page, order, type, site);
		hot_cache(zone)->blocks++;
	}
	spin_unlock(&zone->lock);
	return page;
}

/* Which node was preferred, which gave? The rules are those of Linux's zone_statistics(). */
static void note_node(const pg_data_t *node, struct zone *zone)
{
	struct zone *preferred = node->node_zonelist[0];

	if (zone->node == preferred->node)
		return;
	hot_cache(zone)->miss++;
	hot_cache(preferred)->foreign++;
}

/*
 * Zone by zone, nearest first, the next one only when this one has no deferred pages left either; exact:
 * only the node's own. What cannot move away again stays out of ZONE_MOVABLE.
 */
static struct page *take_nearest(const pg_data_t *node, u32 order, enum migratetype type,
				 bool exact, u64 site)
{
	for (u32 i = 0; i < node->nr_zonelist; i++) {
		struct zone *zone = node->node_zonelist[i];
		struct page *page;

		if ((exact && zone->node != node) ||
		    (zone->type == ZONE_MOVABLE && type != MIGRATE_MOVABLE))
			continue;

		do {
			page = take_any(zone, order, type, site);
			if (page) {
				note_node(node, zone);
				return page;
			}
		} while (arch_read_once(zone->nr_deferred) > 0 && zone_grow(zone));
	}
	return NULL;
}

/* The pages in caches may be all that is missing: of another type or hart, or parts of a larger block. */
static __attribute__((noinline)) struct page *
alloc_from(const pg_data_t *node, u32 order, enum migratetype type, bool exact, u64 site)
{
	struct page *page;

	assert_kernel(order <= MAX_PAGE_ORDER && type < MIGRATE_PCPTYPES, order, type);
	page = take_nearest(node, order, type, exact, site);
	if (page)
		return page;
	buddy_drain();
	return take_nearest(node, order, type, exact, site);
}

struct page *alloc_pages_node(u32 nid, u32 order, enum migratetype type)
{
	const u64 site = arch_return_address();

	assert_kernel(nid < MAX_NUMNODES && node_is_online(nid), nid, order);
	return alloc_from(NODE_DATA(nid), order, type, false, site);
}

struct page *alloc_pages_exact_node(u32 nid, u32 order, enum migratetype type)
{
	const u64 site = arch_return_address();

	assert_kernel(nid < MAX_NUMNODES && node_is_online(nid), nid, order);
	return alloc_from(NODE_DATA(nid), order, type, true, site);
}

/* The common cases, of the nearest zone's own type, are straight-line code. */
struct page *alloc_pages(u32 order)
{
	const u64 site = arch_return_address();
	const u64 wide = (u64)(s32)order; /* as the register has it: no instruction */
	struct page *page;

	if (order == 0) {
		page = hot_pop(this_hart()->home_cache, MIGRATE_MOVABLE);
		if (page)
			return mark_allocated(page, 0, MIGRATE_MOVABLE, site);
	} else {
		struct zone *zone = this_hart()->home_zone;

		spin_lock(&zone->lock);
		page = take(zone, wide, MIGRATE_MOVABLE);
		if (page) {
			mark_allocated(page, wide, MIGRATE_MOVABLE, site);
			this_hart()->home_cache->blocks++;
			spin_unlock(&zone->lock);
			return page;
		}
		spin_unlock(&zone->lock);
	}
	return alloc_from(this_hart()->home_node, order, MIGRATE_MOVABLE, false, site);
}
