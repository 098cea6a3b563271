/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator: blocks of 2^order pages, naturally aligned, on lists by zone, order
 * and migratetype (Knowlton 1965; Knuth, TAOCP 1, 2.5).
 *
 *   the buddy of block n of order o is n ^ (1 << o); two free buddies make one block of
 *   order o + 1 at n & ~(1 << o). A block never leaves its zone, and never its section, since
 *   the largest block is not larger than the smallest section.
 *
 * Before hand-over the lists are empty. From then on every hart may call everything here at any time,
 * but for what says otherwise: locks and caches per hart are described in docs/harts.md.
 */
#pragma once

#include "mm/memmodel.h"

/** buddy_init_zone - empty lists. For free_area_init(). */
void buddy_init_zone(struct zone *zone);

/**
 * alloc_pages_node - 2^order pages from the node, or from the nearest that has them.
 * @order: 0 to MAX_PAGE_ORDER. Result: the head page, refcount 1, contents undefined; NULL when no zone has it.
 */
struct page *alloc_pages_node(u32 nid, u32 order, enum migratetype type);

/** alloc_pages - movable pages from the first node that has memory, else from the nearest to it. order as above. */
struct page *alloc_pages(u32 order);

/** alloc_pages_exact_node - the same from the node's own zones only (Linux's __GFP_THISNODE); NULL when it has none. */
struct page *alloc_pages_exact_node(u32 nid, u32 order, enum migratetype type);

/**
 * alloc_pages_interleave - 2^order pages, from the nodes of a set in turn, so that what is read by many is
 * spread over all (Linux's MPOL_INTERLEAVE). @nodes: bit n is node n; those without memory have no turn.
 * A node that has none left gives its turn to the nearest. Each hart has a turn of its own. NULL: no
 * node of the set has memory, or nothing is left at all.
 */
struct page *alloc_pages_interleave(u64 nodes, u32 order, enum migratetype type);

/**
 * buddy_hold - an allocated block is the kernel's own from now on: the audit does not miss it, and
 * free_pages() refuses it until buddy_unhold(). owner is an enum owner, kept in page->mapping above its
 * lowest two bits, which say movable (migrate.h).
 */
static inline void buddy_hold(struct page *page, u64 owner)
{
	page->word |= PG_HELD;
	page->mapping = owner << 2;
}

/** buddy_unhold - the opposite: page is the head of a held block, and its holder frees it next. */
static inline void buddy_unhold(struct page *page)
{
	page->word &= ~(u64)PG_HELD;
	page->mapping = 0;
}

/** buddy_is_held - the head of an allocated block that this owner holds? */
static inline bool buddy_is_held(const struct page *page, u64 owner)
{
	return (page->word & (PG_HEAD | PG_HELD)) == (PG_HEAD | PG_HELD) &&
	       page->mapping == owner << 2;
}

/**
 * buddy_take_range - take [start_pfn, end_pfn), whole largest blocks, off the free lists, as one.
 * False, and nothing changed, unless all of it is free in one zone. The words of its pages are 0 then.
 */
bool buddy_take_range(pfn_t start_pfn, pfn_t end_pfn);

/**
 * buddy_next_held - frames of held blocks of one owner (enum owner) that follow each other; *cursor is a
 * pfn, from 0. False past the last. A walk over all frames.
 */
bool buddy_next_held(pfn_t *cursor, u64 owner, pfn_t *start_pfn, pfn_t *end_pfn);

/**
 * free_pages - give a block back. page and order as allocated. A block that is free already, was
 * never allocated, is a hole or reserved, or has another order is refused: false, and one
 * line that names both call sites.
 */
bool free_pages(struct page *page, u32 order);

/**
 * buddy_judge_frees - from now on free_pages() asks, before it believes what a struct page says, whether it
 * has been initialised; NULL: all have been. Nobody may free meanwhile. docs/deferred.md.
 */
void buddy_judge_frees(bool (*is_ready)(const struct page *page));

/** buddy_donate - hand-over: the block's pages are not reserved any more; put it on its list. */
void buddy_donate(struct zone *zone, struct page *page, pfn_t pfn, u32 order);

/**
 * buddy_release - a block that is nobody's, its words 0, joins the free lists: merged with its buddies and
 * last on its list, so that it is taken last. For memory that was added at run time.
 */
void buddy_release(struct zone *zone, struct page *page, u32 order);

/**
 * buddy_drain - empty the caches of all harts into the free lists. A hart that is at work empties its
 * own, the next time it comes to the end of a cache or of a piece of work: the call waits for
 * that, so the caller holds no lock. Nothing else keeps the caches empty afterwards.
 */
void buddy_drain(void);

/**
 * buddy_serve - does another hart wait for the pages in this one's caches? Then they go back. Called
 * where a cache is refilled or emptied, and between two chunks of work.
 */
void buddy_serve(void);

/**
 * buddy_caches_off - off: the caches of all harts are emptied and stay empty until it is called with false; single
 * pages are slower then. While memory goes offline. One hart at a time, no lock held.
 */
void buddy_caches_off(bool off);

/** buddy_others_work - is any other hart at work, so that memory may be allocated and freed meanwhile? */
bool buddy_others_work(void);

/** buddy_hart_works - this hart begins to work, or has ended: then its caches are empty and stay so. */
void buddy_hart_works(bool at_work);

/** get_pageblock_migratetype / set_ - the type of the pageblock that holds a page. */
enum migratetype get_pageblock_migratetype(const struct page *page);
void set_pageblock_migratetype(const struct page *page, enum migratetype type);

/** nr_free_pages - pages that allocations can get, all zones together: as zone_free_pages(). */
u64 nr_free_pages(void);

/** buddy_free_blocks - free blocks of that order in the zone, counted one by one under its lock. */
u64 buddy_free_blocks(struct zone *zone, u32 order);

/** migratetype_name - as /proc/pagetypeinfo has it: "Unmovable", "Movable", ... */
const char *migratetype_name(enum migratetype type);
