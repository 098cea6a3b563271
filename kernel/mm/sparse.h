/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving present sections their memmap. sparse_init() is the only place at boot where the struct
 * pages of the sparse models get memory, and where the page tables of the vmemmap are made.
 *
 *   memmodel_init -> sparse_init -> sparse_init_nid (a run of sections of one node)
 *     -> populate_section_memmap (the model's) [-> vmemmap_populate -> leaf, fence]
 */
#pragma once

#include "mm/bank.h"
#include "mm/section.h"

/** sparse_init - memory_present() for all RAM, then a memmap for each present section, run by run of one node. */
void sparse_init(void);

/**
 * sparse_buffer_alloc - size bytes, size aligned, of the block that the current run got. False
 * when it has no more, or when it was asked for another size before.
 */
bool sparse_buffer_alloc(u64 size, phys_addr_t *out);

/** sparse_buffer_alloc_run - the same for nr pieces of size bytes that follow each other: all or none. */
bool sparse_buffer_alloc_run(u64 size, u64 nr, phys_addr_t *out);

/**
 * populate_sections - the model's part: struct pages for the sections [nr, *end) at once, out of the
 * block that the current run got. All are present and of one node. Result: the struct page of the
 * first frame, those of the others follow it; *end is lowered to what was possible, to nr when nothing was.
 */
struct page *populate_sections(u64 nr, u64 *end);

/* Where the backing of struct pages comes from: memblock at boot, the buddy allocator or the block itself later. */
struct memmap_source {
	bool (*alloc)(u64 size, u32 nid,
		      phys_addr_t *pa);         /* size bytes, aligned to size, not zeroed */
	void (*free)(phys_addr_t pa, u64 size); /* as allocated */
	bool megapages;                         /* vmemmap: are megapage leaves wished? */
};
extern const struct memmap_source memmap_source_boot;

/**
 * populate_section_memmap - the model's part: backing for the struct pages of [pfn, pfn + nr_pages),
 * all of one section; whole MEMMAP_UNIT_PAGES. What is there already stays as it is.
 * Result: the struct page of pfn, or NULL; what was allocated until then stays, shown or owned.
 */
struct page *populate_section_memmap(pfn_t pfn, u64 nr_pages, u32 nid,
				     const struct memmap_source *source);

/**
 * depopulate_section_memmap - the opposite, for sections that have no memmap of the boot: backing that
 * shows no struct page of a subsection in the section's map is given to source->free, a fence earlier.
 * After the bits of [pfn, pfn + nr_pages) are clear. Takes back a populate_section_memmap() that failed, too.
 */
void depopulate_section_memmap(pfn_t pfn, u64 nr_pages, const struct memmap_source *source);

/* What it costs to populate a piece of a section that has nothing yet. */
struct memmap_cost {
	u64 blocks; /* of block_bytes, contiguous and aligned */
	u64 block_bytes;
	u64 pages;  /* single pages */
	u64 tables; /* page tables */
};

/** memmap_cost - for populate_section_memmap() of the same piece; a table that several pieces share is counted for each. */
void memmap_cost(pfn_t pfn, u64 nr_pages, bool megapages, struct memmap_cost *cost);

/*
 * Struct pages come in units: the buddy allocator looks at a block's buddy without asking whether
 * it has a struct page, so those of a largest block are there all or none.
 */
#define MEMMAP_UNIT_PAGES \
	(PAGES_PER_SUBSECTION > MAX_ORDER_NR_PAGES ? PAGES_PER_SUBSECTION : MAX_ORDER_NR_PAGES)

/** section_range - the physical addresses that section nr describes. */
static inline struct range section_range(u64 nr)
{
	return (struct range){pfn_to_phys(section_nr_to_pfn(nr)),
			      pfn_to_phys(section_nr_to_pfn(nr + 1))};
}

/** section_ram_pages - frames of section nr that are RAM of a bank. */
static inline u64 section_ram_pages(u64 nr)
{
	return banks_hold(section_range(nr)) / PAGE_SIZE;
}

/** section_set_home_nid - for sections that are added at run time. */
void section_set_home_nid(u64 nr, u32 nid);

/**
 * section_stretch_end - one past the last of the sections from nr on that memory_present() has marked for
 * the node of nr without a gap. Before they get their memmap.
 */
u64 section_stretch_end(u64 nr);

struct memmap_run;
struct memmap_report;
/* Of memmodel.h, for both sparse models. */
bool section_next_run(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run);
pfn_t section_valid_start(pfn_t end_pfn, pfn_t limit);
void section_report(struct memmap_report *report);

struct sparse_figures {
	u64 present;      /* marked by memory_present() */
	u64 sections;     /* present, with a memmap */
	u64 mixed;        /* of those, with a hole */
	u64 left_out;     /* present, without */
	u64 roots;        /* of mem_section */
	u64 runs;         /* calls of sparse_init_nid() */
	u64 buffer_bytes; /* taken as one block per run */
	u64 buffer_used;
	u64 buffer_returned;
	u64 from_memblock;   /* bytes of memmap that came from elsewhere than the buffer */
	u64 base_page_spans; /* 2 MiB of memmap that had to be shown by 4 KiB leaves */
};
extern struct sparse_figures sparse_figures;
