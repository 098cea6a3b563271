/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that can be moved: whoever allocated one, and can be told that it now is another one, says so
 * in page->mapping. Everything else that is allocated stays where it is.
 *
 *   mapping    address of a struct movable_ops, bit 1 set, bit 0 clear
 *
 * The owner registers after the allocation and takes it back before he frees. page->private is his,
 * and moves with the page. Whatever else is kept in page->mapping has bit 1 clear.
 *
 * Memory goes offline while other harts allocate and free: between the look at a block and the word to
 * its owner, the block may have been freed, and be another's. So the owner's answer decides, and an owner
 * that frees on other harts gives it under a lock of his own.
 */
#pragma once

#include "mm/page.h"

struct movable_ops {
	const char *name;
	/*
	 * from, a block of 2^order pages, shall become to, which is as large. If from is (still) the owner's,
	 * and of that order: migrate_copy(), use to from now on, true; from is the caller's then. False:
	 * it is not, or it may not move; nothing has changed. On the hart that takes memory offline.
	 */
	bool (*migrate)(struct page *to, struct page *from, u32 order);
};

/** page_set_movable - head page of an allocated block: its owner can be told. */
void page_set_movable(struct page *page, const struct movable_ops *ops);

/** page_clear_movable - before it is freed. */
void page_clear_movable(struct page *page);

/** page_movable_ops - whom to tell; NULL when the block is not allocated, not movable, or held by the kernel. */
const struct movable_ops *page_movable_ops(const struct page *page);

/** migrate_copy - contents, private and mapping of a block of 2^order pages: for the owner, who keeps others away meanwhile. */
void migrate_copy(struct page *to, struct page *from, u32 order);

/**
 * migrate_page - the block of head page from goes elsewhere, nearest to its node, and is free then. False when
 * there is no room or its owner refuses: nothing has changed.
 */
bool migrate_page(struct page *from);
