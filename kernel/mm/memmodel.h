/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory model: where the struct page of a frame lies. The one interface behind which
 * FLAT, DISCONTIG, SPARSE and SPARSE with vmemmap stand; the build picks a folder.
 *
 * memmodel_ops.h of that folder gives, inline:
 *   bool pfn_valid(pfn_t)               has the frame a struct page? It need not be RAM: a hole
 *                                       in a present section has one too. "Is RAM" is pfn_is_ram().
 *   struct page *pfn_to_page(pfn_t)     for a valid pfn
 *   pfn_t page_to_pfn(const struct page *)   the inverse
 *   bool page_has_home(const struct page *)    may page_to_pfn() be asked? Always, unless the struct page
 *                                       is not initialised; then its answer must be checked
 *   u8 *pageblock_type_slot(const struct page *, pfn_t)   the migratetype of its pageblock
 *   memmodel_name, memmodel_has_nodes, memmodel_node_per_bank   what numa.c may do
 * Nothing may call the first five before memmodel_init() has run.
 */
#pragma once

#include "mm/mmzone.h"
#include "memmodel_ops.h"

/* Consecutive struct pages, of one home node. */
struct memmap_run {
	struct page *page; /* of start_pfn */
	pfn_t start_pfn;
	pfn_t end_pfn;
	u32 nid; /* whose memmap it is; the frames may belong to other nodes too */
};

struct memmap_report {
	u64 bytes;      /* memory that the struct pages take */
	u64 pages;      /* struct pages */
	u64 leaves[3];  /* page-table leaves that show a vmemmap: 4K, 2M, 1G */
	u64 tables;     /* page-table pages for it */
	u64 sections;   /* present sections; 0 where the model has none */
	u64 mixed;      /* of those, with a hole */
	u64 roots;      /* pages of mem_section, or rows of the static table */
	u64 runs;       /* of neighbouring sections of one node */
	u64 block;      /* bytes allocated as one block per run */
	u64 block_used; /* of those, used; the rest was returned */
	u64 freed;      /* bytes of struct pages of holes that were given back */
};

/** memmodel_init - the stage: allocate the memmap of all banks. A part that cannot be had is left out, with a line. */
void memmodel_init(void);

/**
 * memmodel_next_run_in - step through the struct pages of the frames [start_pfn, end_pfn): *cursor
 * starts at 0, *run is cut to the range. False after the last. Where the spans of DISCONTIG nodes
 * overlap, a frame comes once for each array that covers it; pfn_to_page() finds the one of its own node.
 */
bool memmodel_next_run_in(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run);

/** memmodel_next_run - the same for all struct pages there are. */
static inline bool memmodel_next_run(u64 *cursor, struct memmap_run *run)
{
	return memmodel_next_run_in(cursor, 0, ~0UL, run);
}

/**
 * memmodel_valid_start - RAM of one node ends at end_pfn and begins at limit (limit < end_pfn). The
 * frames below end_pfn have struct pages down to the result; end_pfn itself when the last has none.
 * Not frame by frame: a step is a section, or all that one array covers.
 */
pfn_t memmodel_valid_start(pfn_t end_pfn, pfn_t limit);

/** memmodel_report - what it cost. After memmodel_init(). */
void memmodel_report(struct memmap_report *report);

/** pfn_is_ram - is the frame RAM of a bank? Any time after banks_init(). */
bool pfn_is_ram(pfn_t pfn);

/** memmap_is_poisoned - MEMMAP_POISON, or the boot argument step: new struct pages are 0xff and watched. */
static inline bool memmap_is_poisoned(void)
{
	return config_memmap_poison || machine.options.step;
}

/** memmap_is_deferred - is the initialisation of struct pages left for later in this boot? docs/deferred.md. */
static inline bool memmap_is_deferred(void)
{
	return machine.options.deferred != DEFERRED_OFF;
}

/** memmap_fill_poison - new struct pages look used by nobody, when memmap_is_poisoned(). */
void memmap_fill_poison(void *memmap, u64 bytes);
