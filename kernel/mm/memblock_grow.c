/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Growth: a full table doubles, and the memory for it comes from memblock itself.
 *
 * The new array lies in free memory, in whole pages, is reserved there and recorded under
 * OWN_MEMBLOCK; the array before it goes back the same way unless it was the static one. Two
 * things make this delicate:
 *   - the caller works on a range of its own, and may be about to reserve or remove it: the
 *     array keeps off that range;
 *   - reserving the array may find the reserved table full, which then grows first, inside.
 *     So the old array is looked at and given back only after everything else has happened.
 * The owners' table of OWN_MEMBLOCK itself never grows: it has at most MAX_GROWN + 1 ranges.
 *
 * Growth needs both permissions, allocation (nothing unknown lies in free memory) and resize
 * (free memory can be touched). Without them a full table says -12.
 */
#include "arch/arch.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/memblock_internal.h"
#include "mm/owner.h"

/* Arrays that came from memblock: at most one per table, the two of memblock and the owners'. */
#define MAX_GROWN (2 + NR_OWNERS)

static struct grown {
	struct memblock_type *type;
	struct range range;
} grown[MAX_GROWN];

/** grown_slot - where type's present array is recorded, or a slot that is free. */
static struct grown *grown_slot(const struct memblock_type *type)
{
	struct grown *unused = NULL;

	for (u32 i = 0; i < MAX_GROWN; i++) {
		if (grown[i].type == type)
			return &grown[i];
		if (!grown[i].type && !unused)
			unused = &grown[i];
	}
	assert_kernel(unused != NULL, MAX_GROWN, type->cnt);
	return unused;
}

/**
 * find_room - free pages for a new array, outside [base, base + size): above it if possible,
 * as whoever reserves ranges one after the other from below would want it, otherwise below.
 */
static phys_addr_t find_room(u64 bytes, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t limit = memblock.current_limit;
	phys_addr_t end = memblock_cap_end(base, size);
	phys_addr_t found = 0;

	if (end < limit)
		found = memblock_find_best(bytes, PAGE_SIZE, end, limit, NUMA_NO_NODE, false);
	/* An end of 0 would mean "up to the limit": nothing lies below frame 1 anyway. */
	if (!found && min_u64(base, limit) > PAGE_SIZE)
		found = memblock_find_best(bytes, PAGE_SIZE, 0, min_u64(base, limit), NUMA_NO_NODE,
					   false);
	return found;
}

/** release - the array that type had before; empty for a static one. */
static void release(struct range old)
{
	if (range_is_empty(old))
		return;
	if (memblock_type_remove(&memblock.reserved, old.start, range_size(old)) == 0)
		owner_remove(OWN_MEMBLOCK, old);
	else
		log_warn("memblock-kept",
			 "[0x%016lx, 0x%016lx) stays reserved: a table of memblock"
			 " that has grown cannot give its old array back",
			 old.start, old.end);
}

/** switch_array - type's regions move into the new array. Returns the range of the old one. */
static struct range switch_array(struct memblock_type *type, struct range array, u64 max)
{
	struct memblock_region *regions = phys_to_virt(array.start);
	struct grown *slot = grown_slot(type);
	struct range old = slot->type ? slot->range : (struct range){0, 0};

	assert_kernel(type->cnt < max, type->cnt, max);
	memcpy(regions, type->regions, type->cnt * sizeof(*regions));
	type->regions = regions;
	type->max = max;
	*slot = (struct grown){type, array};
	return old;
}

/** grow - type gets room for max regions; the new array keeps off [base, base + size). */
static int grow(struct memblock_type *type, u64 max, phys_addr_t base, phys_addr_t size)
{
	u64 bytes = ALIGN_UP(max * sizeof(struct memblock_region), PAGE_SIZE);
	bool is_reserved = type == &memblock.reserved;
	struct range array, old = {0, 0};

	array.start = memblock_alloc_must_fail(bytes) ? 0 : find_room(bytes, base, size);
	if (array.start == 0)
		return MEMBLOCK_ENOMEM;
	array.end = array.start + bytes;
	if (memblock_state.debug)
		log_line("memblock", "%-10s %-8s [0x%016lx, 0x%016lx) room for %lu", "grow",
			 type->name, array.start, array.end, max);
	/* The reserved table needs its new room to note the array; any other is noted before use. */
	if (is_reserved)
		old = switch_array(type, array, max);
	if (memblock_type_add(&memblock.reserved, array.start, bytes, NUMA_NO_NODE, MEMBLOCK_NONE))
		return MEMBLOCK_ENOMEM;
	owner_add(OWN_MEMBLOCK, array);
	if (!is_reserved)
		old = switch_array(type, array, max);
	release(old);
	return 0;
}

int memblock_type_room(struct memblock_type *type, u64 nr, phys_addr_t base, phys_addr_t size)
{
	u64 max = type->max;

	assert_kernel(max > 0, type->cnt, nr);
	if (type->cnt + nr <= type->max)
		return 0;
	if (!memblock_state.may_alloc || !memblock_state.may_resize || memblock_state.closed)
		return MEMBLOCK_ENOMEM;
	while (type->cnt + nr > max)
		max *= 2;
	return grow(type, max, base, size);
}
