/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small objects of one size, cut out of single pages: what a kernel's kmalloc() is made of. Every
 * hart may call everything here.
 */
#pragma once

#include "lib/spinlock.h"
#include "lib/types.h"
#include "mm/page.h"

struct object {
	struct object *next;
};

struct object_cache {
	u32 size; /* bytes of an object: a multiple of 8, at most a page */
	struct spinlock lock;
	struct object *free; /* objects that nobody has */
	struct page *pages;  /* all pages of the cache, linked by page->private */
	u64 nr_pages;
};

/** object_alloc - size bytes, contents undefined; NULL when no page is free. */
void *object_alloc(struct object_cache *cache);

/** object_free - give one back. */
void object_free(struct object_cache *cache, void *object);

/** objects_end - give all pages back: nobody has an object any more. */
void objects_end(struct object_cache *cache);
