/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: taking memory. Find a place, reserve it, and for pointers clear it.
 *
 * Where: from the top of the window down, or from its bottom up (memblock_set_bottom_up). Page
 * 0 is never given, so that address 0 can mean "none". What a caller wishes is given
 * up in this order, until something fits:
 *   1. mirrored memory, when there is any and it is full    one line in the log
 *   2. the node, unless exact_nid asks for it               silent: callers say which they got
 *   3. staying off hotpluggable memory                      one line in the log
 *   4. min_addr, for the calls that return pointers         silent
 * Unlike Linux, which avoids hotpluggable regions only under movable_node, bring-up always does:
 * what it allocates stays for good and would make the region impossible to remove.
 */
#include "arch/arch.h"
#include "lib/log.h"
#include "lib/range.h"
#include "lib/string.h"
#include "mm/memblock_internal.h"

#define DEFAULT_ALIGN 64 /* when a caller gives 0: one cache line */

/** fit_low - the lowest aligned place for size bytes in r; false when it does not fit. */
static bool fit_low(struct range r, phys_addr_t size, phys_addr_t align, phys_addr_t *out)
{
	phys_addr_t at;

	if (!align_up_checked(r.start, align, &at) || at >= r.end || r.end - at < size)
		return false;
	*out = at;
	return true;
}

/** fit_high - the highest aligned place. */
static bool fit_high(struct range r, phys_addr_t size, phys_addr_t align, phys_addr_t *out)
{
	phys_addr_t at;

	if (range_size(r) < size)
		return false;
	at = ALIGN_DOWN(r.end - size, align);
	if (at < r.start)
		return false;
	*out = at;
	return true;
}

phys_addr_t memblock_find_in_range_node(phys_addr_t size, phys_addr_t align, phys_addr_t start,
					phys_addr_t end, u32 nid, enum memblock_flags flags)
{
	struct range window, r;
	phys_addr_t at;
	u64 i;

	if (end == MEMBLOCK_ALLOC_ACCESSIBLE)
		end = memblock.current_limit;
	window = (struct range){max_u64(start, PAGE_SIZE), end};
	if (memblock.bottom_up) {
		for_each_free_mem_range (i, nid, flags, &r.start, &r.end, NULL) {
			if (fit_low(range_intersect(r, window), size, align, &at))
				return at;
		}
	} else {
		for_each_free_mem_range_reverse (i, nid, flags, &r.start, &r.end, NULL) {
			if (fit_high(range_intersect(r, window), size, align, &at))
				return at;
		}
	}
	return 0;
}

/** find_flagged - with these flags on nid, or else on any node unless exact. */
static phys_addr_t find_flagged(phys_addr_t size, phys_addr_t align, struct range window, u32 nid,
				bool exact_nid, enum memblock_flags flags)
{
	phys_addr_t found =
		memblock_find_in_range_node(size, align, window.start, window.end, nid, flags);

	if (!found && nid != NUMA_NO_NODE && !exact_nid)
		found = memblock_find_in_range_node(size, align, window.start, window.end,
						    NUMA_NO_NODE, flags);
	return found;
}

/** memory_flags - the flags of all regions of memory taken together. */
static u32 memory_flags(void)
{
	struct memblock_region *r;
	u32 flags = 0;

	for_each_mem_region (r) {
		flags |= (u32)r->flags;
	}
	return flags;
}

phys_addr_t memblock_find_best(phys_addr_t size, phys_addr_t align, phys_addr_t start,
			       phys_addr_t end, u32 nid, bool exact_nid)
{
	static bool told_mirror, told_hotplug;
	struct range window = {start, end};
	u32 have = memory_flags();
	phys_addr_t found;

	if (have & MEMBLOCK_MIRROR) {
		found = find_flagged(size, align, window, nid, exact_nid, MEMBLOCK_MIRROR);
		if (found)
			return found;
	}
	found = find_flagged(size, align, window, nid, exact_nid, MEMBLOCK_NONE);
	if (found && (have & MEMBLOCK_MIRROR) && !told_mirror) {
		told_mirror = true;
		log_warn("mirror-full",
			 "%s are not to be had in mirrored memory: from here on other"
			 " memory is used too",
			 size_text(size).s);
	}
	if (found || !(have & MEMBLOCK_HOTPLUG))
		return found;
	found = find_flagged(size, align, window, nid, exact_nid, MEMBLOCK_HOTPLUG);
	if (found && !told_hotplug) {
		told_hotplug = true;
		log_warn("hotplug-used",
			 "%s at 0x%016lx lie in hotpluggable memory, because nothing"
			 " else fits: that region cannot be removed",
			 size_text(size).s, found);
	}
	return found;
}

void memblock_set_fail_alloc(u32 nr)
{
	memblock_state.fail_alloc = nr;
	memblock_state.nr_allocs = 0;
}

bool memblock_alloc_must_fail(phys_addr_t size)
{
	memblock_state.nr_allocs++;
	if (memblock_state.nr_allocs != memblock_state.fail_alloc)
		return false;
	log_line("memblock", "failalloc=%u: this allocation of %s finds nothing",
		 memblock_state.fail_alloc, size_text(size).s);
	return true;
}

phys_addr_t memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				     phys_addr_t end, u32 nid, bool exact_nid)
{
	phys_addr_t found;

	if (align == 0)
		align = DEFAULT_ALIGN;
	assert_kernel(memblock_state.may_alloc, size, nid);
	assert_kernel(size > 0 && memblock_is_alignment(align), size, align);
	if (memblock_state.closed)
		memblock_require_open("alloc", &memblock.reserved, start, size);
	if (memblock_alloc_must_fail(size))
		return 0;
	found = memblock_find_best(size, align, start, end, nid, exact_nid);
	if (found == 0)
		return 0;
	memblock_note("alloc", &memblock.reserved, found, size);
	if (memblock_type_add(&memblock.reserved, found, size, NUMA_NO_NODE, MEMBLOCK_NONE)) {
		log_warn("memblock-full",
			 "the reserved table has %lu regions and cannot grow: %s at"
			 " 0x%016lx are free but cannot be taken",
			 memblock.reserved.max, size_text(size).s, found);
		return 0;
	}
	return found;
}

phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end)
{
	return memblock_alloc_range_nid(size, align, start, end, NUMA_NO_NODE, false);
}

phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, u32 nid)
{
	return memblock_alloc_range_nid(size, align, 0, MEMBLOCK_ALLOC_ACCESSIBLE, nid, false);
}

/** alloc_pointer - for memory that is touched: never above current_limit; min_addr is a wish. */
static void *alloc_pointer(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			   phys_addr_t max_addr, u32 nid, bool exact_nid)
{
	phys_addr_t end = min_u64(max_addr, memblock.current_limit);
	phys_addr_t found = memblock_alloc_range_nid(size, align, min_addr, end, nid, exact_nid);

	if (!found && min_addr > 0)
		found = memblock_alloc_range_nid(size, align, 0, end, nid, exact_nid);
	return found ? phys_to_virt(found) : NULL;
}

void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, u32 nid)
{
	return alloc_pointer(size, align, min_addr, max_addr, nid, false);
}

void *memblock_alloc_exact_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				   phys_addr_t max_addr, u32 nid)
{
	return alloc_pointer(size, align, min_addr, max_addr, nid, true);
}

void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, u32 nid)
{
	void *p = alloc_pointer(size, align, min_addr, max_addr, nid, false);

	if (p)
		memset(p, 0, size);
	return p;
}

void *memblock_alloc(phys_addr_t size, phys_addr_t align)
{
	return memblock_alloc_try_nid(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE,
				      NUMA_NO_NODE);
}
