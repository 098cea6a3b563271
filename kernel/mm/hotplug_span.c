/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from banks and blocks, worked out anew after each change: spans and present pages of
 * zones and nodes, zonelists, and the figures of the memmap. Nothing here is counted up and down,
 * so it cannot drift; and what was added and removed leaves no trace.
 */
#include "mm/hotplug_internal.h"

#include "mm/bank.h"
#include "mm/handover.h"

struct span {
	pfn_t start_pfn;
	pfn_t end_pfn;
	u64 present;
};

static struct span spans[MAX_NR_ZONES];

static void extend(struct span *span, pfn_t start_pfn, pfn_t end_pfn)
{
	if (span->present == 0 || start_pfn < span->start_pfn)
		span->start_pfn = start_pfn;
	span->end_pfn = max_u64(span->end_pfn, end_pfn);
	span->present += end_pfn - start_pfn;
}

/* RAM of one section: whole, or subsection by subsection where there is something special about it. */
static void count_piece(pfn_t start_pfn, pfn_t end_pfn)
{
	const struct memory_block *block = memory_block_find(pfn_to_section_nr(start_pfn));
	pfn_t next = end_pfn;

	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn = next) {
		const u64 bit = (pfn & (PAGES_PER_SECTION - 1)) / PAGES_PER_SUBSECTION;
		enum zone_type zone = zone_type_of(pfn);

		if (block)
			next = min_u64(end_pfn, ALIGN_DOWN(pfn, PAGES_PER_SUBSECTION) +
							PAGES_PER_SUBSECTION);
		if (block && subsection_bit(block->offline, bit))
			continue;
		if (block && subsection_bit(block->movable, bit))
			zone = ZONE_MOVABLE;
		extend(&spans[zone], pfn, next);
	}
}

static void respan_node(pg_data_t *node)
{
	struct span whole = {0};

	for (u32 i = 0; i < MAX_NR_ZONES; i++)
		spans[i] = (struct span){0};
	for (u32 i = 0; i < banks.nr; i++) {
		const pfn_t end_pfn = PFN_DOWN(banks.bank[i].range.end);
		pfn_t next;

		if (banks.bank[i].nid != node->nid)
			continue;
		for (pfn_t pfn = PFN_DOWN(banks.bank[i].range.start); pfn < end_pfn; pfn = next) {
			next = min_u64(end_pfn,
				       ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION);
			count_piece(pfn, next);
		}
	}
	for (u32 i = 0; i < MAX_NR_ZONES; i++) {
		struct zone *zone = &node->node_zones[i];

		zone->start_pfn = spans[i].start_pfn;
		zone->spanned_pages = spans[i].end_pfn - spans[i].start_pfn;
		zone->present_pages = spans[i].present;
		if (spans[i].present == 0)
			continue;
		extend(&whole, spans[i].start_pfn, spans[i].end_pfn);
		whole.present += spans[i].present - zone->spanned_pages;
	}
	node->node_start_pfn = whole.start_pfn;
	node->node_spanned_pages = whole.end_pfn - whole.start_pfn;
	node->node_present_pages = whole.present;
}

/* Struct pages that a section has, whether its frames exist or not. */
static u64 struct_pages(u64 nr)
{
	const struct mem_section *section = nr_to_section(nr);
	const u64 unit = memmodel_memmap_is_whole ? PAGES_PER_SECTION : MEMMAP_UNIT_PAGES;
	const u64 bits = unit / PAGES_PER_SUBSECTION;
	u64 pages = 0;

	if (section->section_mem_map & SECTION_IS_EARLY)
		return PAGES_PER_SECTION;
	for (u64 bit = 0; bit < SUBSECTIONS_PER_SECTION; bit += bits)
		if (subsections_any(section->usage->subsection_map, bit, bit + bits))
			pages += unit;
	return pages;
}

static u64 ram_pages(u64 nr)
{
	const struct range section = pfn_range(section_nr_to_pfn(nr), PAGES_PER_SECTION);
	u64 pages = 0;

	for (u32 i = 0; i < banks.nr; i++)
		pages += range_size(range_intersect(banks.bank[i].range, section)) / PAGE_SIZE;
	return pages;
}

static void count_sections(void)
{
	u64 nr;

	sparse_figures.sections = 0;
	sparse_figures.mixed = 0;
	memmap_init_figures.pages = 0;
	memmap_init_figures.unavailable = 0;
	for (u64 from = section_base; next_present_section(from, &nr); from = nr + 1) {
		const u64 ram = ram_pages(nr);

		sparse_figures.sections++;
		sparse_figures.mixed += ram < PAGES_PER_SECTION;
		memmap_init_figures.pages += struct_pages(nr);
		memmap_init_figures.unavailable += struct_pages(nr) - ram;
	}
}

void hotplug_respan(void)
{
	u32 nid;

	for_each_online_node (nid)
		respan_node(NODE_DATA(nid));
	zonelists_build();
	count_sections();
	handover_renew();
}
