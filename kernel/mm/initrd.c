/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of the initrd. Its reservations leave the table; whatever of its pages nobody owns then
 * is free by the same rule as at hand-over, and is given by the same code.
 */
#include "mm/initrd.h"

#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "machine.h"
#include "mm/bank.h"
#include "mm/handover.h"
#include "mm/owner.h"

static u64 pages_freed;
static bool is_freed;

/* The initrd as the tree has it; NULL without. There is one /chosen, so there is one at most. */
static const struct machine_reservation *from_tree(void)
{
	for (u32 i = 0; i < machine.nr_reservations; i++)
		if (machine.reservations[i].owner == OWNER_INITRD)
			return &machine.reservations[i];
	return NULL;
}

static bool is_kept(void)
{
	for (u32 i = 0; i < reservations.nr; i++)
		if (reservations.reservation[i].owner == OWN_INITRD)
			return true;
	return false;
}

/*
 * U-Boot lists the initrd in /memreserve/ too. Entries that grow to the same pages but have other
 * bytes are somebody else's, and keep them all.
 */
static bool is_listed_twice(const struct reservation *r)
{
	struct range bytes = from_tree()->range;

	if (strcmp(r->name, "memreserve") != 0)
		return false;
	for (u32 i = 0; i < machine.nr_reservations; i++) {
		const struct machine_reservation *entry = &machine.reservations[i];
		struct range pages = range_grow(entry->range);

		if (entry->owner == OWNER_MEMRESERVE && pages.start == r->range.start &&
		    pages.end == r->range.end &&
		    (entry->range.start != bytes.start || entry->range.end != bytes.end))
			return false;
	}
	return r->range.start == range_grow(bytes).start && r->range.end == range_grow(bytes).end;
}

static bool is_for_initrd(const struct reservation *r)
{
	return r->owner == OWN_INITRD || is_listed_twice(r);
}

struct initrd initrd_now(void)
{
	if (is_freed || is_kept())
		return (struct initrd){.state = is_freed ? INITRD_FREED : INITRD_KEPT,
				       .range = from_tree()->range,
				       .pages = pages_freed};
	return (struct initrd){.state = INITRD_NONE};
}

bool initrd_free(void)
{
	struct range pages;
	phys_addr_t end;

	TRACE_CALL();
	if (is_freed || !is_kept())
		return false;
	pages = range_grow(from_tree()->range);
	reservations_drop(is_for_initrd);
	is_freed = true;
	for (phys_addr_t at = pages.start; at < pages.end; at = end) {
		const struct bank *bank = banks_find(at);

		end = bank ? min_u64(bank->range.end, pages.end) : at + PAGE_SIZE;
		if (bank && owner_at(at, end, &end) == OWN_FREE)
			pages_freed += handover_release((struct range){at, end}, bank->nid);
	}
	log_line("initrd", "[0x%010lx, 0x%010lx) freed: %lu pages", from_tree()->range.start,
		 from_tree()->range.end, pages_freed);
	return true;
}

void initrd_init(void)
{
	TRACE_CALL();
	if (machine.options.initrd_free && !initrd_free())
		log_warn(
			"initrd-none",
			"initrd=free: there is no initrd that is kept; let the loader pass one, or "
			"remove the option");
}
