/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands about sections in memory models that have none: they show where there are struct pages.
 */
#include "mm/memmodel.h"
#include "monitor/command.h"
#include "monitor/memmap_lines.h"

static void run_sections(const char *const *args)
{
	(void)args;
	print("%s has no sections; ", memmodel_name);
	memmap_arrays();
}

static void run_section(const char *const *args)
{
	u64 nr;

	if (command_number(args[0], &nr))
		command_complain("%s has no sections; sections shows its struct pages\n",
				 memmodel_name);
}

static void run_vmemmap(const char *const *args)
{
	(void)args;
	memmap_arrays();
}

static const struct command commands[] = {
	{"sections", "", "which frames have struct pages",
	 "This memory model has no sections: an array of struct pages for all RAM, or for each\n"
	 "node.\n"
	 "Example: sections\n"
	 "See also: vmemmap, memmodel\n",
	 0, run_sections},
	{"section", "N", "one section: its word, usage and subsection map",
	 "Only SPARSE models have sections: build with MODEL=sparse or MODEL=vmemmap.\n"
	 "Example: section 16\n"
	 "See also: sections, page\n",
	 1, run_section},
	{"vmemmap", "", "what backs the struct pages",
	 "This memory model has no vmemmap window: the direct map shows its struct pages.\n"
	 "Example: vmemmap\n"
	 "See also: sections, memmodel\n",
	 0, run_vmemmap},
};

const struct command_group commands_section = {commands, ARRAY_SIZE(commands)};
