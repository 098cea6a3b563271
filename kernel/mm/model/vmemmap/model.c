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

/* Backing for a megapage leaf: the run's buffer, else any 2 MiB, of the node if it has one. */
static bool vmemmap_alloc_block_buf(u64 size, u32 nid, phys_addr_t *out)
{
	TRACE_CALL(size, nid);
	if (sparse_buffer_alloc(size, out))
		return true;
	if (!early_alloc_memmap(size, size, nid, false, out))
		return false;
	sparse_figures.from_memblock += size;
	return true;
}

static bool populate_megapage(struct page *start, u32 nid)
{
	TRACE_CALL(va_of(start), nid);
	phys_addr_t pa;

	if (!config_vmemmap_megapage ||
	    !is_all_present(start, start + MEGAPAGE_SIZE / sizeof(struct page)) ||
	    !vmemmap_alloc_block_buf(MEGAPAGE_SIZE, nid, &pa))
		return false;
	if (paging_add_vmemmap(va_of(start), pa, MEGAPAGE_SIZE)) {
		memmap_fill_poison(start, MEGAPAGE_SIZE);
		return true;
	}
	early_free(OWN_MEMMAP, pa, MEGAPAGE_SIZE);
	return false;
}

/* vmemmap_populate_basepages: whatever of [start, end) is not shown yet. */
static bool populate_base_pages(struct page *start, struct page *end, u32 nid)
{
	TRACE_CALL(va_of(start), va_of(end), nid);
	for (struct page *at = start; at < end; at += PAGE_SIZE / sizeof(struct page)) {
		phys_addr_t pa;

		if (paging_has_leaf(va_of(at)))
			continue;
		if (!sparse_buffer_alloc(PAGE_SIZE, &pa)) {
			if (!early_alloc_memmap(PAGE_SIZE, PAGE_SIZE, nid, false, &pa))
				return false;
			sparse_figures.from_memblock += PAGE_SIZE;
		}
		if (!paging_add_vmemmap(va_of(at), pa, PAGE_SIZE)) {
			early_free(OWN_MEMMAP, pa, PAGE_SIZE);
			return false;
		}
		memmap_fill_poison(at, PAGE_SIZE);
	}
	return true;
}

/* vmemmap_populate: [start, end) of the window, one 2 MiB after the other. */
static bool vmemmap_populate(struct page *start, struct page *end, u32 nid)
{
	TRACE_CALL(va_of(start), va_of(end), nid);
	for (struct page *at = start; at < end;) {
		u64 window_offset = (u64)at - (u64)arch_vmemmap();
		struct page *leaf = (struct page *)((u64)at - window_offset % MEGAPAGE_SIZE);
		struct page *leaf_end = leaf + MEGAPAGE_SIZE / sizeof(struct page);
		struct page *stop_at = leaf_end < end ? leaf_end : end;

		if (!paging_has_leaf(va_of(at)) && (at != leaf || !populate_megapage(leaf, nid))) {
			sparse_figures.base_page_spans++;
			if (!populate_base_pages(at, stop_at, nid))
				return false;
		}
		at = stop_at;
	}
	return true;
}

struct page *populate_section_memmap(u64 nr, u32 nid)
{
	TRACE_CALL(nr, nid);
	struct page *start = pfn_to_page(section_nr_to_pfn(nr));

	return vmemmap_populate(start, start + PAGES_PER_SECTION, nid) ? start : NULL;
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
