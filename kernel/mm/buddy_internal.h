/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The free lists themselves, shared by the allocating half (buddy.c) and the freeing half
 * (buddy_free.c). A list is never touched without the two counters and the bitmap that say what is on it.
 */
#pragma once

#include "mm/buddy.h"

/** free_list_add - block becomes a free block of its order and type, first on its list. */
static inline void free_list_add(struct zone *zone, struct page *page, u32 order, u32 type)
{
	page->word = PAGE_WORD(PG_BUDDY, order, type, 0);
	list_add(&page->lru, &zone->free_area[order].free_list[type]);
	zone->free_area[order].nr_free++;
	zone->nonempty[type] |= 1U << order;
}

/** free_list_del - a free block leaves its list; its word is the caller's to set. */
static inline void free_list_del(struct zone *zone, struct page *page, u32 order, u32 type)
{
	struct list_head *head = &zone->free_area[order].free_list[type];

	list_del(&page->lru);
	zone->free_area[order].nr_free--;
	if (list_is_empty(head))
		zone->nonempty[type] &= ~(1U << order);
}

/** buddy_release - put a block that is nobody's onto the free lists, merged as far as it goes. */
void buddy_release(struct zone *zone, struct page *page, u32 order, u32 type);
