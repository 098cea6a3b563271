/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between starting the harts (harts.c) and giving them work (harts_work.c).
 */
#pragma once

#include "harts.h"
#include "mm/percpu.h"

/** harts_do - this hart's part of a work, until nothing is left to take. */
void harts_do(struct harts_work *work);

/** harts_wake - end the sleep of a hart that waits, or the next one if it does not. */
void harts_wake(struct hart *hart);

/** harts_wait - sleep until another hart wakes this one; may end earlier. */
void harts_wait(void);
