/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry of a hart that the boot hart has started: from firmware to the first line of C.
 *
 * In:  a0 = hart id, a1 = physical address of its struct arch_hart, S-mode, satp = 0, interrupts
 *      off (SBI 1.0, chapter 9, HSM hart start).
 * Out: hart_main() at link addresses, final tables live, tp = its data, its own stacks.
 *
 * The same switch as in head.S: the final tables do not show this code where it runs now, so the fetch
 * after the write to satp faults and goes on at stvec. A hart on which anything goes wrong here stops
 * again without a word: the boot hart misses it, and says so.
 */

#include "boot.h"

	.option	norelax
	.text

	.balign	4
	.globl	secondary_entry
secondary_entry:
	csrw	sie, zero
	li	t0, SSTATUS_CLEARED
	csrc	sstatus, t0
	lla	t0, secondary_lost
	csrw	stvec, t0
	csrw	satp, zero
	sfence.vma
	/* satp = 0, stvec = secondary_lost (physical) */

	ld	sp, ARCH_HART_STACK_END(a1)
	ld	t0, ARCH_HART_TRAP_STACK_END(a1)
	csrw	sscratch, t0
	lla	t0, direct_map_offset
	ld	t0, (t0)
	add	tp, a1, t0
	lla	t0, final_satp
	ld	t0, (t0)
	/* sp, tp and sscratch are addresses of the final tables */

	lla	t1, secondary_linked
	lla	t2, _start
	sub	t1, t1, t2
	li	t2, BOOT_KERNEL_START
	add	t1, t1, t2
	csrw	stvec, t1
	sfence.vma
	csrw	satp, t0
	/* satp = 0 still: the write was ignored, this hart has no Sv39 */
	j	secondary_lost

	.balign	4			/* stvec wants it */
secondary_linked:
	/* satp = the final tables, PC at link addresses, stvec = here */
	lla	t1, secondary_lost
	csrw	stvec, t1
	csrr	t1, satp
	bne	t0, t1, secondary_lost
	sfence.vma
	lla	gp, __global_pointer$
	lla	t0, trap_entry
	csrw	stvec, t0
	lla	t0, hart_main
	ld	t0, (t0)
	jalr	t0
	/* not reached */

/* secondary_lost - back to firmware (HSM hart stop); also a stvec: a trap in here starts it over. */
	.balign	4
secondary_lost:
	li	a7, SBI_HSM
	li	a6, SBI_HSM_STOP
	ecall
1:	wfi
	j	1b
