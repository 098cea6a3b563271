/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that the assembly of the entry and the traps shares with C. Only plain #defines:
 * both languages read this file. layout.c compares each with its C twin by static assertion.
 */
#pragma once

#define BOOT_KERNEL_START   0xffffffff80000000
#define BOOT_TEXT_OFFSET    0x200000 /* boot-image-header: RV64 S-mode kernels */
#define BOOT_PAGE_SIZE      0x1000
#define BOOT_MEGAPAGE_SIZE  0x200000
#define BOOT_GIGAPAGE_SHIFT 30
#define BOOT_STACK_SIZE     0x4000
#define TRAP_STACK_SIZE     0x1000

/* Sv39 entries and satp, Privileged 1.12, 4.1.11 and 4.4.1 */
#define BOOT_PTE_TABLE  0x01 /* V */
#define BOOT_PTE_RWX    0xcf /* D A - - X W R V: the boot tables only */
#define BOOT_PTE_TO_PPN 2    /* pa >> 12 << 10, for a page aligned pa */
#define SATP_MODE_SHIFT 60
#define SATP_MODE_SV39  8

/* sstatus, Privileged 1.12, 4.1.1: SIE, VS, FS, SUM, MXR */
#define SSTATUS_CLEARED 0x000c6602

/* SBI 1.0 (and 2.0 for DBCN): the calls that assembly makes */
#define SBI_LEGACY_PUTCHAR  0x01
#define SBI_LEGACY_GETCHAR  0x02
#define SBI_LEGACY_SHUTDOWN 0x08
#define SBI_BASE            0x10
#define SBI_TIME            0x54494d45
#define SBI_RFENCE          0x52464e43
#define SBI_HSM             0x48534d
#define SBI_HSM_STOP        1
#define SBI_HSM_START       0
#define SBI_HSM_STATUS      2
#define SBI_IPI             0x735049
#define SBI_SRST            0x53525354
#define SBI_DBCN            0x4442434e
#define SBI_DBCN_WRITE_BYTE 2

/* struct arch_hart, arch.h: what secondary.S reads of it */
#define ARCH_HART_STACK_END      0x10
#define ARCH_HART_TRAP_STACK_END 0x18

/* struct trap_frame, trap.h: x1 to x31 at their number times 8, then the CSRs */
#define TRAP_SEPC       0x100
#define TRAP_SCAUSE     0x108
#define TRAP_STVAL      0x110
#define TRAP_SSTATUS    0x118
#define TRAP_FRAME_SIZE 0x120
