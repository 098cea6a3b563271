/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISCONTIGMEM: the memmap of each node over the node's own span, in the node's own memory.
 * Holes between nodes cost nothing; holes inside one do.
 */
#include "mm/memmodel.h"

#include "lib/log.h"
#include "mm/early.h"

/*
 * Of the node's two outermost banks, the one to give up: the smaller, but not the image's. It
 * costs the least RAM and takes its distance to the others out of the span.
 */
static bool is_first_given_up(const struct bank *first, const struct bank *last)
{
	const phys_addr_t image = arch_handoff()->image.text;

	if (range_has(first->range, image) || range_has(last->range, image))
		return !range_has(first->range, image);
	return range_size(first->range) < range_size(last->range);
}

static void bank_leave_out(u32 nid, const struct bank *bank, u64 bytes)
{
	log_warn("node-no-memmap",
		 "node %u: %s reg %u [0x%lx, 0x%lx) is left out: no contiguous %s for the struct "
		 "pages "
		 "of the node's span; give its parts node ids of their own, or choose "
		 "SPARSEMEM_VMEMMAP in menuconfig",
		 nid, bank->origin, bank->reg, bank->range.start, bank->range.end,
		 size_text(bytes).s);
	banks_drop(bank->range, "no memmap");
}

/* The array over all banks of the node, or over as many as memory suffices for. */
static void node_init(pg_data_t *node)
{
	s64 first = 0;
	s64 last = (s64)banks.nr - 1;

	for (;;) {
		while (first <= last && banks.bank[first].nid != node->nid)
			first++;
		while (first <= last && banks.bank[last].nid != node->nid)
			last--;
		if (first > last)
			return;
		pfn_t start_pfn = PFN_DOWN(banks.bank[first].range.start);
		pfn_t end_pfn = PFN_DOWN(banks.bank[last].range.end);
		u64 bytes = (end_pfn - start_pfn) * sizeof(struct page);

		if (mem_map_alloc(node, start_pfn, end_pfn))
			return;
		if (is_first_given_up(&banks.bank[first], &banks.bank[last]))
			bank_leave_out(node->nid, &banks.bank[first++], bytes);
		else
			bank_leave_out(node->nid, &banks.bank[last--], bytes);
	}
}

void memmodel_place(struct bank_table *table)
{
	(void)table; /* holes between nodes cost nothing */
}

void memmodel_init(void)
{
	u32 nid;

	for_each_online_node (nid)
		node_init(NODE_DATA(nid));
	mem_map_finish();
}

bool memmodel_next_run(u64 *cursor, struct memmap_run *run)
{
	return mem_map_next_run(cursor, run);
}

void memmodel_report(struct memmap_report *report)
{
	mem_map_report(report);
}
