/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISCONTIGMEM: an array per node.
 *
 *   pfn_to_page   find the node of the frame in a sorted table, then node_mem_map + offset
 *   page_to_pfn   page->links has the node; page - node_mem_map
 *
 * The search is what made this model hard to love: the other three convert without one.
 */
#pragma once

#include "memmodel_policy.h"
#include "mm/mem_map.h"

static inline bool pfn_valid(pfn_t pfn)
{
	return mem_map_find(pfn) != MAX_NUMNODES;
}

static inline struct page *pfn_to_page(pfn_t pfn)
{
	const pg_data_t *node = NODE_DATA(mem_map_find(pfn));

	return node->node_mem_map + (pfn - node->mem_map_start_pfn);
}

static inline pfn_t page_to_pfn(const struct page *page)
{
	const pg_data_t *node = NODE_DATA(page_to_nid(page));

	return (pfn_t)(page - node->node_mem_map) + node->mem_map_start_pfn;
}

static inline bool page_has_home(const struct page *page)
{
	const u32 nid = page_to_nid(page);

	return nid < MAX_NUMNODES && NODE_DATA(nid) && NODE_DATA(nid)->node_mem_map;
}

static inline u8 *pageblock_type_slot(const struct page *page, pfn_t pfn)
{
	const pg_data_t *node = NODE_DATA(page_to_nid(page));

	return &node->pageblock_types[(pfn - node->mem_map_start_pfn) >> PAGEBLOCK_ORDER];
}
