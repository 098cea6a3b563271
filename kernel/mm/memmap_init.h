/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Initialise every struct page there is: of RAM, of holes, for all memory models alike.
 */
#pragma once

#include "mm/memmodel.h"

/** memmap_init - all runs of the memory model. For free_area_init(). */
void memmap_init(void);

/**
 * memmap_init_zone - nr struct pages from page on become reserved pages of the node and zone:
 * refcount 1, on no list, never allocated. section is the number for page->links, the same for all.
 */
void memmap_init_zone(struct page *page, u64 nr, u64 section, u32 nid, enum zone_type zone);
