/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test fixture: does at the end of its work what U-Boot's SPL does at the end of its (arch/riscv/lib/
 * spl.c, common/spl/spl_opensbi.c): all harts enter OpenSBI in M-mode with a0 = hart, a1 = tree, a2 =
 * what fw_dynamic is to do next. Runs from QEMU's flash, where the machine starts when there is one; the
 * images are in RAM already. fixtures.py writes the wishes over the words at the end, found by their mark.
 */
	.option	norelax
	.text
	.globl	_start
_start:
	csrr	a0, mhartid
	lla	t0, wishes
	ld	a1, 8(t0)
	addi	a2, t0, 16
	ld	t1, 0(t0)
	fence.i
	jr	t1

	.balign	8
	.ascii	"the wishes are:\0"
wishes:
	.dword	0			/* where OpenSBI is */
	.dword	0			/* where the tree is */
	.dword	0x4942534f, 2		/* struct fw_dynamic_info: magic "OSBI", version */
	.dword	0			/* next_addr: where the kernel is */
	.dword	1			/* next_mode: S */
	.dword	0			/* options */
	.dword	-1			/* boot_hart: any */
