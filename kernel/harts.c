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
 *
 * A hart that was started may also go back to firmware without a word, where secondary.S finds that it
 * cannot go on. OpenSBI before 1.3 sends it there by mistake: it says START_PENDING before it writes where to
 * begin, and a hart that happens to look in between begins at the kernel's first line with the first
 * hart's arguments, is one too many there, and is parked. So one that came back is started again.
 */
#include "harts.h"

#include "harts_internal.h"
#include "lib/log.h"
#include "mm/buddy.h"
#include "stage.h"

/* Ticks of the time CSR without a sign of any hart: 10 s of QEMU's clock, 25 s of the JH7110's, in looks. */
#define LOOK_TICKS  1000000
#define START_LOOKS 100
#define START_TRIES 4 /* of a hart that comes back */

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

static void give_up(struct hart *hart)
{
	if (answer(hart, HART_LATE))
		log_warn("hart-late",
			 "hart %lu was started and does not come up; firmware says it is %s. It is "
			 "not used",
			 hart->arch.id, arch_hart_status(&hart->arch));
}

/* Every sign of life of any hart begins the time anew. */
static void wait_for(struct hart *hart)
{
	u32 looks = 0;
	u32 tries = 1;

	while (__atomic_load_n(&hart->state, __ATOMIC_ACQUIRE) == HART_STARTING) {
		if (arch_hart_wait(LOOK_TICKS)) {
			looks = 0;
		} else if (!arch_hart_came_back(&hart->arch)) {
			if (++looks == START_LOOKS)
				give_up(hart);
		} else if (tries++ < START_TRIES) {
			log_line("", "hart %lu went back to firmware, and is started again",
				 hart->arch.id);
			start(hart);
		} else {
			give_up(hart);
		}
	}
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
