/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of memblock share with each other and with nobody else.
 *
 * The normal form that every operation leaves behind, and that memblock_type_check() tests:
 *   - regions ascend and are disjoint; none is empty; none ends beyond PHYS_ADDR_MAX
 *   - two regions that touch differ in node or flags
 *   - total_size is the sum of the sizes, cnt <= max
 */
#pragma once

#include "lib/panic.h"
#include "mm/memblock.h"

#define MEMBLOCK_ENOMEM (-12) /* the table is full and cannot grow */

struct memblock_state {
	bool may_alloc;  /* all reservations are known */
	bool may_resize; /* free memory can be touched */
	bool closed;     /* hand-over has begun */
	bool debug;      /* memblock=debug */
	u32 fail_alloc;  /* failalloc=N: the allocation that finds nothing; 0 none */
	u32 nr_allocs;   /* allocations asked for until now */
};

extern struct memblock_state memblock_state;

/* Regions first .. end - 1 of a table; empty when first == end. */
struct memblock_span {
	u64 first;
	u64 end;
};

/** memblock_region_end - one past the last byte. */
static inline phys_addr_t memblock_region_end(const struct memblock_region *r)
{
	return r->base + r->size;
}

/** memblock_cap_end - base + size, or the end of the address space. */
static inline phys_addr_t memblock_cap_end(phys_addr_t base, phys_addr_t size)
{
	return size < PHYS_ADDR_MAX - base ? base + size : PHYS_ADDR_MAX;
}

static inline bool memblock_is_alignment(u64 align)
{
	return align != 0 && (align & (align - 1)) == 0;
}

/** memblock_note - the line that memblock=debug shows for a change. */
void memblock_note(const char *what, const struct memblock_type *type, phys_addr_t base,
		   phys_addr_t size);

/**
 * memblock_require_open - every writer's first line: stops the boot after memblock_close() when
 * type is one of memblock's own tables, and traces the call under memblock=debug.
 */
void memblock_require_open(const char *what, const struct memblock_type *type, phys_addr_t base,
			   phys_addr_t size);

/**
 * memblock_type_room - make room for nr more regions. [base, base + size) is what the caller
 * works on: a grown table is not put there. 0, or -12 with the table as it was. The
 * reserved table may come back with one more region, the memory of a grown table.
 */
int memblock_type_room(struct memblock_type *type, u64 nr, phys_addr_t base, phys_addr_t size);

/**
 * memblock_type_isolate - split regions so that none crosses base or base + size; *out is set
 * to those inside. 0, or -12 with the table as it was. Follow it with memblock_type_merge().
 */
int memblock_type_isolate(struct memblock_type *type, phys_addr_t base, phys_addr_t size,
			  struct memblock_span *out);

/**
 * memblock_type_merge - join regions that touch and agree, from the one before span to the one
 * behind.
 */
void memblock_type_merge(struct memblock_type *type, struct memblock_span span);

/** memblock_type_delete - region i leaves the table. */
void memblock_type_delete(struct memblock_type *type, u64 i);

/** memblock_type_check - the normal form above; NULL, or what is wrong. */
const char *memblock_type_check(const struct memblock_type *type);

/** memblock_skips - does a walk for nid with these flags leave out region r of type? */
bool memblock_skips(const struct memblock_type *type, const struct memblock_region *r, u32 nid,
		    enum memblock_flags flags);

/** memblock_alloc_must_fail - count an allocation; is it the one of failalloc=N? Said in the log. */
bool memblock_alloc_must_fail(phys_addr_t size);

/**
 * memblock_find_best - memblock_find_in_range_node() with our preferences: mirrored memory if
 * there is any, then ordinary memory, hotpluggable memory last; within each, nid first and then
 * any node unless exact_nid. Falling back is logged, once of each kind.
 */
phys_addr_t memblock_find_best(phys_addr_t size, phys_addr_t align, phys_addr_t start,
			       phys_addr_t end, u32 nid, bool exact_nid);
