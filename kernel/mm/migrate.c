/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Moving a block: a new one, a word to the owner, who copies it, and the old one is free.
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
	arch_write_once(page->mapping, (u64)ops | MAPPING_MOVABLE);
}

void page_clear_movable(struct page *page)
{
	arch_write_once(page->mapping, 0);
}

const struct movable_ops *page_movable_ops(const struct page *page)
{
	const u64 mapping = arch_read_once(page->mapping);

	if ((page_word(page) & (PG_HEAD | PG_HELD)) != PG_HEAD ||
	    (mapping & MAPPING_KIND) != MAPPING_MOVABLE)
		return NULL;
	return (const struct movable_ops *)(mapping & ~MAPPING_KIND);
}

static void *bytes_of(const struct page *page)
{
	return phys_to_virt(pfn_to_phys(page_to_pfn(page)));
}

void migrate_copy(struct page *to, struct page *from, u32 order)
{
	memcpy(bytes_of(to), bytes_of(from), PAGE_SIZE << order);
	to->private = from->private;
	arch_write_once(to->mapping, arch_read_once(from->mapping));
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
	const u32 order = (u8)(page_word(from) >> PAGE_ORDER_SHIFT);
	struct page *to;

	if (!ops || order > MAX_PAGE_ORDER)
		return false;
	to = alloc_pages_node(page_to_nid(from), order, MIGRATE_MOVABLE);
	if (!to)
		return false;
	if (!ops->migrate(to, from, order)) {
		give_back(to, order);
		return false;
	}
	give_back(from, order);
	return true;
}
