/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The harts: which there are, what became of each, what it has done, and where its stacks lie.
 */
#include "harts.h"
#include "lib/log.h"
#include "mm/mmzone.h"
#include "mm/paging.h"
#include "mm/percpu.h"
#include "monitor/command.h"

/* Single pages in its caches, of all zones. */
static u64 cached_pages(const struct hart *hart)
{
	const struct zone *zone;
	u64 pages = 0;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			pages += page_cache_count(&hart->cache[zone_index(zone)]);
	return pages;
}

static void show_work(const struct hart *hart)
{
	print("%3lu %5lu %5u  %-8s  %-12s %6lu %8lu %15lu %6lu\n", hart->arch.index, hart->arch.id,
	      hart->nid, hart_state_name(hart), arch_hart_status(&hart->arch), hart->works,
	      hart->all.chunks, hart->all.instret, cached_pages(hart));
}

/* The pages below both stacks show nothing: an overflow traps. */
static bool has_guards(const struct hart *hart)
{
	return !paging_has_leaf(hart->arch.stack_end - HART_STACK_SIZE - PAGE_SIZE) &&
	       !paging_has_leaf(hart->arch.trap_stack_end - HART_TRAP_STACK_SIZE - PAGE_SIZE);
}

static void show_stack(const struct hart *hart)
{
	print("%3lu  %-15s  ", hart->arch.index, hart->last_work ? hart->last_work : "-");
	if (hart == &boot_hart)
		print("in the image, its rodata below\n");
	else
		print("0x%016lx-0x%016lx %5lu  %s\n", hart->arch.stack_end - HART_STACK_SIZE,
		      hart->arch.stack_end, percpu_stack_used(hart),
		      has_guards(hart) ? "unmapped" : "MAPPED");
}

/* Started or not, whoever takes no work has a reason. */
static void show_reasons(void)
{
	for (u32 i = 1; i < nr_harts; i++) {
		const struct hart *hart = harts[i];

		if (hart->state == HART_REFUSED)
			print("hart %lu is not used: firmware would not start it: %s\n",
			      hart->arch.id, hart->why);
		else if (hart->state == HART_LATE)
			print("hart %lu is not used: it was started and did not come up in time\n",
			      hart->arch.id);
	}
	for (u32 i = 0; i < machine.nr_harts; i++) {
		const struct machine_hart *from = &machine.harts[i];

		if (!percpu_of(from))
			print("hart %lu is not used: %s\n", from->id, percpu_why_not(from));
	}
}

static void run_harts(const char *const *args)
{
	(void)args;
	print("%3s %5s %5s  %-8s  %-12s %6s %8s %15s %6s\n", "cpu", "hart", "node", "state",
	      "firmware", "works", "chunks", "instructions", "pages");
	for (u32 i = 0; i < nr_harts; i++)
		show_work(harts[i]);
	print("%3s  %-15s  %-37s %5s  %s\n", "cpu", "last work", "stack", "used", "page below");
	for (u32 i = 0; i < nr_harts; i++)
		show_stack(harts[i]);
	print("%u of %u harts take work; all but the boot hart sleep now\n", harts_up(),
	      (u32)max_u64(machine.nr_harts, nr_harts));
	show_reasons();
}

static const struct command commands[] = {
	{"harts", "", "each hart: state, work done, pages in its lists, stack",
	 "firmware is what the SBI says of the hart (HSM). works are pieces of work that it did a\n"
	 "part of, chunks how many parts, pages what lies in its page lists. used: bytes of its\n"
	 "stack that were written to (the host's harts are threads, whose stacks are elsewhere).\n"
	 "Harts that take no work are listed with the reason.\n"
	 "Example: harts\n"
	 "See also: trace, selftest, memtest\n",
	 0, run_harts},
};

const struct command_group commands_harts = {commands, ARRAY_SIZE(commands)};
