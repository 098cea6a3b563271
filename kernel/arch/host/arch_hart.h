/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hart that runs this, and the lock that harts share: a hart is a thread. Included by
 * arch/arch.h, not by anybody else.
 */
#pragma once

#include <sched.h>

#include "lib/types.h"

struct arch_hart;

extern __thread struct arch_hart *host_hart; /* hart.c */

/** arch_this_hart - the hart that runs this. */
static inline struct arch_hart *arch_this_hart(void)
{
	return host_hart;
}

/** arch_lock - wait until *lock is 0, make it 1. */
static inline void arch_lock(u32 *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE) != 0)
		while (__atomic_load_n(lock, __ATOMIC_RELAXED) != 0)
			sched_yield();
}

/** arch_unlock - *lock becomes 0; what was done under it is seen by the next to take it. */
static inline void arch_unlock(u32 *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

/** arch_relax - between two looks at something that another hart will change. */
static inline void arch_relax(void)
{
	sched_yield();
}

/*
 * One whole access to an aligned variable of at most 64 bits that another hart may access meanwhile;
 * no order with other accesses.
 */
#define arch_read_once(x)         __atomic_load_n(&(x), __ATOMIC_RELAXED)
#define arch_write_once(x, value) __atomic_store_n(&(x), (value), __ATOMIC_RELAXED)
