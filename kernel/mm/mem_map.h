/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Struct pages as one array over the span of a node: what FLAT (one node) and DISCONTIG have
 * in common.
 *
 *   node       [==bank==)        [====bank====)
 *   array     |xxxxxxxxxx.........xxxxxxxxxxxxxx|   rounded to the largest block on both sides
 *   pieces    |xxxxxxxxxx|       |xxxxxxxxxxxxxx|   what is kept with FREE_UNUSED_MEMMAP
 *
 * The rounding lets the buddy allocator look at any block's buddy without asking whether it exists.
 */
#pragma once

#include "mm/mmzone.h"

struct memmap_run;
struct memmap_report;

/** mem_map_alloc - the array of a node. False when there is no contiguous memory for it. */
bool mem_map_alloc(pg_data_t *node, pfn_t start_pfn, pfn_t end_pfn);

/** mem_map_finish - after the last array: give unused parts back if so configured, and build the lookup. */
void mem_map_finish(void);

/** mem_map_find - the node whose array has the struct page of pfn; MAX_NUMNODES when there is none. */
u32 mem_map_find(pfn_t pfn);

/* Of memmodel.h, for both models. */
bool mem_map_next_run(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run);
pfn_t mem_map_valid_start(pfn_t end_pfn, pfn_t limit);
void mem_map_report(struct memmap_report *report);

struct mem_map_figures {
	u64 pages;
	u64 freed_bytes; /* memmap of holes that was given back */
};
extern struct mem_map_figures mem_map_figures;
