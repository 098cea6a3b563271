/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of sections, for the memory models that have one. The others get no_sections.c.
 */
#include "lib/log.h"
#include "mm/memmodel.h"
#include "mm/section.h"
#include "monitor/command.h"

/* Frames of the section that are RAM of a bank. */
static u64 section_present_pages(u64 nr)
{
	pfn_t start = section_nr_to_pfn(nr);
	u64 present = 0;

	for (u32 i = 0; i < banks.nr; i++) {
		struct range bank = banks.bank[i].range;
		pfn_t low = max_u64(start, PFN_DOWN(bank.start));
		pfn_t high = min_u64(start + PAGES_PER_SECTION, PFN_DOWN(bank.end));

		present += low < high ? high - low : 0;
	}
	return present;
}

static void show_section(u64 nr)
{
	const struct mem_section *section = nr_to_section(nr);
	u64 present = section_present_pages(nr);

	print("  %5lu  0x%016lx-0x%016lx  node %u  RAM %6lu of %lu pages  ", nr,
	      pfn_to_phys(section_nr_to_pfn(nr)), pfn_to_phys(section_nr_to_pfn(nr + 1)),
	      section_home_nid(nr), present, PAGES_PER_SECTION);
	if (section_is_valid(section))
		print("memmap 0x%016lx%s\n", (u64)section_page(section, section_nr_to_pfn(nr)),
		      present < PAGES_PER_SECTION ? ", mixed" : "");
	else
		print("no memmap: left out\n");
}

static void run_sections(const char *const *args)
{
	u64 shown = 0;
	u64 nr;

	(void)args;
	for (u64 from = section_base; next_present_section(from, &nr); from = nr + 1) {
		show_section(nr);
		shown++;
	}
	print("%lu present sections of %s\n", shown, size_text(1UL << SECTION_SIZE_BITS).s);
}

static const struct command commands[] = {
	{"sections", "", "present sections with their memmap",
	 "A section is the unit in which this memory model has struct pages or has none. A mixed\n"
	 "section has frames that are no RAM; they have struct pages too, reserved for ever.\n",
	 0, run_sections},
};

const struct command_group commands_section = {commands, ARRAY_SIZE(commands)};
