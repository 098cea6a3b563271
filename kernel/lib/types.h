/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The words that every other file uses: integer types, the units of memory and
 * the only conversions between them.
 *
 *   phys_addr_t  a physical address, in bytes ("pa")
 *   pfn_t        a page frame number: pa / PAGE_SIZE
 *   va_t         a virtual address of the target, in bytes. Code that only wants to
 *                touch memory uses pointers; va_t is for page tables and reports.
 *
 * RAM that we give away shrinks inward (PFN_UP of the start, PFN_DOWN of the end);
 * ranges that we protect grow outward (the other way round).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

typedef u64 phys_addr_t;
typedef u64 pfn_t;
typedef u64 va_t;

#define PAGE_SHIFT     12
#define MEGAPAGE_SHIFT 21
#define GIGAPAGE_SHIFT 30
#define PAGE_SIZE      (1UL << PAGE_SHIFT)
#define MEGAPAGE_SIZE  (1UL << MEGAPAGE_SHIFT)
#define GIGAPAGE_SIZE  (1UL << GIGAPAGE_SHIFT)

#define KIB (1UL << 10)
#define MIB (1UL << 20)
#define GIB (1UL << 30)

/** PFN_DOWN - the frame that holds byte pa. */
#define PFN_DOWN(pa) ((pfn_t)((pa) >> PAGE_SHIFT))
/** PFN_UP - the first frame that starts at or above byte pa; pa <= 2^64 - PAGE_SIZE. */
#define PFN_UP(pa) ((pfn_t)(((pa) + PAGE_SIZE - 1) >> PAGE_SHIFT))
/** pfn_to_phys - the address of the first byte of a frame. */
#define pfn_to_phys(pfn) ((phys_addr_t)(pfn) << PAGE_SHIFT)

/** ALIGN_DOWN - x rounded down to a multiple of a, a power of two. */
#define ALIGN_DOWN(x, a) ((x) & ~((a)-1))
/** ALIGN_UP - x rounded up to a multiple of a, a power of two; the caller knows that it fits. */
#define ALIGN_UP(x, a)   (((x) + ((a)-1)) & ~((a)-1))
#define IS_ALIGNED(x, a) (((x) & ((a)-1)) == 0)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NUMA_NO_NODE  0xffffffffU
#define PHYS_ADDR_MAX (~(phys_addr_t)0)

static inline u64 min_u64(u64 a, u64 b)
{
	return a < b ? a : b;
}

static inline u64 max_u64(u64 a, u64 b)
{
	return a > b ? a : b;
}
