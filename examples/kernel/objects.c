/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The free objects of all pages are one list, kept in the objects themselves.
 */
#include "objects.h"

#include "mm/buddy.h"

/* Under the lock. False when there is no page. */
static bool grow(struct object_cache *cache)
{
	struct page *page = alloc_pages(0);
	u8 *bytes;

	if (!page)
		return false;
	page->private = (u64)cache->pages;
	cache->pages = page;
	cache->nr_pages++;
	bytes = phys_to_virt(pfn_to_phys(page_to_pfn(page)));
	for (u64 at = 0; at + cache->size <= PAGE_SIZE; at += cache->size) {
		struct object *object = (struct object *)(bytes + at);

		object->next = cache->free;
		cache->free = object;
	}
	return true;
}

void *object_alloc(struct object_cache *cache)
{
	struct object *object = NULL;

	spin_lock(&cache->lock);
	if (cache->free || grow(cache)) {
		object = cache->free;
		cache->free = object->next;
	}
	spin_unlock(&cache->lock);
	return object;
}

void object_free(struct object_cache *cache, void *object)
{
	struct object *freed = object;

	spin_lock(&cache->lock);
	freed->next = cache->free;
	cache->free = freed;
	spin_unlock(&cache->lock);
}

void objects_end(struct object_cache *cache)
{
	while (cache->pages) {
		struct page *page = cache->pages;

		cache->pages = (struct page *)page->private;
		page->private = 0;
		free_pages(page, 0);
	}
	cache->free = NULL;
	cache->nr_pages = 0;
}
