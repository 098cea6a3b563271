/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory there is, and of what kind.
 */
#include "lib/log.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/report.h"
#include "monitor/command.h"

static void show_size(const char *label, u64 bytes)
{
	print("%-14s %12lu KiB  %s\n", label, bytes / KIB, size_text(bytes).s);
}

/* The names of /proc/meminfo where the meaning is the same. */
static void run_meminfo(const char *const *args)
{
	struct ledger ledger;
	struct memmap_report memmap;
	const struct zone *zone;
	u64 managed = 0;
	u64 free = 0;
	u32 nid;

	(void)args;
	ledger_make(&ledger);
	memmodel_report(&memmap);
	for_each_online_node (nid) {
		for_each_node_zone (zone, nid) {
			managed += zone->managed_pages;
			free += zone_free_pages(zone);
		}
	}
	show_size("Ram:", ledger.ram);
	show_size("MemTotal:", managed * PAGE_SIZE);
	show_size("MemFree:", free * PAGE_SIZE);
	show_size("MemAllocated:", (managed - free) * PAGE_SIZE);
	show_size("Memmap:", memmap.bytes);
	show_size("MemmapHoles:", memmap_init_figures.unavailable * sizeof(struct page));
	show_size("PageTables:", ledger.bytes[OWN_TABLES]);
	show_size("Kernel:", ledger.bytes[OWN_KERNEL]);
	show_size("Firmware:", ledger.bytes[OWN_FIRMWARE_NOMAP]);
	show_size("Lost:", ledger.bytes[OWN_LOST]);
}

static void run_buddyinfo(const char *const *args)
{
	(void)args;
	report_buddy();
}

static void run_zones(const char *const *args)
{
	(void)args;
	report_zones();
}

/* As numactl --hardware shows them. */
static void show_distances(void)
{
	u32 from, to;

	print("distance  to");
	for_each_online_node (to)
		print(" %4u", to);
	for_each_online_node (from) {
		print("\nfrom %4u   ", from);
		for_each_online_node (to)
			print(" %4u", node_distance(from, to));
	}
	print("\n");
}

static void run_nodes(const char *const *args)
{
	(void)args;
	report_nodes();
	show_distances();
}

static void run_ledger(const char *const *args)
{
	(void)args;
	report_ledger();
}

static void run_memmodel(const char *const *args)
{
	(void)args;
	report_memmodel();
}

static const struct command commands[] = {
	{"meminfo", "", "RAM, free pages and what the rest is",
	 "Ram is what the device tree names. MemTotal is what was given to the buddy allocator;\n"
	 "MemFree is what an allocation can still get of it.\n",
	 0, run_meminfo},
	{"buddyinfo", "", "free blocks by zone and order",
	 "A block of order n is 2^n pages, naturally aligned.\n", 0, run_buddyinfo},
	{"zones", "", "zones with spanned, present and managed pages",
	 "spanned: from the first frame to the last; present: of those, RAM; managed: of those,\n"
	 "given to the buddy allocator.\n",
	 0, run_zones},
	{"nodes", "", "NUMA nodes and their distances", NULL, 0, run_nodes},
	{"ledger", "", "every byte of RAM with its owner; the sum must fit",
	 "Two ways of counting the same bytes: the banks of the tree, and the owners.\n", 0,
	 run_ledger},
	{"memmodel", "", "the memory model and what it costs", NULL, 0, run_memmodel},
};

const struct command_group commands_memory = {commands, ARRAY_SIZE(commands)};
