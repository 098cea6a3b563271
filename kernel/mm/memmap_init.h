/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initialise struct pages: of RAM, of holes, for all memory models alike. All of them in the zones stage,
 * or (deferred=) unit by unit, later: docs/deferred.md.
 *
 * A unit is as many frames as the largest block has, aligned to it. No block leaves its unit, so
 * the buddy allocator never looks from one into another, and a unit is initialised whole or not at all.
 *
 *   frames   |.... unit ....|.... unit ....|.... unit ....|.... unit ....|
 *   bitmap          0              1              1              0
 *                 ready         pending        pending         ready
 */
#pragma once

#include "mm/memmodel.h"

#define MEMMAP_UNITS (DIRECT_MAP_SIZE >> (PAGE_SHIFT + MAX_PAGE_ORDER))

/* A bit for each unit from memmap_unit_base on; set: its struct pages hold what their memory held before. */
extern u64 memmap_pending[MEMMAP_UNITS / 64];
extern pfn_t memmap_unit_base;

/**
 * pfn_is_ready - may the struct page of a valid frame be looked at? Always, in a boot with
 * deferred=off, once the zones stage has ended. Whoever walks frames asks this first; whoever has a page
 * from an allocation, or from a list, need not.
 */
static inline bool pfn_is_ready(pfn_t pfn)
{
	u64 unit = (pfn - memmap_unit_base) >> MAX_PAGE_ORDER;

	return unit >= MEMMAP_UNITS || !(memmap_pending[unit / 64] >> (unit % 64) & 1);
}

/**
 * page_is_ready - has this struct page been initialised? It may hold anything: what it says of its frame
 * counts when the frame says the same of it. For any address of readable memory.
 */
bool page_is_ready(const struct page *page);

/** memmap_run_has - is the struct page that pfn_to_page() finds for a frame of the run in this run? */
static inline bool memmap_run_has(const struct memmap_run *run, pfn_t pfn)
{
	return pfn_valid(pfn) && pfn_to_page(pfn) == run->page + (pfn - run->start_pfn);
}

/**
 * memmap_init - all runs of the memory model; or, deferred, none: every unit is pending, and
 * memmap_init_figures say what it will be in the end. For free_area_init().
 */
void memmap_init(void);

/**
 * memmap_init_run - every struct page of a run, or of a part of one, becomes a reserved page of its node
 * and zone. Adds what it did to *figures. Several harts may do different parts at a time.
 */
void memmap_init_run(const struct memmap_run *run, struct memmap_init_figures *figures);

/** memmap_set_ready - the units of [start_pfn, end_pfn), start_pfn at the edge of one, are initialised. */
void memmap_set_ready(pfn_t start_pfn, pfn_t end_pfn);

/** memmap_first_pending - the first frame of [pfn, limit) that lies in a pending unit; limit when none does. */
pfn_t memmap_first_pending(pfn_t pfn, pfn_t limit);

/**
 * memmap_next_pending - the first frames of [*start_pfn, limit) that lie in pending units:
 * [*start_pfn, *end_pfn). False when there are none.
 */
bool memmap_next_pending(pfn_t *start_pfn, pfn_t limit, pfn_t *end_pfn);

/**
 * memmap_init_zone - nr struct pages from page on become reserved pages of the node and zone:
 * refcount 1, on no list, never allocated. section is the number for page->links, the same for all.
 */
void memmap_init_zone(struct page *page, u64 nr, u64 section, u32 nid, enum zone_type zone);
