/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walking memblock's tables: one of them, or "memory minus reserved". Part of memblock.h, which
 * includes it; the tables must not change during a walk.
 */
#pragma once

#include "mm/memblock.h"

/* ---- iteration: u64 i; phys_addr_t start, end; pfn_t start_pfn, end_pfn; u32 nid ---- */
void memblock_next_range(u64 *idx, u32 nid, enum memblock_flags flags, struct memblock_type *type_a,
			 struct memblock_type *type_b, phys_addr_t *start, phys_addr_t *end,
			 u32 *out_nid);
void memblock_next_range_rev(u64 *idx, u32 nid, enum memblock_flags flags,
			     struct memblock_type *type_a, struct memblock_type *type_b,
			     phys_addr_t *start, phys_addr_t *end, u32 *out_nid);
void memblock_next_pfn_range(s64 *idx, u32 nid, pfn_t *start_pfn, pfn_t *end_pfn, u32 *out_nid);

#define MEMBLOCK_ITER_END (~0UL)

/**
 * for_each_mem_region / for_each_reserved_mem_region - every region, struct memblock_region *rgn.
 */
#define for_each_mem_region(rgn)                                                                 \
	for (rgn = memblock.memory.regions; rgn < memblock.memory.regions + memblock.memory.cnt; \
	     rgn++)
#define for_each_reserved_mem_region(rgn)     \
	for (rgn = memblock.reserved.regions; \
	     rgn < memblock.reserved.regions + memblock.reserved.cnt; rgn++)

/** for_each_mem_range - memory that may be mapped: not NOMAP; hotplug regions included. */
#define for_each_mem_range(i, p_start, p_end)                                                 \
	for (i = 0, memblock_next_range(&i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &memblock.memory, \
					NULL, p_start, p_end, NULL);                          \
	     i != MEMBLOCK_ITER_END;                                                          \
	     memblock_next_range(&i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &memblock.memory, NULL,  \
				 p_start, p_end, NULL))

/** for_each_free_mem_range - memory minus reserved, ascending; nid or NUMA_NO_NODE. */
#define for_each_free_mem_range(i, nid, flags, p_start, p_end, p_nid)                         \
	for (i = 0, memblock_next_range(&i, nid, flags, &memblock.memory, &memblock.reserved, \
					p_start, p_end, p_nid);                               \
	     i != MEMBLOCK_ITER_END; memblock_next_range(                                     \
		     &i, nid, flags, &memblock.memory, &memblock.reserved, p_start, p_end, p_nid))

/** for_each_free_mem_range_reverse - the same, descending. */
#define for_each_free_mem_range_reverse(i, nid, flags, p_start, p_end, p_nid)                      \
	for (i = MEMBLOCK_ITER_END,                                                                \
	    memblock_next_range_rev(&i, nid, flags, &memblock.memory, &memblock.reserved, p_start, \
				    p_end, p_nid);                                                 \
	     i != MEMBLOCK_ITER_END; memblock_next_range_rev(                                      \
		     &i, nid, flags, &memblock.memory, &memblock.reserved, p_start, p_end, p_nid))

/**
 * for_each_mem_pfn_range - whole frames of every memory region (NOMAP too) of nid or of all; s64
 * i.
 */
#define for_each_mem_pfn_range(i, nid, p_start, p_end, p_nid)                         \
	for (i = -1, memblock_next_pfn_range(&i, nid, p_start, p_end, p_nid); i >= 0; \
	     memblock_next_pfn_range(&i, nid, p_start, p_end, p_nid))
