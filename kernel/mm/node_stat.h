/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who allocated from which node? numastat, put together from what every hart counted.
 */
#pragma once

#include "mm/mmzone.h"

/* Allocations, of any size, by node: names and meaning as in /sys/devices/system/node/nodeN/numastat. */
struct node_stat {
	u64 numa_hit;       /* got from this node, which was preferred */
	u64 numa_miss;      /* got from this node, another was preferred */
	u64 numa_foreign;   /* this node was preferred, got from another */
	u64 interleave_hit; /* of numa_hit: the node's turn in an interleaved allocation */
	u64 local_node;     /* got from this node by a hart of it */
	u64 other_node;     /* got from this node by a hart of another */
};

/** node_stat - the counters of an online node, worked out now. Exact while no other hart is at work. */
struct node_stat node_stat(u32 nid);
