/* SPDX-License-Identifier: BSD-2-Clause */
/* memblock_set_node and the marks: a range is isolated, changed, and joined again. */
#include "memblock_test.h"

static const phys_addr_t base = 0x80000000;
static struct memblock_type *const memory = &memblock.memory;

/** expect_like - region i has this node and these flags. */
static void expect_like(u64 i, u32 nid, u32 flags)
{
	EXPECT_EQ(memory->regions[i].nid, nid);
	EXPECT_EQ(memory->regions[i].flags, flags);
}

/*
 *   has   [--------------)
 *   node 1    [----)
 *   is    [0-)[-1--)[-0--)
 */
TEST(node_in_the_middle)
{
	memblock_add_node(SPAN(0, 12), 0, MEMBLOCK_NONE);
	EXPECT_EQ(memblock_set_node(SPAN(4, 8), memory, 1), 0);
	EXPECT_TABLE(memory, RANGE(0, 4), RANGE(4, 8), RANGE(8, 12));
	expect_like(0, 0, 0);
	expect_like(1, 1, 0);
	expect_like(2, 0, 0);
	/* And back: one region again. */
	EXPECT_EQ(memblock_set_node(SPAN(4, 8), memory, 0), 0);
	EXPECT_TABLE(memory, RANGE(0, 12));
}

/*
 *   has      [--)   [--)   [--)
 *   node 1 [---------)              holes stay holes
 *   is       [1-)   [1)[)  [--)
 */
TEST(node_over_holes)
{
	memblock_add_node(SPAN(1, 3), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(5, 7), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(9, 11), 0, MEMBLOCK_NONE);
	memblock_set_node(SPAN(0, 6), memory, 1);
	EXPECT_TABLE(memory, RANGE(1, 3), RANGE(5, 6), RANGE(6, 7), RANGE(9, 11));
	expect_like(0, 1, 0);
	expect_like(1, 1, 0);
	expect_like(2, 0, 0);
}

/*
 *   has   [0---)[1---)
 *   node 0      [----)
 *   is    [----------)       merges with what lies before the range
 */
TEST(node_merges_with_the_neighbours)
{
	memblock_add_node(SPAN(0, 4), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(4, 8), 1, MEMBLOCK_NONE);
	memblock_add_node(SPAN(8, 12), 0, MEMBLOCK_NONE);
	memblock_set_node(SPAN(4, 8), memory, 0);
	EXPECT_TABLE(memory, RANGE(0, 12));
}

TEST(node_of_all_and_of_nothing)
{
	memblock_add(SPAN(0, 4));
	memblock_set_node(0, PHYS_ADDR_MAX, memory, 2);
	expect_like(0, 2, 0);
	EXPECT_EQ(memblock_set_node(M(1), 0, memory, 3), 0);
	EXPECT_EQ(memblock_set_node(SPAN(20, 30), memory, 3), 0);
	EXPECT_TABLE(memory, RANGE(0, 4));
	expect_like(0, 2, 0);
}

TEST(node_of_reserved)
{
	memblock_reserve(SPAN(0, 4));
	memblock_set_node(SPAN(2, 4), &memblock.reserved, 1);
	EXPECT_TABLE(&memblock.reserved, RANGE(0, 2), RANGE(2, 4));
	EXPECT_EQ(memblock.reserved.regions[1].nid, 1);
}

/*
 *   memory    [-------------)
 *   nomap         [----)
 *   memory    [--)[nm--)[---)
 */
TEST(nomap_and_back)
{
	memblock_add_node(SPAN(0, 12), 0, MEMBLOCK_NONE);
	EXPECT_EQ(memblock_mark_nomap(SPAN(4, 8)), 0);
	EXPECT_TABLE(memory, RANGE(0, 4), RANGE(4, 8), RANGE(8, 12));
	expect_like(1, 0, MEMBLOCK_NOMAP);
	EXPECT(memblock_is_memory(M(5)));
	EXPECT(!memblock_is_map_memory(M(5)));
	EXPECT(memblock_is_map_memory(M(3)));
	EXPECT_EQ(memblock_clear_nomap(SPAN(0, 20)), 0);
	EXPECT_TABLE(memory, RANGE(0, 12));
}

TEST(marks_add_up)
{
	memblock_add_node(SPAN(0, 8), 1, MEMBLOCK_NONE);
	EXPECT_EQ(memblock_mark_hotplug(SPAN(0, 4)), 0);
	EXPECT_EQ(memblock_mark_nomap(SPAN(2, 6)), 0);
	EXPECT_EQ(memblock_mark_mirror(SPAN(3, 8)), 0);
	EXPECT_TABLE(memory, RANGE(0, 2), RANGE(2, 3), RANGE(3, 4), RANGE(4, 6), RANGE(6, 8));
	expect_like(0, 1, MEMBLOCK_HOTPLUG);
	expect_like(1, 1, MEMBLOCK_HOTPLUG | MEMBLOCK_NOMAP);
	expect_like(2, 1, MEMBLOCK_HOTPLUG | MEMBLOCK_NOMAP | MEMBLOCK_MIRROR);
	expect_like(3, 1, MEMBLOCK_NOMAP | MEMBLOCK_MIRROR);
	expect_like(4, 1, MEMBLOCK_MIRROR);
	EXPECT_EQ(memblock_clear_hotplug(SPAN(0, 8)), 0);
	EXPECT_TABLE(memory, RANGE(0, 2), RANGE(2, 3), RANGE(3, 6), RANGE(6, 8));
	expect_like(1, 1, MEMBLOCK_NOMAP);
}

/* A full table: what needs no more regions works, what does fails and changes nothing. */
TEST(full_table)
{
	for (u64 i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		ASSERT_EQ(memblock_add_node(SPAN(4 * i, 4 * i + 2), 0, MEMBLOCK_NONE), 0);
	EXPECT_EQ(memory->cnt, memory->max);
	EXPECT_EQ(memblock_set_node(SPAN(4, 6), memory, 1), 0);
	EXPECT_EQ(memblock_set_node(SPAN(0, 5), memory, 1), -12);
	EXPECT_EQ(memblock_mark_nomap(SPAN(9, 10)), -12);
	EXPECT_EQ(memblock_add(SPAN(2, 3)), -12);
	EXPECT_EQ(memblock_remove(M(0) + PAGE_SIZE, PAGE_SIZE), -12);
	EXPECT_EQ(memory->cnt, memory->max);
	EXPECT_EQ(memblock_type_check(memory), NULL);
	for (u64 i = 0; i < INIT_MEMBLOCK_REGIONS; i++) {
		EXPECT_EQ(memory->regions[i].base, M(4 * i));
		EXPECT_EQ(memory->regions[i].size, 2 * MIB);
		expect_like(i, i == 1, 0);
	}
	EXPECT_STOP(memblock_cap_memory_range(SPAN(1, 8)), "no room in the memory table");
	EXPECT_EQ(memblock_add_node(SPAN(0, 2), 0, MEMBLOCK_NONE), 0);
	EXPECT_EQ(memblock_remove(SPAN(0, 1)), 0);
}
