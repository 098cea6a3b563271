/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Testing memory while the machine lives: free pages are taken from the buddy allocator, tested,
 * and given back. What does not keep its contents stays out, for ever.
 */
#pragma once

#include "mm/page.h"

#define MEMTEST_LIVE_PASSES 4 /* patterns; more passes than that begin again with the first */

struct memtest_live {
	u64 pages;             /* taken and tested */
	u64 bad;               /* of those, taken out: reserved, owner badmem */
	phys_addr_t first_bad; /* address of the first bad word, when bad is not 0 */
	u64 not_noted; /* bad too, but there was no room to note them: they stay allocated */
};

/**
 * memtest_live - test at most bytes of free memory, all of it when there is less, with passes patterns; all harts
 * help. What is taken is written whole before any of it is read, so that two addresses that reach one cell
 * are found. After the last stage, on the boot hart.
 * @progress: called now and then with pages done of all; NULL none
 */
void memtest_live(u64 bytes, u32 passes, void (*progress)(u64 done, u64 all),
		  struct memtest_live *out);

/**
 * buddy_split_page - an allocated block becomes 2^order allocated single pages, each to be freed alone
 * (Linux: split_page()). page and order as allocated; the caller owns the block.
 */
void buddy_split_page(struct page *page, u32 order);
