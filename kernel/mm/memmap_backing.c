/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looked up in the live tables, not in what was meant: what the hardware will show.
 */
#include "mm/memmap_backing.h"

#include "arch/riscv/sv39.h"
#include "mm/paging.h"

phys_addr_t memmap_backing(const struct page *page)
{
	u64 offset = (u64)page - (u64)arch_vmemmap();
	va_t va = VMEMMAP_START + offset;
	u32 level;
	pte_t pte;

	if (offset >= VMEMMAP_SIZE)
		return virt_to_phys(page);
	pte = sv39_walk(paging_figures.root, va, &level);
	return pfn_to_phys(pte_pfn(pte)) + (va & ((1UL << sv39_shift(level)) - 1));
}

u32 memmap_home(phys_addr_t pa)
{
	const struct bank *bank = banks_find(pa);

	return bank ? bank->nid : NUMA_NO_NODE;
}

u64 memmap_remote(u32 nid)
{
	struct memmap_run run;
	u64 cursor = 0;
	u64 bytes = 0;

	while (memmodel_next_run(&cursor, &run)) {
		const u64 nr = PAGE_SIZE / sizeof(struct page);

		for (u64 i = 0; run.nid == nid && i < run.end_pfn - run.start_pfn; i += nr)
			if (memmap_home(memmap_backing(run.page + i)) != nid)
				bytes += PAGE_SIZE;
	}
	return bytes;
}
