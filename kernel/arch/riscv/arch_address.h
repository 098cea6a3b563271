/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The direct map's arithmetic: va = pa + direct_map_offset. Included by arch/arch.h, not by
 * anybody else. A pointer into the image is not a pointer into the direct map: layout.h.
 */
#pragma once

#include "lib/types.h"

/* DIRECT_MAP_START - phys_base, modulo 2^64. Written once, by arch_set_phys_base(). */
extern u64 direct_map_offset;

/** phys_to_virt - pa must lie in the direct map, or in a boot window before it is live. */
static inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)(pa + direct_map_offset);
}

/** virt_to_phys - of a pointer that phys_to_virt() made. */
static inline phys_addr_t virt_to_phys(const void *p)
{
	return (phys_addr_t)p - direct_map_offset;
}

/*
 * The caller of the function that says this first. GCC would keep ra in a stack frame for
 * __builtin_return_address(), which costs a leaf function four instructions; ra itself holds
 * the address until the first call.
 */
#define arch_return_address()                              \
	({                                                 \
		u64 ra_;                                   \
		__asm__ volatile("mv %0, ra" : "=r"(ra_)); \
		ra_;                                       \
	})
