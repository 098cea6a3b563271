/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Struct pages that are initialised after hand-over: on demand by zone_grow(), or all that are left
 * by the stage. docs/deferred.md has the design.
 *
 *   hand-over   knows which frames will be free, and gives the first unit of them
 *   allocation  finds nothing that fits: zone_grow(), one unit more
 *   stage       the rest, in equal shares, one for each hart; then the lists
 */
#pragma once

#include "mm/mmzone.h"

struct deferred_figures {
	u64 demand_units; /* units that zone_grow() initialised, the first one included */
	u64 demand_pages; /* struct pages in them */
	u64 nr_shares;    /* harts that took part in the rest; 0 while it is pending */
	struct deferred_share {
		u64 hart;    /* its id */
		u64 pages;   /* struct pages */
		u64 instret; /* instructions that the hart retired for them */
	} share[MACHINE_MAX_HARTS];
	u64 lists_instret; /* instructions of the boot hart for the free lists */
};
extern struct deferred_figures deferred_figures;

/** deferred_init_memmap - the stage: with deferred=on deferred_complete(); otherwise nothing. */
void deferred_init_memmap(void);

/**
 * deferred_complete - initialise every struct page that is still pending and put what is free on the lists.
 * For the stage, and for whoever must look at struct pages of all frames. Nothing else may allocate or
 * free meanwhile. Nothing to do: no effect.
 */
void deferred_complete(void);

/**
 * deferred_ready - initialise the pending units of [start_pfn, end_pfn), and put what is free in them on
 * the lists: for whoever must look at those struct pages. Not under a zone's lock.
 */
void deferred_ready(pfn_t start_pfn, pfn_t end_pfn);

/** deferred_is_pending - is any struct page still to be initialised? */
bool deferred_is_pending(void);

/** deferred_late_pages - struct pages that deferred_complete() initialised; 0 before. */
u64 deferred_late_pages(void);
