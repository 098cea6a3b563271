/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harts' own data. The boot hart's is part of the image, and of its file: tp points to it
 * before .bss is clear.
 */
#include "mm/percpu.h"

struct hart boot_hart
	__attribute__((section(".data"))) = {.state = HART_UP, .pcp_high = PCP_HIGH, .at_work = 1};
struct hart *harts[MACHINE_MAX_HARTS] = {&boot_hart};
u32 nr_harts = 1;
