/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes and zones. A node is a pg_data_t; a zone is the part of a node below or above 4 GiB.
 *
 *   spanned = end_pfn - start_pfn            holes included
 *   present = spanned - frames in holes      exists as RAM
 *   managed = present - reserved at hand-over  was given to the buddy allocator
 *   spanned >= present >= managed, checked by check.c
 */
#pragma once

#include "lib/spinlock.h"
#include "mm/numa.h"
#include "mm/page.h"
#include "mm/percpu.h"

enum zone_type {
	ZONE_DMA32,   /* frames below 4 GiB: what 32-bit devices reach */
	ZONE_NORMAL,  /* the rest */
	ZONE_MOVABLE, /* memory that was put online for pages that can be moved away again */
	MAX_NR_ZONES,
};

#define ZONE_DMA32_END_PFN (4 * GIB >> PAGE_SHIFT)

/* What may be done with pages of a pageblock: grouping keeps large blocks together. */
enum migratetype {
	MIGRATE_UNMOVABLE,
	MIGRATE_MOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_TYPES,
	MIGRATE_ISOLATE = MIGRATE_TYPES, /* nobody may allocate: the block is going offline */
	NR_FREE_LISTS,
};

/* A pageblock is one megapage, or the largest block if that is smaller. */
#define PAGEBLOCK_ORDER    (MAX_PAGE_ORDER < 9 ? MAX_PAGE_ORDER : 9)
#define PAGEBLOCK_NR_PAGES (1UL << PAGEBLOCK_ORDER)
#define MAX_ORDER_NR_PAGES (1UL << MAX_PAGE_ORDER)

/* The blocks of one order. Which orders have any is found by looking: neighbours are near in memory. */
struct free_area {
	struct list_head free_list[NR_FREE_LISTS];
};

struct pglist_data;

static_assert(MIGRATE_PCPTYPES <= MIGRATE_TYPES, "the types of the caches are the first ones");

/* lock guards free_area, nr_free, the words of free pages and the pageblock types of the zone. */
struct zone {
	struct spinlock lock;
	u32 nr_isolated; /* pageblocks of MIGRATE_ISOLATE; their free pages are in nr_free until they leave */
	u64 nr_free;     /* pages on the free lists; those in the harts' caches are not in it */
	u64 nr_deferred; /* free pages on no list yet: their struct pages are not initialised */
	pfn_t grow_pfn;  /* below it nothing of the zone is deferred */
	const char *name;
	struct pglist_data *node;
	enum zone_type type;
	pfn_t start_pfn;
	u64 spanned_pages;
	u64 present_pages;
	u64 managed_pages;
	struct free_area free_area[NR_PAGE_ORDERS];
};

#define MAX_ZONELIST (MAX_NUMNODES * MAX_NR_ZONES)

typedef struct pglist_data {
	u32 nid;
	pfn_t node_start_pfn;
	u64 node_spanned_pages;
	u64 node_present_pages;
	struct page *node_mem_map; /* FLAT and DISCONTIG: the page of mem_map_start_pfn */
	pfn_t mem_map_start_pfn;   /* rounded to the largest block on both sides */
	pfn_t mem_map_end_pfn;
	u8 *pageblock_types; /* FLAT and DISCONTIG: one byte a pageblock of the mem_map */
	struct zone node_zones[MAX_NR_ZONES];
	u32 nr_zonelist;
	struct zone *node_zonelist[MAX_ZONELIST]; /* where to allocate, nearest first */
} pg_data_t;

extern pg_data_t *node_data[MAX_NUMNODES];
#define NODE_DATA(nid) (node_data[nid])

/** nodes_init - the stage: a pg_data_t for every online node, near its memory, with its span. */
void nodes_init(void);

/** free_area_init - the stage: zones, every struct page initialised and reserved, zonelists. */
void free_area_init(void);

/** zone_type_of - the zone that a frame belongs to, unless it was put online as Movable. */
static inline enum zone_type zone_type_of(pfn_t pfn)
{
	return pfn < ZONE_DMA32_END_PFN ? ZONE_DMA32 : ZONE_NORMAL;
}

/* Every zone by nid << LINKS_NID_SHIFT | zone: the low bits of page->links. */
extern struct zone *zone_table[MAX_NUMNODES << LINKS_NID_SHIFT];
/* Where a hart of a node without memory allocates: the first node that has some, and its nearest zone. */
extern pg_data_t *home_node;
extern struct zone *home_zone;

/** zone_index - a zone's place in zone_table, and that of its cache in a hart's. */
static inline u32 zone_index(const struct zone *zone)
{
	return zone->node->nid << LINKS_NID_SHIFT | zone->type;
}

static inline struct zone *page_zone(const struct page *page)
{
	return zone_table[page->links & LINKS_ZONE_INDEX_MASK];
}

static inline pfn_t zone_end_pfn(const struct zone *zone)
{
	return zone->start_pfn + zone->spanned_pages;
}

/** zone_free_pages - what an allocation can get: lists, caches, deferred pages. Exact while no other hart is at work. */
static inline u64 zone_free_pages(const struct zone *zone)
{
	u64 pages = zone->nr_free + zone->nr_deferred;

	for (u32 i = 0; i < nr_harts; i++)
		pages += page_cache_count(&harts[i]->cache[zone_index(zone)]);
	return pages;
}

/**
 * zone_grow - initialise the lowest unit with deferred pages of the zone and put them on the free lists, of
 * every zone that shares it. False when there is none. When an allocation finds nothing that fits (deferred.c).
 */
bool zone_grow(struct zone *zone);

/** for_each_node_zone - struct zone *zone over the zones of an online node that span any frame. */
#define for_each_node_zone(zone, nid)                                                             \
	for (zone = NODE_DATA(nid)->node_zones; zone < NODE_DATA(nid)->node_zones + MAX_NR_ZONES; \
	     zone++)                                                                              \
		if (zone->spanned_pages == 0)                                                     \
			continue;                                                                 \
		else

/* What free_area_init found, for the log and the record. */
struct memmap_init_figures {
	u64 pages;       /* struct pages initialised */
	u64 unavailable; /* of those, in holes: reserved for ever */
	u64 poisoned;    /* found untouched since their allocation (with MEMMAP_POISON) */
};
extern struct memmap_init_figures memmap_init_figures;
