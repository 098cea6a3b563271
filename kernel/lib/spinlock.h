/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A lock for what harts share. Who takes it has all that earlier holders wrote: taking is an
 * acquire, giving back a release (RVWMO on the target, C11 on the host: arch_hart.h). Interrupts are off
 * everywhere, so a holder is never interrupted; it may not sleep and may not call what stops for
 * another hart. Not fair and not recursive; a zeroed one is free.
 *
 * The order, outermost first; a hart that holds one takes only later ones:
 *
 *   deferred.c's growing by one unit
 *   zone->lock   the free lists of one zone; never two zones at once
 *   selftest's   who holds a movable block: nothing is called under it
 *   the log's    whole lines (lib/log.c)
 */
#pragma once

#include "arch/arch.h"

struct spinlock {
	u32 taken;
};

/** spin_lock - wait until nobody has it, and have it. By any hart, not twice by the same. */
static inline void spin_lock(struct spinlock *lock)
{
	arch_lock(&lock->taken);
}

/** spin_unlock - give it back; only its holder. */
static inline void spin_unlock(struct spinlock *lock)
{
	arch_unlock(&lock->taken);
}
