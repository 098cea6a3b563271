/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: walking "A minus B" without ever writing it down.
 *
 * A is a table of ranges, B another or NULL. The gaps of B are numbered: gap i is what lies
 * before region i of B, gap cnt what lies behind the last. A walk visits every pair of a region
 * of A and a gap of B that share bytes, in order, and its result is what they share:
 *
 *   A (memory)        [------0------)     [------1------)
 *   B (reserved)          [0)    [1)                [2)
 *   gaps of B      0     )   [ 1 )  [       2       )  [ 3
 *   A minus B         [--)   [---)        [---------)  [)
 *
 * The 64-bit cursor holds both positions, that of A in the lower half, the gap in the upper;
 * it points at the next pair to look at. MEMBLOCK_ITER_END means the end, and where a
 * descending walk starts. The tables must not change during a walk.
 */
#include "lib/range.h"
#include "mm/memblock_internal.h"

#define CURSOR_HALF 32
#define CURSOR_LOW  0xffffffffUL

static u64 cursor(u64 a, u64 b)
{
	return a | b << CURSOR_HALF;
}

bool memblock_skips(const struct memblock_type *type, const struct memblock_region *r, u32 nid,
		    enum memblock_flags flags)
{
	/* Node and flags are questions about memory; any other table is walked whole. */
	if (type != &memblock.memory)
		return false;
	if (nid != NUMA_NO_NODE && nid != r->nid)
		return true;
	if ((r->flags & MEMBLOCK_HOTPLUG) && !(flags & MEMBLOCK_HOTPLUG))
		return true;
	if ((flags & MEMBLOCK_MIRROR) && !(r->flags & MEMBLOCK_MIRROR))
		return true;
	return (r->flags & MEMBLOCK_NOMAP) && !(flags & MEMBLOCK_NOMAP);
}

static struct range region_range(const struct memblock_region *r)
{
	return (struct range){r->base, memblock_region_end(r)};
}

/** gap_range - gap i of type, 0 to cnt; the whole address space when there is no table. */
static struct range gap_range(const struct memblock_type *type, u64 i)
{
	struct range gap = {0, PHYS_ADDR_MAX};

	if (type && i > 0)
		gap.start = memblock_region_end(&type->regions[i - 1]);
	if (type && i < type->cnt)
		gap.end = type->regions[i].base;
	return gap;
}

static void put_range(struct range r, u32 nid, phys_addr_t *start, phys_addr_t *end, u32 *out_nid)
{
	if (start)
		*start = r.start;
	if (end)
		*end = r.end;
	if (out_nid)
		*out_nid = nid;
}

void memblock_next_range(u64 *idx, u32 nid, enum memblock_flags flags, struct memblock_type *type_a,
			 struct memblock_type *type_b, phys_addr_t *start, phys_addr_t *end,
			 u32 *out_nid)
{
	u64 nr_gaps = type_b ? type_b->cnt + 1 : 1;
	u64 a = *idx & CURSOR_LOW;
	u64 b = *idx >> CURSOR_HALF;

	while (a < type_a->cnt && b < nr_gaps) {
		const struct memblock_region *r = type_a->regions + a;
		struct range region = region_range(r);
		struct range gap = gap_range(type_b, b);

		if (memblock_skips(type_a, r, nid, flags)) {
			a++;
			continue;
		}
		/* Whichever ends first has nothing more to share. Without B there is one gap. */
		if (!type_b || region.end <= gap.end)
			a++;
		else
			b++;
		if (range_overlaps(region, gap)) {
			put_range(range_intersect(region, gap), r->nid, start, end, out_nid);
			*idx = cursor(a, b);
			return;
		}
	}
	*idx = MEMBLOCK_ITER_END;
}

/*
 * Descending, the cursor is one past the pair to look at: a counts the regions of A not yet
 * done with, b the gaps. So zero in either half is the end.
 */
void memblock_next_range_rev(u64 *idx, u32 nid, enum memblock_flags flags,
			     struct memblock_type *type_a, struct memblock_type *type_b,
			     phys_addr_t *start, phys_addr_t *end, u32 *out_nid)
{
	bool first = *idx == MEMBLOCK_ITER_END;
	u64 a = first ? type_a->cnt : *idx & CURSOR_LOW;
	u64 b = first ? (type_b ? type_b->cnt + 1 : 1) : *idx >> CURSOR_HALF;

	while (a > 0 && b > 0) {
		const struct memblock_region *r = type_a->regions + a - 1;
		struct range region = region_range(r);
		struct range gap = gap_range(type_b, b - 1);

		if (memblock_skips(type_a, r, nid, flags)) {
			a--;
			continue;
		}
		if (!type_b || region.start >= gap.start)
			a--;
		else
			b--;
		if (range_overlaps(region, gap)) {
			put_range(range_intersect(region, gap), r->nid, start, end, out_nid);
			*idx = cursor(a, b);
			return;
		}
	}
	*idx = MEMBLOCK_ITER_END;
}

void memblock_next_pfn_range(s64 *idx, u32 nid, pfn_t *start_pfn, pfn_t *end_pfn, u32 *out_nid)
{
	while (++*idx < (s64)memblock.memory.cnt) {
		const struct memblock_region *r = memblock.memory.regions + *idx;
		struct range pages = range_shrink(region_range(r));

		if (range_is_empty(pages) || (nid != NUMA_NO_NODE && nid != r->nid))
			continue;
		if (start_pfn)
			*start_pfn = PFN_DOWN(pages.start);
		if (end_pfn)
			*end_pfn = PFN_DOWN(pages.end);
		if (out_nid)
			*out_nid = r->nid;
		return;
	}
	*idx = -1;
}
