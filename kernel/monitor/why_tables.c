/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that bring-up filled with tables: which struct pages lie in one, which part of the address
 * space a page table translates.
 */
#include "arch/riscv/sv39.h"
#include "lib/log.h"
#include "mm/hotplug.h"
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

/* The block that holds pfn, if the model has blocks and there is one. */
static bool block_of(pfn_t pfn, struct block_info *out)
{
	const u64 bytes = memory_block_size_bytes();

	return bytes > 0 && memory_block_info(pfn_to_phys(pfn) / bytes, out) &&
	       out->phys_index == pfn_to_phys(pfn) / bytes;
}

/* Struct pages in frame pfn, the first of them that of frame first_pfn. */
static void memmap_origin(pfn_t pfn, pfn_t first_pfn)
{
	struct block_info here, there;

	if (block_of(pfn, &here) &&
	    pfn_to_phys(pfn) - here.phys_index * memory_block_size_bytes() < here.altmap)
		print(ORIGIN "altmap: block %lu was added with its struct pages in its own first "
			     "%s\n",
		      here.phys_index, size_text(here.altmap).s);
	else if (!page_has(pfn_to_page(pfn), PG_RESERVED) && block_of(first_pfn, &there) &&
		 there.added > 0)
		print(ORIGIN "taken from the buddy allocator when block %lu was added\n",
		      there.phys_index);
	else
		print(ORIGIN "memory model %s, stage memmap\n", memmodel_name);
}

void why_origin_kept(phys_addr_t pa)
{
	if (page_has(pfn_to_page(PFN_DOWN(pa)), PG_RESERVED))
		print(ORIGIN "bring-up allocated it for itself, before hand-over\n");
	else
		print(ORIGIN "the live kernel allocated it for itself, for memory that changed\n");
}

void why_memmap(phys_addr_t pa)
{
	pfn_t start_pfn, end_pfn;

	const bool found_frames = described(pa, &start_pfn, &end_pfn);

	if (found_frames)
		print(REASON "it holds the struct pages of pfn [0x%lx, 0x%lx)\n", start_pfn,
		      end_pfn);
	else
		print(REASON "memory of the memmap that shows no frame\n");
	memmap_origin(PFN_DOWN(pa), found_frames ? start_pfn : PFN_DOWN(pa));
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
	why_origin_kept(pa);
}
