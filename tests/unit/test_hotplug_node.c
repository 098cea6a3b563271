/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose memory it becomes, and where its struct pages lie: nodes that appear and go, altmaps, and what
 * an add costs.
 */
#include "hotplug_test.h"

#include "mm/handover.h"

#include <string.h>

static u64 free_pages_now(void)
{
	struct zone *zone;
	u64 pages = 0;
	u32 nid;

	buddy_drain();
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			pages += zone_free_pages(zone);
	return pages;
}

/* C143. Node 1 exists in the tree, but mem= holds back all it has: no pg_data_t until memory is added. */
TEST(new_node)
{
	struct snapshot before;
	struct page *page;

	NEEDS_SECTIONS();
	given_node_bank(0, BASE, 2 * SECTION);
	given_node_bank(1, S(2), 2 * SECTION);
	given_reserved(OWNER_FIRMWARE, VIRT_BASE, VIRT_FIRMWARE, "firmware");
	given_mem(2 * SECTION);
	boot_to("check");
	snapshot_take(&before);
	EXPECT(!node_is_online(1));
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	ASSERT(node_is_online(1));
	/* without online memory it allocates from node 0 */
	EXPECT_EQ(NODE_DATA(1)->node_present_pages, 0);
	EXPECT_EQ(NODE_DATA(1)->nr_zonelist, 1);
	page = alloc_pages_node(1, 0, MIGRATE_MOVABLE);
	ASSERT(page != NULL);
	EXPECT_EQ(page_to_nid(page), 0);
	EXPECT(free_pages(page, 0));
	EXPECT_EQ(page_to_nid(pfn_to_page(PFN_DOWN(S(2)))), 1);
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT_EQ(NODE_DATA(1)->node_start_pfn, PFN_DOWN(S(2)));
	EXPECT_EQ(NODE_DATA(1)->node_present_pages, PAGES_PER_SECTION);
	EXPECT_EQ(NODE_DATA(0)->nr_zonelist, 2);
	EXPECT_EQ(NODE_DATA(1)->nr_zonelist, 2);
	EXPECT_EQ((u64)NODE_DATA(1)->node_zonelist[0],
		  (u64)&NODE_DATA(1)->node_zones[zone_type_of(PFN_DOWN(S(2)))]);
	page = alloc_pages_node(1, 0, MIGRATE_MOVABLE);
	ASSERT(page != NULL);
	EXPECT_EQ(page_to_nid(page), 1);
	EXPECT(free_pages(page, 0));
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	EXPECT_EQ(NODE_DATA(1)->node_present_pages, 0);
	EXPECT_EQ(NODE_DATA(0)->nr_zonelist, 1);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT(!node_is_online(1));
	EXPECT_SAME(&before);
}

/* C143. A node of the boot (a cpu names it) stays without memory when its last block goes. */
TEST(memoryless_again)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	given_node_bank(0, BASE, 2 * SECTION);
	given_node_bank(1, S(2), 2 * SECTION);
	given_reserved(OWNER_FIRMWARE, VIRT_BASE, VIRT_FIRMWARE, "firmware");
	given_mem(2 * SECTION);
	machine.has_cpu_nodes = true;
	machine.cpu_nodes = 3;
	boot_to("check");
	ASSERT(node_is_online(1));
	snapshot_take(&before);
	ASSERT_EQ(add_memory(1, S(2), SECTION, 0), 0);
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_MOVABLE), 0);
	EXPECT_EQ(NODE_DATA(1)->node_zones[ZONE_MOVABLE].present_pages, PAGES_PER_SECTION);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT(node_is_online(1));
	EXPECT_EQ(NODE_DATA(1)->node_present_pages, 0);
	EXPECT_SAME(&before);
}

/* Item 88. With an altmap the rest of the machine pays tables only, and no struct page. */
TEST(altmap_costs_nothing)
{
	const pfn_t pfn = PFN_DOWN(S(2));
	struct snapshot before;
	u64 free;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	free = free_pages_now();
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), 2 * SECTION, ADD_ALTMAP), 0);
	/* two blocks, the table of owners, a table of the direct map and one of the vmemmap: at most */
	EXPECT_LE(free - free_pages_now(), 2 + 1 + 2 * (1 + (is_model("vmemmap") ? 2 : 0)));
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT(page_has(pfn_to_page(pfn), PG_RESERVED));
	EXPECT(page_has(pfn_to_page(pfn + ALTMAP_PAGES - 1), PG_RESERVED));
	EXPECT(!page_has(pfn_to_page(pfn + ALTMAP_PAGES), PG_RESERVED));
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_online(SECTION_NR(3), MMOP_ONLINE_MOVABLE), 0);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_offline(SECTION_NR(3)), 0);
	/* C140: a part of it cannot go, its struct pages would stay without memory */
	EXPECT_FAILS(remove_memory(S(2), SUBSECTION), HOTPLUG_EBUSY, "its own struct pages");
	EXPECT_FAILS(remove_memory(S(2) + SUBSECTION, SECTION), HOTPLUG_EBUSY, "struct pages");
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(3)), 0);
	EXPECT_SAME(&before);
}

TEST(altmap_needs_blocks)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SUBSECTION, ADD_ALTMAP), HOTPLUG_EINVAL,
		     "whole block");
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2) + SUBSECTION, SECTION, ADD_ALTMAP),
		     HOTPLUG_EINVAL, "whole block");
	EXPECT_SAME(&before);
}

/* Take all but keep pages, single ones, so that no two of those that stay free are neighbours. */
static struct page *exhaust(u64 keep)
{
	struct page *chain = NULL;
	struct page *page;

	while ((page = alloc_pages_node(0, 0, MIGRATE_UNMOVABLE)) != NULL) {
		page->private = (u64)chain;
		chain = page;
	}
	for (struct page **at = &chain; keep > 0 && *at;) {
		page = *at;
		if (page_to_pfn(page) % 2 == 1) {
			at = (struct page **)&page->private;
			continue;
		}
		*at = (struct page *)page->private;
		ASSERT(free_pages(page, 0));
		keep--;
	}
	return chain;
}

static void give_all(struct page *chain)
{
	while (chain) {
		struct page *next = (struct page *)chain->private;

		ASSERT(free_pages(chain, 0));
		chain = next;
	}
}

/*
 * Item 89. No 2 MiB in one piece are free, but enough pages: base-page leaves (vmemmap), or an altmap
 * (SPARSE). Nearly nothing is free: an altmap. A part of a block then: ENOMEM with both numbers.
 */
TEST(cheaper_backing)
{
	struct page *chain;
	struct snapshot before;
	u64 leaves;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	chain = exhaust(SECTION_MEMMAP_BYTES / PAGE_SIZE + 64);
	snapshot_take(&before);
	leaves = paging_leaf_size(VMEMMAP_START);
	/* vmemmap: smaller sections, or VMEMMAP_LEAF_BASE, want no more than pages from the start */
	if (!is_model("vmemmap") ||
	    (config_vmemmap_megapage && IS_ALIGNED(SECTION_MEMMAP_BYTES, MEGAPAGE_SIZE)))
		EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_NO_FALLBACK),
			     HOTPLUG_ENOMEM, "bytes are free");
	EXPECT_SAME(&before);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	if (is_model("vmemmap"))
		EXPECT_EQ(paging_leaf_size(VMEMMAP_START + 2 * SECTION_MEMMAP_BYTES), PAGE_SIZE);
	EXPECT(leaves > 0 || !is_model("vmemmap"));
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
	give_all(chain);
	chain = exhaust(16);
	snapshot_take(&before);
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION / 2, 0), HOTPLUG_ENOMEM,
		     "bytes are free");
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	EXPECT(page_has(pfn_to_page(PFN_DOWN(S(2))), PG_RESERVED));
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_MOVABLE), 0);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
	give_all(chain);
	EXPECT_SOUND();
}

/* C152. The address of a struct page that faulted before shows it as soon as the section is there. */
TEST(fresh_struct_pages_are_seen)
{
	const pfn_t pfn = PFN_DOWN(S(2));

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	for (u32 i = 0; i < 3; i++) {
		ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, i % 2 ? ADD_BASE_PAGES : 0), 0);
		EXPECT_EQ(pfn_to_page(pfn)->word, PAGE_WORD_RESERVED);
		EXPECT_EQ(page_to_pfn(pfn_to_page(pfn)), pfn);
		ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	}
}

/* What auto_online_blocks says happens at the end of an add. */
TEST(policy)
{
	struct block_info info;

	NEEDS_SECTIONS();
	boot_with_held_back(5);
	online_policy = ONLINE_POLICY_KERNEL;
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	ASSERT(memory_block_info(SECTION_NR(2), &info));
	EXPECT_EQ(info.state, BLOCK_ONLINE);
	online_policy = ONLINE_POLICY_MOVABLE;
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(3), SECTION, 0), 0);
	ASSERT(memory_block_info(SECTION_NR(3), &info));
	EXPECT_TEXT(info.zones, "Movable");
	online_policy = ONLINE_POLICY_OFFLINE;
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(4), SECTION, 0), 0);
	ASSERT(memory_block_info(SECTION_NR(4), &info));
	EXPECT_EQ(info.state, BLOCK_OFFLINE);
	EXPECT_SOUND();
}
