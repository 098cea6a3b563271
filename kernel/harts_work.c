/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Handing out work, and doing it. A hart has a mailbox: the boot hart puts a piece of work in and wakes
 * it, the hart takes it out when there is nothing left to do and wakes the boot hart. Putting in and taking
 * out are release and acquire, so whatever was written before is seen after. Chunks are taken by one
 * atomic addition.
 */
#include "harts.h"

#include "harts_internal.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "mm/buddy.h"

/* harts_each() is a work whose units nobody takes: each hart does one. */
static void (*each)(void *arg);

static bool at_work; /* written while the others wait, or finish */

bool harts_at_work(void)
{
	return __atomic_load_n(&at_work, __ATOMIC_RELAXED);
}

u32 harts_up(void)
{
	u32 up = 0;

	for (u32 i = 0; i < nr_harts; i++)
		up += harts_is_up(harts[i]);
	return up;
}

bool harts_share(u32 i, struct harts_share *out)
{
	for (u32 n = 0; n < nr_harts; n++) {
		const struct hart *hart = harts[n];

		if (!harts_is_up(hart) || i-- > 0)
			continue;
		*out = (struct harts_share){hart->arch.id, hart->last.units, hart->last.instret};
		return true;
	}
	return false;
}

static void take_chunks(struct hart *hart, struct harts_work *work)
{
	u64 all = work->end - work->start;
	u64 at;

	while ((at = __atomic_fetch_add(&work->next, work->chunk, __ATOMIC_RELAXED)) < all) {
		u64 units = min_u64(work->chunk, all - at);
		u64 begin = arch_instret();
		u64 done;

		work->run(work->start + at, work->start + at + units, work->arg);
		hart->last.instret += arch_instret() - begin;
		hart->last.units += units;
		hart->last.chunks++;
		done = __atomic_add_fetch(&work->done, units, __ATOMIC_RELAXED);
		buddy_serve();
		if (work->progress && hart == &boot_hart)
			work->progress(done, all, work->arg);
	}
}

void harts_do(struct harts_work *work)
{
	struct hart *hart = this_hart();
	u64 begin;

	hart->last = (struct hart_share){0};
	if (work->run) {
		take_chunks(hart, work);
		return;
	}
	begin = arch_instret();
	each(work->arg);
	hart->last = (struct hart_share){1, 1, arch_instret() - begin};
}

/* All wait: what each has done is added to what it had done before, and to the call tree. */
static void add_up(const struct harts_work *work)
{
	for (u32 i = 0; i < nr_harts; i++) {
		struct hart *hart = harts[i];

		if (!harts_is_up(hart) || hart->last.chunks == 0)
			continue;
		hart->works++;
		hart->last_work = work->name;
		hart->all.units += hart->last.units;
		hart->all.chunks += hart->last.chunks;
		hart->all.instret += hart->last.instret;
		trace_work(&(struct trace_share){work->name, hart->arch.id, hart->last.chunks,
						 hart->last.units, hart->last.instret});
	}
}

void harts_begin(struct harts_work *work)
{
	assert_kernel(this_hart() == &boot_hart, this_hart()->arch.id, work->chunk);
	assert_kernel(work->chunk > 0 && work->end >= work->start, work->start, work->end);
	work->next = 0;
	work->done = 0;
	__atomic_store_n(&at_work, true, __ATOMIC_RELAXED);
	for (u32 i = 1; i < nr_harts; i++) {
		if (!harts_is_up(harts[i]))
			continue;
		assert_kernel(harts[i]->work == NULL, harts[i]->arch.id, work->chunk);
		__atomic_store_n(&harts[i]->work, work, __ATOMIC_RELEASE);
		arch_hart_wake(&harts[i]->arch);
	}
}

/* The boot hart has nothing left to do: its caches are empty while it waits, and nobody asks for them. */
void harts_finish(struct harts_work *work)
{
	harts_do(work);
	if (harts_up() > 1)
		buddy_hart_works(false);
	for (u32 i = 1; i < nr_harts; i++)
		while (__atomic_load_n(&harts[i]->work, __ATOMIC_ACQUIRE) != NULL)
			arch_hart_wait(0);
	__atomic_store_n(&at_work, false, __ATOMIC_RELAXED);
	buddy_hart_works(true);
	add_up(work);
	if (work->progress)
		work->progress(work->end - work->start, work->end - work->start, work->arg);
}

void harts_run(struct harts_work *work)
{
	harts_begin(work);
	harts_finish(work);
}

void harts_each(const char *name, void (*fn)(void *arg), void *arg)
{
	struct harts_work work = {.name = name, .chunk = 1, .arg = arg};

	each = fn;
	harts_run(&work);
}
