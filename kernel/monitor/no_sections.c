/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command sections in memory models that have none: it shows where there are struct pages.
 */
#include "lib/log.h"
#include "mm/memmodel.h"
#include "monitor/command.h"

static void run_sections(const char *const *args)
{
	struct memmap_run run;
	u64 cursor = 0;

	(void)args;
	print("%s has no sections; these frames have struct pages:\n", memmodel_name);
	while (memmodel_next_run(&cursor, &run))
		print("  pfn 0x%lx-0x%lx  node %u\n", run.start_pfn, run.end_pfn, run.nid);
}

static const struct command commands[] = {
	{"sections", "", "which frames have struct pages", NULL, 0, run_sections},
};

const struct command_group commands_section = {commands, ARRAY_SIZE(commands)};
