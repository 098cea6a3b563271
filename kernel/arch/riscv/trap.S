/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traps after the MMU is on. This kernel takes no interrupts and recovers from nothing but a
 * missing counter or a probed word that is not there, so any other trap saves the registers,
 * reports and switches the machine off.
 *
 * The report runs on its own stack (sscratch holds its top), because a stack overflow is one of
 * the things it must be able to report. A trap within the report comes to trap_again, a trap
 * within that to early_poweroff: each level says less and needs less.
 */

#include "boot.h"

	.text

/*
 * trap_entry - stvec from the first line of C on. In: sscratch = top of the trap stack.
 * Calls trap_report(frame), which does not return. satp unchanged, stvec = trap_again.
 */
	.balign	4
	.globl	trap_entry
trap_entry:
	csrrw	sp, sscratch, sp
	addi	sp, sp, -TRAP_FRAME_SIZE
	sd	ra, 8(sp)
	sd	gp, 24(sp)
	.irp	n, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17
	sd	x\n, (\n * 8)(sp)
	.endr
	.irp	n, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	sd	x\n, (\n * 8)(sp)
	.endr
	csrr	t0, sscratch		/* sp of the interrupted code */
	sd	t0, 16(sp)
	csrr	t0, sepc
	sd	t0, TRAP_SEPC(sp)
	csrr	t0, scause
	sd	t0, TRAP_SCAUSE(sp)
	csrr	t0, stval
	sd	t0, TRAP_STVAL(sp)
	csrr	t0, sstatus
	sd	t0, TRAP_SSTATUS(sp)
	.option	push
	.option	norelax
	lla	t0, trap_again
	csrw	stvec, t0
	lla	gp, __global_pointer$
	.option	pop
	mv	a0, sp
	call	trap_report
	/* not reached */

/* trap_again - the report trapped: its numbers without formatter or tables, then off. */
	.balign	4
trap_again:
	.option	push
	.option	norelax
	lla	t0, early_poweroff
	csrw	stvec, t0
	lla	a0, text_again
	jal	early_puts
	jal	early_trap_numbers
	lla	a0, text_end
	jal	early_puts
	lla	sp, trap_stack_top
	li	a0, 0
	.option	pop
	call	arch_poweroff

/*
 * csr_instret_is_readable, csr_time_is_readable - false when reading the counter traps: the
 * machine level may keep it to itself (Privileged 1.12, 3.1.11 mcounteren). The trap resumes
 * at the end of the function with a0 = 0; it clobbers sepc, scause, stval, which nobody holds.
 */
	.macro	probe name, csr
	.globl	\name
\name:
	lla	t0, 1f
	csrrw	t1, stvec, t0
	li	a0, 0
	csrr	t2, \csr
	li	a0, 1
	.balign	4
1:	csrw	stvec, t1
	ret
	.endm

	probe	csr_instret_is_readable, instret
	probe	csr_time_is_readable, time

/*
 * trap_try_load, trap_try_store - one 8-byte access that may trap: a0 = address, a1 = where the
 * value goes to, or the value. Result: a0 = 1, or 0 after a trap. The fence is there so that a
 * store whose fault comes late does not outlive the handler. Clobber as above.
 */
	.macro	try	name, store
	.globl	\name
\name:
	lla	t0, 1f
	csrrw	t1, stvec, t0
	mv	t2, a0
	li	a0, 0
	.if	\store
	sd	a1, (t2)
	.else
	ld	t3, (t2)
	sd	t3, (a1)
	.endif
	fence	iorw, iorw
	li	a0, 1
	.balign	4
1:	csrw	stvec, t1
	ret
	.endm

	try	trap_try_load, 0
	try	trap_try_store, 1

	.section .rodata.early, "a"
text_again:
	.asciz	"\nmm.verdict stop phase=trap reason=\"trap within the trap report:"

	.bss
	.balign	16
trap_stack:
	.space	TRAP_STACK_SIZE
	.globl	trap_stack_top
trap_stack_top:
