/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the buddy tests share: the free lists judged block by block.
 */
#pragma once

#include <string.h>

#include "boot_fixture.h"
#include "mm/census.h"

/* Enough for several blocks of the largest order. */
#define BUDDY_RAM (MAX_PAGE_ORDER > 10 ? 512 * MIB : 64 * MIB)

/** for_each_free_block - empty the hot lists, then call visit for each block on a list. */
static inline void for_each_free_block(void (*visit)(struct zone *zone, struct page *page,
						     u32 order, u32 type))
{
	struct zone *zone;
	u32 nid;

	buddy_drain();
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				for (u32 type = 0; type < MIGRATE_TYPES; type++) {
					struct list_head *head =
						&zone->free_area[order].free_list[type];
					struct page *page;

					list_for_each_entry (page, head, lru)
						visit(zone, page, order, type);
				}
}

/* As many free blocks of each order as at a census; types may have changed hands. */
static inline void expect_same_blocks(const char *file, int line, const struct census *before)
{
	struct census_difference d;

	if (census_differs(before, &d))
		unit_check(false, false, file, line,
			   "node %u zone %u order %u: %lu free blocks, not %lu", d.zone->node->nid,
			   d.zone->type, d.order, d.now, d.before);
}
#define EXPECT_SAME_BLOCKS(before) expect_same_blocks(__FILE__, __LINE__, before)

/** judge_free_block - aligned, said so in its head, all of it RAM of one zone, not merged with its buddy for a reason. */
static inline void judge_free_block(struct zone *zone, struct page *page, u32 order, u32 type)
{
	const pfn_t pfn = page_to_pfn(page);
	const pfn_t buddy = pfn ^ (1UL << order);

	ASSERT_EQ(pfn & ((1UL << order) - 1), 0);
	ASSERT_EQ(page->word, PAGE_WORD(PG_BUDDY, order, type, 0));
	for (u64 i = 0; i < 1UL << order; i++) {
		ASSERT(pfn_is_ram(pfn + i));
		ASSERT(pfn_to_page(pfn + i) == page + i);
		ASSERT(page_zone(page + i) == zone);
		if (i > 0)
			ASSERT_EQ(page[i].word, 0);
	}
	if (order == MAX_PAGE_ORDER || !pfn_valid(buddy))
		return;
	ASSERT(!page_has(pfn_to_page(buddy), PG_BUDDY) || page_order(pfn_to_page(buddy)) != order ||
	       page_zone(pfn_to_page(buddy)) != zone);
}

/* Take everything there is, largest first, chained through private. */
static inline struct page *allocate_all(u32 nid, enum migratetype type, u64 *pages)
{
	struct page *chain = NULL;

	for (u32 order = NR_PAGE_ORDERS; order-- > 0;) {
		struct page *page;

		while ((page = alloc_pages_node(nid, order, type)) != NULL) {
			page->private = (u64)chain;
			chain = page;
			*pages += 1UL << order;
		}
	}
	return chain;
}

static inline void free_chain(struct page *chain)
{
	while (chain) {
		struct page *next = (struct page *)chain->private;

		ASSERT(free_pages(chain, page_order(chain)));
		chain = next;
	}
}
