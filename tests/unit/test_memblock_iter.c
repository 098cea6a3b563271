/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The iterators: drawn cases first, then random tables against a walk byte by byte, with
 * addresses so small that a byte is the unit.
 */
#include "memblock_test.h"

static const phys_addr_t base = 0x80000000;

/** EXPECT_STEP - the result of this step is [a, b) MiB above base. */
#define EXPECT_STEP(nr, start, end, a, b) \
	do {                              \
		EXPECT_EQ(start, M(a));   \
		EXPECT_EQ(end, M(b));     \
		(nr)++;                   \
	} while (0)

/*
 *   memory     [------------)      [-----)[--n1--)
 *   reserved      [-)    [----)      [)       [------)
 *   free       [--) [----)         [-) [-)[---)
 */
static void given_example(void)
{
	memblock_add_node(SPAN(0, 10), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(14, 18), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(18, 24), 1, MEMBLOCK_NONE);
	memblock_reserve(SPAN(2, 3));
	memblock_reserve(SPAN(8, 11));
	memblock_reserve(SPAN(15, 16));
	memblock_reserve(SPAN(22, 30));
}

static const u64 free_mib[][3] = {{0, 2, 0}, {3, 8, 0}, {14, 15, 0}, {16, 18, 0}, {18, 22, 1}};

TEST(free_ascending)
{
	phys_addr_t start, end;
	u64 i, nr = 0;
	u32 nid;

	given_example();
	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, &nid) {
		ASSERT_LT(nr, ARRAY_SIZE(free_mib));
		EXPECT_EQ(start, M(free_mib[nr][0]));
		EXPECT_EQ(end, M(free_mib[nr][1]));
		EXPECT_EQ(nid, free_mib[nr][2]);
		nr++;
	}
	EXPECT_EQ(nr, ARRAY_SIZE(free_mib));
	EXPECT_EQ(i, MEMBLOCK_ITER_END);
}

TEST(free_descending)
{
	u64 i, nr = ARRAY_SIZE(free_mib);
	phys_addr_t start, end;
	u32 nid;

	given_example();
	for_each_free_mem_range_reverse (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, &nid) {
		ASSERT_NE(nr, 0);
		nr--;
		EXPECT_EQ(start, M(free_mib[nr][0]));
		EXPECT_EQ(end, M(free_mib[nr][1]));
		EXPECT_EQ(nid, free_mib[nr][2]);
	}
	EXPECT_EQ(nr, 0);
}

TEST(free_of_one_node)
{
	phys_addr_t start, end;
	u64 i, nr = 0;

	given_example();
	for_each_free_mem_range (i, 1, MEMBLOCK_NONE, &start, &end, NULL) {
		EXPECT_STEP(nr, start, end, 18, 22);
	}
	EXPECT_EQ(nr, 1);
	for_each_free_mem_range_reverse (i, 5, MEMBLOCK_NONE, &start, &end, NULL) {
		nr++;
	}
	EXPECT_EQ(nr, 1);
}

TEST(nothing_to_walk)
{
	phys_addr_t start, end;
	u64 i, nr = 0;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		nr++;
	}
	for_each_free_mem_range_reverse (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		nr++;
	}
	for_each_mem_range (i, &start, &end) {
		nr++;
	}
	memblock_add(SPAN(0, 4));
	memblock_reserve(0, PHYS_ADDR_MAX);
	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		nr++;
	}
	for_each_free_mem_range_reverse (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL) {
		nr++;
	}
	EXPECT_EQ(nr, 0);
}

/*
 *   memory   [---)[nomap)[hotplug)
 *   to map   [---)       [-------)
 */
TEST(mem_range_leaves_nomap_out)
{
	static const u64 want[][2] = {{0, 4}, {8, 12}};
	phys_addr_t start, end;
	u64 i, nr = 0;

	memblock_add(SPAN(0, 12));
	memblock_mark_nomap(SPAN(4, 8));
	memblock_mark_hotplug(SPAN(8, 12));
	memblock_reserve(SPAN(0, 12));
	for_each_mem_range (i, &start, &end) {
		ASSERT_LT(nr, 2);
		EXPECT_EQ(start, M(want[nr][0]));
		EXPECT_EQ(end, M(want[nr][1]));
		nr++;
	}
	EXPECT_EQ(nr, 2);
}

TEST(flags_of_free_ranges)
{
	static const struct {
		enum memblock_flags flags;
		u64 bytes;
	} want[] = {
		{MEMBLOCK_NONE, 8 * MIB}, /* ordinary and mirrored */
		{MEMBLOCK_HOTPLUG, 12 * MIB}, {MEMBLOCK_MIRROR, 4 * MIB},
		{MEMBLOCK_NOMAP, 12 * MIB},   {MEMBLOCK_HOTPLUG | MEMBLOCK_NOMAP, 16 * MIB},
	};
	phys_addr_t start, end;
	u64 i;

	memblock_add(SPAN(0, 16));
	memblock_mark_hotplug(SPAN(4, 8));
	memblock_mark_mirror(SPAN(8, 12));
	memblock_mark_nomap(SPAN(12, 16));
	for (u32 n = 0; n < ARRAY_SIZE(want); n++) {
		u64 bytes = 0;

		for_each_free_mem_range (i, NUMA_NO_NODE, want[n].flags, &start, &end, NULL) {
			bytes += end - start;
		}
		EXPECT_EQ(bytes, want[n].bytes);
	}
}

TEST(whole_regions)
{
	struct memblock_region *rgn;
	u64 bytes = 0;

	given_example();
	for_each_mem_region (rgn) {
		bytes += rgn->size;
	}
	EXPECT_EQ(bytes, 20 * MIB);
	for_each_reserved_mem_region (rgn) {
		bytes += rgn->size;
	}
	EXPECT_EQ(bytes, 33 * MIB);
}

/*
 *   pages    |    |    |    |    |    |
 *   memory     [-------)     [-)[--n1---)     the middle one holds no whole page
 *   frames        [----)          [----)
 */
TEST(pfn_ranges_are_whole_frames)
{
	pfn_t start_pfn, end_pfn;
	u32 nid, nr = 0;
	s64 i;

	memblock_add_node(base + 0x800, 0x1800, 0, MEMBLOCK_NONE);
	memblock_add_node(base + 0x2800, 0x400, 0, MEMBLOCK_NONE);
	memblock_add_node(base + 0x2c00, 0x1c00, 1, MEMBLOCK_NOMAP);
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid) {
		EXPECT_EQ(nid, nr);
		EXPECT_EQ(start_pfn, PFN_DOWN(base) + (nr == 0 ? 1 : 3));
		EXPECT_EQ(end_pfn, PFN_DOWN(base) + (nr == 0 ? 2 : 4));
		nr++;
	}
	EXPECT_EQ(nr, 2);
	EXPECT_EQ(i, -1);
	for_each_mem_pfn_range (i, 1, &start_pfn, NULL, NULL) {
		EXPECT_EQ(start_pfn, PFN_DOWN(base) + 3);
		nr++;
	}
	EXPECT_EQ(nr, 3);
}

/* A and B any tables: B's regions may touch each other when their nodes differ. */
TEST(touching_regions_leave_no_empty_gap)
{
	struct memblock_type *memory = &memblock.memory, *reserved = &memblock.reserved;
	phys_addr_t start, end;
	u64 i = 0, nr = 0;

	memblock_add(SPAN(0, 10));
	memblock_type_add(reserved, SPAN(2, 4), 0, MEMBLOCK_NONE);
	memblock_type_add(reserved, SPAN(4, 6), 1, MEMBLOCK_NONE);
	for (memblock_next_range(&i, NUMA_NO_NODE, 0, memory, reserved, &start, &end, NULL);
	     i != MEMBLOCK_ITER_END;
	     memblock_next_range(&i, NUMA_NO_NODE, 0, memory, reserved, &start, &end, NULL)) {
		EXPECT_LT(start, end);
		nr++;
	}
	EXPECT_EQ(nr, 2);
}

#define BYTES 64

/**
 * brute_force - mark in seen the bytes of [0, BYTES) that are in memory of nid and not in
 * reserved.
 */
static void brute_force(u32 nid, u8 *seen)
{
	for (u64 pa = 0; pa < BYTES; pa++) {
		s64 i = memblock_type_search(&memblock.memory, pa);

		seen[pa] = i >= 0 && !memblock_is_reserved(pa) &&
			   (nid == NUMA_NO_NODE || memblock.memory.regions[i].nid == nid);
	}
}

static void compare_walks(u32 nid)
{
	phys_addr_t start, end, last;
	u8 want[BYTES];
	u64 i, left;

	brute_force(nid, want);
	last = 0;
	for_each_free_mem_range (i, nid, MEMBLOCK_NONE, &start, &end, NULL) {
		ASSERT(last <= start && start < end && end <= BYTES);
		for (last = start; last < end; last++) {
			ASSERT_EQ(want[last], 1);
			want[last] = 2;
		}
	}
	last = BYTES;
	for_each_free_mem_range_reverse (i, nid, MEMBLOCK_NONE, &start, &end, NULL) {
		ASSERT(start < end && end <= last);
		for (last = end; last > start; last--) {
			ASSERT_EQ(want[last - 1], 2);
			want[last - 1] = 0;
		}
	}
	for (left = 0; left < BYTES; left++)
		ASSERT_EQ(want[left], 0);
}

TEST(random_tables)
{
	u64 state = 0x5eed;

	for (u32 round = 0; round < 3000; round++) {
		unit_note("round %u, seed 0x5eed", round);
		forget_all();
		for (u64 n = unit_random(&state) % 9; n > 0; n--) {
			u64 at = unit_random(&state) % BYTES;

			memblock_add_node(at, unit_random(&state) % (BYTES - at + 1), (u32)(n % 3),
					  MEMBLOCK_NONE);
		}
		for (u64 n = unit_random(&state) % 9; n > 0; n--) {
			u64 at = unit_random(&state) % BYTES;

			memblock_type_add(&memblock.reserved, at, unit_random(&state) % 12,
					  (u32)(n % 2), MEMBLOCK_NONE);
		}
		compare_walks(NUMA_NO_NODE);
		compare_walks(1);
	}
}
