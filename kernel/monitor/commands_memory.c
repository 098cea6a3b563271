/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much memory there is, and of what kind.
 */
#include "lib/string.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/paging.h"
#include "mm/report.h"
#include "monitor/command.h"

/* A line of /proc/meminfo, or the same for people. */
static void show_size(const char *name, u64 bytes, bool human)
{
	char label[24];

	format_text(label, sizeof(label), "%s:", name);
	if (human)
		print("%-15s %10s\n", label, size_text(bytes).s);
	else
		print("%-15s %8lu kB\n", label, bytes / KIB);
}

struct memory_sums {
	u64 managed;
	u64 free;
};

static struct memory_sums sum_zones(void)
{
	struct memory_sums sums = {0};
	const struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			sums.managed += zone->managed_pages;
			sums.free += zone_free_pages(zone);
		}
	return sums;
}

static void run_meminfo(const char *const *args)
{
	const struct memory_sums sums = sum_zones();
	const bool human = args[0] != NULL;
	struct memmap_report memmap;
	struct ledger ledger;

	if (args[0] && (strcmp(args[0], "human") != 0 || args[1])) {
		command_usage("meminfo");
		return;
	}
	ledger_make(&ledger);
	memmodel_report(&memmap);
	show_size("MemTotal", sums.managed * PAGE_SIZE, human);
	show_size("MemFree", sums.free * PAGE_SIZE, human);
	show_size("MemAvailable", sums.free * PAGE_SIZE, human);
	show_size("PageTables", ledger.bytes[OWN_TABLES], human);
	show_size("DirectMap4k", paging_figures.leaves[0] * PAGE_SIZE, human);
	show_size("DirectMap2M", paging_figures.leaves[1] * MEGAPAGE_SIZE, human);
	show_size("DirectMap1G", paging_figures.leaves[2] * GIGAPAGE_SIZE, human);
	show_size("RamTotal", ledger.ram, human);
	show_size("Allocated", (sums.managed - sums.free) * PAGE_SIZE, human);
	show_size("Memmap", memmap.bytes, human);
	show_size("MemmapHoles", memmap_init_figures.unavailable * sizeof(struct page), human);
	show_size("Kernel", ledger.bytes[OWN_KERNEL], human);
	show_size("Firmware", ledger.bytes[OWN_FIRMWARE_NOMAP], human);
	show_size("Lost", ledger.bytes[OWN_LOST], human);
}

static void run_zones(const char *const *args)
{
	const struct zone *zone;
	u32 nid;

	(void)args;
	print("node zone     start_pfn   end_pfn   spanned   present   managed      free\n");
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			print("%4u %-8s 0x%07lx 0x%07lx %9lu %9lu %9lu %9lu\n", nid, zone->name,
			      zone->start_pfn, zone_end_pfn(zone), zone->spanned_pages,
			      zone->present_pages, zone->managed_pages, zone_free_pages(zone));
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

static void show_node(const pg_data_t *node)
{
	const struct zone *zone;

	print("node %u\n", node->nid);
	print("  start_pfn          0x%lx\n", node->node_start_pfn);
	print("  spanned pages      %lu\n", node->node_spanned_pages);
	print("  present pages      %lu\n", node->node_present_pages);
	print("  in holes           %lu\n", node->node_spanned_pages - node->node_present_pages);
	if (node->node_mem_map)
		print("  node_mem_map       0x%016lx for pfn [0x%lx, 0x%lx)\n",
		      (u64)node->node_mem_map, node->mem_map_start_pfn, node->mem_map_end_pfn);
	for_each_node_zone (zone, node->nid)
		print("  zone %-8s      pfn [0x%lx, 0x%lx), %lu of %lu pages free\n", zone->name,
		      zone->start_pfn, zone_end_pfn(zone), zone_free_pages(zone),
		      zone->managed_pages);
	print("  allocates from    ");
	for (u32 i = 0; i < node->nr_zonelist; i++)
		print(" %u:%s", node->node_zonelist[i]->node->nid, node->node_zonelist[i]->name);
	print("\n");
}

static void run_nodes(const char *const *args)
{
	u32 nid;

	(void)args;
	print("node start_pfn   end_pfn   spanned   present  in holes\n");
	for_each_online_node (nid) {
		const pg_data_t *node = NODE_DATA(nid);

		print("%4u 0x%07lx 0x%07lx %9lu %9lu %9lu\n", nid, node->node_start_pfn,
		      node->node_start_pfn + node->node_spanned_pages, node->node_spanned_pages,
		      node->node_present_pages,
		      node->node_spanned_pages - node->node_present_pages);
	}
	show_distances();
}

static void run_node(const char *const *args)
{
	u32 nid;

	if (command_node(args[0], &nid))
		show_node(NODE_DATA(nid));
}

static void run_ledger(const char *const *args)
{
	(void)args;
	report_ledger();
}

static void run_memmodel(const char *const *args)
{
	struct memmap_report m;

	(void)args;
	memmodel_report(&m);
	print("memory model   %s\n", memmodel_name);
	print("struct pages   %lu of %lu bytes, in %lu bytes (%s)\n", m.pages, sizeof(struct page),
	      m.bytes, size_text(m.bytes).s);
	print("sections       %lu present, %lu of them with holes\n", m.sections, m.mixed);
	if (m.sections > 0) {
		print("mem_section    %lu roots, %s\n", m.roots,
		      config_section_extreme ? "extreme" : "static");
		print("sparse buffer  %lu runs; %s as blocks, %s of it used\n", m.runs,
		      size_text(m.block).s, size_text(m.block_used).s);
	}
	if (m.freed > 0)
		print("given back     %s of struct pages of holes\n", size_text(m.freed).s);
	print("shown by       %lu leaves of 4 KiB, %lu of 2 MiB, tables for them: %lu\n",
	      m.leaves[0], m.leaves[1], m.tables);
}

static const struct command commands[] = {
	{"meminfo", "[human]", "RAM, free pages and what the rest is",
	 "The lines of /proc/meminfo, as far as they mean something here, then our own. MemTotal\n"
	 "is what was given to the buddy allocator, MemFree what an allocation can get of it,\n"
	 "RamTotal what the device tree names. human: in MiB and GiB instead of kB.\n"
	 "Example: meminfo human\n"
	 "See also: ledger, buddyinfo, iomem\n",
	 COMMAND_ANY_ARGS, run_meminfo},
	{"ledger", "", "every byte of RAM with its owner; the sum must fit",
	 "Two ways of counting the same bytes: the banks of the tree, and the owners.\n"
	 "Example: ledger\n"
	 "See also: meminfo, why\n",
	 0, run_ledger},
	{"memmodel", "", "the memory model and what it costs",
	 "Struct pages, the memory they take, and the page tables that show them.\n"
	 "Example: memmodel\n"
	 "See also: sections, vmemmap\n",
	 0, run_memmodel},
	{"nodes", "", "NUMA nodes and their distances",
	 "Distances as the tree's distance-map gives them: 10 is the node itself.\n"
	 "Example: nodes\n"
	 "See also: node, zoneinfo\n",
	 0, run_nodes},
	{"node", "NODE", "one node: its span, its zones, where it allocates",
	 "The zones are tried in the order of the last line, node:zone, nearest first.\n"
	 "Example: node 0\n"
	 "See also: nodes, zoneinfo\n",
	 1, run_node},
	{"zones", "", "zones with spanned, present and managed pages",
	 "spanned: from the first frame to the last; present: of those, RAM; managed: of those,\n"
	 "given to the buddy allocator.\n"
	 "Example: zones\n"
	 "See also: zoneinfo, nodes\n",
	 0, run_zones},
};

const struct command_group commands_memory = {commands, ARRAY_SIZE(commands)};
