/* SPDX-License-Identifier: BSD-2-Clause */
/* memblock_remove, memblock_phys_free, and cutting memory down: trim, limit, cap. */
#include "memblock_test.h"

/*
 *   has   [--) [--) [--)
 *   cut        [--)
 *   is    [--)      [--)
 */
TABLE_TEST(remove_one)
{
	t.add(SPAN(0, 2));
	t.add(SPAN(4, 6));
	t.add(SPAN(8, 10));
	EXPECT_EQ(t.cut(SPAN(4, 6)), 0);
	EXPECT_TABLE(t.type, RANGE(0, 2), RANGE(8, 10));
}

TABLE_TEST(remove_all)
{
	t.add(SPAN(0, 2));
	t.add(SPAN(4, 6));
	EXPECT_EQ(t.cut(0, PHYS_ADDR_MAX), 0);
	EXPECT_EMPTY(t.type);
	EXPECT_EQ(t.cut(SPAN(0, 2)), 0);
	EXPECT_EMPTY(t.type);
}

/*
 *   has        [--)
 *   cut   [---)    [---)      only touching: nothing goes
 */
TABLE_TEST(remove_absent)
{
	t.add(SPAN(4, 6));
	t.cut(SPAN(0, 4));
	t.cut(SPAN(6, 9));
	t.cut(M(5), 0);
	EXPECT_TABLE(t.type, RANGE(4, 6));
}

/*
 *   has      [----)
 *   cut   [----)
 *   is         [--)
 */
TABLE_TEST(remove_head)
{
	t.add(SPAN(2, 6));
	t.cut(SPAN(0, 4));
	EXPECT_TABLE(t.type, RANGE(4, 6));
}

/*
 *   has   [----)
 *   cut      [----)
 *   is    [--)
 */
TABLE_TEST(remove_tail)
{
	t.add(SPAN(0, 4));
	t.cut(SPAN(2, 6));
	EXPECT_TABLE(t.type, RANGE(0, 2));
}

/*
 *   has   [--------)
 *   cut      [--)
 *   is    [--)  [--)
 */
TABLE_TEST(remove_middle)
{
	t.add(SPAN(0, 8));
	EXPECT_EQ(t.cut(SPAN(3, 5)), 0);
	EXPECT_TABLE(t.type, RANGE(0, 3), RANGE(5, 8));
}

/*
 *   has   [----) [--) [----)
 *   cut      [----------)
 *   is    [--)          [--)
 */
TABLE_TEST(remove_across)
{
	t.add(SPAN(0, 4));
	t.add(SPAN(6, 8));
	t.add(SPAN(10, 14));
	t.cut(SPAN(2, 12));
	EXPECT_TABLE(t.type, RANGE(0, 2), RANGE(12, 14));
}

/* The range to remove runs beyond the end of the address space. */
TABLE_TEST(remove_to_the_end)
{
	t.add(SPAN(0, 4));
	t.cut(M(1), PHYS_ADDR_MAX);
	EXPECT_TABLE(t.type, RANGE(0, 1));
}

TEST(remove_keeps_node_and_flags)
{
	phys_addr_t base = 0x80000000;

	memblock_add_node(SPAN(0, 8), 3, MEMBLOCK_NOMAP);
	memblock_remove(SPAN(2, 4));
	EXPECT_EQ(memblock.memory.regions[0].nid, 3);
	EXPECT_EQ(memblock.memory.regions[1].nid, 3);
	EXPECT_EQ(memblock.memory.regions[1].flags, MEMBLOCK_NOMAP);
}

/*
 *   align     |       |       |       |       |
 *   has       [-------)  [--------)  [-) [-)
 *   is        [-------)       [---)
 */
TEST(trim)
{
	phys_addr_t base = 0x80000000;

	memblock_add(SPAN(0, 2));
	memblock_add(SPAN(3, 6));
	memblock_add(SPAN(7, 8));
	memblock_add(M(8) + PAGE_SIZE, PAGE_SIZE);
	memblock_trim_memory(2 * MIB);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 2), RANGE(4, 6));
}

/* Two regions that touched only with different nodes; trimming must not invent bytes. */
TEST(trim_to_pages)
{
	phys_addr_t base = 0x40000000;

	memblock_add_node(M(0) + 0x123, 0x1ccd, 0, MEMBLOCK_NONE);  /* ends at 0x1df0 */
	memblock_add_node(M(0) + 0x1df0, 0x2300, 1, MEMBLOCK_NONE); /* ends at 0x40f0 */
	memblock_trim_memory(PAGE_SIZE);
	EXPECT_TABLE(&memblock.memory, {M(0) + 0x2000, M(0) + 0x4000});
	EXPECT_EQ(memblock.memory.regions[0].nid, 1);
}

TEST(trim_at_the_end_of_the_address_space)
{
	memblock_add(PHYS_ADDR_MAX - 5, PHYS_ADDR_MAX);
	memblock_trim_memory(PAGE_SIZE);
	EXPECT_EMPTY(&memblock.memory);
	memblock_add(PHYS_ADDR_MAX - PAGE_SIZE - 5, PHYS_ADDR_MAX);
	memblock_trim_memory(PAGE_SIZE);
	EXPECT_EMPTY(&memblock.memory);
	memblock_add(PHYS_ADDR_MAX - 2 * PAGE_SIZE, PHYS_ADDR_MAX);
	memblock_trim_memory(PAGE_SIZE);
	EXPECT_TABLE(&memblock.memory,
		     {PHYS_ADDR_MAX - 2 * PAGE_SIZE + 1, PHYS_ADDR_MAX - PAGE_SIZE + 1});
	EXPECT_STOP(memblock_trim_memory(3 * PAGE_SIZE),
		    "memblock_is_alignment(align) does not hold");
}

/*
 *   memory     [----)    [------)
 *   reserved     [--------)   [-)
 *   limit       4   +     2 MiB
 *   memory     [----)    [--)
 *   reserved     [--------)
 */
TEST(limit)
{
	phys_addr_t base = 0x80000000;

	memblock_add(SPAN(0, 4));
	memblock_add(SPAN(8, 16));
	memblock_reserve(SPAN(2, 9));
	memblock_reserve(SPAN(12, 14));
	memblock_enforce_memory_limit(6 * MIB);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 4), RANGE(8, 10));
	EXPECT_TABLE(&memblock.reserved, RANGE(2, 9));
}

TEST(limit_that_changes_nothing)
{
	phys_addr_t base = 0x80000000;

	memblock_add(SPAN(0, 4));
	memblock_reserve(SPAN(8, 9));
	memblock_enforce_memory_limit(0);
	memblock_enforce_memory_limit(5 * MIB);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 4));
	EXPECT_TABLE(&memblock.reserved, RANGE(8, 9));
	/* Exactly all of memory: what is reserved behind it goes. */
	memblock_enforce_memory_limit(4 * MIB);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 4));
	EXPECT_EMPTY(&memblock.reserved);
}

/*
 *   memory     [------)  [nm)  [--------)  [nm)
 *   reserved   [-)   [)             [------)
 *   window         [-------------)
 *   memory         [--)  [nm)  [-)         [nm)
 *   reserved         [)
 */
TEST(cap)
{
	phys_addr_t base = 0x80000000;

	memblock_add(SPAN(0, 6));
	memblock_add_node(SPAN(8, 10), 0, MEMBLOCK_NOMAP);
	memblock_add(SPAN(12, 20));
	memblock_add_node(SPAN(22, 24), 0, MEMBLOCK_NOMAP);
	memblock_reserve(SPAN(0, 1));
	memblock_reserve(SPAN(5, 6));
	memblock_reserve(SPAN(16, 22));
	memblock_cap_memory_range(SPAN(4, 14));
	EXPECT_TABLE(&memblock.memory, RANGE(4, 6), RANGE(8, 10), RANGE(12, 14), RANGE(22, 24));
	EXPECT_TABLE(&memblock.reserved, RANGE(5, 6));
}

/*
 *   memory     [----- nomap -----)
 *   window         [-----)             stays one region
 */
TEST(cap_cuts_nomap)
{
	phys_addr_t base = 0x80000000;

	memblock_add_node(SPAN(0, 8), 0, MEMBLOCK_NOMAP);
	memblock_cap_memory_range(SPAN(2, 4));
	EXPECT_TABLE(&memblock.memory, RANGE(0, 8));
	memblock_cap_memory_range(M(2), 0);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 8));
}

TEST(cap_to_the_end)
{
	phys_addr_t base = 0x80000000;

	memblock_add(SPAN(0, 8));
	memblock_cap_memory_range(M(4), PHYS_ADDR_MAX);
	EXPECT_TABLE(&memblock.memory, RANGE(4, 8));
	memblock_cap_memory_range(SPAN(20, 24));
	EXPECT_EMPTY(&memblock.memory);
}
