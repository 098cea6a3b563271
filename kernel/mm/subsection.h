/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside a section: subsections of 2 MiB, the smallest unit that can be added at run time, and
 * pageblocks, the unit that has a migratetype. Both are kept apart from the section's table
 * entry, because only some users need them.
 *
 *   section     |               128 MiB, one megapage of struct pages               |
 *   subsections | 0 | 1 | 2 | ...                                               |63 |
 *   map           1   1   0       bit n: some RAM lies in those 2 MiB
 */
#pragma once

#include "mm/mmzone.h"

#define PFN_SECTION_SHIFT       (SECTION_SIZE_BITS - PAGE_SHIFT)
#define PAGES_PER_SECTION       (1UL << PFN_SECTION_SHIFT)
#define SECTION_MEMMAP_BYTES    (PAGES_PER_SECTION * sizeof(struct page))
#define SUBSECTION_SHIFT        MEGAPAGE_SHIFT
#define PAGES_PER_SUBSECTION    (1UL << (SUBSECTION_SHIFT - PAGE_SHIFT))
#define SUBSECTIONS_PER_SECTION (1UL << (SECTION_SIZE_BITS - SUBSECTION_SHIFT))
#define SUBSECTION_WORDS        ((SUBSECTIONS_PER_SECTION + 63) / 64)
#define PAGEBLOCKS_PER_SECTION  (PAGES_PER_SECTION >> PAGEBLOCK_ORDER)

/* What only some users of a section need. */
struct mem_section_usage {
	u64 subsection_map[SUBSECTION_WORDS]; /* bit n: 2 MiB number n holds RAM */
	u8 pageblock_type[PAGEBLOCKS_PER_SECTION];
};

static_assert(SECTION_SIZE_BITS != 27 || SUBSECTIONS_PER_SECTION == 64,
	      "one section, one word of subsections");

/** subsection_is_set - does the map say that the 2 MiB around pfn hold RAM? */
static inline bool subsection_is_set(const struct mem_section_usage *usage, pfn_t pfn)
{
	u64 bit = (pfn & (PAGES_PER_SECTION - 1)) / PAGES_PER_SUBSECTION;

	return usage->subsection_map[bit / 64] >> (bit % 64) & 1;
}

/* A subsection map is an array of SUBSECTION_WORDS; ranges of its bits are half-open. */

static inline bool subsection_bit(const u64 *map, u64 bit)
{
	return map[bit / 64] >> (bit % 64) & 1;
}

/** subsections_any, subsections_all - is any bit, are all bits of [first, end) set? */
static inline bool subsections_any(const u64 *map, u64 first, u64 end)
{
	for (; first < end; first++)
		if (subsection_bit(map, first))
			return true;
	return false;
}

static inline bool subsections_all(const u64 *map, u64 first, u64 end)
{
	for (; first < end; first++)
		if (!subsection_bit(map, first))
			return false;
	return true;
}

/** subsections_set - give the bits of [first, end) a value. */
static inline void subsections_set(u64 *map, u64 first, u64 end, bool value)
{
	for (; first < end; first++) {
		map[first / 64] &= ~(1UL << (first % 64));
		map[first / 64] |= (u64)value << (first % 64);
	}
}
