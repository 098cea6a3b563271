/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has the pages that were allocated: every block remembers the address that asked for it
 * (struct page: alloc_site). Sorted by that address, the blocks answer "who uses my memory" and, at the end,
 * "who forgot to give it back". As CONFIG_PAGE_OWNER of Linux, without its cost.
 *
 * addr2line -fe kernel.elf ADDRESS names the line of the program.
 */
#pragma once

#include "mm/page.h"

#define PAGE_OWNER_SITES 64

struct page_owner_site {
	u64 site;   /* return address of the allocation */
	u64 blocks; /* allocated from there and not freed */
	u64 pages;  /* in them */
	pfn_t pfn;  /* the first of them */
};

struct page_owner_table {
	u32 nr;                                        /* sites, those with most pages first */
	struct page_owner_site site[PAGE_OWNER_SITES]; /* [0, nr) */
	u64 more_blocks;                               /* of sites that did not fit */
};

/**
 * page_owner_collect - the allocated blocks of all banks by call site. Walks all struct pages; the
 * allocator must be at rest.
 * @with_held: those too that the kernel keeps for itself (buddy_hold(), owned_alloc())
 */
void page_owner_collect(struct page_owner_table *out, bool with_held);

/** page_block_head - the head of the free or allocated block that has the frame in it; false when none has. */
bool page_block_head(pfn_t pfn, pfn_t *head);

/** page_owner_leaks - before poweroff: one warning ("page-leak") for each site that has blocks that nobody holds. */
void page_owner_leaks(void);
