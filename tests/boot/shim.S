/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test fixture: stands between firmware and the kernel, in S-mode, and starts the kernel
 * somewhere else, with another a0 or a1 than firmware's. fixtures.py writes the wishes over the
 * words at the end, which it finds by their mark.
 *
 * In: a0 = hart, a1 = device tree, satp = 0. Out: the same at the kernel's first instruction,
 * but for what was wished.
 */
	.option	norelax
	.text
	.globl	_start
_start:
	lla	t0, wishes
	ld	t1, 8(t0)		/* change a0? */
	beqz	t1, 1f
	ld	a0, 16(t0)
1:	ld	t1, 24(t0)		/* change a1? */
	beqz	t1, 2f
	ld	a1, 32(t0)
2:	ld	t1, 0(t0)
	fence.i
	jr	t1

	.balign	8
	.ascii	"the wishes are:\0"
wishes:
	.dword	0			/* where the kernel is */
	.dword	0, 0			/* change a0?, to this */
	.dword	0, 0			/* change a1?, to this */
