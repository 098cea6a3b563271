/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Operations on a tree of Sv39 tables. Input and output are physical addresses; a table is
 * touched through phys_to_virt(), which holds from the moment the boot window is open.
 * Normal form: sv39_map() replaces no entry, so no fence is needed while the tree is not live;
 * whoever adds a leaf to a live tree calls arch_leaf_added(), whoever splits or replaces one
 * arch_leaf_changed().
 */
#include "arch/riscv/sv39.h"

#include "lib/panic.h"

static pte_t *table_of(phys_addr_t table)
{
	return phys_to_virt(table);
}

bool sv39_init(struct sv39 *tree, bool (*table_alloc)(phys_addr_t *table))
{
	*tree = (struct sv39){.table_alloc = table_alloc};
	if (!table_alloc(&tree->root))
		return false;
	tree->nr_tables = 1;
	return true;
}

/* The largest level whose leaf fits at (va, pa) and does not reach beyond size. */
static u32 leaf_level(va_t va, phys_addr_t pa, u64 size, u32 max_level)
{
	u32 level = max_level;

	while (level > 0 &&
	       (!IS_ALIGNED(va | pa, 1UL << sv39_shift(level)) || size >> sv39_shift(level) == 0))
		level--;
	return level;
}

/* The table of the given level on the way to va, made when it is not there. */
static pte_t *table_for(struct sv39 *tree, va_t va, u32 level)
{
	pte_t *table = table_of(tree->root);

	for (u32 at = SV39_LEVELS - 1; at > level; at--) {
		pte_t *entry = &table[sv39_index(va, at)];

		if (!pte_is_valid(*entry)) {
			phys_addr_t fresh;

			if (!tree->table_alloc(&fresh))
				return NULL;
			*entry = pte_table(PFN_DOWN(fresh));
			tree->nr_tables++;
		}
		assert_kernel(!pte_is_leaf(*entry), va, entry->word);
		table = table_of(pfn_to_phys(pte_pfn(*entry)));
	}
	return table;
}

bool sv39_map(struct sv39 *tree, va_t va, phys_addr_t pa, u64 size, enum map_rights rights,
	      u32 max_level)
{
	assert_kernel(IS_ALIGNED(va | pa | size, PAGE_SIZE), va, pa);
	while (size > 0) {
		u32 level = leaf_level(va, pa, size, max_level);
		u64 leaf_bytes = 1UL << sv39_shift(level);
		pte_t *table = table_for(tree, va, level);
		u32 index = sv39_index(va, level);

		if (!table)
			return false;
		/* One table serves neighbours until it ends or the leaf size changes. */
		do {
			assert_kernel(!pte_is_valid(table[index]), va, table[index].word);
			table[index] = pte_leaf(PFN_DOWN(pa), rights);
			tree->nr_leaves[level]++;
			va += leaf_bytes;
			pa += leaf_bytes;
			size -= leaf_bytes;
			index++;
		} while (index < SV39_ENTRIES && size >= leaf_bytes &&
			 (level == max_level ||
			  !IS_ALIGNED(va | pa, leaf_bytes << SV39_LEVEL_BITS) ||
			  size < leaf_bytes << SV39_LEVEL_BITS));
	}
	return true;
}

u64 sv39_tables_needed(va_t va, phys_addr_t pa, u64 size, u32 max_level)
{
	u64 tables = 0;
	bool congruent = true;

	/* Level by level: every table of a lower level that the range touches and does not fill. */
	for (u32 level = 1; level < SV39_LEVELS; level++) {
		u64 reach = 1UL << sv39_shift(level);
		u64 first = va >> sv39_shift(level);
		u64 last = (va + size - 1) >> sv39_shift(level);
		u64 whole = 0;

		congruent = ((va ^ pa) & (reach - 1)) == 0;
		if (congruent && level <= max_level) {
			u64 start = ALIGN_UP(va, reach);
			u64 end = ALIGN_DOWN(va + size, reach);

			whole = start < end ? (end - start) >> sv39_shift(level) : 0;
		}
		tables += last - first + 1 - whole;
	}
	return tables;
}

static bool is_empty(const pte_t *table)
{
	for (u32 i = 0; i < SV39_ENTRIES; i++)
		if (table[i].word != 0)
			return false;
	return true;
}

/* The part of [va, end) below one table. True when the table has no entry left. */
static bool unmap_table(struct sv39 *tree, pte_t *table, u32 level, va_t va, va_t end,
			bool (*retire)(phys_addr_t table))
{
	const u64 reach = 1UL << sv39_shift(level);

	while (va < end) {
		pte_t *entry = &table[sv39_index(va, level)];
		phys_addr_t target = pfn_to_phys(pte_pfn(*entry));
		va_t next = min_u64(end, ALIGN_DOWN(va, reach) + reach);

		if (pte_is_valid(*entry) && pte_is_leaf(*entry)) {
			assert_kernel(next - va == reach, va, end);
			entry->word = 0;
			tree->nr_leaves[level]--;
		} else if (pte_is_valid(*entry) &&
			   unmap_table(tree, table_of(target), level - 1, va, next, retire) &&
			   retire(target)) {
			entry->word = 0;
			tree->nr_tables--;
		}
		va = next;
	}
	return is_empty(table);
}

void sv39_unmap(struct sv39 *tree, va_t va, u64 size, bool (*retire)(phys_addr_t table))
{
	assert_kernel(IS_ALIGNED(va | size, PAGE_SIZE), va, size);
	(void)unmap_table(tree, table_of(tree->root), SV39_LEVELS - 1, va, va + size, retire);
}

u64 sv39_tables_missing(phys_addr_t root, va_t va, u64 size, u32 level)
{
	const va_t end = va + size;
	u64 missing = 0;

	for (u32 at = SV39_LEVELS - 1; at > level; at--) {
		const u64 reach = 1UL << sv39_shift(at);

		/* A missing entry of this level is one table, and one for each below it. */
		for (va_t step = va; step < end; step = ALIGN_DOWN(step, reach) + reach) {
			u32 found;
			pte_t entry = sv39_walk(root, step, &found);

			missing += !pte_is_valid(entry) && found >= at;
		}
	}
	return missing;
}

/* The entry that decides for va. */
static pte_t *entry_of(phys_addr_t root, va_t va, u32 *level)
{
	pte_t *table = table_of(root);

	for (u32 at = SV39_LEVELS - 1;; at--) {
		pte_t *entry = &table[sv39_index(va, at)];

		*level = at;
		if (!pte_is_valid(*entry) || pte_is_leaf(*entry) || at == 0)
			return entry;
		table = table_of(pfn_to_phys(pte_pfn(*entry)));
	}
}

pte_t *sv39_page_entry(phys_addr_t root, va_t va)
{
	pte_t *table = table_of(root);

	for (u32 at = SV39_LEVELS - 1; at > 0; at--) {
		const pte_t entry = table[sv39_index(va, at)];

		if (!pte_is_valid(entry) || pte_is_leaf(entry))
			return NULL;
		table = table_of(pfn_to_phys(pte_pfn(entry)));
	}
	return &table[sv39_index(va, 0)];
}

pte_t sv39_walk(phys_addr_t root, va_t va, u32 *level)
{
	return *entry_of(root, va, level);
}

void sv39_split(struct sv39 *tree, va_t va, phys_addr_t table)
{
	u32 level;
	pte_t *entry = entry_of(tree->root, va, &level);
	pte_t *leaves = table_of(table);

	assert_kernel(level == 1 && pte_is_leaf(*entry), va, entry->word);
	for (u64 i = 0; i < SV39_ENTRIES; i++)
		leaves[i].word = entry->word + (i << PTE_PFN_SHIFT);
	/* The table must be there before anybody can walk into it. */
	__atomic_store_n(&entry->word, pte_table(PFN_DOWN(table)).word, __ATOMIC_RELEASE);
	tree->nr_leaves[1]--;
	tree->nr_leaves[0] += SV39_ENTRIES;
	tree->nr_tables++;
}

void sv39_replace(struct sv39 *tree, va_t va, phys_addr_t pa, enum map_rights rights)
{
	u32 level;
	pte_t *entry = entry_of(tree->root, va, &level);

	assert_kernel(level == 0 && pte_is_leaf(*entry), va, entry->word);
	__atomic_store_n(&entry->word, pte_leaf(PFN_DOWN(pa), rights).word, __ATOMIC_RELEASE);
}

/* Sign extension of bit 38 over bits 63..39: what makes the address canonical. */
static va_t canonical(u64 va)
{
	return (va_t)((s64)(va << 25) >> 25);
}

static u64 visit_table(phys_addr_t pa, u64 va, u32 level,
		       void (*visit)(const struct sv39_leaf *leaf, void *context), void *context)
{
	const pte_t *table = table_of(pa);
	u64 tables = 1;

	for (u32 i = 0; i < SV39_ENTRIES; i++) {
		u64 at = va | (u64)i << sv39_shift(level);
		phys_addr_t target = pfn_to_phys(pte_pfn(table[i]));

		if (!pte_is_valid(table[i]))
			continue;
		if (pte_is_leaf(table[i]))
			visit(&(struct sv39_leaf){canonical(at), target, 1UL << sv39_shift(level),
						  table[i], level},
			      context);
		else if (level > 0)
			tables += visit_table(target, at, level - 1, visit, context);
	}
	return tables;
}

u64 sv39_for_each_leaf(phys_addr_t root, void (*visit)(const struct sv39_leaf *leaf, void *context),
		       void *context)
{
	return visit_table(root, 0, SV39_LEVELS - 1, visit, context);
}
