/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between starting the harts (harts.c) and giving them work (harts_work.c).
 */
#pragma once

#include "harts.h"
#include "mm/percpu.h"

/** harts_do - this hart's part of a work, until nothing is left to take. */
void harts_do(struct harts_work *work);

/** harts_is_up - does it take work? */
static inline bool harts_is_up(const struct hart *hart)
{
	return __atomic_load_n(&hart->state, __ATOMIC_ACQUIRE) == HART_UP;
}
