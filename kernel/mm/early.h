/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for bring-up itself: memblock with an owner. Small things go to the lowest free
 * place, so that they fill the corners beside the image and the firmware; struct pages go to
 * the top of their node, so that the large blocks in the middle stay whole.
 */
#pragma once

#include "mm/owner.h"

/** memblock_init - the stage: banks and reservations into memblock; dynamic reservations placed; allocation allowed. */
void memblock_init(void);

/**
 * early_alloc - size bytes (rounded up to pages), zeroed, lowest place, near nid or anywhere
 * if that has none. A node of less than 1 MiB, which bookkeeping would eat up, is left alone: then near the
 * image. False when there is none at all. Until paging is live only inside the boot window.
 */
bool early_alloc(enum owner owner, u64 size, u32 nid, phys_addr_t *out);

/** early_alloc_memmap - size bytes, not zeroed, aligned, at the top of nid, with the same exception; exact: no other node. */
bool early_alloc_memmap(u64 size, u64 align, u32 nid, bool exact, phys_addr_t *out);

/** early_free - give back whole pages of an early allocation. */
void early_free(enum owner owner, phys_addr_t pa, u64 size);

/** early_memtest - the stage: with memtest=N, write and read N patterns over free memory; bad pages are reserved. */
void early_memtest(void);
