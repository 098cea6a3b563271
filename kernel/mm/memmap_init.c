/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memmap_init: after it, no struct page holds what its memory held before.
 *
 * A run of struct pages is cut where the node or the zone changes: at the edges of RAM ranges,
 * and at 4 GiB. Frames of RAM get the node of their range; frames of holes get the node whose
 * memmap they are in. All of them are PG_reserved: a hole stays so for ever.
 *
 *   run     [..........................................)   one section, or one node's array
 *   RAM          [== node 0 ==)      [== node 1 ==)
 *   pieces  [h 0)[    0       )[ h 0)[     1      )[h 0)
 */
#include "mm/memmap_init.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/memblock.h"

struct memmap_init_figures memmap_init_figures;

/* With MEMMAP_POISON: nobody may have written to a struct page before this. */
static void check_poison(const struct page *page, u64 nr)
{
	const u64 *word = (const u64 *)page;

	for (u64 i = 0; i < nr * (sizeof(struct page) / sizeof(u64)); i++)
		if (word[i] != ~0UL)
			stop("struct page 0x%lx was written before memmap_init (word %lu is "
			     "0x%lx): something used "
			     "it too early",
			     (u64)(page + i / (sizeof(struct page) / sizeof(u64))),
			     i % (sizeof(struct page) / sizeof(u64)), word[i]);
	memmap_init_figures.poisoned += nr;
}

void memmap_fill_poison(void *memmap, u64 bytes)
{
	if (memmap_is_poisoned())
		memset(memmap, 0xff, bytes);
}

/* The hot loop of the whole boot: eight stores a page, and two instructions in four pages. */
void memmap_init_zone(struct page *page, u64 nr, u64 section, u32 nid, enum zone_type zone)
{
	TRACE_CALL(nr, section, nid, zone);
	const u64 links = page_links(section, nid, zone);
	const struct page *end = page + nr;

	if (memmap_is_poisoned())
		check_poison(page, nr);
#pragma GCC unroll 8
	for (; page < end; page++)
		*page = (struct page){.word = PAGE_WORD_RESERVED, .links = links};
	memmap_init_figures.pages += nr;
}

/* [start_pfn, end_pfn) of a run, on one node: split at the border of the zones. */
static void init_piece(const struct memmap_run *run, pfn_t start_pfn, pfn_t end_pfn, u32 nid)
{
	u64 section = memmodel_has_sections ? start_pfn >> (SECTION_SIZE_BITS - PAGE_SHIFT) : 0;

	while (start_pfn < end_pfn) {
		enum zone_type zone = zone_type_of(start_pfn);
		pfn_t stop_pfn =
			zone == ZONE_DMA32 ? min_u64(end_pfn, ZONE_DMA32_END_PFN) : end_pfn;

		memmap_init_zone(run->page + (start_pfn - run->start_pfn), stop_pfn - start_pfn,
				 section, nid, zone);
		start_pfn = stop_pfn;
	}
}

static void init_run(const struct memmap_run *run)
{
	pfn_t done = run->start_pfn;
	pfn_t start_pfn, end_pfn;
	u64 holes = 0;
	u32 nid;
	s64 i;

	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid) {
		start_pfn = max_u64(start_pfn, done);
		end_pfn = min_u64(end_pfn, run->end_pfn);
		if (start_pfn >= end_pfn)
			continue;
		init_piece(run, done, start_pfn, run->nid);
		holes += start_pfn - done;
		init_piece(run, start_pfn, end_pfn, nid);
		/* Entries of another node's frames, found in that node's array, or nowhere. */
		if (!pfn_valid(start_pfn) ||
		    pfn_to_page(start_pfn) != run->page + (start_pfn - run->start_pfn))
			holes += end_pfn - start_pfn;
		done = end_pfn;
	}
	init_piece(run, done, run->end_pfn, run->nid);
	memmap_init_figures.unavailable += holes + (run->end_pfn - done);
}

void memmap_init(void)
{
	TRACE_CALL();
	struct memmap_run run;
	u64 cursor = 0;

	while (memmodel_next_run(&cursor, &run))
		init_run(&run);
	if (memmap_is_poisoned())
		assert_kernel(memmap_init_figures.poisoned == memmap_init_figures.pages,
			      memmap_init_figures.poisoned, memmap_init_figures.pages);
}

bool pfn_is_ram(pfn_t pfn)
{
	return banks_find(pfn_to_phys(pfn)) != NULL;
}
