/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arithmetic on one sorted table of ranges: add, remove, isolate, merge, search.
 *
 * Every operation takes any table in the normal form of memblock_internal.h and leaves one in
 * it. Operations that may need room find out how much before they change anything, so that
 * a failed call leaves the table as it was.
 *
 * Adding. What is new is inserted, what exists stays as it is with its node and flags, and
 * then neighbours that touch and agree become one:
 *
 *   table       [--A--)      [----B----)
 *   add      [-------------------)
 *   inserted [x)      [-----x)
 *
 * A table is any struct memblock_type: memblock's own two, or a set of ranges of an owner.
 */
#include "lib/string.h"
#include "mm/memblock_internal.h"

/** insert_region - a new region becomes number i. There is room. */
static void insert_region(struct memblock_type *type, u64 i, struct memblock_region r)
{
	struct memblock_region *at = type->regions + i;

	assert_kernel(type->cnt < type->max, type->cnt, type->max);
	memmove(at + 1, at, (type->cnt - i) * sizeof(*at));
	*at = r;
	type->cnt++;
	type->total_size += r.size;
}

void memblock_type_delete(struct memblock_type *type, u64 i)
{
	struct memblock_region *at = type->regions + i;

	assert_kernel(i < type->cnt, i, type->cnt);
	type->total_size -= at->size;
	type->cnt--;
	memmove(at, at + 1, (type->cnt - i) * sizeof(*at));
}

/** split_region - cut region i in two at address at, which lies inside it. Touching, not normal. */
static void split_region(struct memblock_type *type, u64 i, phys_addr_t at)
{
	struct memblock_region *r = type->regions + i;
	struct memblock_region upper = *r;

	upper.base = at;
	upper.size = memblock_region_end(r) - at;
	r->size -= upper.size;
	type->total_size -= upper.size;
	insert_region(type, i + 1, upper);
}

/** first_ending_above - the first region that ends above addr; cnt when there is none. */
static u64 first_ending_above(const struct memblock_type *type, phys_addr_t addr)
{
	u64 low = 0;
	u64 high = type->cnt;

	/* Invariant: regions below low end at or below addr, regions from high on end above. */
	while (low < high) {
		u64 mid = (low + high) / 2;

		if (memblock_region_end(&type->regions[mid]) <= addr)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void memblock_type_merge(struct memblock_type *type, struct memblock_span span)
{
	u64 i = span.first > 0 ? span.first - 1 : 0;
	u64 end = span.end;

	while (i + 1 < type->cnt && i < end) {
		struct memblock_region *r = type->regions + i;
		struct memblock_region next = r[1];

		if (memblock_region_end(r) != next.base || r->nid != next.nid ||
		    r->flags != next.flags) {
			i++;
			continue;
		}
		memblock_type_delete(type, i + 1);
		r->size += next.size;
		type->total_size += next.size;
		end--;
	}
}

/**
 * fill_gaps - walk the parts of [base, end) that no region covers, insert them when insert is
 * set, and count them. *span is set to the regions that now lie in [base, end).
 */
static u64 fill_gaps(struct memblock_type *type, phys_addr_t base, phys_addr_t end, u32 nid,
		     enum memblock_flags flags, bool insert, struct memblock_span *span)
{
	u64 i = first_ending_above(type, base);
	u64 nr = 0;

	span->first = i;
	while (base < end) {
		bool last = i == type->cnt || type->regions[i].base >= end;
		phys_addr_t gap_end = last ? end : type->regions[i].base;

		if (base < gap_end) {
			if (insert)
				insert_region(
					type, i++,
					(struct memblock_region){base, gap_end - base, flags, nid});
			nr++;
		}
		if (last)
			break;
		base = memblock_region_end(&type->regions[i]);
		i++;
	}
	span->end = i;
	return nr;
}

int memblock_type_add(struct memblock_type *type, phys_addr_t base, phys_addr_t size, u32 nid,
		      enum memblock_flags flags)
{
	phys_addr_t end = memblock_cap_end(base, size);
	struct memblock_span span;
	int ret;

	if (base == end)
		return 0;
	/*
	 * At most cnt + 1 gaps: count only when that might not fit. The count also settles the
	 * room before the first insert. Growing reserves the new table's own memory and thereby
	 * may change this very table, so counting starts again after each growth.
	 */
	while (2 * type->cnt + 1 > type->max) {
		u64 nr = fill_gaps(type, base, end, nid, flags, false, &span);

		if (type->cnt + nr <= type->max)
			break;
		ret = memblock_type_room(type, nr, base, end - base);
		if (ret)
			return ret;
	}
	fill_gaps(type, base, end, nid, flags, true, &span);
	memblock_type_merge(type, span);
	return 0;
}

/*
 *   table   [---A---)   [--B--)   [---C---)
 *   remove       [-----------------)
 *   left    [-A-)                  [--C---)       only a cut inside one region needs room
 */
int memblock_type_remove(struct memblock_type *type, phys_addr_t base, phys_addr_t size)
{
	phys_addr_t end = memblock_cap_end(base, size);
	u64 i = first_ending_above(type, base);
	int ret;

	if (base == end || i == type->cnt)
		return 0;
	if (type->regions[i].base < base && end < memblock_region_end(&type->regions[i])) {
		ret = memblock_type_room(type, 1, base, end - base);
		if (ret)
			return ret;
		/* Growing may have reserved something below. */
		i = first_ending_above(type, base);
		split_region(type, i, end);
	}
	while (i < type->cnt && type->regions[i].base < end) {
		struct memblock_region *r = type->regions + i;
		phys_addr_t r_end = memblock_region_end(r);
		phys_addr_t cut_start = max_u64(r->base, base);
		phys_addr_t cut_end = min_u64(r_end, end);

		if (cut_start == r->base && cut_end == r_end) {
			memblock_type_delete(type, i);
			continue;
		}
		if (cut_start == r->base)
			r->base = cut_end;
		r->size -= cut_end - cut_start;
		type->total_size -= cut_end - cut_start;
		i++;
	}
	return 0;
}

/** splits_at - does addr lie strictly inside a region, so that isolating there needs one more? */
static bool splits_at(const struct memblock_type *type, phys_addr_t addr)
{
	s64 i = memblock_type_search(type, addr);

	return i >= 0 && type->regions[i].base < addr;
}

int memblock_type_isolate(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			  struct memblock_span *out)
{
	phys_addr_t end = memblock_cap_end(base, size);
	u64 nr;
	int ret;

	*out = (struct memblock_span){0, 0};
	if (base == end)
		return 0;
	nr = (u64)splits_at(type, base) + (u64)splits_at(type, end);
	ret = memblock_type_room(type, nr, base, end - base);
	if (ret)
		return ret;
	if (splits_at(type, base))
		split_region(type, first_ending_above(type, base), base);
	if (splits_at(type, end))
		split_region(type, first_ending_above(type, end), end);
	out->first = first_ending_above(type, base);
	out->end = out->first;
	while (out->end < type->cnt && type->regions[out->end].base < end)
		out->end++;
	return 0;
}

s64 memblock_type_search(const struct memblock_type *type, phys_addr_t addr)
{
	u64 i = first_ending_above(type, addr);

	return i < type->cnt && type->regions[i].base <= addr ? (s64)i : -1;
}

const char *memblock_type_check(const struct memblock_type *type)
{
	u64 total = 0;

	if (type->cnt > type->max)
		return "more regions than room";
	for (u64 i = 0; i < type->cnt; i++) {
		const struct memblock_region *r = type->regions + i;

		if (r->size == 0)
			return "an empty region";
		if (r->size > PHYS_ADDR_MAX - r->base)
			return "a region beyond the end of the address space";
		total += r->size;
		if (i == 0)
			continue;
		if (memblock_region_end(r - 1) > r->base)
			return "regions out of order or overlapping";
		if (memblock_region_end(r - 1) == r->base && r[-1].nid == r->nid &&
		    r[-1].flags == r->flags)
			return "neighbours that touch and agree";
	}
	return total == type->total_size ? NULL : "total_size is not the sum";
}
