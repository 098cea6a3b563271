/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel's first minute. Bring-up is over: every usable page is free exactly once, the final page
 * tables are live, the other harts wait for work. kernel_main() calls monitor_run() last, and this
 * directory was linked in place of the monitor, so the machine is ours.
 */
#include "monitor/monitor.h"

#include "arch/arch.h"
#include "harts.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/page_owner.h"
#include "mm/record.h"
#include "objects.h"

#define TASKS 10000

struct task {
	u64 id;
	u64 result;
};

static struct object_cache tasks = {.size = sizeof(struct task)};
static struct task *table[TASKS];

/* On all harts at once, each with its own units: allocating needs nothing but the call. */
static void make_tasks(u64 start, u64 end, void *arg)
{
	(void)arg;
	for (u64 i = start; i < end; i++) {
		struct task *task = object_alloc(&tasks);

		if (!task)
			return;
		task->id = i;
		task->result = i * i;
		table[i] = task;
	}
}

/* How many are as they should be? All of them are given back. */
static u64 end_tasks(void)
{
	u64 right = 0;

	for (u64 i = 0; i < TASKS; i++) {
		if (!table[i])
			continue;
		right += table[i]->id == i && table[i]->result == i * i;
		object_free(&tasks, table[i]);
	}
	return right;
}

_Noreturn void monitor_run(void)
{
	struct harts_work work = {
		.name = "make_tasks", .end = TASKS, .chunk = 100, .run = make_tasks};
	const u64 free_before = nr_free_pages();
	u64 pages, right;

	harts_run(&work);
	pages = tasks.nr_pages;
	right = end_tasks();
	objects_end(&tasks);
	print("example: %lu of %d tasks on %u harts were right, in %lu pages\n", right, TASKS,
	      harts_up(), pages);
	print("example: %lu pages free before, %lu after\n", free_before, nr_free_pages());
	page_owner_leaks();
	if (right != TASKS || nr_free_pages() != free_before)
		stop("example: a task was wrong, or a page was not given back");
	record_verdict_ok();
	arch_poweroff(true);
}
