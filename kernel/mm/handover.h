/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hand-over: the moment when memblock's free memory becomes the buddy allocator's.
 *
 * The only place that clears PG_reserved. Given is exactly: memory of the banks, minus no-map,
 * minus reserved, minus frames without a struct page, split into the largest naturally aligned
 * blocks that stay inside one zone of one node.
 *
 *   free range  [..................................)
 *   blocks       0 1 2  3     10      10    ...  4 1
 */
#pragma once

#include "lib/range.h"

struct handover_figures {
	u64 pages; /* given to the buddy allocator */
	u64 blocks;
	u64 rejected_reserved; /* struct pages of RAM that stay reserved */
	u64 rejected_hole;     /* struct pages of no RAM */
};
extern struct handover_figures handover_figures;

/** memblock_free_all - the stage. Closes memblock. */
void memblock_free_all(void);

/** handover_range - the i-th coalesced range that was given, ascending; false past the last. */
bool handover_range(u32 i, struct range *out);

/**
 * handover_release - a range that was reserved until now becomes free: what of it has struct pages is
 * given and merged with its neighbours. range: physical, whole pages, in one bank of node nid, reserved
 * and owned by nobody any more. Result: pages given. After the stage; contents are left as they are.
 */
u64 handover_release(struct range range, u32 nid);
