/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each node gave to whom, and in which order nodes are asked.
 */
#include "lib/log.h"
#include "mm/node_stat.h"
#include "monitor/command.h"

static const struct {
	const char *name;
	size_t offset;
} rows[] = {
	{"numa_hit", offsetof(struct node_stat, numa_hit)},
	{"numa_miss", offsetof(struct node_stat, numa_miss)},
	{"numa_foreign", offsetof(struct node_stat, numa_foreign)},
	{"interleave_hit", offsetof(struct node_stat, interleave_hit)},
	{"local_node", offsetof(struct node_stat, local_node)},
	{"other_node", offsetof(struct node_stat, other_node)},
};

/* As numastat prints it: a column for each node. */
static void run_numastat(const char *const *args)
{
	char name[16];
	u32 nid;

	(void)args;
	print("%-15s", "");
	for_each_online_node (nid) {
		format_text(name, sizeof(name), "node%u", nid);
		print("%12s", name);
	}
	for (u32 row = 0; row < ARRAY_SIZE(rows); row++) {
		print("\n%-15s", rows[row].name);
		for_each_online_node (nid) {
			const struct node_stat stat = node_stat(nid);

			print("%12lu", *(const u64 *)((const char *)&stat + rows[row].offset));
		}
	}
	print("\n");
}

static void run_zonelists(const char *const *args)
{
	u32 nid;

	(void)args;
	for_each_online_node (nid) {
		const pg_data_t *node = NODE_DATA(nid);

		print("node %u:", nid);
		for (u32 i = 0; i < node->nr_zonelist; i++)
			print("  %u %s", node->node_zonelist[i]->node->nid,
			      node->node_zonelist[i]->name);
		print("\n");
	}
}

static const struct command commands[] = {
	{"numastat", "", "allocations by node: hit, missed, interleaved, local",
	 "numa_hit        got from this node, which was preferred\n"
	 "numa_miss       got from this node, another was preferred and had none\n"
	 "numa_foreign    this node was preferred and had none\n"
	 "interleave_hit  of numa_hit: it was the node's turn (alloc interleave)\n"
	 "local_node      got from this node by a hart of it\n"
	 "other_node      got from this node by a hart of another\n"
	 "Allocations of all sizes count once. hit + miss = local + other.\n"
	 "Example: numastat\n"
	 "See also: alloc, zonelists, nodes\n",
	 0, run_numastat},
	{"zonelists", "", "for each node, where an allocation looks, in order",
	 "The node itself, then the nearest; of equally near nodes first those above it, those\n"
	 "without harts, and those that fewer lists turn to first; see docs/numa.md.\n"
	 "Example: zonelists\n"
	 "See also: nodes, numastat\n",
	 0, run_zonelists},
};

const struct command_group commands_numa = {commands, ARRAY_SIZE(commands)};
