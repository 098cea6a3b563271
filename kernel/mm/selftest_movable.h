/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A handful of blocks that one hart holds, stamped (selftest_stamp.h), most of them movable: while memory
 * goes offline they become others under its hands, with the same contents.
 */
#pragma once

#include "lib/spinlock.h"
#include "mm/selftest_stamp.h"

#define MOVABLE_HANDS 48 /* blocks a hart holds at most */

struct movable_hand {
	struct hand hand;
	struct spinlock lock; /* of held: innermost, nothing is called under it */
	u32 nr;
	u64 moved; /* blocks that became others */
	struct held_block {
		struct page *page;
		u64 stamp;
		bool is_movable;
	} held[MOVABLE_HANDS];
};

/** movable_hand_open - empty hands of the hart that calls. They stay where they are until movable_hand_close(). */
void movable_hand_open(struct movable_hand *hand);

/** movable_hand_fill - take at most nr more blocks, of random orders, types and nodes, as far as there are any. */
void movable_hand_fill(struct movable_hand *hand, u64 nr);

/** movable_hand_release - give at most nr back, in random order. Stops when one is not as it was stamped. */
void movable_hand_release(struct movable_hand *hand, u64 nr);

/** movable_hand_close - give all back; what was done is added up in *blocks and *moved, which all harts share. */
void movable_hand_close(struct movable_hand *hand, u64 *blocks, u64 *moved);
