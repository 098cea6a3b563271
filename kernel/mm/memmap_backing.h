/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory behind struct pages: where it lies, and on which node. It should be the node whose frames
 * they describe.
 */
#pragma once

#include "mm/memmodel.h"

/** memmap_backing - the physical address of a struct page, in the vmemmap window or in the direct map. */
phys_addr_t memmap_backing(const struct page *page);

/** memmap_home - the node whose RAM that address is; NUMA_NO_NODE outside of all banks. */
u32 memmap_home(phys_addr_t pa);

/**
 * memmap_remote - bytes of the node's memmap that lie on other nodes, because it had no room of its own
 * that stays. After memmodel_init(); a walk over all of its pages.
 */
u64 memmap_remote(u32 nid);
