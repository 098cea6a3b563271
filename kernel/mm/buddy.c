/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking blocks: the hot list for single pages, the free lists for the rest.
 *
 * A block is taken from the smallest order that has one, and split: the upper half goes back,
 * until the size is right. When a migratetype has run out, a block of another type is taken,
 * the largest there is, and its pageblocks change to the new type, so that the types mix as little as possible.
 */
#include "mm/buddy.h"

#include "arch/arch.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "mm/buddy_internal.h"

static const char *const type_names[MIGRATE_TYPES] = {
	[MIGRATE_UNMOVABLE] = "Unmovable", [MIGRATE_MOVABLE] = "Movable", [MIGRATE_RECLAIMABLE] = "Reclaimable"};

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
	for (u32 type = 0; type < MIGRATE_TYPES; type++) {
		list_init(&zone->pcp.list[type]);
		zone->nonempty[type] = 0;
		for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
			list_init(&zone->free_area[order].free_list[type]);
	}
}

enum migratetype get_pageblock_migratetype(const struct page *page)
{
	return *pageblock_type_slot(page, page_to_pfn(page));
}

void set_pageblock_migratetype(const struct page *page, enum migratetype type)
{
	*pageblock_type_slot(page, page_to_pfn(page)) = (u8)type;
}

u64 buddy_free_blocks(const struct zone *zone, u32 order)
{
	return zone->free_area[order].nr_free;
}

/* Take the first block of order have from its list and give back what is too much of it. */
static struct page *take(struct zone *zone, u32 have, u32 order, u32 list_type, u32 type)
{
	struct list_head *first = zone->free_area[have].free_list[list_type].next;
	struct page *page = container_of(first, struct page, lru);

	free_list_del(zone, page, have, list_type);
	while (have > order) {
		have--;
		free_list_add(zone, page + (1UL << have), have, type);
	}
	zone->nr_free -= 1UL << order;
	return page;
}

/* Another type's largest block; whole pageblocks of it belong to the new type from now on. */
static struct page *steal(struct zone *zone, u32 order, enum migratetype type)
{
	for (u32 i = 0; i < MIGRATE_TYPES - 1; i++) {
		enum migratetype from = fallbacks[type][i];
		u32 candidates = zone->nonempty[from] >> order << order;
		struct page *page;
		u32 have;

		if (candidates == 0)
			continue;
		have = highest_bit(candidates);
		if (have < PAGEBLOCK_ORDER)
			return take(zone, have, order, from, from);
		page = container_of(zone->free_area[have].free_list[from].next, struct page, lru);
		for (u64 n = 0; n < 1UL << have; n += PAGEBLOCK_NR_PAGES)
			set_pageblock_migratetype(page + n, type);
		return take(zone, have, order, from, type);
	}
	return NULL;
}

static struct page *take_from_zone(struct zone *zone, u32 order, enum migratetype type)
{
	u32 candidates = zone->nonempty[type] >> order << order;

	if (candidates == 0)
		return steal(zone, order, type);
	return take(zone, lowest_bit(candidates), order, type, type);
}

/* Fill the hot list of a type with a batch, as far as the zone has pages. */
static bool refill(struct zone *zone, enum migratetype type)
{
	for (u32 i = 0; i < PCP_BATCH; i++) {
		struct page *page = take_from_zone(zone, 0, type);

		if (!page)
			return i > 0;
		page->word = PAGE_WORD(PG_PCP, 0, type, 0);
		list_add_tail(&page->lru, &zone->pcp.list[type]);
		zone->pcp.count++;
	}
	return true;
}

static struct page *take_hot(struct zone *zone, enum migratetype type)
{
	struct list_head *head = &zone->pcp.list[type];
	struct page *page;

	if (list_is_empty(head) && !refill(zone, type))
		return NULL;
	page = container_of(head->next, struct page, lru);
	list_del(&page->lru);
	zone->pcp.count--;
	return page;
}

static inline struct page *alloc_from(const pg_data_t *node, u32 order, enum migratetype type, u64 site)
{
	for (u32 i = 0; i < node->nr_zonelist; i++) {
		struct zone *zone = node->node_zonelist[i];
		struct page *page =
			order == 0 ? take_hot(zone, type) : take_from_zone(zone, order, type);

		if (!page)
			continue;
		page->word = PAGE_WORD(PG_HEAD, order, type, 1);
		page->alloc_site = site;
		return page;
	}
	return NULL;
}

struct page *alloc_pages_node(u32 nid, u32 order, enum migratetype type)
{
	assert_kernel(nid < MAX_NUMNODES && node_is_online(nid), nid, order);
	assert_kernel(order <= MAX_PAGE_ORDER && type < MIGRATE_TYPES, order, type);
	return alloc_from(NODE_DATA(nid), order, type, (u64)__builtin_return_address(0));
}

struct page *alloc_pages(u32 order)
{
	u32 nid;

	assert_kernel(order <= MAX_PAGE_ORDER, order, 0);
	for_each_online_node (nid)
		return alloc_from(NODE_DATA(nid), order, MIGRATE_MOVABLE, (u64)__builtin_return_address(0));
	return NULL;
}
