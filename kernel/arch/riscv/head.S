/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The entry: from the first instruction after firmware to the first line of C.
 *
 * In:  a0 = hart id (any), a1 = physical address of the device tree, satp = 0, S-mode, the
 *      image at any physical address that is a multiple of 2 MiB ("RISC-V Kernel Boot
 *      Requirements": boot-image-header, SBI 1.0 chapter 9 for who enters).
 * Out: entry_main(hart, dtb, physical address of the image, instret at entry) at link
 *      addresses, boot tables live, on the boot stack; every other hart that entered is parked.
 *
 * Until entry_main() has judged the blob, only bytes of the loaded file are written: the boot
 * tables, the boot stack and the lottery lie in .data, not in .bss, because the blob may by
 * mistake lie where .bss will be.
 *
 * While satp = 0 the code runs at physical addresses: every symbol is reached from the PC
 * (lla), and nothing is relaxed to gp, which has no value yet.
 */

#include "boot.h"

	.option	norelax

	.section .head.text, "ax"

/* ---- The RISC-V Image header, 64 bytes, little endian (boot-image-header, version 0.2) ---- */
	.globl	_start
_start:
	.option	push
	.option	norvc
	j	entry			/* code0 */
	nop				/* code1 */
	.option	pop
	.dword	BOOT_TEXT_OFFSET	/* where to load, from the start of RAM */
	.dword	image_size		/* bytes of memory, .bss and stacks included */
	.dword	0			/* flags: little endian */
	.word	2			/* header version 0.2 */
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"		/* magic, deprecated but read by old loaders */
	.ascii	"RSC\005"		/* magic2, the one U-Boot checks */
	.word	0			/* no PE header */

/*
 * In: a0 hart, a1 dtb. Keeps: s0 hart, s1 dtb, s2 physical address of the image, s3 instret.
 */
	.balign	4
entry:
	csrw	sie, zero
	li	t0, SSTATUS_CLEARED
	csrc	sstatus, t0

	/* The counter now; where the machine level forbids it, the trap goes to 1 and s3 is 0. */
	lla	t0, 1f
	csrw	stvec, t0
	li	s3, 0
	rdinstret s3
	.balign	4			/* stvec wants it */
1:	lla	t0, early_trap
	csrw	stvec, t0
	csrw	sscratch, zero
	csrw	satp, zero
	sfence.vma
	mv	s0, a0
	mv	s1, a1
	mv	tp, zero
	/* satp = 0, sp = firmware's (unused), stvec = early_trap (physical), interrupts off */

	lla	t0, boot_lottery
	li	t1, 1
	amoadd.w.aqrl t1, t1, (t0)
	bnez	t1, park

	lla	s2, _start
	li	t0, BOOT_MEGAPAGE_SIZE - 1
	and	t0, t0, s2
	lla	a0, reason_misaligned
	bnez	t0, early_stop

	/* A blob inside the loaded bytes: one of the two has overwritten the other. */
	bltu	s1, s2, 1f
	lla	t0, image_file_end
	lla	a0, reason_dtb_in_image
	bltu	s1, t0, early_stop
1:
	/* satp = 0, one hart, s2 is a multiple of 2 MiB */

	/* The image at BOOT_KERNEL_START by megapages, from its first byte to the end of .bss. */
	lla	t0, boot_image_table
	lla	t1, image_end
	mv	t2, s2
	li	t4, BOOT_MEGAPAGE_SIZE
2:	srli	t3, t2, BOOT_PTE_TO_PPN
	ori	t3, t3, BOOT_PTE_RWX
	sd	t3, (t0)
	addi	t0, t0, 8
	add	t2, t2, t4
	bltu	t2, t1, 2b

	lla	t0, boot_root
	li	t1, ((BOOT_KERNEL_START >> BOOT_GIGAPAGE_SHIFT) & 0x1ff) * 8
	add	t1, t1, t0
	lla	t2, boot_image_table
	srli	t2, t2, BOOT_PTE_TO_PPN
	ori	t2, t2, BOOT_PTE_TABLE
	sd	t2, (t1)
	/* satp = 0, the boot tables are complete but for the fixmap */

	/*
	 * The switch. The boot tables do not show this code where it runs now, so the fetch after
	 * the write to satp faults, and stvec already holds the link address to go on at. This
	 * works at every physical address, which an identity leaf does not: Sv39 cannot name an
	 * address above 256 GiB. A write that names an unsupported mode has no effect (Privileged
	 * 1.12, 4.1.11): then no fetch faults, and the code below the write says so.
	 */
	srli	t0, t0, 12
	li	t1, SATP_MODE_SV39
	slli	t1, t1, SATP_MODE_SHIFT
	or	t0, t0, t1
	lla	t1, linked
	sub	t1, t1, s2
	li	t2, BOOT_KERNEL_START
	add	t1, t1, t2
	csrw	stvec, t1
	sfence.vma
	csrw	satp, t0
	/* satp = 0 still: the write was ignored */
	lla	t1, early_trap
	csrw	stvec, t1
	lla	a0, reason_no_sv39
	j	early_stop

	.balign	4			/* stvec wants it */
linked:
	/* satp = boot_root, PC at link addresses, stvec = here, sepc = a physical address */
	lla	t1, early_trap
	csrw	stvec, t1
	csrr	t1, satp
	lla	a0, reason_no_sv39
	bne	t0, t1, early_stop
	sfence.vma
	lla	gp, __global_pointer$
	lla	tp, boot_hart
	lla	t0, trap_stack_top
	csrw	sscratch, t0
	lla	t0, trap_entry
	csrw	stvec, t0
	lla	sp, boot_stack_top
	mv	a0, s0
	mv	a1, s1
	mv	a2, s2
	mv	a3, s3
	/* satp = boot_root, sp = boot stack, tp = boot_hart, stvec = trap_entry, sscratch = its stack */
	call	entry_main
	j	early_poweroff

/*
 * park - a hart that lost the lottery. It counts itself and goes back to firmware (SBI 1.0,
 * chapter 9: HSM, hart stop); without HSM it sleeps. In: satp = 0, interrupts off.
 */
park:
	lla	t0, boot_parked
	li	t1, 1
	amoadd.w zero, t1, (t0)
	li	a7, SBI_HSM
	li	a6, SBI_HSM_STOP
	ecall
1:	wfi
	j	1b

	.section .rodata.early, "a"
reason_misaligned:
	.asciz	"the image is not on a 2 MiB boundary; load it at the start of RAM + 2 MiB"
reason_dtb_in_image:
	.asciz	"the device tree (a1) lies inside the loaded image; load it elsewhere"
reason_no_sv39:
	.asciz	"this hart has no Sv39 (satp did not take mode 8); a hart with an MMU is needed"

/* ---- Part of the loaded file on purpose, see above. kernel.ld puts the stack first ---- */
	.section .data.stack, "aw"
	.balign	BOOT_PAGE_SIZE
	.globl	boot_stack, boot_stack_top
boot_stack:
	.space	BOOT_STACK_SIZE
boot_stack_top:

	.section .data.boot, "aw"
	.balign	BOOT_PAGE_SIZE
	.globl	boot_root
boot_root:
	.space	BOOT_PAGE_SIZE
boot_image_table:
	.space	BOOT_PAGE_SIZE

	.data
	.balign	4
	.globl	boot_parked
boot_lottery:
	.word	0			/* harts that entered */
boot_parked:
	.word	0			/* harts that entered and were sent away */
