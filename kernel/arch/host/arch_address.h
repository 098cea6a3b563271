/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The direct map's arithmetic on the host: physical memory is one window of this process.
 * Included by arch/arch.h, not by anybody else.
 */
#pragma once

#include "lib/types.h"

/* Start of the window minus phys_base, modulo 2^64. Written once, by arch_set_phys_base(). */
extern u64 direct_map_offset;

/** phys_to_virt - pa must lie in the direct map, or in a boot window before it is live: else a fault. */
static inline void *phys_to_virt(phys_addr_t pa)
{
	return (void *)(pa + direct_map_offset);
}

/** virt_to_phys - of a pointer that phys_to_virt() made. */
static inline phys_addr_t virt_to_phys(const void *p)
{
	return (phys_addr_t)p - direct_map_offset;
}

/* The caller of the function that says this. */
#define arch_return_address() ((u64)__builtin_return_address(0))
