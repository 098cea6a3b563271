/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions and printing: what is where, and what a reader of the log sees. */
#include <string.h>

#include "memblock_test.h"

static const phys_addr_t base = 0x80000000;

/*
 *   MiB        0      4      8    10        16
 *   memory     [--n0-)[-nm--)     [----n1---)
 *   reserved       [-----)                     [---)
 */
static void given_example(void)
{
	memblock_add_node(SPAN(0, 4), 0, MEMBLOCK_NONE);
	memblock_add_node(SPAN(4, 8), 0, MEMBLOCK_NOMAP);
	memblock_add_node(SPAN(10, 16), 1, MEMBLOCK_HOTPLUG);
	memblock_reserve(SPAN(2, 5));
	memblock_reserve(SPAN(20, 22));
}

TEST(sizes)
{
	EXPECT_EQ(memblock_phys_mem_size(), 0);
	EXPECT_EQ(memblock_reserved_size(), 0);
	EXPECT_EQ(memblock_start_of_DRAM(), 0);
	EXPECT_EQ(memblock_end_of_DRAM(), 0);
	given_example();
	EXPECT_EQ(memblock_phys_mem_size(), 14 * MIB);
	EXPECT_EQ(memblock_reserved_size(), 5 * MIB);
	EXPECT_EQ(memblock_start_of_DRAM(), M(0));
	EXPECT_EQ(memblock_end_of_DRAM(), M(16));
}

TEST(one_address)
{
	given_example();
	EXPECT(memblock_is_memory(M(0)));
	EXPECT(!memblock_is_memory(M(0) - 1));
	EXPECT(memblock_is_memory(M(8) - 1));
	EXPECT(!memblock_is_memory(M(8)));
	EXPECT(!memblock_is_memory(0));
	EXPECT(!memblock_is_memory(PHYS_ADDR_MAX));
	EXPECT(memblock_is_map_memory(M(4) - 1));
	EXPECT(!memblock_is_map_memory(M(4)));
	EXPECT(!memblock_is_map_memory(M(9)));
	EXPECT(memblock_is_map_memory(M(12)));
	EXPECT(memblock_is_reserved(M(2)));
	EXPECT(!memblock_is_reserved(M(5)));
	EXPECT(memblock_is_reserved(M(21)));
}

TEST(a_whole_range)
{
	given_example();
	EXPECT(memblock_is_region_memory(SPAN(0, 4)));
	EXPECT(memblock_is_region_memory(SPAN(1, 2)));
	EXPECT(!memblock_is_region_memory(SPAN(8, 9)));
	EXPECT(!memblock_is_region_memory(M(0) - 1, 2));
	/* One region only: the next one is of another kind. */
	EXPECT(!memblock_is_region_memory(SPAN(0, 5)));
	EXPECT(!memblock_is_region_memory(M(10), PHYS_ADDR_MAX));
	EXPECT(memblock_is_region_reserved(SPAN(0, 3)));
	EXPECT(!memblock_is_region_reserved(SPAN(0, 2)));
	EXPECT(!memblock_is_region_reserved(SPAN(5, 20)));
	EXPECT(memblock_is_region_reserved(SPAN(5, 21)));
	EXPECT(memblock_is_region_reserved(M(0), PHYS_ADDR_MAX));
	EXPECT(!memblock_is_region_reserved(M(3), 0));
}

TEST(overlap)
{
	given_example();
	EXPECT(memblock_overlaps_region(&memblock.memory, SPAN(7, 11)));
	EXPECT(!memblock_overlaps_region(&memblock.memory, SPAN(8, 10)));
	EXPECT(memblock_overlaps_region(&memblock.memory, M(16) - 1, 1));
	EXPECT(!memblock_overlaps_region(&memblock.memory, M(16), 1));
	EXPECT(memblock_overlaps_region(&memblock.reserved, SPAN(3, 4)));
}

/* A region that starts at address 0, where "base - 1" has no meaning. */
TEST(at_address_zero)
{
	memblock_add(0, PAGE_SIZE);
	EXPECT(memblock_is_memory(0));
	EXPECT(memblock_is_region_memory(0, PAGE_SIZE));
	EXPECT(!memblock_overlaps_region(&memblock.memory, PAGE_SIZE, MIB));
	EXPECT_EQ(memblock_start_of_DRAM(), 0);
}

TEST(search_by_frame)
{
	pfn_t start_pfn = 1, end_pfn = 2;

	given_example();
	EXPECT_EQ(memblock_search_pfn_nid(PFN_DOWN(M(12)), &start_pfn, &end_pfn), 1);
	EXPECT_EQ(start_pfn, PFN_DOWN(M(10)));
	EXPECT_EQ(end_pfn, PFN_DOWN(M(16)));
	EXPECT_EQ(memblock_search_pfn_nid(PFN_DOWN(M(4)), &start_pfn, &end_pfn), 0);
	EXPECT_EQ(start_pfn, PFN_DOWN(M(4)));
	EXPECT_EQ(memblock_search_pfn_nid(PFN_DOWN(M(8)), &start_pfn, &end_pfn), -1);
	EXPECT_EQ(start_pfn, PFN_DOWN(M(4)));
	/* A region without a node. */
	memblock_add(SPAN(30, 31));
	EXPECT_EQ(memblock_search_pfn_nid(PFN_DOWN(M(30)), &start_pfn, &end_pfn), -1);
	EXPECT_EQ(start_pfn, PFN_DOWN(M(30)));
}

TEST(search_every_region)
{
	for (u64 i = 0; i < 100; i++)
		memblock_add(base + 3 * i, 2);
	for (u64 i = 0; i < 100; i++) {
		EXPECT_EQ(memblock_type_search(&memblock.memory, base + 3 * i), i);
		EXPECT_EQ(memblock_type_search(&memblock.memory, base + 3 * i + 1), i);
		EXPECT_EQ(memblock_type_search(&memblock.memory, base + 3 * i + 2), -1);
	}
}

static const char example_text[] =
	"memblock    memory      3 of 128 regions, 14 MiB\n"
	"memblock    memory[0]   [0x0000000080000000, 0x0000000080400000) 4 MiB node 0 flags none\n"
	"memblock    memory[1]   [0x0000000080400000, 0x0000000080800000) 4 MiB node 0 flags "
	"nomap\n"
	"memblock    memory[2]   [0x0000000080a00000, 0x0000000081000000) 6 MiB node 1 flags "
	"hotplug\n"
	"memblock    reserved    2 of 128 regions, 5 MiB\n"
	"memblock    reserved[0] [0x0000000080200000, 0x0000000080500000) 3 MiB node none flags "
	"none\n"
	"memblock    reserved[1] [0x0000000081400000, 0x0000000081600000) 2 MiB node none flags "
	"none\n";

TEST(dump)
{
	given_example();
	unit_output_begin();
	memblock_dump_all();
	EXPECT_TEXT(unit_output_end(), "");
	unit_output_begin();
	memblock_dump();
	EXPECT_TEXT(unit_output_end(), example_text);
}

TEST(dump_of_all_flags)
{
	memblock_add_node(SPAN(0, 1), 255, MEMBLOCK_NOMAP | MEMBLOCK_MIRROR | MEMBLOCK_HOTPLUG);
	unit_output_begin();
	memblock_dump();
	EXPECT(strstr(unit_output_end(), "1 MiB node 255 flags hotplug|mirror|nomap\n"));
}

TEST(debug_traces_every_change)
{
	memblock_set_debug(true);
	unit_output_begin();
	memblock_add(SPAN(0, 4));
	memblock_reserve(SPAN(0, 1));
	memblock_phys_free(M(0), PHYS_ADDR_MAX);
	EXPECT_TEXT(unit_output_end(),
		    "memblock    add        memory   [0x0000000080000000, 0x0000000080400000)\n"
		    "memblock    reserve    reserved [0x0000000080000000, 0x0000000080100000)\n"
		    "memblock    free       reserved [0x0000000080000000, 0xffffffffffffffff)\n");
	unit_output_begin();
	memblock_dump_all();
	EXPECT(strstr(unit_output_end(), "memory[0]"));
}

/* The checker of the normal form sees what it claims to see. */
TEST(check_finds_each_fault)
{
	struct memblock_region r[2] = {{0x1000, 0x1000, MEMBLOCK_NONE, 0},
				       {0x3000, 0x1000, MEMBLOCK_NONE, 0}};
	struct memblock_type type = {
		.cnt = 2, .max = 2, .total_size = 0x2000, .regions = r, .name = "x"};

	EXPECT_TEXT(memblock_type_check(&type), NULL);
	type.total_size++;
	EXPECT_TEXT(memblock_type_check(&type), "total_size is not the sum");
	r[1].base = 0x2000;
	EXPECT_TEXT(memblock_type_check(&type), "neighbours that touch and agree");
	r[1].base = 0x1fff;
	EXPECT_TEXT(memblock_type_check(&type), "regions out of order or overlapping");
	r[1].size = 0;
	EXPECT_TEXT(memblock_type_check(&type), "an empty region");
	r[1].size = PHYS_ADDR_MAX;
	EXPECT_TEXT(memblock_type_check(&type), "a region beyond the end of the address space");
	type.max = 1;
	EXPECT_TEXT(memblock_type_check(&type), "more regions than room");
}
