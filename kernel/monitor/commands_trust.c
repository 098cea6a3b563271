/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has the allocated pages.
 */
#include "lib/log.h"
#include "mm/buddy.h"
#include "mm/page_owner.h"
#include "monitor/command.h"

static void run_page_owner(const char *const *args)
{
	static struct page_owner_table table;

	(void)args;
	page_owner_collect(&table, true);
	if (table.nr == 0) {
		print("no page is allocated\n");
		return;
	}
	print("%10s %10s  %-18s  %s\n", "pages", "blocks", "allocated from", "first pfn");
	for (u32 i = 0; i < table.nr; i++)
		print("%10lu %10lu  0x%016lx  0x%lx\n", table.site[i].pages, table.site[i].blocks,
		      table.site[i].site, table.site[i].pfn);
	if (table.more_blocks > 0)
		print("and %lu blocks of other sites\n", table.more_blocks);
}

static const struct command commands[] = {
	{"page_owner", "", "allocated blocks by the address that asked for them",
	 "Sorted by pages; held blocks, as pools of huge pages, are among them. The line of the\n"
	 "program: addr2line -fe build/MODEL/kernel.elf ADDRESS.\n"
	 "Example: page_owner\n"
	 "See also: alloc, why, poweroff\n",
	 0, run_page_owner},
};

const struct command_group commands_trust = {commands, ARRAY_SIZE(commands)};
