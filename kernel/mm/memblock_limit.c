/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: cutting memory down, to an alignment, to an amount, to a window.
 *
 * These come from mem= and from the reach of the direct map, before any allocation. None can
 * fail for want of memory, except that a cut inside one region needs a second entry; when the
 * table has no room even for that, the boot stops, because memory that must not be used would
 * stay in use.
 */
#include "lib/range.h"
#include "mm/memblock_internal.h"

static void cut(struct memblock_type *type, phys_addr_t start, phys_addr_t end)
{
	if (start < end && memblock_type_remove(type, start, end - start))
		stop("memblock: no room in the %s table (%lu regions) to cut [0x%016lx, 0x%016lx)",
		     type->name, type->max, start, end);
}

/*
 *   align     |       |       |       |
 *   memory       [------------------)   [--)
 *   after             [-------)
 */
void memblock_trim_memory(phys_addr_t align)
{
	struct memblock_type *type = &memblock.memory;
	u64 i = 0;

	memblock_require_open("trim", type, 0, align);
	assert_kernel(memblock_is_alignment(align), align, 0);
	while (i < type->cnt) {
		struct memblock_region *r = type->regions + i;
		phys_addr_t end = ALIGN_DOWN(memblock_region_end(r), align);
		phys_addr_t start;

		if (!align_up_checked(r->base, align, &start) || start >= end) {
			memblock_type_delete(type, i);
			continue;
		}
		type->total_size -= r->size - (end - start);
		r->base = start;
		r->size = end - start;
		i++;
	}
}

/**
 * end_of_first - where the first limit bytes of memory end; PHYS_ADDR_MAX when there are not so
 * many.
 */
static phys_addr_t end_of_first(phys_addr_t limit)
{
	struct memblock_region *r;

	for_each_mem_region (r) {
		if (limit <= r->size)
			return r->base + limit;
		limit -= r->size;
	}
	return PHYS_ADDR_MAX;
}

void memblock_enforce_memory_limit(phys_addr_t limit)
{
	phys_addr_t end = end_of_first(limit);

	memblock_require_open("limit", &memblock.memory, 0, limit);
	if (limit == 0 || end == PHYS_ADDR_MAX)
		return;
	cut(&memblock.memory, end, PHYS_ADDR_MAX);
	cut(&memblock.reserved, end, PHYS_ADDR_MAX);
}

/*
 *   memory    [-----------) [nomap) [-----------)
 *   window         [-------------------)
 *   after          [------) [nomap) [--)           a NOMAP region outside stays whole
 */
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size)
{
	struct memblock_type *type = &memblock.memory;
	phys_addr_t end = memblock_cap_end(base, size);
	struct memblock_span span;
	u64 i;

	memblock_require_open("cap", type, base, size);
	if (size == 0)
		return;
	if (memblock_type_isolate(type, base, size, &span))
		stop("memblock: no room in the memory table (%lu regions) to keep only"
		     " [0x%016lx, 0x%016lx)",
		     type->max, base, end);
	for (i = type->cnt; i-- > 0;) {
		bool inside = span.first <= i && i < span.end;

		if (!inside && !(type->regions[i].flags & MEMBLOCK_NOMAP))
			memblock_type_delete(type, i);
	}
	/* A NOMAP region that the window cuts was split above and becomes one again. */
	memblock_type_merge(type, (struct memblock_span){0, type->cnt});
	cut(&memblock.reserved, 0, base);
	cut(&memblock.reserved, end, PHYS_ADDR_MAX);
}
