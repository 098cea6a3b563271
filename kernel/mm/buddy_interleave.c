/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Allocations spread over nodes: one after the other, block by block.
 */
#include "mm/buddy.h"

/* The first node of the set from nid on, and around, that has memory; MAX_NUMNODES when none has. */
static u32 next_node(u64 nodes, u32 from)
{
	for (u32 i = 0; i < MAX_NUMNODES; i++) {
		u32 nid = (from + i) % MAX_NUMNODES;

		if ((nodes >> nid & 1) && node_is_online(nid) &&
		    NODE_DATA(nid)->node_present_pages > 0)
			return nid;
	}
	return MAX_NUMNODES;
}

struct page *alloc_pages_interleave(u64 nodes, u32 order, enum migratetype type)
{
	const u64 site = arch_return_address();
	struct hart *hart = this_hart();
	u32 nid = next_node(nodes, hart->interleave_next);
	struct page *page;

	if (nid == MAX_NUMNODES)
		return NULL;
	hart->interleave_next = (nid + 1) % MAX_NUMNODES;
	page = alloc_pages_node(nid, order, type);
	if (!page)
		return NULL;
	page->alloc_site = site;
	hart->interleave_hit[nid] += page_to_nid(page) == nid;
	return page;
}
