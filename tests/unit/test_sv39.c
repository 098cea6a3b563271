/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sv39 tables (Privileged 1.12, 4.4): the format of an entry, the choice of leaves, and the two
 * readers, walk and for_each_leaf, each against what was put in.
 *
 * Tables come from 64 MiB of pretended RAM at 0x80000000, one page after the other.
 */
#include "arch/riscv/sv39.h"
#include "lib/string.h"
#include "unit.h"

#define BASE     0x80000000UL
#define RAM      (64 * MIB)
#define VA       0xffffffd600000000UL /* aligned to 1 GiB */
#define MAX_SEEN 4096

static struct sv39 tree;
static phys_addr_t next_table;
static u64 tables_left;

static bool table_alloc(phys_addr_t *table)
{
	if (tables_left == 0)
		return false;
	tables_left--;
	*table = next_table;
	memset(phys_to_virt(next_table), 0, PAGE_SIZE);
	next_table += PAGE_SIZE;
	return true;
}

static void given_tree(u64 tables)
{
	if (next_table == 0) {
		arch_set_phys_base(BASE);
		for (u64 at = 0; at < RAM; at += MEGAPAGE_SIZE)
			ASSERT(arch_boot_window(BASE + at));
	}
	next_table = BASE;
	tables_left = tables;
	ASSERT(sv39_init(&tree, table_alloc));
}

/* bits  63..54 53       10 9 8 7 6 5 4 3 2 1 0
 *        0      pfn         0 D A G U X W R V  */
TEST(entries)
{
	EXPECT_EQ(pte_table(0x80000).word, 0x80000UL << 10 | 0x01);
	EXPECT_EQ(pte_leaf(0x80000, MAP_R).word, 0x80000UL << 10 | 0x63);
	EXPECT_EQ(pte_leaf(0x80000, MAP_RX).word, 0x80000UL << 10 | 0x6b);
	EXPECT_EQ(pte_leaf(0x80000, MAP_RW).word, 0x80000UL << 10 | 0xe7);
	/* The highest frame of 56 bits fits, and leaves the reserved bits alone. */
	EXPECT_EQ(pte_leaf((1UL << 44) - 1, MAP_R).word >> 54, 0);
	EXPECT_EQ(pte_pfn(pte_leaf((1UL << 44) - 1, MAP_RW)), (1UL << 44) - 1);
	EXPECT_EQ(pte_pfn((pte_t){~0UL}), (1UL << 44) - 1);
	EXPECT(pte_is_leaf(pte_leaf(1, MAP_R)));
	EXPECT(!pte_is_leaf(pte_table(1)));
	EXPECT(!pte_is_valid((pte_t){PTE_R | PTE_W | PTE_X}));
}

/* Whatever the rights: never writable and executable, always A, D where writable. */
TEST(rights)
{
	for (enum map_rights rights = MAP_R; rights <= MAP_RW; rights++) {
		u64 word = pte_leaf(1, rights).word;

		EXPECT_NE(word & (PTE_W | PTE_X), PTE_W | PTE_X);
		EXPECT(word & PTE_A);
		EXPECT(word & PTE_R);
		EXPECT_EQ((word & PTE_D) != 0, (word & PTE_W) != 0);
		EXPECT_EQ(word & PTE_U, 0);
	}
}

/*  38..30 | 29..21 | 20..12 | 11..0  */
TEST(indices)
{
	va_t va = 3UL << 30 | 5UL << 21 | 7UL << 12 | 0xabc;

	EXPECT_EQ(sv39_shift(0), 12);
	EXPECT_EQ(sv39_shift(1), 21);
	EXPECT_EQ(sv39_shift(2), 30);
	EXPECT_EQ(sv39_index(va, 2), 3);
	EXPECT_EQ(sv39_index(va, 1), 5);
	EXPECT_EQ(sv39_index(va, 0), 7);
	EXPECT_EQ(sv39_index(~0UL, 2), 511);
	EXPECT_EQ(sv39_index(VA, 2), 0x158);
}

static void expect_leaves(const char *file, int line, u64 pages, u64 megapages, u64 gigapages)
{
	unit_check(tree.nr_leaves[0] == pages && tree.nr_leaves[1] == megapages &&
			   tree.nr_leaves[2] == gigapages,
		   false, file, line, "%lu + %lu + %lu leaves, not %lu + %lu + %lu",
		   tree.nr_leaves[0], tree.nr_leaves[1], tree.nr_leaves[2], pages, megapages,
		   gigapages);
}
#define EXPECT_LEAVES(...) expect_leaves(__FILE__, __LINE__, __VA_ARGS__)

/* One page, one megapage, one gigapage, exactly aligned. */
TEST(one_of_each)
{
	given_tree(16);
	EXPECT(sv39_map(&tree, VA, BASE, PAGE_SIZE, MAP_RW, 2));
	EXPECT_LEAVES(1, 0, 0);
	EXPECT_EQ(tree.nr_tables, 3);
	EXPECT(sv39_map(&tree, VA + GIB, BASE, MEGAPAGE_SIZE, MAP_RW, 2));
	EXPECT_LEAVES(1, 1, 0);
	EXPECT_EQ(tree.nr_tables, 4);
	EXPECT(sv39_map(&tree, VA + 2 * GIB, BASE, GIGAPAGE_SIZE, MAP_RW, 2));
	EXPECT_LEAVES(1, 1, 1);
	EXPECT_EQ(tree.nr_tables, 4);
}

/*
 *  |   1 GiB   |   1 GiB   |   1 GiB   |
 *       [mmm p)[     G     )[mm p)          head and tail in smaller leaves
 */
TEST(ladder)
{
	phys_addr_t start = 0x80000000 + 1020 * MIB - 2 * PAGE_SIZE;
	phys_addr_t end = 0xc0000000 + GIB + 6 * MIB + 3 * PAGE_SIZE;

	given_tree(16);
	EXPECT(sv39_map(&tree, VA + (start - 0x80000000), start, end - start, MAP_RW, 2));
	EXPECT_LEAVES(2 + 3, 2 + 3, 1);
	/* root, two of level 1, two of level 0 */
	EXPECT_EQ(tree.nr_tables, 5);
}

/* The same, but not above megapages, or pages. */
TEST(limited_level)
{
	given_tree(1100);
	EXPECT(sv39_map(&tree, VA, BASE, GIGAPAGE_SIZE, MAP_RW, 1));
	EXPECT_LEAVES(0, 512, 0);
	EXPECT(sv39_map(&tree, VA + GIB, BASE, GIGAPAGE_SIZE, MAP_RW, 0));
	EXPECT_LEAVES(512 * 512, 512, 0);
	EXPECT_EQ(tree.nr_tables, 1 + 1 + 1 + 512);
}

/* va and pa that do not agree modulo 2 MiB: pages only. Modulo 1 GiB: no gigapage. */
TEST(not_congruent)
{
	given_tree(1100);
	EXPECT(sv39_map(&tree, VA, BASE + PAGE_SIZE, 8 * MIB, MAP_RW, 2));
	EXPECT_LEAVES(2048, 0, 0);
	EXPECT(sv39_map(&tree, VA + 4 * GIB, BASE + 2 * MIB, 2 * GIB, MAP_RW, 2));
	EXPECT_LEAVES(2048, 1024, 0);
}

/* C153. What is not page aligned, and what is mapped already, is our bug. */
TEST(refuses)
{
	given_tree(16);
	EXPECT_STOP(sv39_map(&tree, VA + 1, BASE, PAGE_SIZE, MAP_RW, 2), "does not hold");
	EXPECT_STOP(sv39_map(&tree, VA, BASE + 0x800, PAGE_SIZE, MAP_RW, 2), "does not hold");
	EXPECT_STOP(sv39_map(&tree, VA, BASE, PAGE_SIZE + 1, MAP_RW, 2), "does not hold");
	EXPECT(sv39_map(&tree, VA, BASE, MEGAPAGE_SIZE, MAP_RW, 2));
	EXPECT_STOP(sv39_map(&tree, VA, BASE, MEGAPAGE_SIZE, MAP_RW, 2), "does not hold");
	/* Under a leaf that is there: no table may take its place. */
	EXPECT_STOP(sv39_map(&tree, VA + PAGE_SIZE, BASE, PAGE_SIZE, MAP_RW, 2), "does not hold");
	EXPECT(sv39_map(&tree, VA, BASE, 0, MAP_RW, 2));
	EXPECT_LEAVES(0, 1, 0);
}

/* Out of tables: false, and what was mapped until then stays. */
TEST(out_of_tables)
{
	u32 level;

	given_tree(3);
	EXPECT(!sv39_map(&tree, VA, BASE, 2 * MEGAPAGE_SIZE, MAP_RW, 0));
	EXPECT_LEAVES(512, 0, 0);
	EXPECT(pte_is_valid(sv39_walk(tree.root, VA + MEGAPAGE_SIZE - 1, &level)));
	EXPECT(!pte_is_valid(sv39_walk(tree.root, VA + MEGAPAGE_SIZE, &level)));
	EXPECT_EQ(level, 1);
	tables_left = 0;
	EXPECT(!sv39_init(&tree, table_alloc));
}

/* Every address of every leaf, its first and last byte, and the bytes around a range. */
TEST(walk)
{
	phys_addr_t pa = 0xbfe00000 - 2 * PAGE_SIZE;
	u64 size = 2 * PAGE_SIZE + MEGAPAGE_SIZE + GIGAPAGE_SIZE + PAGE_SIZE;
	va_t va = VA + (pa - 0x80000000);
	u32 level;

	given_tree(16);
	EXPECT(!pte_is_valid(sv39_walk(tree.root, va, &level)));
	EXPECT_EQ(level, 2);
	EXPECT(sv39_map(&tree, va, pa, size, MAP_RW, 2));
	EXPECT_EQ(pte_pfn(sv39_walk(tree.root, va, &level)), PFN_DOWN(pa));
	EXPECT_EQ(level, 0);
	EXPECT_EQ(pte_pfn(sv39_walk(tree.root, va + 2 * PAGE_SIZE, &level)), 0xbfe00);
	EXPECT_EQ(level, 1);
	EXPECT_EQ(pte_pfn(sv39_walk(tree.root, va + 2 * PAGE_SIZE + MEGAPAGE_SIZE, &level)),
		  0xc0000);
	EXPECT_EQ(level, 2);
	EXPECT_EQ(pte_pfn(sv39_walk(tree.root, va + size - 1, &level)), 0x100000);
	EXPECT_EQ(level, 0);
	EXPECT(!pte_is_valid(sv39_walk(tree.root, va - 1, &level)));
	EXPECT(!pte_is_valid(sv39_walk(tree.root, va + size, &level)));
}

static u32 nr_seen;
static struct sv39_leaf seen[MAX_SEEN];

static void see(const struct sv39_leaf *leaf, void *context)
{
	EXPECT(context == &tree);
	ASSERT_LT(nr_seen, MAX_SEEN);
	seen[nr_seen++] = *leaf;
}

/* Ascending, canonical on both sides of the hole in the address space. */
TEST(for_each_leaf)
{
	given_tree(64);
	EXPECT(sv39_map(&tree, VA, BASE, PAGE_SIZE, MAP_R, 2));
	EXPECT(sv39_map(&tree, 0xfffffffffffff000, BASE, PAGE_SIZE, MAP_RX, 2));
	EXPECT(sv39_map(&tree, 0x0000003fffe00000, BASE, MEGAPAGE_SIZE, MAP_RW, 2));
	EXPECT(sv39_map(&tree, 0, BASE, GIGAPAGE_SIZE, MAP_RW, 2));
	EXPECT_EQ(sv39_for_each_leaf(tree.root, see, &tree), tree.nr_tables);
	ASSERT_EQ(nr_seen, 4);
	EXPECT_EQ(seen[0].va, 0);
	EXPECT_EQ(seen[0].size, GIGAPAGE_SIZE);
	EXPECT_EQ(seen[0].level, 2);
	EXPECT_EQ(seen[1].va, 0x0000003fffe00000);
	EXPECT_EQ(seen[1].size, MEGAPAGE_SIZE);
	EXPECT_EQ(seen[2].va, VA);
	EXPECT_EQ(seen[2].pa, BASE);
	EXPECT_EQ(seen[3].va, 0xfffffffffffff000);
	EXPECT_EQ(seen[3].level, 0);
	EXPECT_EQ(seen[3].pte.word & PTE_X, PTE_X);
}

static u64 below(u64 *state, u64 n)
{
	return unit_random(state) % n;
}

/* Random ranges: the leaves tile each exactly, no leaf could be larger, the bound holds. */
TEST(random_ranges)
{
	for (u64 seed = 1; seed <= 1500; seed++) {
		u64 state = seed;
		u32 max_level = (u32)below(&state, 3);
		u64 unit = below(&state, 2) ? PAGE_SIZE : MEGAPAGE_SIZE;
		u64 size = (1 + below(&state, 1500)) * (max_level == 0 ? PAGE_SIZE : unit);
		phys_addr_t pa = below(&state, 1UL << 20) * unit;
		va_t va = VA + (below(&state, 3) ? pa % (64 * GIB)
						 : below(&state, 1UL << 20) * PAGE_SIZE);
		u64 bound;

		unit_note("seed %lu", seed);
		given_tree(RAM / PAGE_SIZE);
		bound = sv39_tables_needed(va, pa, size, max_level);
		if (bound > RAM / PAGE_SIZE || bound * 512 > 1UL << 20)
			continue;
		ASSERT(sv39_map(&tree, va, pa, size, MAP_RW, max_level));
		ASSERT_LE(tree.nr_tables - 1, bound);
		for (u64 at = 0; at < size;) {
			u32 level, want = max_level;
			u64 reach;
			pte_t pte = sv39_walk(tree.root, va + at, &level);

			while (want > 0 &&
			       (((va + at) | (pa + at)) % (1UL << sv39_shift(want)) != 0 ||
				size - at < 1UL << sv39_shift(want)))
				want--;
			reach = 1UL << sv39_shift(want);
			ASSERT(pte_is_valid(pte));
			ASSERT_EQ(level, want);
			ASSERT_EQ(pte_pfn(pte), PFN_DOWN(pa + at));
			at += reach;
		}
	}
}

/* The bound is no more than two tables too many a level for what fits together. */
TEST(bound_is_tight)
{
	EXPECT_EQ(sv39_tables_needed(VA, BASE, GIGAPAGE_SIZE, 2), 0);
	EXPECT_EQ(sv39_tables_needed(VA, BASE, GIGAPAGE_SIZE, 1), 1);
	EXPECT_EQ(sv39_tables_needed(VA, BASE, PAGE_SIZE, 2), 2);
	EXPECT_EQ(sv39_tables_needed(VA + 1020 * MIB - 2 * PAGE_SIZE, 0xbfc00000 - 2 * PAGE_SIZE,
				     4 * MIB + 2 * PAGE_SIZE + GIB + 6 * MIB + 3 * PAGE_SIZE, 2),
		  4);
}

/*
 *  | megapage | megapage |  ->  | 512 pages | megapage |, then one page of it elsewhere and read only
 */
TEST(split_and_replace)
{
	phys_addr_t table;
	u32 level;

	given_tree(8);
	ASSERT(sv39_map(&tree, VA, BASE + 4 * MIB, 4 * MIB, MAP_RW, 1));
	ASSERT(table_alloc(&table));
	EXPECT_STOP(sv39_replace(&tree, VA, BASE, MAP_R), "does not hold");
	sv39_split(&tree, VA + 5 * PAGE_SIZE, table);
	for (u64 at = 0; at < 4 * MIB; at += PAGE_SIZE) {
		pte_t pte = sv39_walk(tree.root, VA + at, &level);
		const u64 inside = at >= MEGAPAGE_SIZE ? at - MEGAPAGE_SIZE : 0;

		ASSERT_EQ(level, at < MEGAPAGE_SIZE ? 0 : 1);
		ASSERT_EQ(pte.word, pte_leaf(PFN_DOWN(BASE + 4 * MIB + at - inside), MAP_RW).word);
	}
	EXPECT_EQ(tree.nr_leaves[0], 512);
	EXPECT_EQ(tree.nr_leaves[1], 1);
	EXPECT_STOP(sv39_split(&tree, VA, table), "does not hold");
	sv39_replace(&tree, VA + 7 * PAGE_SIZE, BASE + 32 * MIB, MAP_R);
	EXPECT_EQ(sv39_walk(tree.root, VA + 7 * PAGE_SIZE, &level).word,
		  pte_leaf(PFN_DOWN(BASE + 32 * MIB), MAP_R).word);
	EXPECT_EQ(pte_pfn(sv39_walk(tree.root, VA + 8 * PAGE_SIZE, &level)),
		  PFN_DOWN(BASE + 4 * MIB + 8 * PAGE_SIZE));
}
