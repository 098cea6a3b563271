/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done to the contents of free pages so that a use after free shows itself. The allocator
 * calls the two functions below for every block that becomes free or allocated; without the options of
 * menu "Trust" they are nothing.
 *
 *   PAGE_POISON      free pages are full of POISON; who wrote to one is seen at the next allocation
 *   DEBUG_PAGEALLOC  free pages are not mapped: who reads or writes one traps at that instruction, and so
 *                    does who runs over the end of an allocated page into a free one
 */
#pragma once

#include "config.h"
#include "mm/page.h"

#define PAGE_POISON_BYTE 0xaa /* as in Linux (include/linux/poison.h) */

/** page_debug_below - the head of the allocated block that ends where page begins, or NULL. */
const struct page *page_debug_below(const struct page *page);

/**
 * page_debug_scan - look at all free pages now, without PAGE_POISON at none. A block that is not as it was left is told
 * by the same warning as below, and filled anew. The other harts must be at rest.
 * Result: how many such blocks.
 */
u64 page_debug_scan(void);

/** page_debug_fill, page_debug_check - the work behind the two below. */
void page_debug_fill(struct page *page, u64 order);
void page_debug_check(struct page *page, u64 order);

/** page_debug_freed - nobody uses these 2^order pages any more. Before they are on a list. */
static inline void page_debug_freed(struct page *page, u64 order)
{
	if (config_page_poison || config_debug_pagealloc)
		page_debug_fill(page, order);
}

/**
 * page_debug_allocated - these 2^order pages are about to be given to somebody. A page that is not as it was
 * left is told by one warning ("page-poison") that names who freed it last, or, when the change begins
 * with its first byte, whose block ends there; it is given all the same.
 */
static inline void page_debug_allocated(struct page *page, u64 order)
{
	if (config_page_poison || config_debug_pagealloc)
		page_debug_check(page, order);
}
