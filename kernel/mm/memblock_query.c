/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: questions. They change nothing and stay answerable after memblock_close(): the
 * ledger, the checks and the monitor all ask.
 */
#include "mm/memblock_internal.h"

phys_addr_t memblock_phys_mem_size(void)
{
	return memblock.memory.total_size;
}

phys_addr_t memblock_reserved_size(void)
{
	return memblock.reserved.total_size;
}

phys_addr_t memblock_start_of_DRAM(void)
{
	return memblock.memory.cnt > 0 ? memblock.memory.regions[0].base : 0;
}

phys_addr_t memblock_end_of_DRAM(void)
{
	const struct memblock_type *type = &memblock.memory;

	return type->cnt > 0 ? memblock_region_end(&type->regions[type->cnt - 1]) : 0;
}

bool memblock_is_memory(phys_addr_t addr)
{
	return memblock_type_search(&memblock.memory, addr) >= 0;
}

bool memblock_is_map_memory(phys_addr_t addr)
{
	s64 i = memblock_type_search(&memblock.memory, addr);

	return i >= 0 && !(memblock.memory.regions[i].flags & MEMBLOCK_NOMAP);
}

bool memblock_is_reserved(phys_addr_t addr)
{
	return memblock_type_search(&memblock.reserved, addr) >= 0;
}

bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size)
{
	s64 i = memblock_type_search(&memblock.memory, base);

	return i >= 0 &&
	       memblock_cap_end(base, size) <= memblock_region_end(&memblock.memory.regions[i]);
}

bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size)
{
	return memblock_overlaps_region(&memblock.reserved, base, size);
}

bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = memblock_cap_end(base, size);

	for (u64 i = 0; i < type->cnt && type->regions[i].base < end; i++) {
		if (base < memblock_region_end(&type->regions[i]) && base < end)
			return true;
	}
	return false;
}

s64 memblock_search_pfn_nid(pfn_t pfn, pfn_t *start_pfn, pfn_t *end_pfn)
{
	s64 i = memblock_type_search(&memblock.memory, pfn_to_phys(pfn));
	const struct memblock_region *r;

	if (i < 0)
		return -1;
	r = &memblock.memory.regions[i];
	*start_pfn = PFN_DOWN(r->base);
	*end_pfn = PFN_DOWN(memblock_region_end(r));
	return r->nid == NUMA_NO_NODE ? -1 : (s64)r->nid;
}
