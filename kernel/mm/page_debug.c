/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two options work together: a page is filled, then hidden; shown, then looked at.
 */
#include "mm/page_debug.h"

#include "lib/log.h"
#include "lib/string.h"
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

void page_debug_check(struct page *page, u64 order)
{
	const u64 size = PAGE_SIZE << order;
	const phys_addr_t pa = pfn_to_phys(page_to_pfn(page));
	const u64 *words = phys_to_virt(pa);
	u64 first;

	if (config_debug_pagealloc)
		paging_show_direct(pa, size, true);
	if (!config_page_poison)
		return;
	first = first_change(words, size);
	if (first == size)
		return;
	log_warn("page-poison",
		 "free memory was written to: [0x%lx, 0x%lx) of the block at pfn 0x%lx, order %lu, "
		 "last freed from 0x%lx: who held it then still uses it",
		 pa + first, pa + last_change((const u8 *)words, size) + 1, page_to_pfn(page),
		 order, freed_from(page, 1UL << order));
}
