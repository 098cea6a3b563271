/* SPDX-License-Identifier: BSD-2-Clause */
/* Where allocations land: from the top, from the bottom, between limits, aligned, in fragments. */
#include "memblock_test.h"

static const phys_addr_t base = 0x80000000;
static struct memblock_type *const reserved = &memblock.reserved;

static void given_memory(phys_addr_t start, phys_addr_t size)
{
	memblock_allow_alloc();
	memblock_add_node(start, size, 0, MEMBLOCK_NONE);
}

/*
 *   memory   [----------------)
 *   1st                   [---)
 *   2nd                [--)
 */
TEST(top_down)
{
	given_memory(SPAN(0, 16));
	EXPECT_EQ(memblock_phys_alloc_range(2 * MIB, PAGE_SIZE, 0, 0), M(14));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, PAGE_SIZE, 0, 0), M(13));
	EXPECT_TABLE(reserved, RANGE(13, 16));
}

/*
 *   memory   [----------------)
 *   1st      [---)
 *   2nd          [--)
 */
TEST(bottom_up)
{
	given_memory(SPAN(0, 16));
	memblock_set_bottom_up(true);
	EXPECT(memblock_bottom_up());
	EXPECT_EQ(memblock_phys_alloc_range(2 * MIB, PAGE_SIZE, 0, 0), M(0));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, PAGE_SIZE, 0, 0), M(2));
	EXPECT_TABLE(reserved, RANGE(0, 3));
}

/* The same at every base; the last ones are never touched, only counted. */
TEST(every_base)
{
	for (u32 i = 0; i < ARRAY_SIZE(test_bases); i++) {
		phys_addr_t at = test_bases[i];

		forget_all();
		given_memory(at, 16 * MIB);
		memblock_set_bottom_up(false);
		EXPECT_EQ(memblock_phys_alloc_try_nid(MIB, MIB, 0), at + 15 * MIB);
		memblock_set_bottom_up(true);
		EXPECT_EQ(memblock_phys_alloc_try_nid(MIB, MIB, 0), at);
	}
}

/*
 *   memory   0[page 0][page 1]        page 0 is never given
 */
TEST(page_zero_is_skipped)
{
	given_memory(0, 2 * PAGE_SIZE);
	memblock_set_bottom_up(true);
	EXPECT_EQ(memblock_phys_alloc_range(64, 64, 0, 0), PAGE_SIZE);
	memblock_set_bottom_up(false);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE - 64, 64, 0, 0), PAGE_SIZE + 64);
	EXPECT_EQ(memblock_phys_alloc_range(64, 64, 0, 0), 0);
}

/*
 *   memory    [----------------)
 *   window        [------)
 *   top down         [---)     bottom up  [---)
 */
TEST(between_min_and_max)
{
	given_memory(SPAN(0, 16));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, M(4), M(10)), M(9));
	memblock_set_bottom_up(true);
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, M(4), M(10)), M(4));
	EXPECT_EQ(memblock_phys_alloc_range(5 * MIB, MIB, M(4), M(10)), 0);
	EXPECT_EQ(memblock_phys_alloc_range(4 * MIB, MIB, M(4), M(10)), M(5));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, M(20), M(30)), 0);
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, M(10), M(4)), 0);
}

TEST(current_limit)
{
	given_memory(SPAN(0, 16));
	memblock_set_current_limit(M(8));
	EXPECT_EQ(memblock_get_current_limit(), M(8));
	EXPECT_EQ(memblock_phys_alloc_try_nid(MIB, MIB, NUMA_NO_NODE), M(7));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, MEMBLOCK_ALLOC_ACCESSIBLE), M(6));
	/* An explicit end of an address, not of a pointer, may lie above the limit. */
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, M(12)), M(11));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, MEMBLOCK_ALLOC_ANYWHERE), M(15));
}

/*
 *   align     |       |       |       |
 *   memory       [---------------)
 *   top down                  [-)          bottom up   [-)
 */
TEST(aligned)
{
	given_memory(SPAN(1, 13));
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE, 4 * MIB, 0, 0), M(12));
	EXPECT_EQ(memblock_phys_alloc_range(2 * MIB, 4 * MIB, 0, 0), M(8));
	memblock_set_bottom_up(true);
	EXPECT_EQ(memblock_phys_alloc_range(2 * MIB, 4 * MIB, 0, 0), M(4));
	EXPECT_EQ(memblock_phys_alloc_range(5 * MIB, 4 * MIB, 0, 0), 0);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE, 64 * MIB, 0, 0), 0);
}

/*
 *   align     |       |
 *   memory    .[------)      one byte behind the only aligned place
 */
TEST(aligned_place_one_byte_outside)
{
	given_memory(M(0) + 1, MIB - 1);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE, MIB, 0, 0), 0);
	memblock_set_bottom_up(true);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE, MIB, 0, 0), 0);
	EXPECT_EQ(memblock_phys_alloc_range(MIB - 1, 1, 0, 0), M(0) + 1);
}

TEST(align_zero_is_a_cache_line)
{
	given_memory(SPAN(0, 1));
	EXPECT_EQ(memblock_phys_alloc_range(100, 0, 0, 0), M(1) - 128);
	EXPECT_EQ(memblock_reserved_size(), 100);
}

/* Rounding up beyond the end of the address space finds nothing. */
TEST(align_near_the_end_of_the_address_space)
{
	given_memory(PHYS_ADDR_MAX - MIB, MIB);
	memblock_set_bottom_up(true);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE, 2 * MIB, 0, 0), 0);
	memblock_set_bottom_up(false);
	EXPECT_EQ(memblock_phys_alloc_range(PAGE_SIZE, 2 * MIB, 0, 0), 0);
}

/*
 *   memory     [--------------------)
 *   reserved   [--) [--) [--) [--)      holes of 1, 1, 1, 2
 */
TEST(fragmented)
{
	given_memory(SPAN(0, 10));
	for (u64 i = 0; i < 8; i += 2)
		memblock_reserve(SPAN(i, i + 1));
	EXPECT_EQ(memblock_phys_alloc_range(4 * MIB, MIB, 0, 0), 0);
	EXPECT_EQ(memblock_phys_alloc_range(3 * MIB, MIB, 0, 0), M(7));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), M(5));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), M(3));
	EXPECT_EQ(memblock_phys_alloc_range(MIB + 1, MIB, 0, 0), 0);
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), M(1));
	EXPECT_EQ(memblock_phys_alloc_range(1, 1, 0, 0), 0);
	EXPECT_TABLE(reserved, RANGE(0, 10));
}

/*   memory [--)  [--)  : an allocation never spans a hole   */
TEST(not_across_a_hole)
{
	given_memory(SPAN(0, 2));
	given_memory(SPAN(3, 5));
	EXPECT_EQ(memblock_phys_alloc_range(3 * MIB, MIB, 0, 0), 0);
	EXPECT_EQ(memblock_phys_alloc_range(2 * MIB, MIB, 0, 0), M(3));
	EXPECT_EQ(memblock_phys_alloc_range(2 * MIB, MIB, 0, 0), M(0));
	EXPECT_EQ(memblock_phys_alloc_range(1, 1, 0, 0), 0);
}

TEST(exactly_all)
{
	given_memory(SPAN(0, 4));
	EXPECT_EQ(memblock_phys_alloc_range(4 * MIB + 1, 1, 0, 0), 0);
	EXPECT_EQ(memblock_phys_alloc_range(4 * MIB, 1, 0, 0), M(0));
	EXPECT_EQ(memblock_phys_alloc_range(PHYS_ADDR_MAX, 1, 0, 0), 0);
}

TEST(freed_memory_is_found_again)
{
	given_memory(SPAN(0, 4));
	EXPECT_EQ(memblock_phys_alloc_range(4 * MIB, MIB, 0, 0), M(0));
	EXPECT_EQ(memblock_phys_free(SPAN(1, 2)), 0);
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), M(1));
}

TEST(nomap_is_never_given)
{
	given_memory(SPAN(0, 4));
	memblock_mark_nomap(SPAN(1, 4));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), M(0));
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), 0);
}

TEST(finding_does_not_reserve)
{
	given_memory(SPAN(0, 4));
	EXPECT_EQ(memblock_find_in_range_node(MIB, MIB, 0, 0, NUMA_NO_NODE, MEMBLOCK_NONE), M(3));
	EXPECT_EQ(memblock_find_in_range_node(MIB, MIB, 0, 0, NUMA_NO_NODE, MEMBLOCK_NONE), M(3));
	EXPECT_EMPTY(reserved);
}

TEST(full_reserved_table)
{
	const char *name;
	u32 count;

	given_memory(SPAN(0, 512));
	for (u64 i = 0; i < INIT_MEMBLOCK_REGIONS; i++)
		memblock_reserve(SPAN(2 * i, 2 * i + 1));
	EXPECT_EQ(memblock_reserve(SPAN(400, 401)), -12);
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), 0);
	ASSERT(log_warning_count(0, &name, &count));
	EXPECT_TEXT(name, "memblock-full");
	/* Also next to a region: the new range needs a place of its own before it is joined. */
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, M(256)), 0);
	EXPECT_EQ(reserved->cnt, INIT_MEMBLOCK_REGIONS);
}

TEST(not_before_all_reservations_are_known)
{
	memblock_add(SPAN(0, 4));
	EXPECT_STOP(memblock_phys_alloc_range(MIB, MIB, 0, 0), "may_alloc does not hold");
	EXPECT_STOP(memblock_alloc(MIB, MIB), "may_alloc does not hold");
	memblock_allow_alloc();
	EXPECT_EQ(memblock_phys_alloc_range(MIB, MIB, 0, 0), M(3));
}

TEST(senseless_requests)
{
	given_memory(SPAN(0, 4));
	EXPECT_STOP(memblock_phys_alloc_range(0, MIB, 0, 0), "size > 0");
	EXPECT_STOP(memblock_phys_alloc_range(MIB, 3 * PAGE_SIZE, 0, 0),
		    "memblock_is_alignment(align)");
}

TEST(not_after_hand_over)
{
	given_memory(SPAN(0, 4));
	memblock_reserve(SPAN(0, 1));
	memblock_close();
	EXPECT_STOP(memblock_phys_alloc_range(MIB, MIB, 0, 0), "alloc of");
	EXPECT_STOP(memblock_add(SPAN(8, 9)), "memblock: add of [0x0000000080800000, "
					      "0x0000000080900000) after hand-over");
	EXPECT_STOP(memblock_add_node(SPAN(8, 9), 0, MEMBLOCK_NONE), "after hand-over");
	EXPECT_STOP(memblock_remove(SPAN(0, 1)), "remove of");
	EXPECT_STOP(memblock_reserve(SPAN(2, 3)), "reserve of");
	EXPECT_STOP(memblock_phys_free(SPAN(0, 1)), "free of");
	EXPECT_STOP(memblock_set_node(SPAN(0, 1), &memblock.memory, 1), "node of");
	EXPECT_STOP(memblock_mark_nomap(SPAN(0, 1)), "nomap of");
	EXPECT_STOP(memblock_mark_hotplug(SPAN(0, 1)), "hotplug of");
	EXPECT_STOP(memblock_mark_mirror(SPAN(0, 1)), "mirror of");
	EXPECT_STOP(memblock_trim_memory(PAGE_SIZE), "trim of");
	EXPECT_STOP(memblock_enforce_memory_limit(MIB), "limit of");
	EXPECT_STOP(memblock_cap_memory_range(SPAN(0, 1)), "cap of");
	EXPECT(memblock_is_reserved(M(0)));
	EXPECT_EQ(memblock_phys_mem_size(), 4 * MIB);
}
