/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: the object itself, and what may be done to its two tables.
 *
 * The tables work before anything else does: the object and its first 128 regions per table
 * are static data. The life of memblock has four steps, each with its own permission:
 *   1. describe   add, reserve, mark: the banks and every reservation that is known
 *   2. allocate   after memblock_allow_alloc(): allocations may begin
 *   3. grow       after memblock_allow_resize(): free memory can be touched, so a full
 *                 table doubles into it instead of refusing
 *   4. closed     after memblock_close(): questions only
 *
 * The arithmetic on one table is in memblock_type.c, growth in memblock_grow.c, attributes in
 * memblock_attr.c, cutting memory down in memblock_limit.c, allocation in memblock_alloc.c,
 * iteration in memblock_iter.c, questions in memblock_query.c, printing in memblock_dump.c.
 */
#include "mm/memblock.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/memblock_internal.h"

static struct memblock_region memory_regions[INIT_MEMBLOCK_REGIONS];
static struct memblock_region reserved_regions[INIT_MEMBLOCK_REGIONS];

struct memblock memblock = {
	.bottom_up = false,
	.current_limit = MEMBLOCK_ALLOC_ANYWHERE,
	.memory = {.max = INIT_MEMBLOCK_REGIONS, .regions = memory_regions, .name = "memory"},
	.reserved = {.max = INIT_MEMBLOCK_REGIONS, .regions = reserved_regions, .name = "reserved"},
};

struct memblock_state memblock_state;

void memblock_require_open(const char *what, const struct memblock_type *type, phys_addr_t base,
			   phys_addr_t size)
{
	phys_addr_t end = memblock_cap_end(base, size);

	if (type != &memblock.memory && type != &memblock.reserved)
		return;
	if (memblock_state.closed)
		stop("memblock: %s of [0x%016lx, 0x%016lx) after hand-over: the pages belong to the"
		     " buddy allocator now, ask it instead",
		     what, base, end);
	memblock_note(what, type, base, size);
}

void memblock_note(const char *what, const struct memblock_type *type, phys_addr_t base,
		   phys_addr_t size)
{
	if (memblock_state.debug)
		log_line("memblock", "%-10s %-8s [0x%016lx, 0x%016lx)", what, type->name, base,
			 memblock_cap_end(base, size));
}

int memblock_add(phys_addr_t base, phys_addr_t size)
{
	return memblock_add_node(base, size, NUMA_NO_NODE, MEMBLOCK_NONE);
}

int memblock_add_node(phys_addr_t base, phys_addr_t size, u32 nid, enum memblock_flags flags)
{
	memblock_require_open("add", &memblock.memory, base, size);
	return memblock_type_add(&memblock.memory, base, size, nid, flags);
}

int memblock_remove(phys_addr_t base, phys_addr_t size)
{
	memblock_require_open("remove", &memblock.memory, base, size);
	return memblock_type_remove(&memblock.memory, base, size);
}

int memblock_reserve(phys_addr_t base, phys_addr_t size)
{
	memblock_require_open("reserve", &memblock.reserved, base, size);
	return memblock_type_add(&memblock.reserved, base, size, NUMA_NO_NODE, MEMBLOCK_NONE);
}

int memblock_phys_free(phys_addr_t base, phys_addr_t size)
{
	memblock_require_open("free", &memblock.reserved, base, size);
	return memblock_type_remove(&memblock.reserved, base, size);
}

void memblock_set_bottom_up(bool enable)
{
	memblock.bottom_up = enable;
}

bool memblock_bottom_up(void)
{
	return memblock.bottom_up;
}

void memblock_set_current_limit(phys_addr_t limit)
{
	memblock.current_limit = limit;
}

phys_addr_t memblock_get_current_limit(void)
{
	return memblock.current_limit;
}

void memblock_allow_alloc(void)
{
	memblock_state.may_alloc = true;
}

void memblock_allow_resize(void)
{
	memblock_state.may_resize = true;
}

void memblock_close(void)
{
	memblock_state.closed = true;
}

void memblock_set_debug(bool on)
{
	memblock_state.debug = on;
}
