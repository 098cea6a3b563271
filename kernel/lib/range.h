/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Half-open ranges [start, end) of physical bytes, and the arithmetic on them that
 * cannot overflow silently. A range is empty when start >= end. Every sum of two
 * numbers that come from outside (a device tree, a command line) goes through here.
 */
#pragma once

#include "lib/types.h"

struct range {
	phys_addr_t start; /* first byte */
	phys_addr_t end;   /* one past the last byte */
};

/** range_is_empty - no byte in it; also when start lies behind end. */
static inline bool range_is_empty(struct range r)
{
	return r.start >= r.end;
}

/** range_size - bytes; 0 for an empty range. */
static inline u64 range_size(struct range r)
{
	return r.start < r.end ? r.end - r.start : 0;
}

/** range_make - [base, base + size); false, and *out untouched, when the sum exceeds 2^64 - 1. */
static inline bool range_make(phys_addr_t base, u64 size, struct range *out)
{
	u64 end;

	if (__builtin_add_overflow(base, size, &end))
		return false;
	*out = (struct range){base, end};
	return true;
}

/** range_overlaps - do the two ranges share a byte? Empty ranges share none. */
static inline bool range_overlaps(struct range a, struct range b)
{
	return max_u64(a.start, b.start) < min_u64(a.end, b.end);
}

/** range_contains - is every byte of inner in outer? True for an empty inner. */
static inline bool range_contains(struct range outer, struct range inner)
{
	return range_is_empty(inner) || (outer.start <= inner.start && inner.end <= outer.end);
}

/** range_has - is the byte pa in it? */
static inline bool range_has(struct range r, phys_addr_t pa)
{
	return r.start <= pa && pa < r.end;
}

/** range_intersect - the bytes in both; empty (start >= end) when there are none. */
static inline struct range range_intersect(struct range a, struct range b)
{
	return (struct range){max_u64(a.start, b.start), min_u64(a.end, b.end)};
}

/** align_up_checked - x rounded up to a power of two; false when the result exceeds 2^64 - 1. */
static inline bool align_up_checked(u64 x, u64 align, u64 *out)
{
	u64 sum;

	if (__builtin_add_overflow(x, align - 1, &sum))
		return false;
	*out = sum & ~(align - 1);
	return true;
}

/** range_shrink - whole pages only: start up, end down. For memory that we give away. */
static inline struct range range_shrink(struct range r)
{
	phys_addr_t start;

	if (!align_up_checked(r.start, PAGE_SIZE, &start))
		return (struct range){r.end, r.end};
	return (struct range){start, ALIGN_DOWN(r.end, PAGE_SIZE)};
}

/** range_grow - whole pages only: start down, end up (or the last page). For what we protect. */
static inline struct range range_grow(struct range r)
{
	phys_addr_t end;

	if (!align_up_checked(r.end, PAGE_SIZE, &end))
		end = ALIGN_DOWN(~0UL, PAGE_SIZE);
	return (struct range){ALIGN_DOWN(r.start, PAGE_SIZE), end};
}
