/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who allocated from which node? Each hart counts in the cache that it has of a zone; here the
 * harts and zones of a node are put together.
 *
 *   hit + miss = local + other = single pages given + larger blocks, of all zones of the node
 */
#include "mm/node_stat.h"

struct node_stat node_stat(u32 nid)
{
	struct node_stat stat = {0};

	for (u32 i = 0; i < nr_harts; i++) {
		stat.interleave_hit += harts[i]->interleave_hit[nid];
		for (enum zone_type type = 0; type < MAX_NR_ZONES; type++) {
			const struct page_cache *cache =
				&harts[i]->cache[zone_index(&NODE_DATA(nid)->node_zones[type])];
			u64 all = cache->given + cache->blocks;

			stat.numa_hit += all - cache->miss;
			stat.numa_miss += cache->miss;
			stat.numa_foreign += cache->foreign;
			stat.local_node += harts[i]->nid == nid ? all : 0;
			stat.other_node += harts[i]->nid == nid ? 0 : all;
		}
	}
	return stat;
}
