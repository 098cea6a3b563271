/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections: the unit in which SPARSE has struct pages or has none.
 *
 *   mem_section         root 0            root 1   (null)  ...
 *                      [s0|s1|..|s255]   [...]
 *   section_mem_map   63                    6 5 4    3        2         1         0
 *     encoded        | memmap - start_pfn * 64 | 0 | EARLY | ONLINE | HAS_MAP | PRESENT |
 *     before that    | node id                 | 0                            | PRESENT |
 *
 * The word holds the node between memory_present() and sparse_init(), then the biased pointer:
 * adding a pfn (times 64) gives its struct page. An integer, so that nobody follows it undecoded.
 *
 * Section numbers are pfn >> (SECTION_SIZE_BITS - PAGE_SHIFT), counted from physical address 0;
 * the tables start at the section of phys_base, and end with the direct map's reach.
 */
#pragma once

#include "arch/arch.h"
#include "mm/subsection.h"

#define SECTION_MARKED_PRESENT 0x01UL
#define SECTION_HAS_MEM_MAP    0x02UL
#define SECTION_IS_ONLINE      0x04UL
#define SECTION_IS_EARLY       0x08UL
#define SECTION_FLAGS_MASK     0x3fUL
#define SECTION_NID_SHIFT      6

struct mem_section {
	u64 section_mem_map;
	struct mem_section_usage *usage;
};

#define SECTIONS_PER_ROOT (PAGE_SIZE / sizeof(struct mem_section))
#define SECTION_ROOT_MASK (SECTIONS_PER_ROOT - 1)
#define NR_MEM_SECTIONS                                                \
	(config_section_extreme ? DIRECT_MAP_SIZE >> SECTION_SIZE_BITS \
				: 1UL << (config_static_section_bits - SECTION_SIZE_BITS))
#define NR_SECTION_ROOTS ((NR_MEM_SECTIONS + SECTIONS_PER_ROOT - 1) / SECTIONS_PER_ROOT)

static_assert((sizeof(struct mem_section) & (sizeof(struct mem_section) - 1)) == 0,
	      "SECTION_ROOT_MASK needs a power of two");
static_assert(MAX_PAGE_ORDER + PAGE_SHIFT <= SECTION_SIZE_BITS,
	      "a block would reach beyond its section");
static_assert(SECTION_SIZE_BITS != 27 || SECTION_MEMMAP_BYTES == MEGAPAGE_SIZE,
	      "one section, one megapage");

/* Section number of the first entry of the tables; a constant after sections_init(). */
extern u64 section_base;
/* EXTREME: a page of entries per root in use. STATIC: every root, in .bss. */
extern struct mem_section *mem_section[NR_SECTION_ROOTS];

static inline u64 pfn_to_section_nr(pfn_t pfn)
{
	return pfn >> PFN_SECTION_SHIFT;
}

static inline pfn_t section_nr_to_pfn(u64 nr)
{
	return nr << PFN_SECTION_SHIFT;
}

/** nr_to_section - the entry of a section number, NULL when the tables have none. */
static inline struct mem_section *nr_to_section(u64 nr)
{
	u64 index = nr - section_base;
	struct mem_section *root;

	if (index >= NR_MEM_SECTIONS)
		return NULL;
	root = mem_section[index / SECTIONS_PER_ROOT];
	return root ? &root[index & SECTION_ROOT_MASK] : NULL;
}

static inline struct mem_section *pfn_to_section(pfn_t pfn)
{
	return nr_to_section(pfn_to_section_nr(pfn));
}

static inline bool section_is_present(const struct mem_section *section)
{
	return section && (section->section_mem_map & SECTION_MARKED_PRESENT);
}

/** section_is_valid - has it a memmap? */
static inline bool section_is_valid(const struct mem_section *section)
{
	return section && (section->section_mem_map & SECTION_HAS_MEM_MAP);
}

/** section_page - decoded: the struct page of a frame of the section; in integers, as it is biased. */
static inline struct page *section_page(const struct mem_section *section, pfn_t pfn)
{
	u64 map = section->section_mem_map & ~SECTION_FLAGS_MASK;

	return (struct page *)(map + pfn * sizeof(struct page));
}

/** section_early_nid - the node, while the word still holds it. */
static inline u32 section_early_nid(const struct mem_section *section)
{
	return (u32)(section->section_mem_map >> SECTION_NID_SHIFT);
}

/*
 * What pfn_valid() needs of each section, in a byte: the walk through roots and words costs
 * fifteen instructions, this one six. Kept by section_set_word(), the only writer of a word.
 */
enum section_validity {
	SECTION_NO_PAGES,      /* no memmap */
	SECTION_ALL_PAGES,     /* of the boot: every struct page of it exists */
	SECTION_BY_SUBSECTION, /* only for the 2 MiB spans of its subsection map */
};

extern u8 section_validity[NR_MEM_SECTIONS]; /* by section number - section_base */

/**
 * section_pfn_valid - the rule of pfn_valid() in SPARSE: the section has a memmap, and it is of
 * the boot (then all of its memmap exists) or the 2 MiB around pfn were added.
 */
static inline bool section_pfn_valid(pfn_t pfn)
{
	u64 index = pfn_to_section_nr(pfn) - section_base;

	if (index >= NR_MEM_SECTIONS)
		return false;
	if (section_validity[index] != SECTION_BY_SUBSECTION)
		return section_validity[index];
	return subsection_is_set(pfn_to_section(pfn)->usage, pfn);
}

/** section_set_word - give a section of the tables its word, and take from it what pfn_valid() needs. */
void section_set_word(u64 nr, u64 word);

/** section_set_words - the same word for the sections [nr, end): where their struct pages follow each other it is one. */
void section_set_words(u64 nr, u64 end, u64 word);

/** sections_init - section_base and the roots, before the first memory_present(). */
void sections_init(void);

/** memory_present - every section that [start_pfn, end_pfn) touches is present; the first node to touch one has it. */
void memory_present(u32 nid, pfn_t start_pfn, pfn_t end_pfn);

/** next_present_section - the first present section number at or above nr; false past the last. */
bool next_present_section(u64 nr, u64 *out);

/** section_home_nid - the node that the section's memmap was allocated for. */
u32 section_home_nid(u64 nr);
