/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sparse_init(): every present section gets a memmap, from memory of its own node.
 *
 * This is the only place at boot where the memmap of the sparse models is allocated, and for
 * vmemmap the only one where its page tables are made. Chain: memmodel_init -> sparse_init ->
 * sparse_init_nid (a run of sections of one node) -> populate_section_memmap ->
 * (vmemmap_populate) -> leaf, fence.
 *
 * When there is not enough memory for all, the sections with the least RAM go without, each
 * with a line: their pages exist, but nobody can name them, so they are lost.
 */
#include "mm/sparse.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/early.h"
#include "mm/memblock.h"
#include "mm/memmodel.h"

/* Left to bring-up when sections must be given up: tables, node data, usage of the others. */
#define KEEP_BYTES (256 * KIB)

/* What is left of the block that the current run allocated, and the one size it is cut into. */
static struct range buffer;
static u64 buffer_unit;

static void sparse_buffer_init(u64 size, u32 nid)
{
	TRACE_CALL(size, nid);
	phys_addr_t pa;

	buffer = (struct range){0, 0};
	buffer_unit = 0;
	if (!early_alloc_memmap(size, MEGAPAGE_SIZE, nid, true, &pa))
		return;
	buffer = (struct range){pa, pa + size};
	sparse_figures.buffer_bytes += size;
}

bool sparse_buffer_alloc_run(u64 size, u64 nr, phys_addr_t *out)
{
	TRACE_CALL(size);
	phys_addr_t start;

	/* Another size would cost the alignment of all that follow. */
	if (buffer_unit != 0 && size != buffer_unit)
		return false;
	if (!align_up_checked(buffer.start, size, &start) || start > buffer.end ||
	    (buffer.end - start) / size < nr)
		return false;
	/* Bytes skipped for alignment are returned at once; the block is aligned, so this is rare. */
	early_free(OWN_MEMMAP, buffer.start, start - buffer.start);
	sparse_figures.buffer_returned += start - buffer.start;
	*out = start;
	buffer_unit = size;
	buffer.start = start + nr * size;
	sparse_figures.buffer_used += nr * size;
	return true;
}

bool sparse_buffer_alloc(u64 size, phys_addr_t *out)
{
	return sparse_buffer_alloc_run(size, 1, out);
}

static void sparse_buffer_fini(void)
{
	TRACE_CALL();
	early_free(OWN_MEMMAP, buffer.start, range_size(buffer));
	sparse_figures.buffer_returned += range_size(buffer);
	buffer = (struct range){0, 0};
}

/* A section without a memmap is taken out, and its RAM accounted. */
static void section_leave_out(u64 nr, const char *why)
{
	const struct range range = section_range(nr);

	log_warn("section-no-memmap",
		 "section %lu [0x%lx, 0x%lx) with %lu pages of RAM is left out: %s; it needs %s of "
		 "struct pages",
		 nr, range.start, range.end, section_ram_pages(nr), why,
		 size_text(SECTION_MEMMAP_BYTES).s);
	section_set_word(nr, 0);
	banks_drop(range, DROP_NO_MEMMAP);
	sparse_figures.left_out++;
}

static u64 free_bytes(void)
{
	phys_addr_t start, end;
	u64 bytes = 0;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL)
		bytes += end - start;
	return bytes;
}

/* The present section with the least RAM; false when there is none. */
static bool least_section(u64 *victim, u64 *pages)
{
	u64 nr;

	*pages = ~0UL;
	for (u64 at = 0; next_present_section(at, &nr); at = nr + 1)
		if (section_ram_pages(nr) < *pages) {
			*pages = section_ram_pages(nr);
			*victim = nr;
		}
	return *pages != ~0UL;
}

/*
 * Give up sections, those with the least RAM first, until the rest can be paid. When memory is that
 * short, those go as well that cost more than they have.
 */
static void sections_afford(void)
{
	TRACE_CALL();
	u64 have = max_u64(free_bytes(), KEEP_BYTES);
	u64 want = KEEP_BYTES + sparse_figures.present * SECTION_MEMMAP_BYTES;
	u64 victim, pages;

	if (want <= have)
		return;
	while (least_section(&victim, &pages) &&
	       (want > have || pages * PAGE_SIZE < SECTION_MEMMAP_BYTES)) {
		section_leave_out(victim, "memory does not suffice for all");
		want -= SECTION_MEMMAP_BYTES;
	}
}

/* Bits for the 2 MiB spans that hold RAM. */
static void subsection_map_init(u64 nr, struct mem_section_usage *usage)
{
	memset(usage->subsection_map, 0, sizeof(usage->subsection_map));
	for (u64 i = 0; i < SUBSECTIONS_PER_SECTION; i++) {
		phys_addr_t start = pfn_to_phys(section_nr_to_pfn(nr) + i * PAGES_PER_SUBSECTION);

		if (memblock_overlaps_region(&memblock.memory, start, MEGAPAGE_SIZE))
			usage->subsection_map[i / 64] |= 1UL << (i % 64);
	}
}

/* Of a section without a hole. Most are, so they are copied and not worked out. */
static struct mem_section_usage full_usage;

static void full_usage_init(void)
{
	memset(full_usage.pageblock_type, MIGRATE_MOVABLE, sizeof(full_usage.pageblock_type));
	for (u64 i = 0; i < SUBSECTIONS_PER_SECTION; i++)
		full_usage.subsection_map[i / 64] |= 1UL << (i % 64);
}

/* Neighbours from nr up to end, their struct pages follow each other from memmap on. */
static void sparse_init_sections(u64 nr, u64 end, struct page *memmap,
				 struct mem_section_usage *usage)
{
	u64 word = (u64)memmap - section_nr_to_pfn(nr) * sizeof(struct page);
	pfn_t start_pfn = 0;
	pfn_t end_pfn = 0; /* of the memory region that holds the section's first frame */

	section_set_words(nr, end,
			  word | SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP | SECTION_IS_ONLINE |
				  SECTION_IS_EARLY);
	sparse_figures.sections += end - nr;
	for (; nr < end; nr++, usage++) {
		nr_to_section(nr)->usage = usage;
		*usage = full_usage;
		if (section_nr_to_pfn(nr) >= end_pfn)
			(void)memblock_search_pfn_nid(section_nr_to_pfn(nr), &start_pfn, &end_pfn);
		if (section_nr_to_pfn(nr + 1) <= end_pfn ||
		    section_ram_pages(nr) == PAGES_PER_SECTION)
			continue;
		subsection_map_init(nr, usage);
		sparse_figures.mixed++;
	}
}

static void sparse_init_one_section(u64 nr, struct page *memmap, struct mem_section_usage *usage)
{
	sparse_init_sections(nr, nr + 1, memmap, usage);
}

/*
 * Where struct pages of a node come from: the node itself, unless all that is free there may go
 * away at run time. Those of such memory must not lie in it.
 */
static u32 backing_nid(u32 nid)
{
	phys_addr_t start, end;
	u64 i;

	for_each_free_mem_range (i, nid, MEMBLOCK_NONE, &start, &end, NULL)
		return nid;
	return NUMA_NO_NODE;
}

/*
 * In a deferred boot, where it counts how many instructions there are before the first page: as many
 * neighbours from nr on as get their struct pages at once. Result: how many, 0 when none do.
 */
static u64 init_together(u64 nr, struct mem_section_usage *usage)
{
	u64 end = section_stretch_end(nr);
	struct page *memmap = populate_sections(nr, &end);

	if (end > nr)
		sparse_init_sections(nr, end, memmap, usage);
	return end - nr;
}

/* One run: the present sections of [begin, end) all belong to nid. */
static void sparse_init_nid(u32 nid, u64 begin, u64 end, u64 map_count)
{
	TRACE_CALL(nid, begin, end, map_count);
	const u32 from = backing_nid(nid);
	struct mem_section_usage *usage;
	phys_addr_t usage_pa;
	u64 nr;

	log_debug("sparse", "sparse_init_nid nid=%u pnum_begin=%lu pnum_end=%lu map_count=%lu", nid,
		  begin, end, map_count);
	sparse_figures.runs++;
	if (!early_alloc(OWN_USAGE, map_count * sizeof(*usage), nid, &usage_pa)) {
		for (u64 at = begin; next_present_section(at, &nr) && nr < end; at = nr + 1)
			section_leave_out(nr, "no memory for its usage map");
		return;
	}
	usage = phys_to_virt(usage_pa);
	sparse_buffer_init(map_count * SECTION_MEMMAP_BYTES, from);
	for (u64 at = begin; next_present_section(at, &nr) && nr < end; at = nr + 1) {
		u64 together = memmap_is_deferred() ? init_together(nr, usage) : 0;
		struct page *memmap;

		if (together > 0) {
			usage += together;
			nr += together - 1;
			continue;
		}
		memmap = populate_section_memmap(section_nr_to_pfn(nr), PAGES_PER_SECTION, from,
						 &memmap_source_boot);
		if (memmap) {
			sparse_init_one_section(nr, memmap, usage++);
			continue;
		}
		depopulate_section_memmap(section_nr_to_pfn(nr), PAGES_PER_SECTION,
					  &memmap_source_boot);
		section_leave_out(nr, "no memory for its struct pages");
	}
	sparse_buffer_fini();
}

void sparse_init(void)
{
	TRACE_CALL();
	pfn_t start_pfn, end_pfn;
	u64 begin = 0;
	u64 end = 0;
	u64 count = 0;
	u32 run_nid = 0;
	u32 nid;
	u64 nr;
	s64 i;

	sections_init();
	full_usage_init();
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid)
		memory_present(nid, start_pfn, end_pfn);
	sections_afford();
	for (u64 at = 0; next_present_section(at, &nr); at = end) {
		u32 section_nid = section_early_nid(nr_to_section(nr));

		if (count > 0 && section_nid != run_nid) {
			sparse_init_nid(run_nid, begin, nr, count);
			count = 0;
		}
		if (count == 0)
			begin = nr;
		run_nid = section_nid;
		end = section_stretch_end(nr);
		count += end - nr;
	}
	if (count > 0)
		sparse_init_nid(run_nid, begin, end, count);
}
