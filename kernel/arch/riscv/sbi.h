/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls into firmware: RISC-V Supervisor Binary Interface 1.0, and 2.0 for the debug
 * console (DBCN). Nothing here keeps state, so all of it may be used before .bss is clear.
 * Which of several ways to print or to switch off is taken is for console.c and power.c.
 */
#pragma once

#include "boot.h"
#include "lib/types.h"

/* SBI 1.0, chapter 3: error is 0 or negative. The legacy calls return one value: error. */
struct sbi_result {
	s64 error;
	u64 value;
};

/** sbi_call - one ecall with three arguments; the rest of the registers are kept by firmware. */
struct sbi_result sbi_call(u64 extension, u64 function, u64 arg0, u64 arg1, u64 arg2);

/** sbi_has_extension - base probe; false too when firmware has no base extension (SBI 0.1). */
bool sbi_has_extension(u64 extension);

/**
 * sbi_name - who implements the SBI: "opensbi", ..., "unknown"; "none" without the base
 * extension.
 */
const char *sbi_name(void);

/** sbi_version - the implementation's version as its makers write it: "1.1"; "0" when unknown. */
void sbi_version(char *text, size_t bytes);

/**
 * sbi_write - print through DBCN; bytes at physical address pa. Returns how many were taken, or
 * negative.
 */
s64 sbi_write(phys_addr_t pa, u64 bytes);

/** sbi_read - up to bytes typed so far, to physical address pa. Returns how many, or negative. */
s64 sbi_read(phys_addr_t pa, u64 bytes);

/** sbi_write_byte - the DBCN call that needs no memory. False when firmware refuses. */
bool sbi_write_byte(char c);

/**
 * sbi_legacy_putchar / sbi_legacy_getchar - extensions 1 and 2; getchar returns -1 when nothing
 * was typed.
 */
bool sbi_legacy_putchar(char c);
int sbi_legacy_getchar(void);

/**
 * sbi_remote_fence - sfence.vma for all addresses on every other hart that runs; done at return (SBI 1.0,
 * 8.2). 0, or the error.
 */
s64 sbi_remote_fence(void);

/** sbi_shutdown - SRST, then the legacy call. Returns when neither works. */
void sbi_shutdown(bool ok);

/** sbi_reboot - SRST cold reboot. Returns when firmware cannot do it. */
void sbi_reboot(void);

/**
 * sbi_hart_start - let a stopped hart begin at physical address start with a1 = argument, S-mode, satp 0,
 * interrupts off (SBI 1.0, chapter 9). Result: 0 or SBI's error; the call does not wait for the hart.
 */
s64 sbi_hart_start(u64 id, phys_addr_t start, u64 argument);

/** sbi_hart_status - what firmware says of a hart: "started", "stopped", ...; "unknown". */
const char *sbi_hart_status(u64 id);

/** sbi_hart_is_stopped - firmware says "stopped". */
bool sbi_hart_is_stopped(u64 id);

/** sbi_error_name - an error of SBI 1.0, table 1, in words. */
const char *sbi_error_name(s64 error);

/** sbi_send_ipi - raise the software interrupt of one hart (SBI 1.0, chapter 7). */
void sbi_send_ipi(u64 id);

#define SBI_TIMER_NEVER (~0UL)

/**
 * sbi_set_timer - raise the timer interrupt at that value of the time CSR; takes the last one
 * back.
 */
void sbi_set_timer(u64 when);
