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

void memmodel_place(struct bank_table *table)
{
	(void)table; /* a section's struct pages may lie anywhere */
}

void memmodel_init(void)
{
	TRACE_CALL();
	sparse_init();
}

bool memmodel_next_run(u64 *cursor, struct memmap_run *run)
{
	return section_next_run(cursor, run);
}

void memmodel_report(struct memmap_report *report)
{
	*report = (struct memmap_report){0};
	section_report(report);
}
