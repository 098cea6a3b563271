/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The other harts come up, one after the other or at once, and wait for work.
 *
 *   boot hart                          hart n
 *   STARTING, arch_hart_start()  --->  its first line of C
 *   waits, a limited time        <---  UP, wakes the boot hart
 *   ...                                waits for work (harts_work.c)
 *
 * A hart that is not there in time is given up: LATE. Each of the two writes its answer only over
 * STARTING, so a hart that comes too late knows, and sleeps for ever.
 */
#include "harts.h"

#include "harts_internal.h"
#include "lib/log.h"
#include "mm/buddy.h"
#include "stage.h"

/* Ticks of the time CSR without a sign of any hart: 10 s of QEMU's clock, 25 s of the JH7110's. */
#define START_TICKS 100000000

static bool started;

static bool answer(struct hart *hart, enum hart_state state)
{
	enum hart_state starting = HART_STARTING;

	return __atomic_compare_exchange_n(&hart->state, &starting, state, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

/* The life of a hart: its stack begins here, and this does not return. */
static void hart_main(void)
{
	struct hart *hart = this_hart();

	while (!answer(hart, HART_UP))
		arch_hart_wait(0);
	arch_hart_wake(&boot_hart.arch);
	for (;;) {
		struct harts_work *work = __atomic_load_n(&hart->work, __ATOMIC_ACQUIRE);

		if (!work) {
			arch_hart_wait(0);
			continue;
		}
		arch_leaves_seen();
		buddy_hart_works(true);
		harts_do(work);
		buddy_hart_works(false);
		__atomic_store_n(&hart->work, NULL, __ATOMIC_RELEASE);
		arch_hart_wake(&boot_hart.arch);
	}
}

static void start(struct hart *hart)
{
	const char *why;

	hart->state = HART_STARTING;
	why = arch_hart_start(&hart->arch, hart_main);
	if (!why)
		return;
	hart->state = HART_REFUSED;
	hart->why = why;
	log_warn("hart-refused", "hart %lu cannot be started: %s. It is not used", hart->arch.id,
		 why);
}

/* Every sign of life of any hart begins the time anew. */
static void wait_for(struct hart *hart)
{
	while (__atomic_load_n(&hart->state, __ATOMIC_ACQUIRE) == HART_STARTING)
		if (!arch_hart_wait(START_TICKS) && answer(hart, HART_LATE))
			log_warn("hart-late",
				 "hart %lu was started and does not come up; firmware says it is "
				 "%s. It is not used",
				 hart->arch.id, arch_hart_status(&hart->arch));
}

void harts_start(void)
{
	if (started)
		return;
	started = true;
	for (u32 i = 1; i < nr_harts; i++)
		start(harts[i]);
	for (u32 i = 1; i < nr_harts; i++)
		wait_for(harts[i]);
}

void harts_fence(void)
{
	if (harts_up() > 1)
		arch_fence_harts();
}

void harts_init(void)
{
	harts_start();
	if (machine.nr_harts > 1)
		log_line("harts",
			 "%u of the %u harts in the tree take work, hart %lu is the boot hart",
			 harts_up(), machine.nr_harts, boot_hart.arch.id);
}
