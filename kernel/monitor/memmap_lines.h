/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the commands about the memmap share, for models with sections and without.
 */
#pragma once

#include "mm/memmodel.h"

/** memmap_backing - the physical address of a struct page, in the vmemmap window or in the direct map. */
phys_addr_t memmap_backing(const struct page *page);

/** memmap_home - the node whose RAM that address is; NUMA_NO_NODE outside of all banks. */
u32 memmap_home(phys_addr_t pa);

/** memmap_when - when the leaves of the vmemmap were made, and by which chain of calls, as recorded. */
void memmap_when(void);

/** memmap_arrays - struct pages that the direct map shows: one line a run of them. */
void memmap_arrays(void);
