/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge pages in memory that goes offline: free ones leave their pool, as in Linux 6.12, with their own
 * struct pages again; those in use or promised stay, and with them the memory. Sections 0 and 1 are of
 * the boot, 2 and 3 are added.
 */
#include "hotplug_test.h"

#include <string.h>

#include "mm/hugetlb.h"
#include "mm/hugetlb_vmemmap.h"

#define H2M (&hstates[HSTATE_2M])

static void boot_with(const char *cmdline, u64 held_back_from)
{
	given_virt(4 * SECTION);
	options_parse(cmdline, &machine.options);
	if (held_back_from > 0)
		given_mem(held_back_from);
	boot_to("check");
}

static u64 set_pool(u64 count)
{
	const char *why;

	return hugetlb_set_pool(H2M, NUMA_NO_NODE, count, &why);
}

/* Huge pages of the pool whose first frame lies in the section. */
static u64 in_section(u32 section)
{
	struct range range;
	u64 cursor = 0;
	u64 bytes = 0;
	u32 nid;

	while (hugetlb_next_range(H2M, &cursor, &range, &nid))
		bytes += range_size(
			range_intersect(range, (struct range){S(section), S(section) + SECTION}));
	return bytes / MEGAPAGE_SIZE;
}

/* Nothing else is free than what was added, so that the pool must grow there. */
static void add_and_fill(u32 section, enum add_flags flags, u64 pages)
{
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(section), SECTION, flags), 0);
	ASSERT_EQ(memory_block_online(SECTION_NR(section), MMOP_ONLINE_MOVABLE), 0);
	ASSERT_EQ(set_pool(pages), pages);
}

TEST(free_ones_leave)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with("", 2 * SECTION);
	snapshot_take(&before);
	add_and_fill(2, ADD_PLAIN, 4);
	ASSERT_EQ(in_section(2), 4);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 0);
	EXPECT_EQ(hstate_sum(H2M).free, 0);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
}

TEST(in_use_or_promised_stay)
{
	struct page *page;

	NEEDS_SECTIONS();
	boot_with("", 2 * SECTION);
	add_and_fill(2, ADD_PLAIN, 2);
	page = hugetlb_alloc(H2M, 0);
	ASSERT(page != NULL);
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EBUSY, "huge page in use");
	EXPECT(hugetlb_free(page));
	ASSERT(hugetlb_reserve(H2M, 2));
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EBUSY, "promised");
	EXPECT_EQ(hstate_sum(H2M).nr, 2);
	hugetlb_unreserve(H2M, 2);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 0);
	EXPECT_SOUND();
}

static bool refuse_all(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	(void)start_pfn;
	(void)nr_pages;
	return action != MEM_GOING_OFFLINE;
}

/* A veto, and an owner that refuses to move, come before the pool is touched. */
TEST(pool_is_kept_when_refused)
{
	static struct memory_notifier veto = {.name = "veto", .call = refuse_all};
	struct snapshot online;

	NEEDS_SECTIONS();
	boot_with("", 2 * SECTION);
	add_and_fill(2, ADD_PLAIN, 2);
	snapshot_take(&online);
	register_memory_notifier(&veto);
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EVETO, "veto");
	unregister_memory_notifier(&veto);
	EXPECT_EQ(hstate_sum(H2M).free, 2);
	EXPECT_SAME(&online);
}

/*
 * HVO in a block of the boot: the struct pages that were given back are made again, elsewhere, before the
 * memory goes; and the same block comes back.
 */
TEST(shared_struct_pages)
{
	u32 section;

	if (!is_model("vmemmap"))
		return;
	boot_with("hugetlb_free_vmemmap=on", 0);
	ASSERT_EQ(set_pool(3 * SECTION / MEGAPAGE_SIZE / 2), 3 * SECTION / MEGAPAGE_SIZE / 2);
	for (section = 1; section < 3 && in_section(section) == 0;)
		section++;
	ASSERT(in_section(section) > 0 && hugetlb_vmemmap_figures.pages[HSTATE_2M] > 0);
	EXPECT_SOUND();
	if (memory_block_offline(SECTION_NR(section)) == 0) {
		EXPECT_EQ(in_section(section), 0);
		EXPECT_SOUND();
		ASSERT_EQ(memory_block_online(SECTION_NR(section), MMOP_ONLINE_KERNEL), 0);
	} else {
		/* a head page or a shared tail page of another huge page lies there */
		EXPECT(strstr(hotplug_why(), "held for memmap") != NULL ||
		       strstr(hotplug_why(), "held for tables") != NULL);
	}
	EXPECT_SOUND();
}

/* As above, and nothing of HVO's own lies in the block: huge pages of an early section's hole, added later. */
TEST(shared_struct_pages_of_a_hole)
{
	const phys_addr_t hole = S(1) + SECTION / 2;
	struct snapshot before;
	u64 pages = SECTION / 2 / MEGAPAGE_SIZE - 1;

	if (!is_model("vmemmap"))
		return;
	boot_with("hugetlb_free_vmemmap=on", SECTION + SECTION / 2);
	ASSERT_EQ(set_pool(1), 1); /* head, tail and table come from the boot's memory */
	ASSERT_EQ(set_pool(0), 0);
	snapshot_take(&before);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, hole, SECTION / 2, ADD_PLAIN), 0);
	ASSERT_EQ(memory_block_online(SECTION_NR(1), MMOP_ONLINE_MOVABLE), 0);
	ASSERT_EQ(set_pool(pages), pages);
	EXPECT_EQ(hugetlb_vmemmap_figures.pages[HSTATE_2M], pages);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(1)), 0);
	EXPECT_EQ(hugetlb_vmemmap_figures.pages[HSTATE_2M], 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 0);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_remove(SECTION_NR(1)), 0);
	EXPECT_SOUND();
}

/* The struct pages of an altmap lie in the block itself, and go with it: HVO must not give them away. */
TEST(altmap_is_not_shared)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with("hugetlb_free_vmemmap=on", 2 * SECTION);
	snapshot_take(&before);
	add_and_fill(2, ADD_ALTMAP, 4);
	ASSERT_EQ(in_section(2), 4);
	EXPECT_EQ(hugetlb_vmemmap_figures.pages[HSTATE_2M], 0);
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
}
