/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPARSEMEM (classic): a section's struct pages are one array, reached through the direct map.
 * It need not be contiguous with its neighbour's, and costs no page tables.
 */
#include "mm/memmodel.h"

#include "lib/trace.h"
#include "mm/early.h"
#include "mm/sparse.h"

static bool boot_alloc(u64 size, u32 nid, phys_addr_t *pa)
{
	if (sparse_buffer_alloc(size, pa))
		return true;
	if (!early_alloc_memmap(size, PAGE_SIZE, nid, false, pa))
		return false;
	sparse_figures.from_memblock += size;
	return true;
}

static void boot_free(phys_addr_t pa, u64 size)
{
	early_free(OWN_MEMMAP, pa, size);
}

const struct memmap_source memmap_source_boot = {boot_alloc, boot_free, false};

/* One array for the whole section, whatever part is asked for. */
struct page *populate_section_memmap(pfn_t pfn, u64 nr_pages, u32 nid,
				     const struct memmap_source *source)
{
	TRACE_CALL(pfn, nr_pages, nid);
	const u64 inside = pfn & (PAGES_PER_SECTION - 1);
	phys_addr_t pa;

	(void)nr_pages;
	if (section_is_valid(pfn_to_section(pfn)))
		return section_page(pfn_to_section(pfn), pfn);
	if (!source->alloc(SECTION_MEMMAP_BYTES, nid, &pa))
		return NULL;
	memmap_fill_poison(phys_to_virt(pa), SECTION_MEMMAP_BYTES);
	return (struct page *)phys_to_virt(pa) + inside;
}

void depopulate_section_memmap(pfn_t pfn, u64 nr_pages, const struct memmap_source *source)
{
	TRACE_CALL(pfn, nr_pages);
	const struct mem_section *section = pfn_to_section(pfn);

	(void)nr_pages;
	if (!section_is_valid(section) ||
	    subsections_any(section->usage->subsection_map, 0, SUBSECTIONS_PER_SECTION))
		return;
	source->free(virt_to_phys(section_page(section, pfn & ~(PAGES_PER_SECTION - 1))),
		     SECTION_MEMMAP_BYTES);
}

void memmap_cost(pfn_t pfn, u64 nr_pages, bool megapages, struct memmap_cost *cost)
{
	(void)nr_pages;
	(void)megapages;
	*cost = (struct memmap_cost){.block_bytes = SECTION_MEMMAP_BYTES};
	cost->blocks = !section_is_valid(pfn_to_section(pfn));
}

struct page *populate_sections(u64 nr, u64 *end)
{
	TRACE_CALL(nr, *end);
	const u64 bytes = (*end - nr) * SECTION_MEMMAP_BYTES;
	phys_addr_t pa;

	if (!sparse_buffer_alloc_run(SECTION_MEMMAP_BYTES, *end - nr, &pa)) {
		*end = nr;
		return NULL;
	}
	memmap_fill_poison(phys_to_virt(pa), bytes);
	return phys_to_virt(pa);
}

void memmodel_place(struct bank_table *table)
{
	(void)table; /* a section's struct pages may lie anywhere */
}

void memmodel_init(void)
{
	TRACE_CALL();
	sparse_init();
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
}
