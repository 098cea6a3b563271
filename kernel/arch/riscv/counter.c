/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions and time. The machine level decides whether S-mode may read them (mcounteren,
 * Privileged 1.12, 3.1.11); where it may not, the figures are 0 and nothing else changes.
 */
#include "counter.h"

#include "arch/arch.h"
#include "csr.h"

bool csr_instret_is_readable(void); /* trap.S */
bool csr_time_is_readable(void);

static bool has_instret __attribute__((section(".data")));
static bool has_time __attribute__((section(".data")));

void counter_probe(void)
{
	has_instret = csr_instret_is_readable();
	has_time = csr_time_is_readable();
}

bool counter_has_time(void)
{
	return has_time;
}

u64 arch_instret(void)
{
	return has_instret ? csr_read(instret) : 0;
}

u64 arch_time(void)
{
	return has_time ? csr_read(time) : 0;
}
