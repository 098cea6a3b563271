/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wishes and how they are given up: node, mirror, hotpluggable, min_addr; and pointers. Every
 * test has the same machine:
 *
 *   MiB       0      4      8      12     16
 *   memory    [ node0 )[ node1 )[ node0 )[ node2 )
 */
#include <string.h>

#include "arch/arch.h"
#include "lib/log.h"
#include "memblock_test.h"

#define NO_NODE NUMA_NO_NODE
#define NR_MIB  16

static const phys_addr_t base = 0x80000000;

static void given_nodes(void)
{
	static const u32 nid[4] = {0, 1, 0, 2};

	memblock_allow_alloc();
	for (u64 i = 0; i < 4; i++)
		memblock_add_node(SPAN(4 * i, 4 * i + 4), nid[i], MEMBLOCK_NONE);
}

static phys_addr_t take(u64 mib, u32 nid, bool exact)
{
	return memblock_alloc_range_nid(mib * MIB, MIB, 0, 0, nid, exact);
}

static u32 warnings(const char *wanted)
{
	const char *name;
	u32 count;

	for (u32 i = 0; log_warning_count(i, &name, &count); i++) {
		if (strcmp(name, wanted) == 0)
			return count;
	}
	return 0;
}

TEST(own_node_first)
{
	given_nodes();
	EXPECT_EQ(take(1, 0, false), M(11));
	EXPECT_EQ(take(1, 1, false), M(7));
	EXPECT_EQ(take(1, 2, false), M(15));
	EXPECT_EQ(take(1, NO_NODE, false), M(14));
	memblock_set_bottom_up(true);
	EXPECT_EQ(take(1, 0, false), M(0));
	EXPECT_EQ(take(1, 1, false), M(4));
	EXPECT_EQ(take(1, 2, false), M(12));
}

TEST(falls_back_to_other_nodes)
{
	given_nodes();
	EXPECT_EQ(take(4, 1, false), M(4));
	EXPECT_EQ(take(4, 1, false), M(12));
	EXPECT_EQ(memblock_phys_alloc_try_nid(4 * MIB, MIB, 1), M(8));
	EXPECT_EQ(take(1, 7, false), M(3));
}

TEST(exact_node_or_nothing)
{
	given_nodes();
	EXPECT_EQ(take(5, 1, true), 0);
	EXPECT_EQ(take(4, 1, true), M(4));
	EXPECT_EQ(take(1, 1, true), 0);
	EXPECT_EQ(take(1, 7, true), 0);
	EXPECT_EQ(memblock_reserved_size(), 4 * MIB);
}

/* Regions of two nodes touch, yet nothing spans the border between them. */
TEST(not_across_nodes)
{
	given_nodes();
	EXPECT_EQ(take(5, 0, false), 0);
	EXPECT_EQ(take(5, NO_NODE, false), 0);
}

/*
 *   memory    [ node0 )[ node1 )[ node0 )[ node2 )
 *   hotplug                     [---------------)    used when the rest is full
 */
TEST(hotplug_last)
{
	given_nodes();
	memblock_mark_hotplug(SPAN(8, 16));
	EXPECT_EQ(take(1, NO_NODE, false), M(7));
	EXPECT_EQ(take(4, 2, false), M(0));
	EXPECT_EQ(take(3, 2, false), M(4));
	EXPECT_EQ(warnings("hotplug-used"), 0);
	EXPECT_EQ(take(1, 0, false), M(11));
	EXPECT_EQ(take(1, 2, true), M(15));
	EXPECT_EQ(warnings("hotplug-used"), 1);
	EXPECT_EQ(take(8, NO_NODE, false), 0);
}

TEST(hotplug_is_found_when_asked_for)
{
	given_nodes();
	memblock_mark_hotplug(SPAN(0, 16));
	EXPECT_EQ(memblock_find_in_range_node(MIB, MIB, 0, 0, 0, MEMBLOCK_NONE), 0);
	EXPECT_EQ(memblock_find_in_range_node(MIB, MIB, 0, 0, 0, MEMBLOCK_HOTPLUG), M(11));
}

/*
 *   memory    [ node0 )[ node1 )[ node0 )[ node2 )
 *   mirror        [------)                           taken first, whatever the direction
 */
TEST(mirror_first)
{
	given_nodes();
	memblock_mark_mirror(SPAN(2, 6));
	EXPECT_EQ(take(1, NO_NODE, false), M(5));
	EXPECT_EQ(take(1, 0, false), M(3));
	EXPECT_EQ(take(1, 2, false), M(4));
	EXPECT_EQ(warnings("mirror-full"), 0);
	EXPECT_EQ(take(2, NO_NODE, false), M(14));
	EXPECT_EQ(take(2, NO_NODE, false), M(12));
	EXPECT_EQ(warnings("mirror-full"), 1);
	EXPECT_EQ(take(1, NO_NODE, false), M(2));
}

static void given_window(void)
{
	given_nodes();
	given_ram(base, NR_MIB * MIB);
}

TEST(pointers_are_cleared)
{
	u8 *raw, *p;

	given_window();
	raw = memblock_alloc_try_nid_raw(PAGE_SIZE, PAGE_SIZE, 0, 0, NO_NODE);
	ASSERT_EQ(raw, phys_to_virt(M(16) - PAGE_SIZE));
	for (u32 i = 0; i < PAGE_SIZE; i++)
		raw[i] = 0x5a;
	memblock_phys_free(M(16) - PAGE_SIZE, PAGE_SIZE);
	raw = memblock_alloc_try_nid_raw(PAGE_SIZE, PAGE_SIZE, 0, 0, NO_NODE);
	EXPECT_EQ(raw[0], 0x5a);
	EXPECT_EQ(raw[PAGE_SIZE - 1], 0x5a);
	memblock_phys_free(M(16) - PAGE_SIZE, PAGE_SIZE);
	p = memblock_alloc(PAGE_SIZE, PAGE_SIZE);
	ASSERT_EQ(p, raw);
	for (u32 i = 0; i < PAGE_SIZE; i++)
		ASSERT_EQ(p[i], 0);
	EXPECT_EQ(memblock_alloc(17 * MIB, PAGE_SIZE), NULL);
}

/*   min_addr is a wish: without room above it the allocation moves below   */
TEST(min_addr_is_given_up_last)
{
	given_window();
	EXPECT_EQ(memblock_alloc_try_nid(MIB, MIB, M(14), 0, 1), phys_to_virt(M(15)));
	EXPECT_EQ(memblock_alloc_try_nid(4 * MIB, MIB, M(14), 0, 1), phys_to_virt(M(4)));
	EXPECT_EQ(memblock_alloc_try_nid(4 * MIB, MIB, M(14), 0, 1), phys_to_virt(M(8)));
	/* Not so for the calls that return addresses. */
	EXPECT_EQ(memblock_alloc_range_nid(2 * MIB, MIB, M(15), 0, NO_NODE, false), 0);
}

TEST(max_addr_is_no_wish)
{
	given_window();
	EXPECT_EQ(memblock_alloc_try_nid(MIB, MIB, 0, M(2), NO_NODE), phys_to_virt(M(1)));
	EXPECT_EQ(memblock_alloc_try_nid(2 * MIB, MIB, 0, M(2), NO_NODE), NULL);
	memblock_set_current_limit(M(4));
	EXPECT_EQ(memblock_alloc_try_nid(MIB, MIB, 0, M(12), NO_NODE), phys_to_virt(M(3)));
	EXPECT_EQ(memblock_alloc_try_nid(MIB, MIB, M(8), 0, NO_NODE), phys_to_virt(M(2)));
}

TEST(exact_pointer)
{
	given_window();
	EXPECT_EQ(memblock_alloc_exact_nid_raw(MIB, MIB, 0, 0, 1), phys_to_virt(M(7)));
	EXPECT_EQ(memblock_alloc_exact_nid_raw(MIB, MIB, M(12), 0, 1), phys_to_virt(M(6)));
	EXPECT_EQ(memblock_alloc_exact_nid_raw(3 * MIB, MIB, 0, 0, 1), NULL);
}
