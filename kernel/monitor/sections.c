/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sections, and what backs their struct pages, for the memory models that have sections. The others
 * get no_sections.c.
 */
#include "mm/buddy.h"
#include "mm/memmodel.h"
#include "mm/paging.h"
#include "mm/sparse.h"
#include "monitor/command.h"
#include "monitor/memmap_lines.h"

/* Neighbours of one kind are one line. */
struct section_run {
	u64 first;
	u64 nr;
	u64 present; /* pages of RAM in all of them */
	u64 flags;
	u32 nid;
};

static void show_flags(u64 word)
{
	print("%s%s%s%s", word & SECTION_MARKED_PRESENT ? " PRESENT" : "",
	      word & SECTION_HAS_MEM_MAP ? " HAS_MEM_MAP" : "",
	      word & SECTION_IS_ONLINE ? " ONLINE" : "", word & SECTION_IS_EARLY ? " EARLY" : "");
}

static void show_run(const struct section_run *run)
{
	const u64 pages = run->nr * PAGES_PER_SECTION;

	if (run->nr == 0)
		return;
	if (run->nr == 1)
		print("%5lu       ", run->first);
	else
		print("%5lu-%-5lu ", run->first, run->first + run->nr - 1);
	print("[0x%010lx, 0x%010lx) %4u %10lu %s\n", section_range(run->first).start,
	      section_range(run->first + run->nr - 1).end, run->nid, run->present,
	      run->present < pages ? "mixed" : "full");
}

static void run_sections(const char *const *args)
{
	struct section_run run = {.nr = 0};
	u64 shown = 0;
	u64 nr;

	(void)args;
	print("sections    physical range                 node  RAM pages\n");
	for (u64 from = section_base; next_present_section(from, &nr); from = nr + 1, shown++) {
		const struct section_run one = {nr, 1, section_ram_pages(nr),
						nr_to_section(nr)->section_mem_map &
							SECTION_FLAGS_MASK,
						section_home_nid(nr)};

		if (run.nr > 0 && nr == run.first + run.nr && one.nid == run.nid &&
		    one.flags == run.flags &&
		    (one.present == PAGES_PER_SECTION) ==
			    (run.present == run.nr * PAGES_PER_SECTION) &&
		    one.present == PAGES_PER_SECTION) {
			run.nr++;
			run.present += one.present;
			continue;
		}
		show_run(&run);
		run = one;
	}
	show_run(&run);
	print("%lu present sections of %s\n", shown, size_text(1UL << SECTION_SIZE_BITS).s);
}

static void show_usage(u64 nr, const struct mem_section_usage *usage)
{
	u64 types[MIGRATE_TYPES] = {0};
	u64 set = 0;

	print("  usage            at 0x%016lx, pa 0x%lx\n", (u64)usage, virt_to_phys(usage));
	print("  subsection_map  ");
	for (u64 i = 0; i < SUBSECTION_WORDS; i++)
		print(" 0x%016lx", usage->subsection_map[i]);
	for (u64 i = 0; i < SUBSECTIONS_PER_SECTION; i++)
		set += subsection_is_set(usage, section_nr_to_pfn(nr) + i * PAGES_PER_SUBSECTION);
	print("\n                   %lu of %lu spans of 2 MiB hold RAM\n", set,
	      SUBSECTIONS_PER_SECTION);
	for (u64 i = 0; i < PAGEBLOCKS_PER_SECTION; i++)
		types[usage->pageblock_type[i] % MIGRATE_TYPES]++;
	print("  pageblocks      ");
	for (u32 type = 0; type < MIGRATE_TYPES; type++)
		print(" %s %lu", migratetype_name((enum migratetype)type), types[type]);
	print("\n");
}

static void show_section(u64 nr, const struct mem_section *section)
{
	const pfn_t pfn = section_nr_to_pfn(nr);
	const u64 word = section->section_mem_map;
	const phys_addr_t pa = memmap_backing(section_page(section, pfn));

	print("section %lu  [0x%lx, 0x%lx)  pfn [0x%lx, 0x%lx)\n", nr, section_range(nr).start,
	      section_range(nr).end, pfn, pfn + PAGES_PER_SECTION);
	print("  section_mem_map  0x%016lx\n", word);
	print("  flags           ");
	show_flags(word);
	print("\n  decoded          0x%016lx + pfn * %lu: page(0x%lx) is at\n"
	      "                   0x%016lx, pa 0x%lx\n",
	      word & ~SECTION_FLAGS_MASK, sizeof(struct page), pfn, (u64)section_page(section, pfn),
	      pa);
	print("  node             %u, its struct pages lie on node %u\n", section_home_nid(nr),
	      memmap_home(pa));
	print("  RAM              %lu of %lu pages\n", section_ram_pages(nr), PAGES_PER_SECTION);
	if (section->usage)
		show_usage(nr, section->usage);
}

static void run_section(const char *const *args)
{
	const struct mem_section *section;
	u64 first, nr;

	if (!command_number(args[0], &nr))
		return;
	section = nr_to_section(nr);
	if (section_is_valid(section)) {
		show_section(nr, section);
		return;
	}
	next_present_section(section_base, &first);
	command_complain(
		"section %s is not present; the first that is, is %lu; sections lists them\n",
		args[0], first);
}

static void show_vmemmap_run(const struct paging_run *run)
{
	const struct page *page =
		(const struct page *)((u64)arch_vmemmap() + (run->va - VMEMMAP_START));
	const pfn_t pfn = page_to_pfn(page);
	const struct mem_section *section = pfn_to_section(pfn);

	print("0x%016lx [0x%07lx, 0x%07lx) 0x%010lx %6lu x %s %4u %s\n", run->va, pfn,
	      pfn + run->size / sizeof(struct page), run->pa, run->size / run->leaf,
	      run->leaf == PAGE_SIZE ? "4K" : "2M", memmap_home(run->pa),
	      section && (section->section_mem_map & SECTION_IS_EARLY) ? "boot" : "hot-add");
}

static void run_vmemmap(const char *const *args)
{
	u64 leaves[3], tables;

	(void)args;
	paging_vmemmap_figures(leaves, &tables);
	if (leaves[0] + leaves[1] == 0) {
		memmap_arrays();
		return;
	}
	print("window             struct pages of pfn      backing         leaves node when\n");
	paging_for_each_vmemmap_run(show_vmemmap_run);
	print("%lu leaves of 4 KiB, %lu of 2 MiB, page tables for them: %lu\n", leaves[0],
	      leaves[1], tables);
	memmap_when();
}

static const struct command commands[] = {
	{"sections", "", "present sections, neighbours together",
	 "A section is the unit in which this memory model has struct pages or has none. A mixed\n"
	 "section has frames that are no RAM; they have struct pages too, reserved for ever.\n"
	 "Example: sections\n"
	 "See also: section, vmemmap\n",
	 0, run_sections},
	{"section", "N", "one section: its word, usage and subsection map",
	 "The word holds the address of the struct pages, less 64 times the first frame, and\n"
	 "flags; before sparse_init() it held the node. N is the address divided by the section\n"
	 "size.\n"
	 "Example: section 16\n"
	 "See also: sections, page\n",
	 1, run_section},
	{"vmemmap", "", "what backs the struct pages, when and by whom",
	 "Runs of leaves that follow each other in the window and in RAM: where they show which\n"
	 "struct pages, where these lie and on which node, and what made them.\n"
	 "Example: vmemmap\n"
	 "See also: sections, trace, walk\n",
	 0, run_vmemmap},
};

const struct command_group commands_section = {commands, ARRAY_SIZE(commands)};
