/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Add leaves for struct pages to the live tables. Only the vmemmap window, only where nothing is
 * mapped yet; each leaf is made visible before the caller may touch it. Other harts see all of them after
 * one paging_fence_harts(): asking them costs far more than a leaf.
 */
#include "mm/paging.h"

#include "lib/panic.h"
#include "lib/trace.h"
#include "mm/bank.h"
#include "mm/paging_internal.h"

static u64 added_leaves[SV39_LEVELS];
static u64 added_tables;

bool paging_add_vmemmap_run(va_t va, phys_addr_t pa, u64 size, u64 leaf)
{
	TRACE_CALL(va, pa, size);
	u32 level = leaf == MEGAPAGE_SIZE ? 1 : 0;
	u64 tables = paging_tree.nr_tables;
	const struct bank *bank;
	bool mapped;

	assert_kernel(leaf == PAGE_SIZE || leaf == MEGAPAGE_SIZE, va, leaf);
	assert_kernel(va >= VMEMMAP_START && va + size <= VMEMMAP_START + VMEMMAP_SIZE, va, size);
	assert_kernel(IS_ALIGNED(va | pa | size, leaf), va, pa);
	assert_kernel(ALIGN_DOWN(va, leaf << SV39_LEVEL_BITS) ==
			      ALIGN_DOWN(va + size - 1, leaf << SV39_LEVEL_BITS),
		      va, size);
	bank = banks_find(pa);
	paging_table_nid = bank ? bank->nid : NUMA_NO_NODE;
	mapped = sv39_map(&paging_tree, va, pa, size, MAP_RW, level);
	added_tables += paging_tree.nr_tables - tables;
	if (!mapped)
		return false;
	added_leaves[level] += size / leaf;
	arch_leaf_added(va, pa, size);
	return true;
}

bool paging_add_vmemmap(va_t va, phys_addr_t pa, u64 size)
{
	return paging_add_vmemmap_run(va, pa, size, size);
}

bool paging_has_leaf(va_t va)
{
	u32 level;

	return pte_is_valid(sv39_walk(paging_tree.root, va, &level));
}

u64 paging_leaf_size(va_t va)
{
	u32 level;

	return pte_is_valid(sv39_walk(paging_tree.root, va, &level)) ? 1UL << sv39_shift(level) : 0;
}

bool paging_is_clear(va_t va)
{
	u32 level;

	return !pte_is_valid(sv39_walk(paging_tree.root, va, &level)) && level > 0;
}

u64 paging_tables_missing(va_t va, u64 size, u64 leaf)
{
	return sv39_tables_missing(paging_tree.root, va, size, leaf == PAGE_SIZE ? 0 : 1);
}

phys_addr_t paging_remove_vmemmap(va_t va, u64 size)
{
	const u64 tables = paging_tree.nr_tables;
	u32 level;
	pte_t pte = sv39_walk(paging_tree.root, va, &level);

	assert_kernel(pte_is_valid(pte) && size == 1UL << sv39_shift(level), va, size);
	assert_kernel(IS_ALIGNED(va, size), va, size);
	paging_take_out(va, size);
	added_leaves[level]--;
	added_tables -= tables - paging_tree.nr_tables;
	return pfn_to_phys(pte_pfn(pte));
}

u64 paging_vmemmap_leaf(va_t va, phys_addr_t *pa)
{
	u32 level;
	pte_t pte = sv39_walk(paging_tree.root, va, &level);

	if (!pte_is_valid(pte))
		return 0;
	*pa = pfn_to_phys(pte_pfn(pte)) + (va & ((1UL << sv39_shift(level)) - 1));
	return 1UL << sv39_shift(level);
}

void paging_split_vmemmap(va_t va, phys_addr_t table)
{
	phys_addr_t pa = 0;

	TRACE_CALL(va, table);
	va = ALIGN_DOWN(va, MEGAPAGE_SIZE);
	assert_kernel(paging_vmemmap_leaf(va, &pa) == MEGAPAGE_SIZE, va, pa);
	sv39_split(&paging_tree, va, table);
	added_leaves[1]--;
	added_leaves[0] += SV39_ENTRIES;
	added_tables++;
	arch_leaf_changed(va, pa, MEGAPAGE_SIZE, MAP_RW);
}

void paging_remap_vmemmap(va_t va, phys_addr_t pa, enum map_rights rights)
{
	assert_kernel(va >= VMEMMAP_START && va < VMEMMAP_START + VMEMMAP_SIZE, va, pa);
	sv39_replace(&paging_tree, va, pa, rights);
	arch_leaf_changed(va, pa, PAGE_SIZE, rights);
}

void paging_vmemmap_figures(u64 *leaves, u64 *tables)
{
	for (u32 i = 0; i < SV39_LEVELS; i++)
		leaves[i] = added_leaves[i];
	*tables = added_tables;
}

struct run_walk {
	struct paging_run run; /* size 0 before the first leaf */
	void (*visit)(const struct paging_run *run);
};

static void extend_run(const struct sv39_leaf *leaf, void *context)
{
	struct run_walk *walk = context;
	struct paging_run *run = &walk->run;
	const bool shared = !(leaf->pte.word & PTE_W);

	if (leaf->va < VMEMMAP_START || leaf->va >= VMEMMAP_START + VMEMMAP_SIZE)
		return;
	if (run->size > 0 && run->leaf == leaf->size && run->va + run->size == leaf->va &&
	    run->shared == shared && run->pa + (shared ? 0 : run->size) == leaf->pa) {
		run->size += leaf->size;
		return;
	}
	if (run->size > 0)
		walk->visit(run);
	*run = (struct paging_run){.va = leaf->va,
				   .pa = leaf->pa,
				   .size = leaf->size,
				   .leaf = leaf->size,
				   .shared = shared};
}

void paging_for_each_vmemmap_run(void (*visit)(const struct paging_run *run))
{
	struct run_walk walk = {.visit = visit};

	sv39_for_each_leaf(paging_tree.root, extend_run, &walk);
	if (walk.run.size > 0)
		visit(&walk.run);
}
