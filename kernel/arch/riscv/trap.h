/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What trap.S saves and trap_report.c reports.
 */
#pragma once

#include "boot.h"
#include "lib/types.h"

/* The interrupted code: x1 to x31, then the CSRs (Privileged 1.12, 4.1). Offsets: boot.h. */
struct trap_frame {
	u64 x[32]; /* x[0] is not saved */
	u64 sepc;
	u64 scause;
	u64 stval;
	u64 sstatus;
};

/**
 * trap_report - say what happened and whose address it was, then end the boot. Called by
 * trap.S.
 */
_Noreturn void trap_report(const struct trap_frame *frame);

/**
 * trap_try_load, trap_try_store - one access to a mapped address that may have nothing behind it;
 * false when it trapped, whatever the cause. trap.S.
 */
bool trap_try_load(const volatile u64 *va, u64 *value);
bool trap_try_store(volatile u64 *va, u64 value);

/**
 * trap_where - whose address is that: which window of the virtual map (arch.h), and behind it
 * which pa or pfn, which bank and which owner, as far as the boot knows them yet.
 */
void trap_where(va_t va, char *text, size_t bytes);
