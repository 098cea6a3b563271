/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of sections: 2 MiB at a time, in new sections and in holes of the boot's.
 *
 * Drawings: one character is a subsection; = RAM of the boot, . not there, + added.
 */
#include "hotplug_test.h"

#include <string.h>

#define PER_SECTION (SECTION / SUBSECTION)

static int add_bit(u32 section, u64 bit)
{
	return add_memory(NUMA_NO_NODE, S(section) + bit * SUBSECTION, SUBSECTION, ADD_PLAIN);
}

static int remove_bit(u32 section, u64 bit)
{
	return remove_memory(S(section) + bit * SUBSECTION, SUBSECTION);
}

static u64 memmap_bytes(void)
{
	struct ledger ledger;

	ledger_make(&ledger);
	return ledger.bytes[OWN_MEMMAP];
}

/*
 * C138. |====....|  the boot has half of section 1: the memmap of the other half is there. Adding into it sets
 * bits and allocates no struct page; removing clears them, and the holes are holes again.
 */
TEST(hole_of_an_early_section)
{
	const phys_addr_t hole = S(1) + SECTION / 2;
	struct snapshot before;
	struct page *memmap;
	u64 bytes;

	NEEDS_SECTIONS();
	given_virt(3 * SECTION);
	given_mem(SECTION + SECTION / 2);
	boot_to("check");
	snapshot_take(&before);
	bytes = memmap_bytes();
	memmap = pfn_to_page(PFN_DOWN(hole));
	EXPECT(!subsection_is_set(pfn_to_section(PFN_DOWN(hole))->usage, PFN_DOWN(hole)));
	ASSERT_EQ(add_memory(NUMA_NO_NODE, hole, SUBSECTION, 0), 0);
	EXPECT_EQ(memmap_bytes(), bytes);
	EXPECT_EQ((u64)pfn_to_page(PFN_DOWN(hole)), (u64)memmap);
	EXPECT(subsection_is_set(pfn_to_section(PFN_DOWN(hole))->usage, PFN_DOWN(hole)));
	EXPECT(!subsection_is_set(pfn_to_section(PFN_DOWN(hole))->usage,
				  PFN_DOWN(hole + SUBSECTION)));
	EXPECT(pfn_is_ram(PFN_DOWN(hole)));
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_online(SECTION_NR(1), MMOP_ONLINE_KERNEL), 0);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(1)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(1)), 0);
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

/* The same hole in all, online: the section is whole, blocks form across the border of boot and added */
TEST(fill_an_early_section)
{
	const phys_addr_t hole = S(1) + SECTION / 2;
	struct snapshot before;
	struct block_info info;

	NEEDS_SECTIONS();
	given_virt(3 * SECTION);
	given_mem(SECTION + SECTION / 2);
	boot_to("check");
	snapshot_take(&before);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, hole, SECTION / 2, 0), 0);
	ASSERT(memory_block_info(SECTION_NR(1), &info));
	EXPECT_EQ(info.state, BLOCK_MIXED);
	EXPECT_EQ(info.present, SECTION);
	EXPECT_EQ(info.added, SECTION / 2);
	ASSERT_EQ(memory_block_online(SECTION_NR(1), MMOP_ONLINE_KERNEL), 0);
	ASSERT(memory_block_info(SECTION_NR(1), &info));
	EXPECT_EQ(info.state, BLOCK_ONLINE);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(1)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(1)), 0);
	EXPECT_SAME(&before);
}

/* Only what was added is valid, although the struct pages of a unit come together. */
TEST(valid_by_subsection)
{
	const u64 bits[] = {0, 1, 2, 5, PER_SECTION - 1};
	const pfn_t start = PFN_DOWN(S(2));

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	for (u32 i = 0; i < ARRAY_SIZE(bits); i++)
		ASSERT_EQ(add_bit(2, bits[i]), 0);
	for (u64 bit = 0; bit < PER_SECTION; bit++) {
		bool wanted = false;

		for (u32 i = 0; i < ARRAY_SIZE(bits); i++)
			wanted = wanted || bits[i] == bit;
		EXPECT_EQ(pfn_valid(start + bit * PAGES_PER_SUBSECTION), wanted);
		EXPECT_EQ(pfn_valid(start + (bit + 1) * PAGES_PER_SUBSECTION - 1), wanted);
	}
	EXPECT_EQ(sparse_figures.mixed, 1);
	EXPECT_SOUND();
}

/* vmemmap: 2 MiB cost the struct pages of one unit, not of a section. SPARSE: one array, once. */
TEST(cost_of_a_subsection)
{
	u64 before, first;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	before = memmap_bytes();
	ASSERT_EQ(add_bit(2, 4), 0);
	first = memmap_bytes() - before;
	EXPECT_EQ(first, is_model("vmemmap") ? MEMMAP_UNIT_PAGES * sizeof(struct page)
					     : SECTION_MEMMAP_BYTES);
	ASSERT_EQ(add_bit(2, 5), 0);
	EXPECT_EQ(memmap_bytes() - before, first);
}

/*
 * C139. Three pieces of a section, added and removed in all orders: sound at every step, the memmap
 * goes with the last, and nothing is left.
 */
TEST(all_orders)
{
	static const u8 orders[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
					{1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	const u64 bits[] = {0, 1, PER_SECTION / 2};
	struct snapshot before;
	u64 bytes;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	bytes = memmap_bytes();
	for (u32 in = 0; in < 6; in++)
		for (u32 out = 0; out < 6; out++) {
			for (u32 i = 0; i < 3; i++)
				ASSERT_EQ(add_bit(2, bits[orders[in][i]]), 0);
			if (in % 2 == 1) {
				ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL),
					  0);
				EXPECT_SOUND();
				ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
			}
			for (u32 i = 0; i < 3; i++) {
				EXPECT_LT(bytes, memmap_bytes());
				ASSERT_EQ(remove_bit(2, bits[orders[out][i]]), 0);
			}
			EXPECT_EQ(memmap_bytes(), bytes);
			EXPECT_SAME(&before);
		}
	EXPECT_SOUND();
}

/* A section that came whole, removed piece by piece: its megapage of struct pages goes with the last. */
TEST(whole_section_in_pieces)
{
	struct snapshot before;
	u64 bytes;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	bytes = memmap_bytes();
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	for (u64 bit = 0; bit < PER_SECTION; bit++) {
		EXPECT_LT(bytes, memmap_bytes());
		ASSERT_EQ(remove_bit(2, bit), 0);
		EXPECT(!pfn_valid(PFN_DOWN(S(2)) + bit * PAGES_PER_SUBSECTION));
	}
	EXPECT_SAME(&before);
}

/* Half online, half not; each refusal says which 2 MiB */
TEST(mixed_states)
{
	struct snapshot before;
	struct block_info info;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	ASSERT_EQ(add_bit(2, 0), 0);
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	ASSERT_EQ(add_bit(2, 1), 0);
	ASSERT(memory_block_info(SECTION_NR(2), &info));
	EXPECT_EQ(info.state, BLOCK_MIXED);
	EXPECT_SOUND();
	EXPECT_FAILS(remove_memory(S(2), 2 * SUBSECTION), HOTPLUG_EBUSY, "online");
	EXPECT_FAILS(online_pages(PFN_DOWN(S(2)), 2 * PAGES_PER_SUBSECTION, MMOP_ONLINE_KERNEL),
		     HOTPLUG_EINVAL, "online already");
	EXPECT_FAILS(offline_pages(PFN_DOWN(S(2)), 2 * PAGES_PER_SUBSECTION), HOTPLUG_EINVAL,
		     "offline already");
	EXPECT_FAILS(online_pages(PFN_DOWN(S(2)) + 2 * PAGES_PER_SUBSECTION, PAGES_PER_SUBSECTION,
				  MMOP_ONLINE_KERNEL),
		     HOTPLUG_EINVAL, "not all RAM");
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), 4 * SUBSECTION, 0), HOTPLUG_EEXIST, "in use");
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_ALTMAP), HOTPLUG_EEXIST, "in use");
	ASSERT_EQ(remove_bit(2, 1), 0);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
}

/* Neighbours of 2 MiB merge into the largest block when both are online, and come apart again. */
TEST(blocks_form_and_part)
{
	const pfn_t pfn = PFN_DOWN(S(2));

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), 2 * SUBSECTION, 0), 0);
	ASSERT_EQ(online_pages(pfn, PAGES_PER_SUBSECTION, MMOP_ONLINE_KERNEL), 0);
	EXPECT_EQ(page_order(pfn_to_page(pfn)), PAGEBLOCK_ORDER);
	ASSERT_EQ(
		online_pages(pfn + PAGES_PER_SUBSECTION, PAGES_PER_SUBSECTION, MMOP_ONLINE_KERNEL),
		0);
	EXPECT_EQ(page_order(pfn_to_page(pfn)),
		  MAX_PAGE_ORDER < PAGEBLOCK_ORDER + 1 ? MAX_PAGE_ORDER : PAGEBLOCK_ORDER + 1);
	EXPECT_SOUND();
	ASSERT_EQ(offline_pages(pfn + PAGES_PER_SUBSECTION, PAGES_PER_SUBSECTION), 0);
	EXPECT_EQ(page_order(pfn_to_page(pfn)), PAGEBLOCK_ORDER);
	EXPECT_SOUND();
	ASSERT_EQ(offline_pages(pfn, PAGES_PER_SUBSECTION), 0);
	EXPECT_SOUND();
}
