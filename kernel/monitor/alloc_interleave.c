/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alloc interleave NR [ORDER [NODE...]]: blocks from nodes in turn.
 */
#include "mm/buddy.h"
#include "monitor/command.h"
#include "monitor/held.h"

/* The nodes that are named; all of them when none is. */
static bool read_nodes(const char *const *args, u64 *nodes)
{
	u32 nid;

	*nodes = args[0] ? 0 : ~0UL;
	for (u32 i = 0; args[i]; i++) {
		if (!command_node(args[i], &nid))
			return false;
		*nodes |= 1UL << nid;
	}
	return true;
}

void alloc_interleave(const char *const *args)
{
	u64 got[MAX_NUMNODES] = {0};
	u64 nr, done, nodes;
	u64 order = 0;
	u32 nid;

	if (!args[0]) {
		command_usage("alloc");
		return;
	}
	if (!command_number_below(args[0], "number of blocks", 1UL << 20, &nr) ||
	    (args[1] && !command_number_below(args[1], "order", NR_PAGE_ORDERS, &order)) ||
	    !read_nodes(args[1] ? args + 2 : args + 1, &nodes))
		return;
	for (done = 0; done < nr; done++) {
		struct page *page = alloc_pages_interleave(nodes, (u32)order, MIGRATE_MOVABLE);

		if (!page)
			break;
		held_add(page);
		got[page_to_nid(page)]++;
	}
	for_each_online_node (nid)
		if (got[nid] > 0)
			print("  node %u  %lu blocks of order %lu\n", nid, got[nid], order);
	if (done < nr)
		command_complain("%lu of %lu blocks: no more memory, or none on these nodes\n",
				 done, nr);
}
