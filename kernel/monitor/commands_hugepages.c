/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools of huge pages: look, resize, take one out, give it back.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "lib/word.h"
#include "mm/deferred.h"
#include "mm/hugetlb_vmemmap.h"
#include "mm/report.h"
#include "monitor/command.h"

/* As /proc/meminfo has them for the default size; here for each. */
static void show_pool(const struct hstate *h)
{
	const struct hstate_sum sum = hstate_sum(h);

	print("%-6s%s total %lu, free %lu, rsvd %lu, surp %lu, overcommit %lu, %s in all\n",
	      size_text(hstate_bytes(h)).s, h == default_hstate ? " (default)" : "", sum.nr,
	      sum.free, h->resv, sum.surplus, h->overcommit, size_text(sum.nr * hstate_bytes(h)).s);
	if (h->asked > 0)
		print("  boot     asked %lu, got %lu\n", h->asked, sum.got);
	for (u32 nid = 0; nid < MAX_NUMNODES; nid++) {
		const struct hstate_node *node = &h->node[nid];

		if (node->nr > 0 || node->asked > 0)
			print("  node %-3u total %lu, free %lu, surp %lu; boot asked %lu, got "
			      "%lu%s%s\n",
			      nid, node->nr, node->free, node->surplus, node->asked, node->got,
			      node->why ? ": " : "", node->why ? node->why : "");
	}
}

static void show_all(void)
{
	for (u32 i = 0; i < NR_HSTATES; i++)
		show_pool(&hstates[i]);
	if (hugetlb_vmemmap_why_not())
		print("their struct pages are not shared: %s\n", hugetlb_vmemmap_why_not());
	else
		report_hugetlb_vmemmap();
	print("every pool leaves %s of the machine free\n",
	      size_text(hugetlb_min_free() * PAGE_SIZE).s);
}

/* "2M", "1G": the pool, or NULL with a line. */
static struct hstate *read_size(const char *text)
{
	struct word word = {text, text + strlen(text)};
	struct hstate *h = NULL;
	u64 bytes;

	if (word_size(&word, &bytes) && word.start == word.end)
		h = hstate_of_size(bytes);
	if (!h)
		command_complain("'%.30s' is no size of a huge page: 2M or 1G\n", text);
	return h;
}

static void resize(struct hstate *h, const char *const *args)
{
	u32 nid = NUMA_NO_NODE;
	const char *why;
	u64 count, has;

	if (!command_number(args[0], &count) || (args[1] && !command_node(args[1], &nid)))
		return;
	has = hugetlb_set_pool(h, nid, count, &why);
	if (why)
		print("asked %lu, got %lu: %s\n", count, has, why);
	show_pool(h);
}

static void take_one(struct hstate *h, const char *const *args)
{
	u32 nid = NUMA_NO_NODE;
	struct page *page;

	if (args[0] && !command_node(args[0], &nid))
		return;
	page = hugetlb_alloc(h, nid);
	if (page)
		print("pfn 0x%lx of node %u; hugepages free 0x%lx gives it back\n",
		      page_to_pfn(page), page_to_nid(page), page_to_pfn(page));
	else
		command_complain("no page of the pool is free, and overcommit allows no more\n");
}

static void give_back(const char *text)
{
	pfn_t pfn;

	if (!command_pfn(text, &pfn))
		return;
	if (!pfn_is_ram(pfn) || !pfn_valid(pfn)) {
		command_complain("pfn 0x%lx has no struct page of RAM\n", pfn);
		return;
	}
	deferred_ready(pfn, pfn + 1);
	if (hugetlb_free(pfn_to_page(pfn)))
		print("pfn 0x%lx is given back\n", pfn);
}

static void promise(struct hstate *h, const char *text)
{
	u64 count;

	if (!command_number(text, &count))
		return;
	if (count < h->resv)
		hugetlb_unreserve(h, h->resv - count);
	else if (!hugetlb_reserve(h, count - h->resv))
		command_complain("the pool has not so many free pages\n");
	show_pool(h);
}

static void run_hugepages(const char *const *args)
{
	struct hstate *h;
	u32 nr = 0;

	while (args[nr])
		nr++;
	if (nr == 0) {
		show_all();
		return;
	}
	if (strcmp(args[0], "free") == 0) {
		if (nr == 2)
			give_back(args[1]);
		else
			command_usage("hugepages");
		return;
	}
	h = read_size(args[0]);
	if (!h)
		return;
	if (nr == 1)
		show_pool(h);
	else if (strcmp(args[1], "alloc") == 0 && nr <= 3)
		take_one(h, args + 2);
	else if (strcmp(args[1], "reserve") == 0 && nr == 3)
		promise(h, args[2]);
	else if (strcmp(args[1], "overcommit") == 0 && nr == 3) {
		if (command_number(args[2], &h->overcommit))
			show_pool(h);
	} else if (args[1][0] >= '0' && args[1][0] <= '9' && nr <= 3)
		resize(h, args + 1);
	else
		command_usage("hugepages");
}

static const struct command commands[] = {
	{"hugepages",
	 "| 2M|1G [COUNT] [NODE] | 2M|1G alloc [NODE] | 2M|1G reserve COUNT | "
	 "2M|1G overcommit COUNT | free PFN",
	 "pools of huge pages: counters, resize, alloc, free",
	 "hugepages                  all pools, and what the boot asked and got\n"
	 "hugepages 2M 8 [NODE]      make the pool (of the node) 8 pages large\n"
	 "hugepages 2M alloc [NODE]  take a page out, of the nearest node that has one\n"
	 "hugepages free PFN         give it back: to its pool, or a surplus one for good\n"
	 "hugepages 2M reserve 3     promise pages: no alloc and no resize takes them\n"
	 "hugepages 2M overcommit 2  how many surplus pages an empty pool may make\n"
	 "Pages of 1 GiB need free, aligned blocks of 1 GiB: easily had at boot\n"
	 "(hugepagesz=1G hugepages=1), later only by luck; see docs/hugepages.md.\n"
	 "Example: hugepages 2M 8\n"
	 "See also: meminfo, buddyinfo\n",
	 COMMAND_ANY_ARGS, run_hugepages},
};

const struct command_group commands_hugepages = {commands, ARRAY_SIZE(commands)};
