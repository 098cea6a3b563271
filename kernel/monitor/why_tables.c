/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that bring-up filled with tables: which struct pages lie in one, which part of the address
 * space a page table translates.
 */
#include "arch/riscv/sv39.h"
#include "lib/log.h"
#include "mm/memmodel.h"
#include "mm/paging.h"
#include "monitor/why.h"

#define REASON "  reason     "
#define ORIGIN "  origin     "

/* The frame that is looked for, and its address in the vmemmap window. */
static phys_addr_t wanted;
static va_t found;

static void look_in_run(const struct paging_run *run)
{
	if (wanted >= run->pa && wanted - run->pa < run->size)
		found = run->va + (wanted - run->pa);
}

/* The run whose struct pages lie at pa of the direct map. */
static bool array_run(phys_addr_t pa, struct memmap_run *run)
{
	u64 cursor = 0;

	while (memmodel_next_run(&cursor, run)) {
		phys_addr_t start = virt_to_phys(run->page);

		if (pa + PAGE_SIZE > start &&
		    pa < start + (run->end_pfn - run->start_pfn) * sizeof(struct page))
			return true;
	}
	return false;
}

/* Struct pages that begin in the frame: from the first frame number to the last. */
static bool described(phys_addr_t pa, pfn_t *start_pfn, pfn_t *end_pfn)
{
	struct memmap_run run;
	phys_addr_t start;

	found = 0;
	wanted = pa;
	paging_for_each_vmemmap_run(look_in_run);
	if (found != 0) {
		*start_pfn = page_to_pfn(
			(const struct page *)((u64)arch_vmemmap() + (found - VMEMMAP_START)));
		*end_pfn = *start_pfn + PAGE_SIZE / sizeof(struct page);
		return true;
	}
	if (!array_run(pa, &run))
		return false;
	start = virt_to_phys(run.page);
	*start_pfn =
		run.start_pfn +
		(pa > start ? (pa - start + sizeof(struct page) - 1) / sizeof(struct page) : 0);
	*end_pfn = min_u64(run.end_pfn,
			   run.start_pfn + (pa + PAGE_SIZE - start) / sizeof(struct page));
	return *start_pfn < *end_pfn;
}

void why_memmap(phys_addr_t pa)
{
	pfn_t start_pfn, end_pfn;

	if (described(pa, &start_pfn, &end_pfn))
		print(REASON "it holds the struct pages of pfn [0x%lx, 0x%lx)\n", start_pfn,
		      end_pfn);
	else
		print(REASON "memory of the memmap that shows no frame\n");
	print(ORIGIN "memory model %s, stage memmap\n", memmodel_name);
}

/* The table in frame pfn, below table, which translates from va on; its level in *level. */
static bool find_table(phys_addr_t table, u32 at_level, va_t va, pfn_t pfn, u32 *level, va_t *start)
{
	const pte_t *entry = phys_to_virt(table);

	if (PFN_DOWN(table) == pfn) {
		*level = at_level;
		*start = va;
		return true;
	}
	for (u32 i = 0; i < SV39_ENTRIES && at_level > 0; i++)
		if (pte_is_valid(entry[i]) && !pte_is_leaf(entry[i]) &&
		    find_table(pfn_to_phys(pte_pfn(entry[i])), at_level - 1,
			       va | (u64)i << sv39_shift(at_level), pfn, level, start))
			return true;
	return false;
}

void why_table(phys_addr_t pa)
{
	const u64 sign = ~0UL << (sv39_shift(SV39_LEVELS) - 1);
	u32 level;
	va_t va;

	if (!find_table(paging_figures.root, SV39_LEVELS - 1, 0, PFN_DOWN(pa), &level, &va)) {
		print(REASON "a page table that no other points to\n");
	} else if (level == SV39_LEVELS - 1) {
		print(REASON "the root of the page tables\n");
	} else {
		va |= va & (1UL << (sv39_shift(SV39_LEVELS) - 1)) ? sign : 0;
		print(REASON "a page table of level %u, for va 0x%016lx and up\n", level, va);
	}
	print(ORIGIN "bring-up allocated it for itself, before hand-over\n");
}
