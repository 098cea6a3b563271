/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPARSEMEM (classic): each section's word leads to its own array of struct pages.
 *
 *   pfn_to_page   section word of pfn, decoded, + pfn
 *   page_to_pfn   page->links has the section number; page - its decoded word
 */
#pragma once

#include "memmodel_policy.h"
#include "mm/section.h"

static inline bool pfn_valid(pfn_t pfn)
{
	return section_pfn_valid(pfn);
}

static inline struct page *pfn_to_page(pfn_t pfn)
{
	return section_page(pfn_to_section(pfn), pfn);
}

static inline pfn_t page_to_pfn(const struct page *page)
{
	const struct mem_section *section = nr_to_section(page_to_section(page));

	return ((u64)page - (section->section_mem_map & ~SECTION_FLAGS_MASK)) / sizeof(struct page);
}

static inline bool page_has_home(const struct page *page)
{
	return section_is_valid(nr_to_section(page_to_section(page)));
}

static inline u8 *pageblock_type_slot(const struct page *page, pfn_t pfn)
{
	(void)page;
	return &pfn_to_section(pfn)
			->usage->pageblock_type[(pfn & (PAGES_PER_SECTION - 1)) >> PAGEBLOCK_ORDER];
}
