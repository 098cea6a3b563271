/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages may be asked whether they are RAM? Not the image, the blob, nor anything that the tree
 * reserves; nor what lies below the image when no firmware is listed there, which is reserve.c's
 * guess, too.
 *
 *   in its own place     every kept range
 *   in every step        the small ones: a page at their offset may be their alias
 */
#include "mm/bank_probe.h"

#define FIRMWARE (2 * MIB) /* how much of what may be hidden firmware is guarded against aliases */

static u64 step;
static struct range extra[4]; /* kept besides machine.reservations */
static u32 nr_extra;

/* The i-th range that nobody may touch, in whole pages. */
static bool kept_range(u32 i, struct range *range)
{
	if (i < machine.nr_reservations) {
		*range = range_grow(machine.reservations[i].range);
		return true;
	}
	if (i - machine.nr_reservations >= nr_extra)
		return false;
	*range = extra[i - machine.nr_reservations];
	return true;
}

static bool firmware_is_listed(struct range below)
{
	for (u32 i = 0; i < machine.nr_reservations; i++)
		if (machine.reservations[i].nomap &&
		    range_overlaps(machine.reservations[i].range, below))
			return true;
	return false;
}

void bank_probe_keep(u64 step_bytes, phys_addr_t home)
{
	const struct arch_handoff *handoff = arch_handoff();
	const struct range below = {home, handoff->image.text};

	step = step_bytes;
	extra[nr_extra++] = range_grow((struct range){handoff->image.text, handoff->image.end});
	extra[nr_extra++] =
		range_grow((struct range){handoff->dtb, handoff->dtb + handoff->dtb_size});
	if (firmware_is_listed(below))
		return;
	extra[nr_extra++] = below;
	extra[nr_extra++] = (struct range){home, min_u64(home + FIRMWARE, below.end)};
}

bool bank_probe_is_clear(struct range range)
{
	struct range kept;

	for (u32 i = 0; kept_range(i, &kept); i++)
		if (range_overlaps(kept, range))
			return false;
	return true;
}

/*
 * May this page not be asked? Then *forward and *back are how far the next ones that may be are at
 * least. A small range is avoided at its offset in every step, for the sake of aliases.
 */
static bool is_kept(phys_addr_t page, u64 *forward, u64 *back)
{
	struct range kept;

	for (u32 i = 0; kept_range(i, &kept); i++) {
		const u64 size = range_size(kept);
		u64 into = page - kept.start;

		if (size <= step / 4)
			into &= step - 1;
		if (into >= size)
			continue;
		*forward = size - into;
		*back = into + PAGE_SIZE;
		return true;
	}
	return false;
}

bool bank_probe_may_ask(phys_addr_t page)
{
	u64 forward, back;

	return !is_kept(page, &forward, &back);
}

bool bank_probe_next_page(struct range range, phys_addr_t *page)
{
	u64 forward, back;
	phys_addr_t at = range.start;

	while (at < range.end && is_kept(at, &forward, &back))
		if (__builtin_add_overflow(at, forward, &at))
			return false;
	*page = at;
	return at < range.end;
}

bool bank_probe_last_page(struct range range, phys_addr_t *page)
{
	u64 forward, back;
	phys_addr_t at = range.end - PAGE_SIZE;

	if (range_is_empty(range))
		return false;
	while (is_kept(at, &forward, &back)) {
		if (at - range.start < back)
			return false;
		at -= back;
	}
	*page = at;
	return true;
}
