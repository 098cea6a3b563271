/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FLATMEM: one array from the lowest to the highest frame of RAM.
 *
 *   mem_map + pfn      mem_map is biased: its first struct page is that of mem_map_start_pfn
 *   page - mem_map
 */
#pragma once

#include "memmodel_policy.h"
#include "mm/mem_map.h"

/* Constants after memmodel_init(). */
extern struct page *mem_map;
extern pfn_t mem_map_start_pfn;
extern u64 mem_map_nr_pages;

static inline bool pfn_valid(pfn_t pfn)
{
	if (pfn - mem_map_start_pfn >= mem_map_nr_pages)
		return false;
	return !config_free_unused_memmap || mem_map_find(pfn) != MAX_NUMNODES;
}

static inline struct page *pfn_to_page(pfn_t pfn)
{
	return (struct page *)((u64)mem_map + pfn * sizeof(struct page));
}

static inline pfn_t page_to_pfn(const struct page *page)
{
	return ((u64)page - (u64)mem_map) / sizeof(struct page);
}

static inline bool page_has_home(const struct page *page)
{
	(void)page;
	return true;
}

static inline u8 *pageblock_type_slot(const struct page *page, pfn_t pfn)
{
	(void)page;
	return &NODE_DATA(0)->pageblock_types[(pfn - mem_map_start_pfn) >> PAGEBLOCK_ORDER];
}
