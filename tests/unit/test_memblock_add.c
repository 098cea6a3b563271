/* SPDX-License-Identifier: BSD-2-Clause */
/* memblock_add, memblock_add_node, memblock_reserve: where ranges lie and what becomes one. */
#include "memblock_test.h"

TEST(starts_empty)
{
	EXPECT_EMPTY(&memblock.memory);
	EXPECT_EMPTY(&memblock.reserved);
	EXPECT_EQ(memblock.memory.max, INIT_MEMBLOCK_REGIONS);
	EXPECT_EQ(memblock.reserved.max, INIT_MEMBLOCK_REGIONS);
	EXPECT_TEXT(memblock.memory.name, "memory");
	EXPECT_TEXT(memblock.reserved.name, "reserved");
	EXPECT(!memblock.bottom_up);
	EXPECT_EQ(memblock.current_limit, MEMBLOCK_ALLOC_ANYWHERE);
}

/*   [----)   */
TABLE_TEST(one)
{
	EXPECT_EQ(t.add(SPAN(0, 4)), 0);
	EXPECT_TABLE(t.type, RANGE(0, 4));
	EXPECT_EQ(t.type->regions[0].nid, NUMA_NO_NODE);
	EXPECT_EQ(t.type->regions[0].flags, MEMBLOCK_NONE);
}

/*   [--)    [--)   , the upper one first */
TABLE_TEST(disjoint)
{
	t.add(SPAN(6, 8));
	t.add(SPAN(0, 2));
	EXPECT_TABLE(t.type, RANGE(0, 2), RANGE(6, 8));
}

/*
 *   has      [----)
 *   new   [----)
 *   is    [-------)
 */
TABLE_TEST(overlap_before)
{
	t.add(SPAN(3, 7));
	t.add(SPAN(0, 4));
	EXPECT_TABLE(t.type, RANGE(0, 7));
}

/*
 *   has   [----)
 *   new      [----)
 *   is    [-------)
 */
TABLE_TEST(overlap_after)
{
	t.add(SPAN(0, 4));
	t.add(SPAN(3, 7));
	EXPECT_TABLE(t.type, RANGE(0, 7));
}

/*
 *   has   [--------)
 *   new     [---)
 *   is    [--------)
 */
TABLE_TEST(within)
{
	t.add(SPAN(0, 8));
	t.add(SPAN(2, 5));
	t.add(SPAN(0, 1));
	t.add(SPAN(7, 8));
	EXPECT_TABLE(t.type, RANGE(0, 8));
}

TABLE_TEST(twice)
{
	t.add(SPAN(0, 4));
	EXPECT_EQ(t.add(SPAN(0, 4)), 0);
	EXPECT_TABLE(t.type, RANGE(0, 4));
}

/*
 *   has   [--)    [--)
 *   new      [----)
 *   is    [----------)
 */
TABLE_TEST(between)
{
	t.add(SPAN(0, 3));
	t.add(SPAN(7, 10));
	t.add(SPAN(3, 7));
	EXPECT_TABLE(t.type, RANGE(0, 10));
}

/*
 *   has   [--)   [--)   [--)   [--)
 *   new     [---------------)
 *   is    [-----------------)  [--)
 */
TABLE_TEST(over_several)
{
	t.add(SPAN(0, 2));
	t.add(SPAN(4, 6));
	t.add(SPAN(8, 10));
	t.add(SPAN(14, 16));
	t.add(SPAN(1, 12));
	EXPECT_TABLE(t.type, RANGE(0, 12), RANGE(14, 16));
}

/*   has  [-)[-)  : touching is joined, one byte apart is not */
TABLE_TEST(touching)
{
	t.add(M(0), MIB);
	t.add(M(1), MIB);
	t.add(M(2) + 1, MIB);
	EXPECT_TABLE(t.type, RANGE(0, 2), {M(2) + 1, M(3) + 1});
}

TABLE_TEST(empty_range)
{
	EXPECT_EQ(t.add(M(0), 0), 0);
	EXPECT_EQ(t.add(PHYS_ADDR_MAX, 0), 0);
	EXPECT_EQ(t.add(PHYS_ADDR_MAX, MIB), 0);
	EXPECT_EMPTY(t.type);
}

/*
 *   new      [-----------:----)
 *   is       [-----------)         : is PHYS_ADDR_MAX
 */
TABLE_TEST(up_to_the_end_of_the_address_space)
{
	(void)base;
	EXPECT_EQ(t.add(PHYS_ADDR_MAX - MIB, 2 * MIB), 0);
	EXPECT_TABLE(t.type, {PHYS_ADDR_MAX - MIB, PHYS_ADDR_MAX});
	EXPECT_EQ(t.add(PHYS_ADDR_MAX - 2 * MIB, PHYS_ADDR_MAX), 0);
	EXPECT_TABLE(t.type, {PHYS_ADDR_MAX - 2 * MIB, PHYS_ADDR_MAX});
	EXPECT_EQ(t.add(0, PHYS_ADDR_MAX), 0);
	EXPECT_TABLE(t.type, {0, PHYS_ADDR_MAX});
}

TABLE_TEST(from_address_zero)
{
	(void)base;
	t.add(0, PAGE_SIZE);
	EXPECT_TABLE(t.type, {0, PAGE_SIZE});
}

/*
 *   node       0    1    0
 *   new   [n-)[--)[--)[--)
 *   Touching regions of different nodes or flags stay apart.
 */
TEST(nodes_and_flags_stay_apart)
{
	phys_addr_t base = 0x80000000;

	memblock_add_node(SPAN(0, 2), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(2, 4), 1, MEMBLOCK_NONE);
	memblock_add_node(SPAN(4, 6), 1, MEMBLOCK_HOTPLUG);
	memblock_add_node(SPAN(6, 8), 1, MEMBLOCK_HOTPLUG);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 2), RANGE(2, 4), RANGE(4, 8));
	EXPECT_EQ(memblock.memory.regions[1].nid, 1);
	EXPECT_EQ(memblock.memory.regions[2].flags, MEMBLOCK_HOTPLUG);
}

/*
 *   has      [n0)     [n1)
 *   new n2 [----------------)
 *   is     [2)[n0)[-2-)[n1)[2)      who was there first keeps node and flags
 */
TEST(first_owner_keeps_its_node)
{
	phys_addr_t base = 0x1800000000;
	struct memblock_region *r = memblock.memory.regions;

	memblock_add_node(SPAN(2, 4), 0, MEMBLOCK_NOMAP);
	memblock_add_node(SPAN(8, 10), 1, MEMBLOCK_NONE);
	EXPECT_EQ(memblock_add_node(SPAN(0, 12), 2, MEMBLOCK_NONE), 0);
	EXPECT_TABLE(&memblock.memory, RANGE(0, 2), RANGE(2, 4), RANGE(4, 8), RANGE(8, 10),
		     RANGE(10, 12));
	EXPECT_EQ(r[0].nid, 2);
	EXPECT_EQ(r[1].nid, 0);
	EXPECT_EQ(r[1].flags, MEMBLOCK_NOMAP);
	EXPECT_EQ(r[2].nid, 2);
	EXPECT_EQ(r[2].flags, MEMBLOCK_NONE);
	EXPECT_EQ(r[3].nid, 1);
	EXPECT_EQ(r[4].nid, 2);
}

/* The same functions on a table that is not memblock's own, with room for three. */
TEST(any_table)
{
	struct memblock_region regions[3];
	struct memblock_type own = {.max = 3, .regions = regions, .name = "own"};
	phys_addr_t base = 0;

	EXPECT_EQ(memblock_type_add(&own, SPAN(0, 2), 0, MEMBLOCK_NONE), 0);
	EXPECT_EQ(memblock_type_add(&own, SPAN(4, 6), 0, MEMBLOCK_NONE), 0);
	EXPECT_EQ(memblock_type_add(&own, SPAN(8, 10), 0, MEMBLOCK_NONE), 0);
	EXPECT_EQ(memblock_type_add(&own, SPAN(12, 14), 0, MEMBLOCK_NONE), -12);
	EXPECT_TABLE(&own, RANGE(0, 2), RANGE(4, 6), RANGE(8, 10));
	EXPECT_EQ(memblock_type_remove(&own, SPAN(5, 6)), 0);
	EXPECT_EQ(memblock_type_remove(&own, M(0) + PAGE_SIZE, PAGE_SIZE), -12);
	EXPECT_TABLE(&own, RANGE(0, 2), RANGE(4, 5), RANGE(8, 10));
	EXPECT_EQ(memblock_type_search(&own, M(4)), 1);
	EXPECT_EQ(memblock_type_search(&own, M(5)), -1);
	EXPECT_EMPTY(&memblock.memory);
	EXPECT_EMPTY(&memblock.reserved);
}
