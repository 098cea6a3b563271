/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages that can be moved: whoever allocated one, and can be told that it now is another one, says so
 * in page->mapping. Everything else that is allocated stays where it is.
 *
 *   mapping    address of a struct movable_ops, bit 1 set, bit 0 clear
 *
 * The owner registers after the allocation and takes it back before he frees. page->private is his,
 * and moves with the page.
 */
#pragma once

#include "mm/page.h"

struct movable_ops {
	const char *name;
	/* from, a block of 2^order pages, has been copied to to: use that from now on. False: it may not move. */
	bool (*migrate)(struct page *to, struct page *from, u32 order);
};

/** page_set_movable - head page of an allocated block: its owner can be told. */
void page_set_movable(struct page *page, const struct movable_ops *ops);

/** page_clear_movable - before it is freed. */
void page_clear_movable(struct page *page);

/** page_movable_ops - whom to tell; NULL when the block is not allocated, or not movable. */
const struct movable_ops *page_movable_ops(const struct page *page);

/**
 * migrate_page - the block of head page from goes elsewhere, nearest to its node, and is free then. False when
 * there is no room or its owner refuses: nothing has changed.
 */
bool migrate_page(struct page *from);
