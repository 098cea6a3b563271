/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The three kinds of wrong.
 *   1. impossible by construction: static_assert beside the code that relies on it
 *   2. our bug: assert_kernel(), always on, prints the expression and the values
 *   3. bad input or no memory: stop(), one reason that says what was read, which rule it
 *      broke and what to change
 * Each of the last two ends in the line 'mm.verdict stop phase=... reason="..."'.
 */
#pragma once

#include <assert.h>

#include "lib/log.h"

/**
 * stop - end the boot with a reason. Prints "stop        text" and the verdict as the last
 * line, then powers off with failure. Callable at any time, also before page tables exist.
 */
_Noreturn void stop(const char *fmt, ...) PRINTF_LIKE(1, 2);

/**
 * stop_claim - this hart is going to end the boot. The first hart to say so returns, as often as it
 * asks; every other one sleeps here for ever, and prints nothing any more.
 */
void stop_claim(void);

/** assert_failed - the far end of assert_kernel(). */
_Noreturn void assert_failed(const char *expr, const char *file, int line, const char *name_a,
			     u64 a, const char *name_b, u64 b);

/** assert_kernel - a belief about our own code; a and b are the values that a reader needs. */
#define assert_kernel(cond, a, b) \
	((cond) ? (void)0 : assert_failed(#cond, __FILE__, __LINE__, #a, (u64)(a), #b, (u64)(b)))
