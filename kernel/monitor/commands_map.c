/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies where in physical memory, from several sides: RAM with what is taken in it, the banks
 * as used, the reservations, memblock's two tables, the ranges of nodes.
 */
#include "arch/arch.h"
#include "lib/string.h"
#include "mm/memblock.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/paging.h"
#include "mm/report.h"
#include "monitor/command.h"

/* Both ends are shown, the last byte included, as in /proc/iomem. */
static void iomem_line(u32 depth, phys_addr_t start, phys_addr_t end, const char *what,
		       const char *whose)
{
	print("%*s%08lx-%08lx : %s%s%s\n", (int)(2 * depth), "", start, end - 1, what,
	      whose[0] != '\0' ? " " : "", whose);
}

static void iomem_kernel(void)
{
	const struct arch_image *image = &arch_handoff()->image;

	iomem_line(1, image->text, image->rodata, "Kernel code", "");
	iomem_line(1, image->rodata, image->data, "Kernel rodata", "");
	iomem_line(1, image->data, image->end, "Kernel data", "");
}

static void iomem_bank(struct range bank)
{
	phys_addr_t end;

	for (phys_addr_t pa = bank.start; pa < bank.end; pa = end) {
		enum owner owner = owner_at(pa, bank.end, &end);
		const struct reservation *r = owner_reservation_at(pa);

		if (owner == OWN_KERNEL)
			iomem_kernel();
		else if (owner != OWN_FREE)
			iomem_line(1, pa, end, "Reserved",
				   r && r->owner == owner ? r->name : owner_name(owner));
	}
}

static void run_iomem(const char *const *args)
{
	(void)args;
	for (u32 i = 0; i < banks.nr; i++) {
		struct range bank = banks.bank[i].range;

		iomem_line(0, bank.start, bank.end, "System RAM", "");
		iomem_bank(bank);
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		if (!banks_find(banks.dropped[i].range.start))
			iomem_line(0, banks.dropped[i].range.start, banks.dropped[i].range.end,
				   "RAM not used:", bank_drop_text(banks.dropped[i].why));
}

static void run_banks(const char *const *args)
{
	(void)args;
	report_banks();
}

static void run_reservations(const char *const *args)
{
	(void)args;
	report_reservations();
}

static void memblock_region(u64 i, const struct memblock_region *region)
{
	static const struct {
		u32 flag;
		const char *name;
	} names[] = {{MEMBLOCK_HOTPLUG, "HOTPLUG"},
		     {MEMBLOCK_MIRROR, "MIRROR"},
		     {MEMBLOCK_NOMAP, "NOMAP"}};
	bool any = false;

	print("%4lu: 0x%016lx..0x%016lx ", i, region->base, region->base + region->size - 1);
	if (region->nid == NUMA_NO_NODE)
		print("   x ");
	else
		print("%4u ", region->nid);
	for (u32 n = 0; n < ARRAY_SIZE(names); n++)
		if (region->flags & names[n].flag) {
			print("%s%s", any ? "|" : "", names[n].name);
			any = true;
		}
	print("%s\n", any ? "" : "NONE");
}

static void memblock_table(const struct memblock_type *type)
{
	for (u64 i = 0; i < type->cnt; i++)
		if (type->regions[i].size > 0)
			memblock_region(i, &type->regions[i]);
}

static void run_memblock(const char *const *args)
{
	static const char *const names[] = {"memory", "reserved"};
	const struct memblock_type *types[] = {&memblock.memory, &memblock.reserved};
	u32 which;

	if (args[0]) {
		if (args[1])
			command_usage("memblock");
		else if (command_choice(args[0], "table of memblock", names, 2, &which))
			memblock_table(types[which]);
		return;
	}
	for (which = 0; which < 2; which++) {
		print("%s, %s\n", names[which], size_text(types[which]->total_size).s);
		memblock_table(types[which]);
	}
}

static void run_ranges(const char *const *args)
{
	pfn_t start_pfn, end_pfn;
	u32 nid;
	s64 i;

	(void)args;
	print("Early memory node ranges\n");
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid)
		print("  node %3u: [mem 0x%016lx-0x%016lx]\n", nid, pfn_to_phys(start_pfn),
		      pfn_to_phys(end_pfn) - 1);
}

static void layout_line(va_t start, u64 size, const char *what)
{
	print("0x%016lx-0x%016lx %7s  %s\n", start, start + (size - 1), size_text(size).s, what);
}

static void run_layout(const char *const *args)
{
	(void)args;
	layout_line(VMEMMAP_START, VMEMMAP_SIZE, "vmemmap: struct pages");
	layout_line(DIRECT_MAP_START, DIRECT_MAP_SIZE, "direct map: RAM");
	layout_line(FIXMAP_START, FIXMAP_SIZE, "device registers");
	layout_line(KERNEL_START, 2 * GIB, "image: r-x, r--, rw-");
	print("the direct map shows pa 0x%lx at its start; page tables: %lu pages\n",
	      banks.phys_base, paging_figures.tables);
}

static const struct command commands[] = {
	{"iomem", "", "each bank of RAM with what is taken in it",
	 "As /proc/iomem, for RAM only; the second address is the last byte. What is not listed\n"
	 "is free or was when bring-up ended. Behind Reserved stands the owner.\n"
	 "Example: iomem\n"
	 "See also: banks, reservations, why\n",
	 0, run_iomem},
	{"banks", "", "RAM as used, and what was dropped and why",
	 "From the memory nodes of the tree: sorted, whole pages, each byte once.\n"
	 "Example: banks\n"
	 "See also: iomem, ranges\n",
	 0, run_banks},
	{"reservations", "", "what was taken before the first allocation",
	 "Image, device tree, firmware, initrd and the tree's own, grown to whole pages.\n"
	 "Example: reservations\n"
	 "See also: iomem, memblock\n",
	 0, run_reservations},
	{"memblock", "[memory|reserved]", "the early allocator's tables at hand-over",
	 "As the files memory and reserved of Linux's debugfs: number, first and last byte, node\n"
	 "(x for none), flags. Free is what is in memory, not NOMAP, and not in reserved.\n"
	 "Example: memblock reserved\n"
	 "See also: bootmap, ranges\n",
	 COMMAND_ANY_ARGS, run_memblock},
	{"ranges", "", "the ranges of RAM that struct pages were initialised for",
	 "What Linux logs as \"Early memory node ranges\", what was early_node_map in 2011.\n"
	 "Example: ranges\n"
	 "See also: memblock, nodes\n",
	 0, run_ranges},
	{"layout", "", "the virtual map and what fills it",
	 "The four windows of the kernel's address space, and the page tables that fill them.\n"
	 "Example: layout\n"
	 "See also: ptdump, walk\n",
	 0, run_layout},
};

const struct command_group commands_map = {commands, ARRAY_SIZE(commands)};
