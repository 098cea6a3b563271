/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words that may not be there. The page is shown by one 4 KiB leaf of the fixmap, so that no
 * access, and no prefetch or walk on its behalf, has a right to a byte beside it: a 2 MiB leaf at
 * the end of RAM would also show what lies behind it.
 */
#include "arch/arch.h"

#include "fixmap.h"
#include "lib/panic.h"
#include "trap.h"

bool arch_probe_read(phys_addr_t pa, u64 *value)
{
	assert_kernel(IS_ALIGNED(pa, sizeof(u64)), pa, 0);
	return trap_try_load(fixmap_show_probe(pa), value);
}

bool arch_probe_write(phys_addr_t pa, u64 value)
{
	assert_kernel(IS_ALIGNED(pa, sizeof(u64)), pa, value);
	return trap_try_store(fixmap_show_probe(pa), value);
}

bool arch_can_read(const void *p)
{
	u64 value;

	return trap_try_load(p, &value);
}
