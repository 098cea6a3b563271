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
u64 memmap_pending[MEMMAP_UNITS / 64];
pfn_t memmap_unit_base;

static_assert(MEMMAP_UNITS % 64 == 0, "whole words of units");

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
}

void memmap_fill_poison(void *memmap, u64 bytes)
{
	if (memmap_is_poisoned())
		memset(memmap, 0xff, bytes);
}

/* The hot loop of the whole boot: eight stores a page, and two instructions in four pages. */
static inline void init_pages(struct page *page, u64 nr, u64 links)
{
	const struct page *end = page + nr;

	if (memmap_is_poisoned())
		check_poison(page, nr);
#pragma GCC unroll 8
	for (; page < end; page++)
		*page = (struct page){.word = PAGE_WORD_RESERVED, .links = links};
}

void memmap_init_zone(struct page *page, u64 nr, u64 section, u32 nid, enum zone_type zone)
{
	TRACE_CALL(nr, section, nid, zone);

	init_pages(page, nr, page_links(section, nid, zone));
}

/*
 * [start_pfn, end_pfn) of a run, on one node: split at the border of the zones. What is deferred may be
 * any hart's work; the call tree is one hart's.
 */
static void init_piece(const struct memmap_run *run, pfn_t start_pfn, pfn_t end_pfn, u32 nid)
{
	u64 section = memmodel_has_sections ? start_pfn >> (SECTION_SIZE_BITS - PAGE_SHIFT) : 0;

	while (start_pfn < end_pfn) {
		enum zone_type zone = zone_type_of(start_pfn);
		struct page *page = run->page + (start_pfn - run->start_pfn);
		pfn_t stop_pfn =
			zone == ZONE_DMA32 ? min_u64(end_pfn, ZONE_DMA32_END_PFN) : end_pfn;

		if (memmap_is_deferred())
			init_pages(page, stop_pfn - start_pfn, page_links(section, nid, zone));
		else
			memmap_init_zone(page, stop_pfn - start_pfn, section, nid, zone);
		start_pfn = stop_pfn;
	}
}

void memmap_init_run(const struct memmap_run *run, struct memmap_init_figures *figures)
{
	pfn_t done = run->start_pfn;
	pfn_t start_pfn, end_pfn;
	u64 holes = 0;
	u32 nid;
	s64 i;

	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid) {
		if (start_pfn >= run->end_pfn)
			break;
		start_pfn = max_u64(start_pfn, done);
		end_pfn = min_u64(end_pfn, run->end_pfn);
		if (start_pfn >= end_pfn)
			continue;
		init_piece(run, done, start_pfn, run->nid);
		holes += start_pfn - done;
		init_piece(run, start_pfn, end_pfn, nid);
		/* Entries of another node's frames, found in that node's array, or nowhere. */
		if (!memmap_run_has(run, start_pfn))
			holes += end_pfn - start_pfn;
		done = end_pfn;
	}
	init_piece(run, done, run->end_pfn, run->nid);
	figures->unavailable += holes + (run->end_pfn - done);
	figures->pages += run->end_pfn - run->start_pfn;
	figures->poisoned += memmap_is_poisoned() ? run->end_pfn - run->start_pfn : 0;
}

/* Frames of RAM that have a struct page. */
static u64 valid_ram_pages(void)
{
	pfn_t start_pfn, end_pfn;
	u64 pages = 0;
	s64 i;

	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, NULL)
		while (end_pfn > start_pfn) {
			pfn_t at = memmodel_valid_start(end_pfn, start_pfn);

			pages += end_pfn - at;
			if (at == end_pfn)
				at = max_u64(start_pfn, ALIGN_DOWN(at - 1, MAX_ORDER_NR_PAGES));
			end_pfn = at;
		}
	return pages;
}

/* Nothing now; what there will be is known from the ranges alone. */
static void memmap_defer(void)
{
	struct memmap_report report;

	memset(memmap_pending, 0xff, sizeof(memmap_pending));
	memmodel_report(&report);
	memmap_init_figures.pages = report.pages;
	memmap_init_figures.unavailable = report.pages - valid_ram_pages();
}

void memmap_init(void)
{
	TRACE_CALL();
	struct memmap_run run;
	u64 cursor = 0;

	memmap_unit_base = PFN_DOWN(banks.phys_base);
	if (memmap_is_deferred()) {
		memmap_defer();
		return;
	}
	while (memmodel_next_run(&cursor, &run))
		memmap_init_run(&run, &memmap_init_figures);
	if (memmap_is_poisoned())
		assert_kernel(memmap_init_figures.poisoned == memmap_init_figures.pages,
			      memmap_init_figures.poisoned, memmap_init_figures.pages);
}

bool page_is_ready(const struct page *page)
{
	pfn_t pfn;

	if (!page_has_home(page))
		return false;
	pfn = page_to_pfn(page);
	return pfn_valid(pfn) && pfn_to_page(pfn) == page && pfn_is_ready(pfn);
}

void memmap_set_ready(pfn_t start_pfn, pfn_t end_pfn)
{
	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn += MAX_ORDER_NR_PAGES) {
		u64 unit = (pfn - memmap_unit_base) >> MAX_PAGE_ORDER;

		memmap_pending[unit / 64] &= ~(1UL << (unit % 64));
	}
}

pfn_t memmap_first_pending(pfn_t pfn, pfn_t limit)
{
	while (pfn < limit && pfn_is_ready(pfn))
		pfn = ALIGN_DOWN(pfn, MAX_ORDER_NR_PAGES) + MAX_ORDER_NR_PAGES;
	return min_u64(pfn, limit);
}

bool memmap_next_pending(pfn_t *start_pfn, pfn_t limit, pfn_t *end_pfn)
{
	pfn_t pfn = memmap_first_pending(*start_pfn, limit);

	*start_pfn = pfn;
	while (pfn < limit && !pfn_is_ready(pfn))
		pfn = ALIGN_DOWN(pfn, MAX_ORDER_NR_PAGES) + MAX_ORDER_NR_PAGES;
	*end_pfn = min_u64(pfn, limit);
	return *start_pfn < limit;
}

bool pfn_is_ram(pfn_t pfn)
{
	return banks_find(pfn_to_phys(pfn)) != NULL;
}
