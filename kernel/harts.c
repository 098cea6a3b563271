/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Waking and waiting.
 */
#include "harts_internal.h"

void harts_wake(struct hart *hart)
{
	(void)hart;
}

void harts_wait(void)
{
	arch_relax();
}
