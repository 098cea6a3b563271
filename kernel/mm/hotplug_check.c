/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * May this range be added? Everything that can be said before anything is changed, each with the
 * rule that was broken and what to change.
 */
#include "mm/hotplug_internal.h"

#include "memmodel_policy.h"
#include "mm/bank.h"
#include "mm/owner.h"

static int check_window(struct range range)
{
	const u64 span = min_u64(DIRECT_MAP_SIZE, memmodel_span_bytes);
	const struct range window = {banks.phys_base, banks.phys_base + span};

	if (range_contains(window, range))
		return 0;
	return hotplug_fail(HOTPLUG_ERANGE,
			    "[0x%lx, 0x%lx) is not inside [0x%lx, 0x%lx), which direct map and "
			    "struct pages reach from the lowest bank of the boot on",
			    range.start, range.end, window.start, window.end);
}

static int check_new(struct range range)
{
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range both = range_intersect(banks.bank[i].range, range);

		if (range_is_empty(both))
			continue;
		return hotplug_fail(HOTPLUG_EEXIST,
				    "[0x%lx, 0x%lx) is RAM of %s reg %u already, %s: see hotplug "
				    "blocks",
				    both.start, both.end, banks.bank[i].origin, banks.bank[i].reg,
				    subsection_is_online(PFN_DOWN(both.start))
					    ? "in use"
					    : "added and offline");
	}
	return 0;
}

static int check_unreserved(struct range range)
{
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		if (range_overlaps(r->range, range))
			return hotplug_fail(HOTPLUG_EBUSY,
					    "[0x%lx, 0x%lx) belongs to %s%s: add the parts beside "
					    "it",
					    r->range.start, r->range.end, r->name,
					    r->nomap ? " (no-map)" : "");
	}
	return 0;
}

/* All of it must be RAM that the tree names and that is unused on purpose, not for a defect. */
static int check_is_ram(struct range range)
{
	u64 bytes = 0;

	for (u32 i = 0; i < banks.nr_dropped; i++)
		if (banks_is_held_back(&banks.dropped[i]))
			bytes += range_size(range_intersect(banks.dropped[i].range, range));
	if (bytes == range_size(range))
		return 0;
	return hotplug_fail(
		HOTPLUG_EINVAL,
		"only %lu of the %lu bytes are RAM that a memory node of the device tree "
		"names and mem= or hold_hotpluggable holds back: see banks",
		bytes, range_size(range));
}

/* As the tree says, or the node of the next bank below where the tree's ids do not count. */
static u32 nid_of(phys_addr_t pa)
{
	const struct machine_bank *tuple = banks_tree_bank(pa);
	u32 nid = banks.nr > 0 ? banks.bank[0].nid : 0;

	if (machine.has_numa && !machine.options.numa_off && machine.options.numa_fake == 0)
		return tuple && tuple->nid < MAX_NUMNODES ? tuple->nid : 0;
	for (u32 i = 0; i < banks.nr && banks.bank[i].range.start <= pa; i++)
		nid = banks.bank[i].nid;
	return nid;
}

int hotplug_check_add(u32 *nid, phys_addr_t start, u64 size)
{
	struct range range;
	int failed = 0;

	if (size == 0 || !IS_ALIGNED(start | size, MEGAPAGE_SIZE))
		return hotplug_fail(
			HOTPLUG_EINVAL,
			"0x%lx and 0x%lx must be multiples of 2 MiB, one subsection: less "
			"cannot be added; a block is %s",
			start, size, size_text(memory_block_size_bytes()).s);
	if (!range_make(start, size, &range))
		return hotplug_fail(HOTPLUG_ERANGE, "0x%lx + 0x%lx is beyond 2^64", start, size);
	if (*nid != NUMA_NO_NODE && *nid >= MAX_NUMNODES)
		return hotplug_fail(HOTPLUG_EINVAL,
				    "node %u is not below %d: raise MAX_NUMNODES in menuconfig",
				    *nid, MAX_NUMNODES);
	failed = check_window(range);
	failed = failed ? failed : check_new(range);
	failed = failed ? failed : check_unreserved(range);
	failed = failed ? failed : check_is_ram(range);
	if (!failed && !banks_have_room())
		failed = hotplug_fail(HOTPLUG_ENOMEM,
				      "the table of banks is full: remove pieces that touch others "
				      "first");
	if (!failed && *nid == NUMA_NO_NODE)
		*nid = nid_of(start);
	return failed;
}
