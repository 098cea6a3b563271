/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live tables of a machine whose RAM comes and goes: leaves of the direct map, and tables that
 * are allocated and freed after hand-over.
 *
 * A table that has no entry left is unhooked, but a hart may still walk it until it has
 * fenced. So the order is: leaves and hooks out, one fence on every hart, only then are the pages
 * of tables and of what the leaves showed anyone else's.
 */
#include "mm/paging.h"

#include "config.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/bank.h"
#include "mm/paging_internal.h"

static const struct paging_tables *source;

/* Tables that are unhooked and wait for the fence: a chain through their first words, which are 0 already. */
static phys_addr_t retired;

void paging_set_tables(const struct paging_tables *tables)
{
	source = tables;
	paging_tree.table_alloc = tables->alloc;
}

va_t paging_direct_va(phys_addr_t pa)
{
	return DIRECT_MAP_START + (pa - banks.phys_base);
}

static bool retire(phys_addr_t table)
{
	phys_addr_t *link = phys_to_virt(table);

	if (!source || !source->is_ours(table))
		return false;
	/* A walk that still comes by finds an entry without V: an address has its low bits clear. */
	*link = retired;
	retired = table;
	return true;
}

void paging_fence_harts(void)
{
	if (source)
		source->fence_harts();
}

void paging_take_out(va_t va, u64 size)
{
	sv39_unmap(&paging_tree, va, size, retire);
	arch_leaf_removed(va, size);
}

void paging_flush_removed(void)
{
	paging_fence_harts();
	while (retired != 0) {
		phys_addr_t table = retired;
		phys_addr_t *link = phys_to_virt(table);

		retired = *link;
		*link = 0;
		source->free(table);
	}
}

static void unmap(va_t va, u64 size)
{
	assert_kernel(retired == 0, retired, va);
	paging_take_out(va, size);
	paging_flush_removed();
}

/* What the tree has more or less than before, in the figures of the direct map. */
static void account(const u64 leaves[SV39_LEVELS], u64 tables)
{
	for (u32 i = 0; i < SV39_LEVELS; i++)
		paging_figures.leaves[i] += paging_tree.nr_leaves[i] - leaves[i];
	paging_figures.tables += paging_tree.nr_tables - tables;
}

bool paging_add_direct(struct range range)
{
	const va_t va = paging_direct_va(range.start);
	u64 leaves[SV39_LEVELS];
	u64 tables = paging_tree.nr_tables;
	bool mapped;

	assert_kernel(IS_ALIGNED(range.start | range.end, MEGAPAGE_SIZE), range.start, range.end);
	memcpy(leaves, paging_tree.nr_leaves, sizeof(leaves));
	mapped = sv39_map(&paging_tree, va, range.start, range_size(range), MAP_RW,
			  PAGING_ADDED_LEAF == PAGE_SIZE ? 0 : 1);
	if (mapped) {
		arch_leaf_added(va, range.start, range_size(range));
		paging_fence_harts();
	} else {
		unmap(va, range_size(range));
	}
	account(leaves, tables);
	return mapped;
}

void paging_remove_direct(struct range range)
{
	u64 leaves[SV39_LEVELS];
	u64 tables = paging_tree.nr_tables;

	memcpy(leaves, paging_tree.nr_leaves, sizeof(leaves));
	/* A leaf that is hidden would stay behind. */
	if (config_debug_pagealloc)
		paging_show_direct(range.start, range_size(range), true);
	unmap(paging_direct_va(range.start), range_size(range));
	account(leaves, tables);
}
