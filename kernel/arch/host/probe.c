/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words that may not be there, on a pretended machine: --ram says which are.
 */
#include "arch/host/host.h"

#include <unistd.h>

void (*host_probe_seen)(phys_addr_t pa, bool write);

static bool word_at(phys_addr_t pa, u64 *value, bool write)
{
	phys_addr_t target, end;

	if (host_probe_seen)
		host_probe_seen(pa, write);
	if (!host_ram_at(pa, pa + sizeof(u64), &target, &end))
		return false;
	if (target != HOST_OPEN_BUS)
		host_memory_word(target, value, write);
	else if (!write)
		*value = ~0UL;
	return true;
}

bool arch_probe_read(phys_addr_t pa, u64 *value)
{
	return word_at(pa, value, false);
}

bool arch_probe_write(phys_addr_t pa, u64 value)
{
	return word_at(pa, &value, true);
}

/* Linux looks at a buffer that it is given before it uses it. */
bool arch_can_read(const void *p)
{
	char byte;
	int ends[2];
	bool can;

	if (pipe(ends) != 0)
		return false;
	can = write(ends[1], p, 1) == 1 && read(ends[0], &byte, 1) == 1;
	close(ends[0]);
	close(ends[1]);
	return can;
}
