/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hart that runs this, and the lock that harts share. Included by arch/arch.h, not by
 * anybody else.
 */
#pragma once

#include "lib/types.h"

struct arch_hart;

/** arch_this_hart - the hart that runs this: tp, from the first line of C on (head.S, secondary.S). */
static inline struct arch_hart *arch_this_hart(void)
{
	return (struct arch_hart *)__builtin_thread_pointer();
}

/*
 * Test and test-and-set. The memory model is RVWMO (Unprivileged 20191213, 14; A.5 shows this
 * pair): no access behind an .aq is done before it, none in front of an .rl after it. While the lock is
 * taken it is only read, so that waiting harts share its cache line; FENCE with pred=W and succ=0 is
 * PAUSE (Zihintpause), a hint that every hart accepts.
 */

/** arch_lock - wait until *lock is 0, make it 1. Free: three instructions. */
static inline void arch_lock(u32 *lock)
{
	u32 taken;

	__asm__ volatile("1:	li	%0, 1\n"
			 "	amoswap.w.aq %0, %0, %1\n"
			 "	beqz	%0, 3f\n"
			 "2:	.word	0x0100000f\n"
			 "	lw	%0, %1\n"
			 "	bnez	%0, 2b\n"
			 "	j	1b\n"
			 "3:"
			 : "=&r"(taken), "+A"(*lock)
			 :
			 : "memory");
}

/** arch_unlock - *lock becomes 0; what was done under it is seen by the next to take it. */
static inline void arch_unlock(u32 *lock)
{
	__asm__ volatile("amoswap.w.rl zero, zero, %0" : "+A"(*lock) : : "memory");
}

/** arch_relax - between two looks at something that another hart will change. */
static inline void arch_relax(void)
{
	__asm__ volatile(".word 0x0100000f" : : : "memory"); /* PAUSE */
}

/*
 * One whole access to an aligned variable of at most 64 bits that another hart may access meanwhile;
 * no order with other accesses. GCC 12 would make an AMO of a relaxed __atomic_store_n().
 */
#define arch_read_once(x)         (*(const volatile __typeof__(x) *)&(x))
#define arch_write_once(x, value) ((void)(*(volatile __typeof__(x) *)&(x) = (value)))
