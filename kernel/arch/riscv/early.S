/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words for the worst times: before there is a stack, and when the trap report itself traps.
 * Everything here uses registers only, reaches its data from the PC, and so runs at physical
 * and at link addresses alike. Nothing here returns to what was interrupted, so registers are
 * not kept.
 *
 * The console is SBI's: the byte call of DBCN (SBI 2.0, chapter 12) and, where firmware
 * refuses that, the legacy putchar (SBI 1.0, chapter 5).
 */

#include "boot.h"

	.option	norelax
	.text

/* early_putc - print the byte in a0. Clobbers a0, a1, a6, a7, t6. */
early_putc:
	mv	t6, a0
	li	a7, SBI_DBCN
	li	a6, SBI_DBCN_WRITE_BYTE
	ecall
	beqz	a0, 1f
	mv	a0, t6
	li	a7, SBI_LEGACY_PUTCHAR
	ecall
1:	ret

/* early_puts - print the string at a0. Clobbers s10, s11 and what early_putc does. */
	.globl	early_puts
early_puts:
	mv	s10, ra
	mv	s11, a0
1:	lbu	a0, (s11)
	beqz	a0, 2f
	jal	early_putc
	addi	s11, s11, 1
	j	1b
2:	jr	s10

/* early_hex - print a0 as 16 hex digits. Clobbers s9, s10, s11 and what early_putc does. */
	.globl	early_hex
early_hex:
	mv	s10, ra
	mv	s11, a0
	li	s9, 60
1:	srl	a0, s11, s9
	andi	a0, a0, 15
	sltiu	t0, a0, 10
	addi	a0, a0, 'a' - 10
	beqz	t0, 2f
	addi	a0, a0, '0' - 'a' + 10
2:	jal	early_putc
	addi	s9, s9, -4
	bgez	s9, 1b
	jr	s10

/* early_trap_numbers - print scause, sepc and stval with their names. Clobbers s8 to s11. */
	.globl	early_trap_numbers
early_trap_numbers:
	mv	s8, ra
	lla	a0, text_cause
	jal	early_puts
	csrr	a0, scause
	jal	early_hex
	lla	a0, text_pc
	jal	early_puts
	csrr	a0, sepc
	jal	early_hex
	lla	a0, text_address
	jal	early_puts
	csrr	a0, stval
	jal	early_hex
	jr	s8

/*
 * early_trap - stvec while satp = 0: any trap here ends the boot with its numbers.
 * In: nothing but the trap CSRs. Afterwards stvec = early_poweroff.
 */
	.balign	4
	.globl	early_trap
early_trap:
	lla	t0, early_poweroff
	csrw	stvec, t0
	lla	a0, text_stop
	jal	early_puts
	lla	a0, text_trap
	jal	early_puts
	jal	early_trap_numbers
	lla	a0, text_end
	jal	early_puts
	j	early_poweroff

/* early_stop - end the boot with the reason at a0, as the verdict. */
	.globl	early_stop
early_stop:
	mv	s7, a0
	lla	a0, text_stop
	jal	early_puts
	mv	a0, s7
	jal	early_puts
	lla	a0, text_end
	jal	early_puts
	/* falls through */

/*
 * early_poweroff - system reset, type shutdown, reason system failure (SBI 1.0, chapter 10);
 * then the legacy shutdown; then sleep. Also a stvec: a trap in here starts it over.
 */
	.balign	4
	.globl	early_poweroff
early_poweroff:
	li	a7, SBI_SRST
	li	a6, 0
	li	a0, 0
	li	a1, 1
	ecall
	li	a7, SBI_LEGACY_SHUTDOWN
	ecall
1:	wfi
	j	1b

	.section .rodata.early, "a"
text_stop:
	.asciz	"\nmm.verdict stop phase=entry reason=\""
text_trap:
	.asciz	"trap before the first line of C:"
text_cause:
	.asciz	" cause=0x"
text_pc:
	.asciz	" pc=0x"
text_address:
	.asciz	" address=0x"
	.globl	text_end
text_end:
	.asciz	"\"\n"
