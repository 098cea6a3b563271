/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPARSEMEM with VMEMMAP: give the struct pages of a section their place in the window.
 *
 *   window    ...[ section 16 ][ section 17 ]      [ section 40 ]...   one virtual array
 *   leaves       [ megapage   ][ megapage   ]      [4K 4K 4K ...]
 *   backing          at the top of each node, in any order
 *
 * A megapage leaf needs 2 MiB of free, aligned memory, and 2 MiB of the window that belong to
 * present sections whole. Where one is missing, just those 2 MiB are shown by base pages. With
 * 64 MiB sections two neighbours share a leaf: the first to come maps it for both.
 */
#include "mm/memmodel.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "mm/early.h"
#include "mm/paging.h"
#include "mm/sparse.h"

struct page *vmemmap;

static va_t va_of(const struct page *page)
{
	return VMEMMAP_START + ((u64)page - (u64)arch_vmemmap());
}

/* Does every byte of [start, end) of the window belong to present sections? */
static bool is_all_present(const struct page *start, const struct page *end)
{
	for (pfn_t pfn = page_to_pfn(start); pfn < page_to_pfn(end); pfn += PAGES_PER_SECTION)
		if (!section_is_present(pfn_to_section(pfn)))
			return false;
	return section_is_present(pfn_to_section(page_to_pfn(end) - 1));
}

/* At boot: the run's buffer, else memblock, of the node if it has any. */
static bool vmemmap_alloc_block_buf(u64 size, u32 nid, phys_addr_t *pa)
{
	TRACE_CALL(size, nid);
	if (sparse_buffer_alloc(size, pa))
		return true;
	if (!early_alloc_memmap(size, size, nid, false, pa))
		return false;
	sparse_figures.from_memblock += size;
	return true;
}

static void boot_free(phys_addr_t pa, u64 size)
{
	early_free(OWN_MEMMAP, pa, size);
}

const struct memmap_source memmap_source_boot = {vmemmap_alloc_block_buf, boot_free,
						 config_vmemmap_megapage};

static bool populate_leaf(struct page *start, u64 size, u32 nid, const struct memmap_source *source)
{
	phys_addr_t pa;

	if (!source->alloc(size, nid, &pa))
		return false;
	if (paging_add_vmemmap(va_of(start), pa, size)) {
		memmap_fill_poison(start, size);
		return true;
	}
	source->free(pa, size);
	return false;
}

/* A megapage leaf shows the struct pages of 128 MiB, if nothing else shows a part of them yet. */
static bool populate_megapage(struct page *start, u32 nid, const struct memmap_source *source)
{
	TRACE_CALL(va_of(start), nid);
	return source->megapages && paging_is_clear(va_of(start)) &&
	       populate_leaf(start, MEGAPAGE_SIZE, nid, source);
}

/* vmemmap_populate_basepages: whatever of [start, end) is not shown yet. */
static bool populate_base_pages(struct page *start, struct page *end, u32 nid,
				const struct memmap_source *source)
{
	TRACE_CALL(va_of(start), va_of(end), nid);
	for (struct page *at = start; at < end; at += PAGE_SIZE / sizeof(struct page))
		if (!paging_has_leaf(va_of(at)) && !populate_leaf(at, PAGE_SIZE, nid, source))
			return false;
	return true;
}

/* vmemmap_populate: [start, end) of the window, one 2 MiB after the other. */
static bool vmemmap_populate(struct page *start, struct page *end, u32 nid,
			     const struct memmap_source *source)
{
	TRACE_CALL(va_of(start), va_of(end), nid);
	for (struct page *at = start; at < end;) {
		u64 window_offset = (u64)at - (u64)arch_vmemmap();
		struct page *leaf = (struct page *)((u64)at - window_offset % MEGAPAGE_SIZE);
		struct page *leaf_end = leaf + MEGAPAGE_SIZE / sizeof(struct page);
		struct page *stop_at = leaf_end < end ? leaf_end : end;
		bool is_whole = at == leaf && (leaf_end <= end || is_all_present(leaf, leaf_end));

		if (paging_leaf_size(va_of(at)) != MEGAPAGE_SIZE &&
		    (!is_whole || !populate_megapage(leaf, nid, source))) {
			sparse_figures.base_page_spans++;
			if (!populate_base_pages(at, stop_at, nid, source))
				return false;
		}
		at = stop_at;
	}
	return true;
}

struct page *populate_section_memmap(pfn_t pfn, u64 nr_pages, u32 nid,
				     const struct memmap_source *source)
{
	TRACE_CALL(pfn, nr_pages, nid);
	struct page *start = pfn_to_page(pfn);

	return vmemmap_populate(start, start + nr_pages, nid, source) ? start : NULL;
}

/* Has any frame from start_pfn to end_pfn, all of one section, been added? */
static bool is_wanted(pfn_t start_pfn, pfn_t end_pfn)
{
	const struct mem_section *section = pfn_to_section(start_pfn);
	const pfn_t first = start_pfn & (PAGES_PER_SECTION - 1);

	return section_is_valid(section) &&
	       subsections_any(section->usage->subsection_map, first / PAGES_PER_SUBSECTION,
			       (first + (end_pfn - start_pfn)) / PAGES_PER_SUBSECTION);
}

/* Backing that no leaf shows any more, but that another hart may still see. */
#define MAX_REMOVED 64
static struct removed {
	phys_addr_t pa;
	u64 size;
} removed[MAX_REMOVED];
static u32 nr_removed;

/* One fence for all of it. */
static void free_removed(const struct memmap_source *source)
{
	paging_flush_removed();
	while (nr_removed > 0) {
		nr_removed--;
		source->free(removed[nr_removed].pa, removed[nr_removed].size);
	}
}

/* One leaf goes, if it shows only what nobody wants. Result: the first struct page behind it. */
static struct page *vmemmap_free_leaf(struct page *at, const struct memmap_source *source)
{
	const u64 size = paging_leaf_size(va_of(at));
	const u64 nr = (size ? size : PAGE_SIZE) / sizeof(struct page);
	const pfn_t start_pfn = page_to_pfn(at);

	if (size == 0 || is_wanted(ALIGN_DOWN(start_pfn, MEMMAP_UNIT_PAGES),
				   ALIGN_UP(start_pfn + nr, MEMMAP_UNIT_PAGES)))
		return at + nr;
	removed[nr_removed++] = (struct removed){paging_remove_vmemmap(va_of(at), size), size};
	if (nr_removed == MAX_REMOVED)
		free_removed(source);
	return at + nr;
}

/* vmemmap_free: what nobody wants of [start, end). */
static void vmemmap_free(struct page *start, struct page *end, const struct memmap_source *source)
{
	TRACE_CALL(va_of(start), va_of(end));
	/* A megapage may begin before the range: it is looked at from its first struct page. */
	if (paging_leaf_size(va_of(start)) == MEGAPAGE_SIZE)
		start = (struct page *)((u64)start -
					((u64)start - (u64)arch_vmemmap()) % MEGAPAGE_SIZE);
	while (start < end)
		start = vmemmap_free_leaf(start, source);
	free_removed(source);
}

void depopulate_section_memmap(pfn_t pfn, u64 nr_pages, const struct memmap_source *source)
{
	TRACE_CALL(pfn, nr_pages);
	struct page *start = pfn_to_page(pfn);

	vmemmap_free(start, start + nr_pages, source);
}

void memmap_cost(pfn_t pfn, u64 nr_pages, bool megapages, struct memmap_cost *cost)
{
	const struct page *start = pfn_to_page(pfn);
	const struct page *end = start + nr_pages;
	const u64 leaf = megapages ? MEGAPAGE_SIZE : PAGE_SIZE;

	*cost = (struct memmap_cost){.block_bytes = MEGAPAGE_SIZE};
	cost->tables = paging_tables_missing(va_of(start), (u64)end - (u64)start, leaf);
	for (const struct page *at = start; at < end; at += leaf / sizeof(struct page))
		if (paging_leaf_size(va_of(at)) == 0)
			*(megapages ? &cost->blocks : &cost->pages) += 1;
}

/*
 * Megapages of neighbouring sections, as many as one table of the window holds: one walk down the
 * tree and one fence serve all of them.
 */
struct page *populate_sections(u64 nr, u64 *end)
{
	TRACE_CALL(nr, *end);
	struct page *start = pfn_to_page(section_nr_to_pfn(nr));
	const va_t va = va_of(start);
	const va_t table_end = ALIGN_DOWN(va, GIGAPAGE_SIZE) + GIGAPAGE_SIZE;
	const u64 bytes = ALIGN_DOWN(min_u64(table_end - va, (*end - nr) * SECTION_MEMMAP_BYTES),
				     MEGAPAGE_SIZE);
	phys_addr_t pa;

	*end = nr;
	if (!config_vmemmap_megapage || !IS_ALIGNED(va, MEGAPAGE_SIZE) || bytes == 0 ||
	    !sparse_buffer_alloc_run(MEGAPAGE_SIZE, bytes / MEGAPAGE_SIZE, &pa))
		return NULL;
	if (!paging_add_vmemmap_run(va, pa, bytes, MEGAPAGE_SIZE)) {
		early_free(OWN_MEMMAP, pa, bytes);
		return NULL;
	}
	memmap_fill_poison(start, bytes);
	*end = nr + bytes / SECTION_MEMMAP_BYTES;
	return start;
}

/*
 * The bias is known as soon as the banks are: whoever reads a struct page too early then faults
 * inside the window, where the trap report can name the frame.
 */
void memmodel_place(struct bank_table *table)
{
	pfn_t first = section_nr_to_pfn(pfn_to_section_nr(PFN_DOWN(table->phys_base)));

	vmemmap = (struct page *)((u64)arch_vmemmap() - first * sizeof(struct page));
}

void memmodel_init(void)
{
	TRACE_CALL();
	sparse_init();
	if (sparse_figures.base_page_spans > 0 && config_vmemmap_megapage)
		log_warn("vmemmap-base-pages",
			 "%lu spans of 2 MiB of struct pages are shown by 4 KiB leaves: no free, "
			 "aligned 2 MiB of "
			 "the node was left, or a neighbour section is absent; move reservations "
			 "to 2 MiB borders",
			 sparse_figures.base_page_spans);
}

bool memmodel_next_run_in(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run)
{
	return section_next_run(cursor, start_pfn, end_pfn, run);
}

pfn_t memmodel_valid_start(pfn_t end_pfn, pfn_t limit)
{
	return section_valid_start(end_pfn, limit);
}

void memmodel_report(struct memmap_report *report)
{
	*report = (struct memmap_report){0};
	section_report(report);
	paging_vmemmap_figures(report->leaves, &report->tables);
}
