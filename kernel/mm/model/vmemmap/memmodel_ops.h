/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPARSEMEM with VMEMMAP: sections decide which struct pages exist, but all of them lie in
 * one virtual array, so a conversion is one addition.
 *
 *   vmemmap + pfn                 vmemmap is biased: the first frame of the section of
 *   page - vmemmap                phys_base has its struct page at VMEMMAP_START
 */
#pragma once

#include "memmodel_policy.h"
#include "mm/section.h"

/* VMEMMAP_START minus the struct pages below the first section; a constant after memmodel_init(). */
extern struct page *vmemmap;

static inline bool pfn_valid(pfn_t pfn)
{
	return section_pfn_valid(pfn);
}

static inline struct page *pfn_to_page(pfn_t pfn)
{
	return (struct page *)((u64)vmemmap + pfn * sizeof(struct page));
}

static inline pfn_t page_to_pfn(const struct page *page)
{
	return ((u64)page - (u64)vmemmap) / sizeof(struct page);
}

static inline bool page_has_home(const struct page *page)
{
	(void)page;
	return true;
}

static inline u8 *pageblock_type_slot(const struct page *page, pfn_t pfn)
{
	(void)page;
	return &pfn_to_section(pfn)
			->usage->pageblock_type[(pfn & (PAGES_PER_SECTION - 1)) >> PAGEBLOCK_ORDER];
}
