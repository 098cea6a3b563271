/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISCONTIGMEM: the memmap of each node over the node's own span, in the node's own memory.
 * Holes between nodes cost nothing; holes inside one do.
 */
#include "mm/memmodel.h"

#include "lib/log.h"
#include "lib/trace.h"
#include "mm/early.h"

/* A node whose struct pages cannot be had goes without: its RAM is there, and cannot be used. */
static void node_leave_out(const pg_data_t *node, u64 bytes)
{
	log_warn("node-no-memmap", "node %u is left out: no contiguous %s for its struct pages",
		 node->nid, size_text(bytes).s);
	for (u32 i = 0; i < banks.nr; i++)
		if (banks.bank[i].nid == node->nid)
			banks_drop(banks.bank[i].range, DROP_NO_MEMMAP);
}

void memmodel_place(struct bank_table *table)
{
	(void)table; /* holes between nodes cost nothing */
}

void memmodel_init(void)
{
	TRACE_CALL();
	u32 nid;

	for_each_online_node (nid) {
		pg_data_t *node = NODE_DATA(nid);

		if (node->node_spanned_pages == 0)
			continue;
		if (!mem_map_alloc(node, node->node_start_pfn,
				   node->node_start_pfn + node->node_spanned_pages))
			node_leave_out(node, node->node_spanned_pages * sizeof(struct page));
	}
	mem_map_finish();
}

bool memmodel_next_run_in(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run)
{
	return mem_map_next_run(cursor, start_pfn, end_pfn, run);
}

pfn_t memmodel_valid_start(pfn_t end_pfn, pfn_t limit)
{
	return mem_map_valid_start(end_pfn, limit);
}

void memmodel_report(struct memmap_report *report)
{
	mem_map_report(report);
}
