/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPARSEMEM (classic): a section's struct pages are one array, reached through the direct map.
 * It need not be contiguous with its neighbour's, and costs no page tables.
 */
#include "mm/memmodel.h"

#include "lib/trace.h"
#include "mm/early.h"
#include "mm/sparse.h"

struct page *populate_section_memmap(u64 nr, u32 nid)
{
	TRACE_CALL(nr, nid);
	phys_addr_t pa;

	(void)nr;
	if (!sparse_buffer_alloc(SECTION_MEMMAP_BYTES, &pa)) {
		if (!early_alloc_memmap(SECTION_MEMMAP_BYTES, PAGE_SIZE, nid, false, &pa))
			return NULL;
		sparse_figures.from_memblock += SECTION_MEMMAP_BYTES;
	}
	memmap_fill_poison(phys_to_virt(pa), SECTION_MEMMAP_BYTES);
	return phys_to_virt(pa);
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
