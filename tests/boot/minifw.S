/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A test fixture, not a firmware product: the least M-mode code that starts the kernel on
 * QEMU's virt machine, so that tests can offer it less than OpenSBI does. fixtures.py writes
 * the wishes over the words at the end, which it finds by their mark.
 *
 *   kind 0  no SBI at all: every call returns -2, not supported
 *   kind 1  the base extension and DBCN, which takes at most 16 bytes of a call
 *   kind 2  the legacy calls for the console and for shutdown only
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
#define ANY_HART    -1
#define MAX_WRITE   16

	.option	norelax
	.text
	.globl	_start
_start:
	csrr	a0, mhartid
	lla	t0, wishes
	ld	t1, 8(t0)		/* the hart that may go on */
	li	t2, ANY_HART
	beq	t1, t2, go
	beq	t1, a0, go
sleep:
	wfi
	j	sleep

go:
	ld	t1, 16(t0)		/* mcounteren */
	csrw	mcounteren, t1
	lla	t1, trap
	csrw	mtvec, t1
	lla	t1, save_areas
	slli	t2, a0, 6
	add	t1, t1, t2
	csrw	mscratch, t1

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
	csrw	satp, zero
	li	t1, 3 << 11		/* MPP = S */
	csrc	mstatus, t1
	li	t1, 1 << 11
	csrs	mstatus, t1
	ld	t1, 16(a2)
	csrw	mepc, t1
	mret

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
	li	t1, 9			/* environment call from S-mode */
	bne	t0, t1, broken
	csrr	t0, mepc
	addi	t0, t0, 4
	csrw	mepc, t0

	lla	t0, wishes
	ld	t0, 0(t0)
	li	t1, 1
	beq	t0, t1, kind_dbcn
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
save_areas:
	.space	64 * 16			/* for 16 harts */

	.ascii	"the wishes are:\0"
wishes:
	.dword	0			/* kind */
	.dword	ANY_HART		/* the hart that enters the kernel */
	.dword	-1			/* mcounteren */
	.dword	0			/* pmpaddr of the part that it keeps, as a power of two */
