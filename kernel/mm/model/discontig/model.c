/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISCONTIGMEM: the memmap of each node over the node's own span, in the node's own memory.
 * Holes between nodes cost nothing; holes inside one do, and may cost more than there is. Then the array is
 * as long as it can be, and covers the part of the node that leaves the most free memory:
 *
 *   node      [==========)            hole of 60 GiB            [=)
 *   array    |xxxxxxxxxxxx|                                     lost, with a line
 */
#include "mm/memmodel.h"

#include "lib/log.h"
#include "lib/trace.h"
#include "mm/early.h"
#include "mm/memblock.h"

#define MAX_BLOCK_BYTES (MAX_ORDER_NR_PAGES * PAGE_SIZE)

/* Free memory that the array of a whole node must leave. */
#define KEEP_BYTES (256 * KIB)

/* Is there so much free memory in all that an array over the whole node leaves some? */
static bool can_afford(const pg_data_t *node)
{
	u64 want = node->node_spanned_pages * sizeof(struct page) + KEEP_BYTES;
	phys_addr_t start, end;
	u64 have = 0;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL) {
		have += end - start;
		if (have >= want)
			return true;
	}
	return false;
}

/* Bytes of the longest free range of any node: an array must fit into it. */
static u64 longest_free(void)
{
	phys_addr_t start, end;
	u64 longest = 0;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL)
		longest = max_u64(longest, end - start);
	return longest;
}

/*
 * From start on, a multiple of the largest block, up to where the node has the most free memory after its
 * struct pages are paid, and no further than limit. Result: bytes of that; 0 when no end is worth it.
 */
static u64 best_end(u32 nid, phys_addr_t start, phys_addr_t limit, phys_addr_t *end)
{
	phys_addr_t range_start, range_end;
	u64 free = 0;
	u64 best = 0;
	u64 i;

	for_each_free_mem_range (i, nid, MEMBLOCK_HOTPLUG, &range_start, &range_end, NULL) {
		phys_addr_t stop_at = min_u64(range_end, limit);
		u64 cost = (ALIGN_UP(stop_at, MAX_BLOCK_BYTES) - start) / PAGE_SIZE *
			   sizeof(struct page);

		if (range_start < start)
			continue;
		if (range_start >= limit)
			break;
		free += stop_at - range_start;
		if (free > cost && free - cost > best) {
			best = free - cost;
			*end = stop_at;
		}
	}
	return best;
}

/* The part of a node, of at most so many bytes, that leaves the most free memory. False when none is worth its array. */
static bool best_part(u32 nid, u64 bytes, struct range *out)
{
	phys_addr_t start, end, part_end;
	u64 best = 0;
	u64 i;

	for_each_free_mem_range (i, nid, MEMBLOCK_HOTPLUG, &start, &end, NULL) {
		phys_addr_t part_start = ALIGN_DOWN(start, MAX_BLOCK_BYTES);
		u64 value = best_end(nid, part_start, part_start + bytes, &part_end);

		if (value <= best)
			continue;
		best = value;
		*out = (struct range){part_start, part_end};
	}
	return best > 0;
}

/*
 * The whole of a node has no array: the best part that has one. What a failed attempt was about, less a
 * sixteenth, is the next one's limit, so that there are few.
 */
static bool map_part(pg_data_t *node)
{
	u64 bytes = node->node_spanned_pages * PAGE_SIZE;
	struct range part;

	do {
		u64 affordable = longest_free() / sizeof(struct page) * PAGE_SIZE;
		u64 less = bytes - max_u64(bytes / 16, min_u64(bytes, MAX_BLOCK_BYTES));

		bytes = ALIGN_DOWN(min_u64(affordable, less), MAX_BLOCK_BYTES);
		if (!best_part(node->nid, bytes, &part))
			return false;
	} while (!mem_map_alloc(node, PFN_DOWN(part.start), PFN_UP(part.end)));
	return true;
}

/* What an array does not reach has no struct pages: RAM that is there and cannot be used. */
static void bank_give_up(const struct bank *bank, struct range lost)
{
	if (range_is_empty(lost))
		return;
	log_warn("bank-no-memmap",
		 "%s reg %u [0x%lx, 0x%lx) is not used: no contiguous memory for struct pages from "
		 "there to the rest of node %u; give it a node of its own, or choose "
		 "SPARSEMEM_VMEMMAP in menuconfig",
		 bank->origin, bank->reg, lost.start, lost.end, bank->nid);
	banks_drop(lost, DROP_NO_MEMMAP);
}

static void node_give_up_rest(const pg_data_t *node)
{
	const phys_addr_t start = pfn_to_phys(node->mem_map_start_pfn);
	const phys_addr_t end = pfn_to_phys(node->mem_map_end_pfn);

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];

		if (bank->nid != node->nid)
			continue;
		bank_give_up(bank, range_intersect(bank->range, (struct range){0, start}));
		bank_give_up(bank, range_intersect(bank->range, (struct range){end, ~0UL}));
	}
}

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
		if (can_afford(node) &&
		    mem_map_alloc(node, node->node_start_pfn,
				  node->node_start_pfn + node->node_spanned_pages))
			continue;
		if (map_part(node))
			node_give_up_rest(node);
		else
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
