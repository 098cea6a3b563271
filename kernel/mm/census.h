/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The free blocks counted, by zone and order, to say later whether the free lists are what they were:
 * free buddies have always merged, so the same free pages make the same number of blocks of each order.
 */
#pragma once

#include "mm/buddy.h"

struct census {
	u64 blocks[MAX_NUMNODES][MAX_NR_ZONES][NR_PAGE_ORDERS];
};

struct census_difference {
	const struct zone *zone;
	u32 order;
	u64 before, now; /* free blocks of that order */
};

/** census_take - count; empties the caches of all harts. While no other hart is at work. */
void census_take(struct census *out);

/**
 * census_differs - count again. True, and *out is the first zone and order whose number is another one; false,
 * and *out untouched, when there is none. Only for a machine that has gained and lost no zone since.
 */
bool census_differs(const struct census *before, struct census_difference *out);
