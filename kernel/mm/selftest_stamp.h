/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blocks with a stamp: who holds one writes hart, sequence and order into its pages and into mapping of
 * its head. Two harts that hold the same page write different stamps, and one of them finds the other's.
 */
#pragma once

#include "mm/page.h"

/* What one hart does in a self-test of all harts. */
struct hand {
	u64 random;
	u64 hart;     /* its index */
	u64 sequence; /* blocks it has stamped */
	u64 crossed;  /* blocks it has freed that another hart stamped */
};

/** hand_of - the hart of that index, with random numbers of its own, the same on every boot. */
struct hand hand_of(u64 hart);

/** random_below - 0 to limit - 1; limit at most 2^31. */
u64 random_below(struct hand *hand, u64 limit);

/** stamp_block - an allocated block of 2^order pages; small ones are stamped in every page. Stops when it has a stamp. */
u64 stamp_block(struct hand *hand, struct page *page, u32 order);

/** give_back - the stamps are as they were written, on this hart or another: free the block. Stops otherwise. */
void give_back(struct hand *hand, struct page *page, u64 stamp);

/** is_stamp_of - is the word a stamp that the hart of that index wrote? */
bool is_stamp_of(u64 word, u64 hart);
