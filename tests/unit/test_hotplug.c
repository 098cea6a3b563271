/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that comes and goes, in whole sections: states, refusals, and what is left behind: nothing.
 *
 * Drawings: | is the edge of a section, = RAM of the boot, . RAM of the tree that is held back, + added
 * and offline, o online.
 */
#include "hotplug_test.h"

#include <string.h>

#include "mm/page_owner.h"

static u64 free_pages_of(u32 nid)
{
	u64 pages = 0;

	buddy_drain();
	for (u32 i = 0; i < MAX_NR_ZONES; i++)
		pages += zone_free_pages(&NODE_DATA(nid)->node_zones[i]);
	return pages;
}

static enum block_state state_of(u64 nr)
{
	struct block_info info;

	if (!memory_block_info(nr, &info) || info.phys_index != nr)
		return BLOCK_ABSENT;
	return info.state;
}

/* C141. FLAT and DISCONTIG say why they cannot. */
TEST(other_models_say_why)
{
	struct block_info info;

	if (has_sections())
		return;
	boot_with_held_back(4);
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_PLAIN), HOTPLUG_ENOSYS,
		     "needs a SPARSE model");
	EXPECT_FAILS(remove_memory(S(2), SECTION), HOTPLUG_ENOSYS, memmodel_name);
	EXPECT_FAILS(memory_block_online(16, MMOP_ONLINE_KERNEL), HOTPLUG_ENOSYS, "SPARSE");
	EXPECT_FAILS(memory_block_offline(16), HOTPLUG_ENOSYS, "SPARSE");
	EXPECT_FAILS(memory_block_remove(16), HOTPLUG_ENOSYS, "SPARSE");
	EXPECT(!memory_block_info(0, &info));
	EXPECT_EQ(memory_block_size_bytes(), 0);
}

/* What is worked out anew after each change says of the boot what the boot said. */
TEST(respan_changes_nothing)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	given_virt(2 * SECTION + 6 * MIB);
	given_bank(S(5) + MIB, SECTION);
	given_mem_at(SECTION, S(0));
	given_mem_at(SECTION - MIB, S(5) + MIB);
	boot_to("check");
	snapshot_take(&before);
	hotplug_respan();
	EXPECT_SAME(&before);
}

/* |==|==|..|..|  ->  |==|==|++|..|  ->  |==|==|oo|..|  and back, every state sound */
TEST(whole_life)
{
	const pfn_t pfn = PFN_DOWN(S(2));
	struct snapshot before, offline, now;
	u64 free;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	free = free_pages_of(0);
	EXPECT(!pfn_valid(pfn));
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_PLAIN), 0);
	EXPECT(pfn_valid(pfn) && pfn_valid(pfn + PAGES_PER_SECTION - 1));
	EXPECT(!pfn_valid(pfn + PAGES_PER_SECTION));
	EXPECT_EQ(state_of(SECTION_NR(2)), BLOCK_OFFLINE);
	EXPECT(page_has(pfn_to_page(pfn), PG_RESERVED));
	EXPECT_EQ(dropped_bytes("offline"), SECTION);
	/* item 86: struct pages, but nothing free; paid from what was there */
	EXPECT_LT(free_pages_of(0), free);
	EXPECT_SOUND();
	snapshot_take(&offline);
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT_EQ(state_of(SECTION_NR(2)), BLOCK_ONLINE);
	EXPECT_EQ(dropped_bytes("offline"), 0);
	EXPECT(!page_has(pfn_to_page(pfn), PG_RESERVED));
	EXPECT_EQ(NODE_DATA(0)->node_present_pages, 3 * PAGES_PER_SECTION);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	snapshot_take(&now);
	EXPECT_TEXT(snapshot_differs(&offline, &now), NULL);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_EQ(state_of(SECTION_NR(2)), BLOCK_ABSENT);
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

/* The bytes of what was added are what they say: the direct map shows them, and only them. */
TEST(memory_can_be_used)
{
	struct page *page;
	u64 pages = 0;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_PLAIN), 0);
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	while ((page = alloc_pages(0)) != NULL) {
		u64 *bytes = phys_to_virt(pfn_to_phys(page_to_pfn(page)));

		bytes[0] = page_to_pfn(page);
		bytes[511] = ~page_to_pfn(page);
		pages += page_to_pfn(page) >= PFN_DOWN(S(2));
	}
	EXPECT_EQ(pages, PAGES_PER_SECTION);
}

/* C129, C130, C131, C132, C144: each with its error, and nothing changed */
TEST(refused_adds)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	given_reserved(OWNER_RESERVED, S(3) + MIB, PAGE_SIZE, "/reserved-memory/camera");
	given_reserved(OWNER_FIRMWARE, S(4) + MIB, PAGE_SIZE, "/reserved-memory/secret");
	boot_with_held_back(6);
	snapshot_take(&before);
	EXPECT_FAILS(add_memory(0, S(2) + PAGE_SIZE, SECTION, 0), HOTPLUG_EINVAL, "2 MiB");
	EXPECT_FAILS(add_memory(0, S(2), MIB, 0), HOTPLUG_EINVAL, "2 MiB");
	EXPECT_FAILS(add_memory(0, S(2), 0, 0), HOTPLUG_EINVAL, "2 MiB");
	EXPECT_FAILS(add_memory(0, S(1), SECTION, 0), HOTPLUG_EEXIST, "in use");
	EXPECT_FAILS(add_memory(0, S(1), 2 * SECTION, 0), HOTPLUG_EEXIST, "/memory");
	EXPECT_FAILS(add_memory(0, S(3), SECTION, 0), HOTPLUG_EBUSY, "camera");
	EXPECT_FAILS(add_memory(0, S(4), SECTION, 0), HOTPLUG_EBUSY, "no-map");
	EXPECT_FAILS(add_memory(0, S(6), SECTION, 0), HOTPLUG_EINVAL, "memory node");
	EXPECT_FAILS(add_memory(0, S(5), 2 * SECTION, 0), HOTPLUG_EINVAL, "memory node");
	EXPECT_FAILS(add_memory(0, 0x10000000, SECTION, 0), HOTPLUG_ERANGE, "lowest bank");
	EXPECT_FAILS(add_memory(0, BASE + DIRECT_MAP_SIZE, SECTION, 0), HOTPLUG_ERANGE, "reach");
	EXPECT_FAILS(add_memory(0, ALIGN_DOWN(~0UL, MEGAPAGE_SIZE), SECTION, 0), HOTPLUG_ERANGE,
		     "2^64");
	EXPECT_FAILS(add_memory(MAX_NUMNODES, S(2), SECTION, 0), HOTPLUG_EINVAL, "node");
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

/* C134, C135: twice; while online; in the wrong order; and again after all */
TEST(wrong_order)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	EXPECT_FAILS(remove_memory(S(2), SECTION), HOTPLUG_EINVAL, "added at run time");
	EXPECT_FAILS(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), HOTPLUG_EINVAL,
		     "nothing that is offline");
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EINVAL, "nothing that is online");
	EXPECT_FAILS(memory_block_remove(SECTION_NR(1)), HOTPLUG_EINVAL, "added at run time");
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), HOTPLUG_EEXIST, "offline");
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), HOTPLUG_EEXIST, "in use");
	EXPECT_FAILS(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), HOTPLUG_EINVAL,
		     "offline");
	EXPECT_FAILS(memory_block_remove(SECTION_NR(2)), HOTPLUG_EBUSY, "online");
	EXPECT_FAILS(remove_memory(S(2), SECTION), HOTPLUG_EBUSY, "online");
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_FAILS(memory_block_remove(SECTION_NR(2)), HOTPLUG_EINVAL, "added");
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
}

/* |==|==|++++++++|  several sections at once, removed one by one, in another order */
TEST(several_sections)
{
	static const u32 order[] = {3, 2, 5, 4};
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with_held_back(6);
	snapshot_take(&before);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), 4 * SECTION, 0), 0);
	ASSERT_EQ(online_pages(PFN_DOWN(S(2)), 4 * PAGES_PER_SECTION, MMOP_ONLINE_KERNEL), 0);
	EXPECT_SOUND();
	for (u32 i = 0; i < ARRAY_SIZE(order); i++) {
		ASSERT_EQ(memory_block_offline(SECTION_NR(order[i])), 0);
		EXPECT_SOUND();
		ASSERT_EQ(memory_block_remove(SECTION_NR(order[i])), 0);
		EXPECT_SOUND();
	}
	EXPECT_SAME(&before);
}

/* A section whose part of the table of sections does not exist yet: its root comes with it, and goes with it. */
TEST(new_root)
{
	const u64 reach = SECTIONS_PER_ROOT * SECTION;
	const phys_addr_t far = BASE + 2 * reach;
	struct snapshot before;
	u64 roots;

	NEEDS_SECTIONS();
	if (!config_section_extreme || 3 * reach > DIRECT_MAP_SIZE)
		return;
	given_virt(2 * SECTION);
	given_bank(far, 3 * SECTION);
	given_mem(2 * SECTION);
	boot_to("check");
	snapshot_take(&before);
	roots = sparse_figures.roots;
	EXPECT(nr_to_section(far / SECTION) == NULL);
	for (u32 i = 0; i < 2; i++) {
		ASSERT_EQ(add_memory(NUMA_NO_NODE, far, SECTION, ADD_PLAIN), 0);
		EXPECT_EQ(sparse_figures.roots, roots + 1);
		ASSERT_EQ(add_memory(NUMA_NO_NODE, far + 2 * SECTION, SECTION, ADD_ALTMAP), 0);
		EXPECT_EQ(sparse_figures.roots, roots + 1);
		ASSERT_EQ(memory_block_online(far / SECTION, MMOP_ONLINE_KERNEL), 0);
		EXPECT_SOUND();
		ASSERT_EQ(memory_block_offline(far / SECTION), 0);
		ASSERT_EQ(memory_block_remove(far / SECTION), 0);
		EXPECT_EQ(sparse_figures.roots, roots + 1);
		ASSERT_EQ(memory_block_remove(far / SECTION + 2), 0);
		EXPECT_EQ(sparse_figures.roots, roots);
		EXPECT_SAME(&before);
	}
	EXPECT_SOUND();
}

/* What memory that was added takes for its struct pages is no leak. */
TEST(no_leak)
{
	NEEDS_SECTIONS();
	boot_with_held_back(4);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_BASE_PAGES), 0);
	page_owner_leaks();
	EXPECT_EQ(warned("page-leak"), 0);
}

/* C133: the n-th allocation of an add fails, for every n, for each kind of backing */
TEST(every_allocation_fails_once)
{
	static const enum add_flags kinds[] = {ADD_PLAIN, ADD_BASE_PAGES, ADD_ALTMAP,
					       ADD_ALTMAP | ADD_BASE_PAGES};
	struct snapshot before;
	u64 nr_failed = 0;

	NEEDS_SECTIONS();
	boot_with_held_back(6);
	snapshot_take(&before);
	for (u32 kind = 0; kind < ARRAY_SIZE(kinds); kind++) {
		int failed = HOTPLUG_ENOMEM;

		for (u64 n = 1; failed; n++) {
			(void)owned_set_fail(n);
			failed = add_memory(3, S(3), 2 * SECTION, kinds[kind] | ADD_NO_FALLBACK);
			if (failed) {
				nr_failed++;
				ASSERT_EQ(failed, HOTPLUG_ENOMEM);
				EXPECT_SAME(&before);
				EXPECT_SOUND();
			}
		}
		(void)owned_set_fail(0);
		ASSERT_EQ(remove_memory(S(3), 2 * SECTION), 0);
		EXPECT_SAME(&before);
	}
	EXPECT_LE(4 * 5, nr_failed);
}
