/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving a block: a new one, a copy, a word to the owner, and the old one is free.
 */
#include "mm/migrate.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "mm/buddy.h"

#define MAPPING_MOVABLE 0x2UL
#define MAPPING_KIND    0x3UL

static_assert(_Alignof(struct movable_ops) >= 4, "two bits of its address are used");

void page_set_movable(struct page *page, const struct movable_ops *ops)
{
	assert_kernel(page_has(page, PG_HEAD), page_to_pfn(page), page->word);
	page->mapping = (u64)ops | MAPPING_MOVABLE;
}

void page_clear_movable(struct page *page)
{
	page->mapping = 0;
}

const struct movable_ops *page_movable_ops(const struct page *page)
{
	if (!page_has(page, PG_HEAD) || (page->mapping & MAPPING_KIND) != MAPPING_MOVABLE)
		return NULL;
	return (const struct movable_ops *)(page->mapping & ~MAPPING_KIND);
}

static void *bytes_of(const struct page *page)
{
	return phys_to_virt(pfn_to_phys(page_to_pfn(page)));
}

static void give_back(struct page *page, u32 order)
{
	page_clear_movable(page);
	if (!free_pages(page, order))
		stop("migrate: the allocator refused pfn 0x%lx", page_to_pfn(page));
}

bool migrate_page(struct page *from)
{
	const struct movable_ops *ops = page_movable_ops(from);
	const u32 order = page_order(from);
	struct page *to;

	if (!ops)
		return false;
	to = alloc_pages_node(page_to_nid(from), order, MIGRATE_MOVABLE);
	if (!to)
		return false;
	memcpy(bytes_of(to), bytes_of(from), PAGE_SIZE << order);
	to->private = from->private;
	to->mapping = from->mapping;
	if (!ops->migrate(to, from, order)) {
		give_back(to, order);
		return false;
	}
	give_back(from, order);
	return true;
}
