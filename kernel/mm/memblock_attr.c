/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: what regions are like. Node and flags of a range, each by isolating it, changing
 * the regions inside, and joining again what now agrees:
 *
 *   memory    [------------- none -------------)
 *   nomap              [--------)
 *   memory    [- none -)[ nomap )[--- none ----)
 *
 * Parts of the range that are in no region stay in none.
 */
#include "mm/memblock_internal.h"

int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type, u32 nid)
{
	struct memblock_span span;
	int ret;

	memblock_require_open("node", type, base, size);
	ret = memblock_type_isolate(type, base, size, &span);
	if (ret)
		return ret;
	for (u64 i = span.first; i < span.end; i++)
		type->regions[i].nid = nid;
	memblock_type_merge(type, span);
	return 0;
}

/** change_flags - in [base, base + size) of memory, take clear away and add set. */
static int change_flags(const char *what, phys_addr_t base, phys_addr_t size, u32 clear, u32 set)
{
	struct memblock_type *type = &memblock.memory;
	struct memblock_span span;
	int ret;

	memblock_require_open(what, type, base, size);
	ret = memblock_type_isolate(type, base, size, &span);
	if (ret)
		return ret;
	for (u64 i = span.first; i < span.end; i++) {
		u32 flags = (u32)type->regions[i].flags;

		type->regions[i].flags = (enum memblock_flags)((flags & ~clear) | set);
	}
	memblock_type_merge(type, span);
	return 0;
}

int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size)
{
	return change_flags("hotplug", base, size, 0, MEMBLOCK_HOTPLUG);
}

int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size)
{
	return change_flags("no hotplug", base, size, MEMBLOCK_HOTPLUG, 0);
}

int memblock_mark_mirror(phys_addr_t base, phys_addr_t size)
{
	return change_flags("mirror", base, size, 0, MEMBLOCK_MIRROR);
}

int memblock_mark_nomap(phys_addr_t base, phys_addr_t size)
{
	return change_flags("nomap", base, size, 0, MEMBLOCK_NOMAP);
}

int memblock_clear_nomap(phys_addr_t base, phys_addr_t size)
{
	return change_flags("map", base, size, MEMBLOCK_NOMAP, 0);
}
