/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one reason why a page frame is or is not free, and where in the device tree it comes from.
 */
#pragma once

#include "lib/types.h"

/** why_show - two or three lines: the reason, its origin, and what page_lines.h knows. Any pfn below 2^52. */
void why_show(pfn_t pfn);

/** why_memmap - the part for frames that hold struct pages: which. pa must belong to the memmap. */
void why_memmap(phys_addr_t pa);

/** why_origin_kept - the origin of what the kernel took for itself, at boot or when memory was added. */
void why_origin_kept(phys_addr_t pa);

/** why_table - the part for frames that are a page table: of which level, for which addresses. */
void why_table(phys_addr_t pa);
