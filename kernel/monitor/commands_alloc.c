/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking pages by hand and giving them back; and what memory costs and keeps: bench, memtest. The
 * blocks that are held are chained through their struct pages.
 */
#include "arch/arch.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/memtest_live.h"
#include "mm/migrate.h"
#include "mm/selftest.h"
#include "monitor/command.h"
#include "monitor/held.h"

static struct page *held;

static const char *const type_words[] = {
	[MIGRATE_UNMOVABLE] = "unmovable",
	[MIGRATE_MOVABLE] = "movable",
	[MIGRATE_RECLAIMABLE] = "reclaimable",
};

u64 held_pages(void)
{
	u64 pages = 0;

	for (const struct page *page = held; page; page = (const struct page *)page->private)
		pages += 1UL << page_order(page);
	return pages;
}

bool held_refuses(const char *what)
{
	if (!held)
		return false;
	command_complain("%s needs all free memory; alloc holds %lu pages: free all gives them "
			 "back\n",
			 what, held_pages());
	return true;
}

/* Memory goes offline: the chain leads to the copy from now on. */
static bool held_moved(struct page *to, struct page *from, u32 order)
{
	struct page **link = &held;

	while (*link && *link != from)
		link = (struct page **)&(*link)->private;
	if (!*link)
		return false;
	migrate_copy(to, from, order);
	*link = to;
	return true;
}

static const struct movable_ops held_ops = {"alloc", held_moved};

static void show_block(const struct page *page)
{
	print("  pfn 0x%-8lx order %2u  %9s  node %u %-7s %s\n", page_to_pfn(page),
	      page_order(page), size_text(PAGE_SIZE << page_order(page)).s, page_to_nid(page),
	      page_zone(page)->name, migratetype_name((enum migratetype)page_type(page)));
}

static void show_held(void)
{
	u64 blocks = 0;

	for (const struct page *page = held; page; page = (const struct page *)page->private) {
		show_block(page);
		blocks++;
	}
	print("%lu blocks, %lu pages are held\n", blocks, held_pages());
}

void held_add(struct page *page)
{
	page->private = (u64)held;
	held = page;
	if (page_type(page) == MIGRATE_MOVABLE)
		page_set_movable(page, &held_ops);
}

static void run_alloc(const char *const *args)
{
	u32 nid = this_hart()->home_node->nid;
	u32 type = MIGRATE_MOVABLE;
	struct page *page;
	u64 order;

	if (!args[0]) {
		show_held();
		return;
	}
	if (strcmp(args[0], "interleave") == 0) {
		alloc_interleave(args + 1);
		return;
	}
	if (!command_number_below(args[0], "order", NR_PAGE_ORDERS, &order))
		return;
	for (u32 i = 1; args[i]; i++) {
		bool is_node = args[i][0] >= '0' && args[i][0] <= '9';

		if (is_node ? !command_node(args[i], &nid)
			    : !command_choice(args[i], "type", type_words, ARRAY_SIZE(type_words),
					      &type))
			return;
	}
	page = alloc_pages_node(nid, (u32)order, (enum migratetype)type);
	if (!page) {
		command_complain("no block of order %lu is free on any node; see buddyinfo\n",
				 order);
		return;
	}
	held_add(page);
	show_block(page);
	if (page_to_nid(page) != nid)
		print("  node %u has no such block: this one is of the nearest that has\n", nid);
}

/* Out of the chain and back to the allocator. */
static void release(struct page **link)
{
	struct page *page = *link;

	*link = (struct page *)page->private;
	page->private = 0;
	page_clear_movable(page);
	free_pages(page, page_order(page));
}

static void release_all(void)
{
	u64 pages = held_pages();
	u64 blocks = 0;

	for (; held; blocks++)
		release(&held);
	print("%lu blocks, %lu pages given back\n", blocks, pages);
}

static void run_free(const char *const *args)
{
	struct page **link = &held;
	pfn_t pfn;

	if (strcmp(args[0], "all") == 0) {
		release_all();
		return;
	}
	if (!command_pfn(args[0], &pfn))
		return;
	while (*link && page_to_pfn(*link) != pfn)
		link = (struct page **)&(*link)->private;
	if (!*link) {
		command_complain("alloc did not give pfn 0x%lx; alloc without arguments lists what "
				 "is held, why 0x%lx says more\n",
				 pfn, pfn);
		return;
	}
	show_block(*link);
	release(link);
}

static void run_bench(const char *const *args)
{
	(void)args;
	bench_run();
}

/* A dot for each fortieth part. */
static void show_progress(u64 done, u64 all)
{
	static u64 dots;

	if (done * 40 / all < dots)
		dots = 0;
	for (; dots < done * 40 / all; dots++)
		print(".");
}

static void run_memtest(const char *const *args)
{
	struct memtest_live result;
	u64 passes = 2;
	u64 bytes = ~0UL;

	if (!args[0] || (args[1] && args[2])) {
		command_usage("memtest");
		return;
	}
	if (strcmp(args[0], "all") != 0 && !command_size(args[0], &bytes))
		return;
	if (args[1] && !command_number_below(args[1], "number of passes", 1001, &passes))
		return;
	if (bytes < PAGE_SIZE || passes == 0) {
		command_complain(
			"nothing would be tested: SIZE is at least a page, 4K, and PASSES at "
			"least 1\n");
		return;
	}
	print("memtest ");
	memtest_live(bytes, (u32)passes, show_progress, &result);
	print("\n%lu pages (%s) tested with %lu patterns, %lu bad\n", result.pages,
	      size_text(result.pages * PAGE_SIZE).s, passes, result.bad);
	if (result.bad > 0)
		print("the first is at 0x%lx; bad pages stay out of the allocator\n",
		      result.first_bad);
	if (result.not_noted > 0)
		print("%lu of them are not listed: the table of reservations is full\n",
		      result.not_noted);
}

static void run_selftest(const char *const *args)
{
	static const char *const tests[] = {"smp", "hotplug"};
	u32 which = 0;

	if (args[0] && args[1]) {
		command_usage("selftest");
		return;
	}
	if (args[0] && !command_choice(args[0], "test", tests, ARRAY_SIZE(tests), &which))
		return;
	if (held_refuses("selftest"))
		return;
	if (!args[0])
		selftest_run();
	else if (which == 0)
		selftest_smp_run();
	else
		selftest_hotplug_run();
}

static const struct command commands[] = {
	{"alloc",
	 "[ORDER] [NODE] [unmovable|movable|reclaimable] | interleave NR [ORDER [NODE...]]",
	 "take blocks of 2^ORDER pages and hold them",
	 "From NODE, or from the nearest that has one; movable unless said otherwise. Without\n"
	 "arguments: the blocks that are held. interleave: NR blocks from the nodes in turn,\n"
	 "from all that have memory when none is named (alloc interleave 12 0 1 2); numastat\n"
	 "counts them.\n"
	 "Example: alloc 3 0 unmovable\n"
	 "See also: free, buddyinfo, page, numastat\n",
	 COMMAND_ANY_ARGS, run_alloc},
	{"free", "PFN|all", "give back what alloc took",
	 "PFN is the first page of a block that alloc holds.\n"
	 "Example: free all\n"
	 "See also: alloc, buddyinfo\n",
	 1, run_free},
	{"bench", "", "instructions of each operation",
	 "Exact under QEMU's -icount shift=0; the host has no instruction counter.\n"
	 "Example: bench\n"
	 "See also: phases\n",
	 0, run_bench},
	{"memtest", "SIZE|all [PASSES]", "test free memory; bad pages stay out",
	 "Takes that much from the allocator, writes and reads it with PASSES patterns (2), and\n"
	 "gives it back. A page with a bad word is reserved with the owner badmem.\n"
	 "Example: memtest 16M\n"
	 "See also: why, selftest\n",
	 COMMAND_ANY_ARGS, run_memtest},
	{"selftest", "[smp|hotplug]", "allocate every page, compare, free all, compare",
	 "smp: all harts at once, with stamps, until nothing is left.\n"
	 "hotplug: what mem= holds back is added, online, offline and removed, while all\n"
	 "harts allocate and free.\n"
	 "Stops the machine on any difference. Pageblocks are all movable afterwards.\n"
	 "Example: selftest\n"
	 "See also: audit, memtest\n",
	 COMMAND_ANY_ARGS, run_selftest},
};

const struct command_group commands_alloc = {commands, ARRAY_SIZE(commands)};
