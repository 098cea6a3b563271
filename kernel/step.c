/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One table: a stage, its names elsewhere, and a function that shows its data, where the boot's own
 * report, which follows, does not. Two struct pages
 * are followed through the boot, one of RAM and one of a hole where there is one: poison (step
 * switches it on) after the memory model has run, reserved after free_area_init(), free or still
 * reserved after hand-over.
 */
#include "step.h"

#include "lib/log.h"
#include "lib/string.h"
#include "machine.h"
#include "mm/memblock.h"
#include "mm/memmodel.h"
#include "mm/report.h"

struct step {
	const char *stage;
	const char *article; /* 2011, SPARSEMEM on MIPS and ARM */
	const char *note;    /* 2019, sparse vmemmap */
	const char *linux_name;
	const char *ours;
	void (*show)(void);
};

static void show_devicetree(void)
{
	for (u32 i = 0; i < machine.nr_banks; i++)
		print("  bank %u as read    [0x%010lx, 0x%010lx)  %s reg %u\n", i,
		      machine.banks[i].range.start, machine.banks[i].range.end,
		      machine.banks[i].origin, machine.banks[i].reg);
	for (u32 i = 0; i < machine.nr_reservations; i++)
		print("  reservation %u     [0x%010lx, 0x%010lx)  %s\n", i,
		      machine.reservations[i].range.start, machine.reservations[i].range.end,
		      machine.reservations[i].origin);
}

/* The frame in the middle of the largest bank. */
static pfn_t ram_example(void)
{
	const struct bank *largest = &banks.bank[0];

	for (u32 i = 1; i < banks.nr; i++)
		if (range_size(banks.bank[i].range) > range_size(largest->range))
			largest = &banks.bank[i];
	return PFN_DOWN(largest->range.start + range_size(largest->range) / 2);
}

/* A frame that has a struct page and is no RAM. */
static bool hole_example(pfn_t *pfn)
{
	struct memmap_run run;
	u64 cursor = 0;

	while (memmodel_next_run(&cursor, &run))
		for (*pfn = run.start_pfn; *pfn < run.end_pfn; *pfn += 1) {
			const struct bank *bank = banks_find(pfn_to_phys(*pfn));

			if (!bank)
				return true;
			*pfn = PFN_DOWN(bank->range.end) - 1;
		}
	return false;
}

static void show_struct_page(const char *what, pfn_t pfn)
{
	const u64 *word = (const u64 *)pfn_to_page(pfn);

	print("  struct page of pfn 0x%lx, %s, at 0x%016lx\n", pfn, what, (u64)word);
	for (u32 i = 0; i < sizeof(struct page) / sizeof(u64); i += 4)
		print("    %016lx %016lx %016lx %016lx\n", word[i], word[i + 1], word[i + 2],
		      word[i + 3]);
}

static void show_struct_pages(void)
{
	pfn_t pfn = ram_example();

	if (pfn_valid(pfn))
		show_struct_page("RAM", pfn);
	if (hole_example(&pfn))
		show_struct_page("a hole", pfn);
}

static void show_handover(void)
{
	report_buddy();
	show_struct_pages();
}

static const struct step steps[] = {
	{"devicetree", "prom_init, add_memory_region, boot_mem_map", "-",
	 "early_init_dt_scan_memory", "devicetree_init", show_devicetree},
	{"banks", "early_parse_mem, bootmem_init", "-", "early_mem, setup_bootmem", "banks_init",
	 NULL},
	{"reservations", "reserve_bootmem", "-", "memblock_reserve", "reservations_init", NULL},
	{"memblock", "bootmem_init", "-", "setup_bootmem", "memblock_init", memblock_dump},
	{"paging", "-", "-", "setup_vm_final", "paging_init", NULL},
	{"nodes", "early_node_map", "-", "arch_numa_init", "nodes_init", NULL},
	{"memmap", "memory_present, sparse_init",
	 "sparse_init_nid, __populate_section_memmap, vmemmap_populate", "sparse_init",
	 "memmodel_init", show_struct_pages},
	{"zones", "free_area_init_node, memmap_init_zone", "-", "free_area_init, memmap_init_range",
	 "free_area_init, memmap_init_zone", show_struct_pages},
	{"handover", "free_all_bootmem, free_all_bootmem_core", "-", "memblock_free_all",
	 "memblock_free_all", show_handover},
	{"initrd", "-", "-", "free_initrd_mem", "initrd_init", NULL},
	{"hugetlb", "hugepages_setup", "-", "hugepages_setup, hugetlb_init",
	 "hugetlb_reserve_gigantic, hugetlb_init", report_hugetlb},
	{"check", "-", "-", "-", "check_init", NULL},
};

static bool has_shown;

void step_before(void)
{
	int c;

	if (!has_shown || machine.options.poweroff || !arch_console_is_interactive())
		return;
	has_shown = false;
	print("-- Enter goes on --\n");
	do
		c = arch_console_read();
	while (c != '\r' && c != '\n' && c >= 0);
}

void step_after(const char *stage)
{
	if (!machine.options.step)
		return;
	for (u32 i = 0; i < ARRAY_SIZE(steps); i++) {
		const struct step *step = &steps[i];

		if (strcmp(step->stage, stage) != 0)
			continue;
		print("\n== stage %s: %s\n", stage, step->ours);
		print("   2011: %s\n   2019: %s\n   Linux 6.12: %s\n", step->article, step->note,
		      step->linux_name);
		if (step->show)
			step->show();
		has_shown = true;
	}
}
