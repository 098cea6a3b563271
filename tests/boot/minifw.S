/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test fixture, not a firmware product: the least M-mode code that starts the kernel on
 * QEMU's virt machine, so that tests can offer it less than OpenSBI does. fixtures.py writes
 * the wishes over the words at the end, which it finds by their mark.
 *
 *   kind 0  no SBI at all: every call returns -2, not supported
 *   kind 1  the base extension and DBCN, which takes at most 16 bytes of a call
 *   kind 2  the legacy calls for the console and for shutdown only
 *   kind 3  as kind 1, and several harts: HSM, IPI, RFENCE. A hart that may not go on is stopped until it
 *           is started; one hart is deaf: starting it succeeds, and nothing happens; one is hasty: as
 *           often as wished it begins where the kernel does, as OpenSBI before 1.3 lets a hart
 *
 * It opens physical memory with the PMP but for its own first part, delegates every trap
 * but S-mode's calls, and goes where QEMU's fw_dynamic information says (a2: QEMU's
 * include/hw/riscv/boot_opensbi.h, next_addr is its third word). All wished harts go at once.
 */
#define UART        0x10000000
#define LINE_STATUS 5
#define TEST_DEVICE 0x100000
#define PASS        0x5555
#define BROKEN      (99 << 16 | 0x3333)	/* exit status 99: a trap that this does not expect */

#define SBI_BASE    0x10
#define SBI_DBCN    0x4442434E
#define SBI_HSM     0x48534D
#define SBI_IPI     0x735049
#define SBI_RFENCE  0x52464E43
#define CLINT       0x2000000		/* msip of hart n at 4 * n */
#define MAX_HARTS   16
#define ANY_HART    -1
#define MAX_WRITE   16

/* A save area: five registers, then what HSM knows of the hart. */
#define STATE       40			/* as SBI 1.0, 9.4 has it, and two more: */
#define STARTED     0
#define STOPPED     1
#define PENDING     2
#define DEAF        3			/* start pending, for ever */
#define ABSENT      4
#define START       48			/* where to begin, and with what in a1 */
#define ARGUMENT    56

	.option	norelax
	.text
	.globl	_start
_start:
	csrr	a0, mhartid
	lla	t0, wishes
	ld	t1, 16(t0)		/* mcounteren */
	csrw	mcounteren, t1
	lla	t1, trap
	csrw	mtvec, t1
	lla	sp, save_areas
	slli	t2, a0, 6
	add	sp, sp, t2
	csrw	mscratch, sp
	csrwi	mie, 0

	/* PMP 0: our own memory, for nobody; PMP 1: everything else, rwx (Privileged 1.12, 3.7.1). */
	ld	t1, 24(t0)
	csrw	pmpaddr0, t1
	li	t1, -1
	csrw	pmpaddr1, t1
	li	t1, 0x1f18
	csrw	pmpcfg0, t1

	li	t1, 0xb1ff		/* every exception but the calls of S- and M-mode */
	csrw	medeleg, t1
	li	t1, 0x222
	csrw	mideleg, t1
	ld	t1, 16(a2)
	csrw	mepc, t1
	lla	t2, first_entry
	sd	t1, 0(t2)
	sd	a1, 8(t2)
	sd	zero, STATE(sp)

	ld	t1, 8(t0)		/* the hart that may go on */
	li	t2, ANY_HART
	beq	t1, t2, go
	beq	t1, a0, go
	ld	t1, 0(t0)
	li	t2, 3
	beq	t1, t2, hart_stopped
sleep:
	wfi
	j	sleep

/* To mepc in S-mode, interrupts off but for our own. Keeps a0 and a1. */
go:
	csrw	satp, zero
	csrci	mip, 2			/* SSIP */
	li	t1, 3 << 11 | 2		/* MPP, SIE */
	csrc	mstatus, t1
	li	t1, 1 << 11		/* MPP = S */
	csrs	mstatus, t1
	csrsi	mie, 8			/* MSIE */
	mret

/* hart_stopped - until somebody starts it. In: sp = its save area; mstatus.MIE = 0. */
hart_stopped:
	csrw	mscratch, sp
	li	t1, STOPPED
	sd	t1, STATE(sp)
	csrsi	mie, 8
1:	wfi
	ld	t1, STATE(sp)
	li	t2, PENDING
	bne	t1, t2, 1b
	fence	rw, rw
	csrr	a0, mhartid
	li	t1, CLINT
	slli	t2, a0, 2
	add	t1, t1, t2
	sw	zero, (t1)
	ld	t1, START(sp)
	csrw	mepc, t1
	ld	a1, ARGUMENT(sp)
	sd	zero, STATE(sp)
	j	go

/*
 * Everything that is not delegated. Keeps all registers but a0 and a1, as SBI promises.
 */
	.balign	4
trap:
	csrrw	sp, mscratch, sp
	sd	t0, 0(sp)
	sd	t1, 8(sp)
	sd	t2, 16(sp)
	sd	t3, 24(sp)
	sd	t4, 32(sp)
	csrr	t0, mcause
	bltz	t0, interrupt
	li	t1, 9			/* environment call from S-mode */
	bne	t0, t1, broken
	csrr	t0, mepc
	addi	t0, t0, 4
	csrw	mepc, t0

	lla	t0, wishes
	ld	t0, 0(t0)
	li	t1, 1
	beq	t0, t1, kind_dbcn
	li	t1, 3
	beq	t0, t1, kind_harts
	li	t1, 2
	beq	t0, t1, kind_legacy
unsupported:
	li	a0, -2
done:
	ld	t0, 0(sp)
	ld	t1, 8(sp)
	ld	t2, 16(sp)
	ld	t3, 24(sp)
	ld	t4, 32(sp)
	csrrw	sp, mscratch, sp
	mret

broken:
	li	t0, TEST_DEVICE
	li	t1, BROKEN
	sw	t1, (t0)
	j	broken

/* Another hart has written our msip: the S-mode interrupt, and the fence that it may be about. */
interrupt:
	jal	t3, take_message
	j	done

/* take_message - what interrupt does. Returns to t3, clobbers t0 and t1. */
take_message:
	csrr	t0, mhartid
	slli	t0, t0, 2
	li	t1, CLINT
	add	t0, t0, t1
	sw	zero, (t0)
	fence	iorw, iorw
	sfence.vma
	csrsi	mip, 2			/* SSIP */
	jr	t3

kind_harts:
	li	t0, SBI_HSM
	beq	a7, t0, hsm
	li	t0, SBI_IPI
	beq	a7, t0, ipi
	li	t0, SBI_RFENCE
	beq	a7, t0, rfence
	j	kind_dbcn

/* area_of - t1 = the save area of hart a0. Returns to t3; an id that no hart has is answered. */
area_of:
	li	t1, MAX_HARTS
	bgeu	a0, t1, invalid
	slli	t1, a0, 6
	lla	t2, save_areas
	add	t1, t1, t2
	ld	t2, STATE(t1)
	li	t0, ABSENT
	beq	t2, t0, invalid
	jr	t3
invalid:
	li	a0, -3
	li	a1, 0
	j	done

hsm:
	li	t0, 1
	beq	a6, t0, hsm_stop
	bgtu	a6, t0, hsm_status
	jal	t3, area_of
	li	t0, STOPPED
	li	t4, -6			/* already available */
	bne	t2, t0, 1f
	li	t4, 0
	sd	a1, START(t1)
	sd	a2, ARGUMENT(t1)
	fence	rw, rw
	lla	t2, wishes
	ld	t0, 40(t2)		/* the hasty hart: began before that was written */
	bne	t0, a0, 3f
	ld	t0, 48(t2)		/* so many times */
	beqz	t0, 3f
	addi	t0, t0, -1
	sd	t0, 48(t2)
	lla	t2, first_entry
	ld	t0, 0(t2)
	sd	t0, START(t1)
	ld	t0, 8(t2)
	sd	t0, ARGUMENT(t1)
3:	lla	t0, wishes
	ld	t0, 32(t0)		/* the deaf hart */
	li	t2, DEAF
	beq	t0, a0, 2f
	li	t2, PENDING
	sd	t2, STATE(t1)
	fence	iorw, iorw
	slli	t1, a0, 2
	li	t2, CLINT
	add	t1, t1, t2
	li	t2, 1
	sw	t2, (t1)
	j	1f
2:	sd	t2, STATE(t1)
1:	mv	a0, t4
	li	a1, 0
	j	done

hsm_stop:
	j	hart_stopped

hsm_status:
	li	t0, 2
	bne	a6, t0, unsupported
	jal	t3, area_of
	mv	a1, t2
	li	t0, DEAF
	bne	t2, t0, success
	li	a1, PENDING
	j	success

/* ipi - the harts of mask a0 from hart a1 on. */
ipi:
	li	t0, CLINT
	slli	t1, a1, 2
	add	t0, t0, t1
	li	t2, 1
1:	andi	t1, a0, 1
	beqz	t1, 2f
	sw	t2, (t0)
2:	addi	t0, t0, 4
	srli	a0, a0, 1
	bnez	a0, 1b
	li	a1, 0
	j	success

/* rfence - every other hart that runs, one after the other; our own messages are taken meanwhile. */
rfence:
	li	a0, 0
1:	csrr	t0, mhartid
	beq	a0, t0, 4f
	slli	t1, a0, 6
	lla	t2, save_areas
	add	t1, t1, t2
	ld	t1, STATE(t1)
	bnez	t1, 4f
	slli	t4, a0, 2
	li	t1, CLINT
	add	t4, t4, t1
	li	t1, 1
	sw	t1, (t4)
3:	lw	t1, (t4)
	beqz	t1, 4f
	csrr	t0, mip
	andi	t0, t0, 8		/* MSIP */
	beqz	t0, 3b
	jal	t3, take_message
	j	3b
4:	addi	a0, a0, 1
	li	t1, MAX_HARTS
	bltu	a0, t1, 1b
	li	a1, 0
	j	success

kind_legacy:
	li	t0, 1
	beq	a7, t0, legacy_putchar
	li	t0, 8
	beq	a7, t0, legacy_shutdown
	li	t0, 2
	bne	a7, t0, unsupported
	li	t0, UART		/* legacy getchar: the byte or -1 */
	lbu	t1, LINE_STATUS(t0)
	andi	t1, t1, 1
	li	a0, -1
	beqz	t1, done
	lbu	a0, (t0)
	j	done

legacy_shutdown:
	li	t0, TEST_DEVICE
	li	t1, PASS
	sw	t1, (t0)
	j	legacy_shutdown

legacy_putchar:
	mv	t2, a0
	jal	t3, put
	li	a0, 0
	j	done

kind_dbcn:
	li	t0, SBI_DBCN
	beq	a7, t0, dbcn
	li	t0, SBI_BASE
	bne	a7, t0, unsupported
	li	a1, 0
	li	t0, 3			/* probe_extension */
	beq	a6, t0, probe
	bgtu	a6, t0, success		/* machine ids: 0 */
	lla	t0, base_answers
	slli	t1, a6, 3
	add	t0, t0, t1
	ld	a1, (t0)
	j	success
probe:
	li	t0, SBI_DBCN
	beq	a0, t0, 1f
	li	t0, SBI_BASE
	beq	a0, t0, 1f
	lla	t0, wishes
	ld	t0, 0(t0)
	li	t1, 3
	bne	t0, t1, success
	li	t0, SBI_HSM
	beq	a0, t0, 1f
	li	t0, SBI_IPI
	beq	a0, t0, 1f
	li	t0, SBI_RFENCE
	bne	a0, t0, success
1:	li	a1, 1
success:
	li	a0, 0
	j	done

dbcn:
	li	t0, 1
	beq	a6, t0, dbcn_read
	bgtu	a6, t0, dbcn_byte
	li	t0, MAX_WRITE		/* a0 bytes at physical a1 */
	bleu	a0, t0, 1f
	mv	a0, t0
1:	mv	t1, a1
	mv	a1, a0
2:	beqz	a0, success
	lbu	t2, (t1)
	jal	t3, put
	addi	t1, t1, 1
	addi	a0, a0, -1
	j	2b

dbcn_read:
	mv	t2, a1
	li	a1, 0
	beqz	a0, success
	li	t0, UART
	lbu	t1, LINE_STATUS(t0)
	andi	t1, t1, 1
	beqz	t1, success
	lbu	t1, (t0)
	sb	t1, (t2)
	li	a1, 1
	j	success

dbcn_byte:
	li	t0, 2
	bne	a6, t0, unsupported
	mv	t2, a0
	jal	t3, put
	li	a1, 0
	j	success

/* put - the byte in t2 to the UART. Returns to t3, clobbers t0 and t4. */
put:
	li	t0, UART
1:	lbu	t4, LINE_STATUS(t0)
	andi	t4, t4, 0x20
	beqz	t4, 1b
	sb	t2, (t0)
	jr	t3

	.balign	8
base_answers:
	.dword	0x02000000		/* specification 2.0 */
	.dword	0x70617465		/* an implementation that nobody has heard of */
	.dword	1

	.balign	8
first_entry:
	.dword	0			/* of the kernel, and its a1 */
	.dword	0
save_areas:
	.rept	MAX_HARTS
	.space	STATE
	.dword	ABSENT
	.space	64 - STATE - 8
	.endr

	.ascii	"the wishes are:\0"
wishes:
	.dword	0			/* kind */
	.dword	ANY_HART		/* the hart that enters the kernel */
	.dword	-1			/* mcounteren */
	.dword	0			/* pmpaddr of the part that it keeps, as a power of two */
	.dword	ANY_HART		/* the hart that does not hear that it is started */
	.dword	ANY_HART		/* the hart that begins where the kernel does, and how often */
	.dword	0
