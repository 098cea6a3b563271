/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which physical addresses have RAM behind them? All of them, until somebody says otherwise: then
 * only what is listed, and one piece of memory may be listed under several addresses, as behind an
 * address line that nobody decodes.
 */
#include "arch/host/host.h"

#define MAX_RAM 16

static struct {
	struct range range;
	phys_addr_t target;
} ram[MAX_RAM];
static u32 nr_ram;

bool host_ram_add(struct range range, phys_addr_t target)
{
	if (nr_ram == MAX_RAM)
		return false;
	ram[nr_ram].range = range;
	ram[nr_ram++].target = target;
	return true;
}

bool host_ram_at(phys_addr_t pa, phys_addr_t limit, phys_addr_t *target, phys_addr_t *end)
{
	*target = pa;
	*end = limit;
	if (nr_ram == 0)
		return true;
	for (u32 i = 0; i < nr_ram; i++) {
		if (range_has(ram[i].range, pa)) {
			*target = ram[i].target == HOST_OPEN_BUS
					  ? HOST_OPEN_BUS
					  : ram[i].target + (pa - ram[i].range.start);
			*end = min_u64(limit, ram[i].range.end);
			return true;
		}
		if (ram[i].range.start > pa)
			*end = min_u64(*end, ram[i].range.start);
	}
	return false;
}
