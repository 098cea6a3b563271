/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two options work together: a page is filled, then hidden; shown, then looked at.
 */
#include "mm/page_debug.h"

#include "lib/log.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/memmodel.h"
#include "mm/paging.h"

#define POISON_WORD (0x0101010101010101UL * PAGE_POISON_BYTE)

void page_debug_fill(struct page *page, u64 order)
{
	const phys_addr_t pa = pfn_to_phys(page_to_pfn(page));

	if (config_page_poison)
		memset(phys_to_virt(pa), PAGE_POISON_BYTE, PAGE_SIZE << order);
	if (config_debug_pagealloc)
		paging_show_direct(pa, PAGE_SIZE << order, false);
}

/* The first byte that is not poison, of size bytes; size when there is none. */
static u64 first_change(const u64 *words, u64 size)
{
	for (u64 i = 0; i < size / sizeof(u64); i++) {
		u64 differs = words[i] ^ POISON_WORD;
		u64 byte = 0;

		if (differs == 0)
			continue;
		for (; (differs & 0xff) == 0; differs >>= 8)
			byte++;
		return i * sizeof(u64) + byte;
	}
	return size;
}

static u64 last_change(const u8 *bytes, u64 size)
{
	while (bytes[size - 1] == PAGE_POISON_BYTE)
		size--;
	return size - 1;
}

/* The block that lay here may have been freed as a part of a larger one: its head knows the site. */
static u64 freed_from(const struct page *page, u64 pages)
{
	for (u64 i = 0; i < pages; i++)
		if (page[i].free_site != 0)
			return page[i].free_site;
	return 0;
}

const struct page *page_debug_below(const struct page *page)
{
	const pfn_t pfn = page_to_pfn(page);

	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		const pfn_t head = pfn - (1UL << order);
		u64 word;

		if (pfn < 1UL << order || !IS_ALIGNED(pfn, 1UL << order))
			break;
		if (!pfn_valid(head))
			continue;
		word = page_word(pfn_to_page(head));
		if ((word & ~(u64)PG_HELD) << (64 - PAGE_TYPE_SHIFT) ==
		    PAGE_WORD(PG_HEAD, order, 0, 1) << (64 - PAGE_TYPE_SHIFT))
			return pfn_to_page(head);
	}
	return NULL;
}

/*
 * Whose bug is it? A change that begins with the block's first byte came over the end of the block below, if
 * somebody has that one; any other is of who held the pages before.
 */
static void tell(const struct page *page, u64 order, u64 first, u64 last)
{
	const phys_addr_t pa = pfn_to_phys(page_to_pfn(page));
	const struct page *below = first == 0 ? page_debug_below(page) : NULL;
	char whose[160];

	if (below)
		format_text(whose, sizeof(whose),
			    "the block of order %u at pfn 0x%lx ends there, allocated from 0x%lx: "
			    "who holds it wrote past its end",
			    page_order(below), page_to_pfn(below), below->alloc_site);
	else
		format_text(whose, sizeof(whose),
			    "last freed from 0x%lx: who held it then still uses it",
			    freed_from(page, 1UL << order));
	log_warn("page-poison",
		 "free memory was written to: [0x%lx, 0x%lx) of the block at pfn 0x%lx, order %lu, "
		 "%s",
		 pa + first, pa + last + 1, page_to_pfn(page), order, whose);
}

/* Is the block, mapped as it is, still as it was left? If not, that is told. */
static bool is_intact(const struct page *page, u64 order)
{
	const u64 size = PAGE_SIZE << order;
	const u64 *words = phys_to_virt(pfn_to_phys(page_to_pfn(page)));
	const u64 first = first_change(words, size);

	if (first == size)
		return true;
	tell(page, order, first, last_change((const u8 *)words, size));
	return false;
}

void page_debug_check(struct page *page, u64 order)
{
	if (config_debug_pagealloc)
		paging_show_direct(pfn_to_phys(page_to_pfn(page)), PAGE_SIZE << order, true);
	if (config_page_poison)
		(void)is_intact(page, order);
}

static u64 scan_list(struct list_head *head, u64 order)
{
	u64 damaged = 0;

	for (struct list_head *at = head->next; at != head; at = at->next) {
		struct page *page = container_of(at, struct page, lru);

		if (config_debug_pagealloc)
			paging_show_direct(pfn_to_phys(page_to_pfn(page)), PAGE_SIZE << order,
					   true);
		damaged += !is_intact(page, order);
		page_debug_fill(page, order);
	}
	return damaged;
}

u64 page_debug_scan(void)
{
	struct zone *zone;
	u64 damaged = 0;
	u32 nid;

	if (!config_page_poison)
		return 0;
	buddy_drain();
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			spin_lock(&zone->lock);
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				for (u32 type = 0; type < NR_FREE_LISTS; type++)
					damaged += scan_list(
						&zone->free_area[order].free_list[type], order);
			spin_unlock(&zone->lock);
		}
	return damaged;
}
