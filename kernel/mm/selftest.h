/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the boot arguments selftest, selftest=smp, selftest=hotplug and bench do with a machine that has just come up.
 */
#pragma once

#include "lib/types.h"

/**
 * selftest_run - allocate every page, compare the set with the banks, free all, and find the
 * same free lists; then the refusals: double free, wrong order, reserved, hole. Stops on any difference.
 */
void selftest_run(void);

/**
 * selftest_smp_run - all harts allocate, stamp, check and free at once, some blocks freed by another hart;
 * then they take every page together. Stops on a page that two have, that is lost, or that
 * was written to. Boot hart only; also with one hart.
 */
void selftest_smp_run(void);

/**
 * selftest_hotplug_run - the boot hart adds, onlines, offlines and removes what is held back, while the others
 * allocate and free, and blocks move; then all of it goes. Stops when the machine is not exactly
 * as before, or a stamp is wrong. Says why when there is nothing to add. Boot hart only; also with one hart.
 */
void selftest_hotplug_run(void);

/** selftest_record - the lines mm.selftest of what has run; none when nothing has. */
void selftest_record(void);

/** selftest_hidden_run - DEBUG_PAGEALLOC: a free page traps on every hart, also on one that has just read it. */
void selftest_hidden_run(void);

/** bench_run - instructions of each operation, as mm.cost lines. Exact under -icount shift=0. */
void bench_run(void);

/** bench_cost - the i-th figure; false past the last. */
bool bench_cost(u32 i, const char **op, u64 *insn_x100);
