/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages in the caches of other harts. A cache is its hart's own: another one asks for the pages in it,
 * and the hart answers where it has to look at its limit anyway, so that asking costs the fast path
 * nothing.
 *
 *   asker    asked = 1, pcp_high = 0           waits until asked is 0, or the hart is not at work
 *   hart     any free is over the limit now:   drains, pcp_high = PCP_HIGH, asked = 0
 *
 * While the caches are off (a block goes offline, and what is freed there must not go round in a cache)
 * the limit stays 0 after the answer: each free ends on the free lists.
 */
#include "mm/buddy_internal.h"

/* Written by the hart that takes memory offline, looked at where a limit is set. */
static u32 caches_off;

bool buddy_caches_are_off(void)
{
	return __atomic_load_n(&caches_off, __ATOMIC_SEQ_CST);
}

/*
 * Empty the caches and set the limit. Whoever switches the caches off does so first and asks then; an
 * answer to somebody else that was already on its way is given again.
 */
static void answer(void)
{
	struct hart *hart = this_hart();
	bool off;

	do {
		off = buddy_caches_are_off();
		hot_drain_all();
		arch_write_once(hart->pcp_high, off ? 0 : PCP_HIGH);
		__atomic_store_n(&hart->asked, 0, __ATOMIC_SEQ_CST);
	} while (buddy_caches_are_off() != off);
}

/* A limit of 0 that nobody has set on purpose is left over from two that asked at once. */
void buddy_serve(void)
{
	const struct hart *hart = this_hart();

	if (arch_read_once(hart->asked) ||
	    (arch_read_once(hart->pcp_high) == 0 && !buddy_caches_are_off()))
		answer();
}

/* A hart that is not at work has nothing. Two that ask each other find their own caches empty while they wait. */
static void ask(struct hart *other)
{
	if (!__atomic_load_n(&other->at_work, __ATOMIC_SEQ_CST))
		return;
	__atomic_store_n(&other->asked, 1, __ATOMIC_SEQ_CST);
	arch_write_once(other->pcp_high, 0);
	while (__atomic_load_n(&other->asked, __ATOMIC_ACQUIRE) &&
	       __atomic_load_n(&other->at_work, __ATOMIC_ACQUIRE)) {
		buddy_serve();
		arch_relax();
	}
}

void buddy_drain(void)
{
	answer();
	for (u32 i = 0; i < nr_harts; i++)
		if (harts[i] != this_hart())
			ask(harts[i]);
}

void buddy_caches_off(bool off)
{
	__atomic_store_n(&caches_off, off, __ATOMIC_SEQ_CST);
	buddy_drain();
}

/* The limit is looked up after at_work is seen: either this hart sees that the caches are off, or it is asked. */
void buddy_hart_works(bool at_work)
{
	struct hart *hart = this_hart();

	if (!at_work)
		hot_drain_all();
	__atomic_store_n(&hart->at_work, at_work, __ATOMIC_SEQ_CST);
	if (at_work)
		answer();
}

bool buddy_others_work(void)
{
	for (u32 i = 0; i < nr_harts; i++)
		if (harts[i] != this_hart() &&
		    __atomic_load_n(&harts[i]->at_work, __ATOMIC_ACQUIRE))
			return true;
	return false;
}
