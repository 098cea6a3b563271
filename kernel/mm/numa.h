/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NUMA: which node each bank belongs to, and how far nodes are from each other.
 *
 * Input: banks with the raw ids of the tree, the numa= option, what the memory model can
 * hold. Output: every bank has a node below MAX_NUMNODES, and a full distance matrix.
 *   FLAT            one node, ids ignored
 *   DISCONTIG       the tree's ids; without any, one node per bank
 *   SPARSE, VMEMMAP the tree's ids; without any, node 0
 */
#pragma once

#include "mm/bank.h"

#define LOCAL_DISTANCE  10 /* devicetree/bindings/numa.txt: a node to itself */
#define REMOTE_DISTANCE 20 /* and the default to another */

/** numa_settle - give every bank of the table its node; may split banks for numa=fake=. */
void numa_settle(struct bank_table *table);

/** node_distance - between two nodes below MAX_NUMNODES, after banks_init(). */
u32 node_distance(u32 from, u32 to);

/** node_is_online - has the node a bank, or a cpu that names it? */
bool node_is_online(u32 nid);

/** numa_set_online - a node comes or goes at run time, with its pg_data_t in place. For hotplug_node.c. */
void numa_set_online(u32 nid, bool is_online);

/** for_each_online_node - u32 nid, ascending. */
#define for_each_online_node(nid)                \
	for (nid = 0; nid < MAX_NUMNODES; nid++) \
		if (!node_is_online(nid))        \
			continue;                \
		else
