/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Going offline with pages in use: they move away, or a refusal names the frame. And who else may say
 * no. Sections 0 and 1 are of the boot, 2 and 3 are added.
 */
#include "hotplug_test.h"

#include <stdio.h>
#include <string.h>

/* An owner of movable blocks: private is an index into where, which says where each is now. */
#define MAX_HELD 200
static struct page *where[MAX_HELD];
static u32 nr_held;
static bool refuses;

static bool held_moved(struct page *to, struct page *from, u32 order)
{
	if (refuses)
		return false;
	EXPECT_EQ((u64)where[from->private], (u64)from);
	migrate_copy(to, from, order);
	where[from->private] = to;
	return true;
}

static const struct movable_ops ops = {"test", held_moved};

static u64 *words_of(struct page *page)
{
	return phys_to_virt(pfn_to_phys(page_to_pfn(page)));
}

/* Allocate until a block of that order lies in the section; blocks elsewhere are given back. */
static struct page *hold_in(u32 section, u32 order, bool movable)
{
	struct page *elsewhere = NULL;
	struct page *page;

	while ((page = alloc_pages(order)) != NULL &&
	       pfn_to_section_nr(page_to_pfn(page)) != SECTION_NR(section)) {
		page->private = (u64)elsewhere;
		elsewhere = page;
	}
	while (elsewhere) {
		struct page *next = (struct page *)elsewhere->private;

		ASSERT(free_pages(elsewhere, order));
		elsewhere = next;
	}
	ASSERT(page != NULL && nr_held < MAX_HELD);
	page->private = nr_held;
	where[nr_held++] = page;
	for (u64 i = 0; i < 1UL << order; i++)
		words_of(page + i)[i % 512] = i ^ nr_held;
	if (movable)
		page_set_movable(page, &ops);
	return page;
}

static void release_all(void)
{
	for (u32 i = 0; i < nr_held; i++) {
		const u32 order = page_order(where[i]);

		for (u64 n = 0; n < 1UL << order; n++)
			EXPECT_EQ(words_of(where[i] + n)[n % 512], n ^ (i + 1));
		page_clear_movable(where[i]);
		EXPECT(free_pages(where[i], order));
	}
	nr_held = 0;
}

static void add_online(u32 section, enum online_type type)
{
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(section), SECTION, 0), 0);
	ASSERT_EQ(memory_block_online(SECTION_NR(section), type), 0);
}

/* C136. Blocks of every order move, contents and all, and their owner knows. */
TEST(used_pages_move)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	add_online(2, MMOP_ONLINE_KERNEL);
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
		(void)hold_in(2, order, true);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	for (u32 i = 0; i < nr_held; i++)
		EXPECT_NE(pfn_to_section_nr(page_to_pfn(where[i])), SECTION_NR(2));
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	release_all();
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

/*
 * Single pages go to a cache when they are freed, and come from there first: what has moved away must not
 * be where the next one moves to.
 */
TEST(many_single_pages_move)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	add_online(2, MMOP_ONLINE_MOVABLE);
	while (nr_held < MAX_HELD)
		(void)hold_in(2, 0, true);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	for (u32 i = 0; i < nr_held; i++)
		EXPECT_NE(pfn_to_section_nr(page_to_pfn(where[i])), SECTION_NR(2));
	EXPECT_EQ(this_hart()->pcp_high, PCP_HIGH);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	release_all();
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

/* C136. A page that nobody registered stays, and is named; everything is as it was, and usable. */
/*
 * A block of several pageblocks, of which one goes offline: what it leaves behind is free in parts, each
 * on its side of the edge.
 *
 *   block    [ 10                ]
 *   offline  [ 9      )  or       [ 9      )
 */
TEST(one_half_of_a_block_goes)
{
	struct snapshot before, added;

	NEEDS_SECTIONS();
	if (PAGEBLOCK_NR_PAGES != PAGES_PER_SUBSECTION || MAX_PAGE_ORDER == PAGEBLOCK_ORDER)
		return; /* no block is larger than a pageblock */
	boot_with_held_back(4);
	snapshot_take(&before);
	add_online(2, MMOP_ONLINE_MOVABLE);
	snapshot_take(&added);
	for (u32 half = 0; half < 2; half++) {
		const struct page *block = hold_in(2, PAGEBLOCK_ORDER + 1, true);
		const pfn_t start_pfn = page_to_pfn(block) + half * PAGES_PER_SUBSECTION;

		ASSERT_EQ(offline_pages(start_pfn, PAGES_PER_SUBSECTION), 0);
		EXPECT_NE((u64)where[nr_held - 1], (u64)block);
		release_all();
		EXPECT_SOUND();
		ASSERT_EQ(online_pages(start_pfn, PAGES_PER_SUBSECTION, MMOP_ONLINE_MOVABLE), 0);
		EXPECT_SAME(&added);
	}
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
}

TEST(unmovable_page_is_named)
{
	struct snapshot before;
	struct block_info info;
	struct page *page;
	char name[32];

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	add_online(2, MMOP_ONLINE_KERNEL);
	(void)hold_in(2, 3, true);
	page = hold_in(2, 0, false);
	snprintf(name, sizeof(name), "pfn 0x%lx,", page_to_pfn(page));
	snapshot_take(&before);
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EBUSY, name);
	EXPECT_SAME(&before);
	ASSERT(memory_block_info(SECTION_NR(2), &info));
	EXPECT(!info.removable);
	release_all();
	ASSERT(memory_block_info(SECTION_NR(2), &info));
	EXPECT(info.removable);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	EXPECT_SOUND();
}

/* An owner that refuses to move, after others have moved: the frame is named, the block stays online. */
TEST(owner_refuses)
{
	struct page *page;
	char name[32];

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	add_online(2, MMOP_ONLINE_KERNEL);
	page = hold_in(2, 4, true);
	snprintf(name, sizeof(name), "pfn 0x%lx,", page_to_pfn(page));
	refuses = true;
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EBUSY, name);
	EXPECT_FAILS(memory_block_remove(SECTION_NR(2)), HOTPLUG_EBUSY, "online");
	refuses = false;
	release_all();
	EXPECT_SOUND();
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SOUND();
}

/* Nothing else is free: what is in use cannot go anywhere, and nothing is lost. */
TEST(no_room_to_move)
{
	struct page *chain = NULL;
	struct page *page;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	add_online(2, MMOP_ONLINE_KERNEL);
	(void)hold_in(2, 0, true);
	while ((page = alloc_pages_node(0, 0, MIGRATE_UNMOVABLE)) != NULL) {
		page->private = (u64)chain;
		chain = page;
	}
	while (chain) { /* what is in section 2 is free again, the boot's stays in use */
		struct page *next = (struct page *)chain->private;

		if (pfn_to_section_nr(page_to_pfn(chain)) == SECTION_NR(2))
			ASSERT(free_pages(chain, 0));
		chain = next;
	}
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EBUSY, "nothing else is free");
	EXPECT_EQ(pfn_to_section_nr(page_to_pfn(where[0])), SECTION_NR(2));
	page = alloc_pages(0);
	ASSERT(page != NULL);
	EXPECT_EQ(pfn_to_section_nr(page_to_pfn(page)), SECTION_NR(2));
	ASSERT(free_pages(page, 0));
	release_all();
}

/* ZONE_MOVABLE serves movable allocations only, so nothing else can stand in the way there. */
TEST(movable_zone)
{
	struct zone *zone;
	struct block_info info;
	struct page *page;
	u64 pages = 0;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	add_online(2, MMOP_ONLINE_MOVABLE);
	zone = &NODE_DATA(0)->node_zones[ZONE_MOVABLE];
	EXPECT_EQ(zone->start_pfn, PFN_DOWN(S(2)));
	EXPECT_EQ(zone->present_pages, PAGES_PER_SECTION);
	EXPECT_EQ(zone->managed_pages, PAGES_PER_SECTION);
	ASSERT(memory_block_info(SECTION_NR(2), &info));
	EXPECT_TEXT(info.zones, "Movable");
	EXPECT_SOUND();
	while ((page = alloc_pages_node(0, 0, MIGRATE_UNMOVABLE)) != NULL)
		EXPECT_NE(page_zonenum(page), ZONE_MOVABLE);
	while ((page = alloc_pages_node(0, 0, MIGRATE_MOVABLE)) != NULL) {
		EXPECT_EQ(page_zonenum(page), ZONE_MOVABLE);
		pages++;
		ASSERT_EQ(pages <= PAGES_PER_SECTION, true);
	}
	EXPECT_EQ(pages, PAGES_PER_SECTION);
}

/* From one zone to the other and back; the movable zone goes when it is empty. */
TEST(zone_changes)
{
	struct snapshot kernel, before;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	snapshot_take(&before);
	add_online(3, MMOP_ONLINE_KERNEL);
	snapshot_take(&kernel);
	for (u32 i = 0; i < 2; i++) {
		ASSERT_EQ(memory_block_offline(SECTION_NR(3)), 0);
		ASSERT_EQ(memory_block_online(SECTION_NR(3), MMOP_ONLINE_MOVABLE), 0);
		EXPECT_EQ(NODE_DATA(0)->node_zones[ZONE_MOVABLE].present_pages, PAGES_PER_SECTION);
		EXPECT_SOUND();
		ASSERT_EQ(memory_block_offline(SECTION_NR(3)), 0);
		EXPECT_EQ(NODE_DATA(0)->node_zones[ZONE_MOVABLE].spanned_pages, 0);
		ASSERT_EQ(memory_block_online(SECTION_NR(3), MMOP_ONLINE_KERNEL), 0);
		EXPECT_SAME(&kernel);
	}
	ASSERT_EQ(memory_block_offline(SECTION_NR(3)), 0);
	ASSERT_EQ(memory_block_remove(SECTION_NR(3)), 0);
	EXPECT_SAME(&before);
}

/* C137. A block of the boot: not with a hole, not with the image or struct pages; but a free one, and back. */
TEST(blocks_of_the_boot)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	given_virt(4 * SECTION + SECTION / 2);
	boot_to("check");
	snapshot_take(&before);
	EXPECT_FAILS(memory_block_offline(SECTION_NR(0)), HOTPLUG_EBUSY, "firmware");
	EXPECT_FAILS(memory_block_offline(SECTION_NR(4)), HOTPLUG_EINVAL, "hole");
	EXPECT_FAILS(memory_block_offline(SECTION_NR(5)), HOTPLUG_EINVAL, "nothing");
	EXPECT_SAME(&before);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	EXPECT_EQ(dropped_bytes("offline"), SECTION);
	EXPECT_SOUND();
	EXPECT_FAILS(memory_block_remove(SECTION_NR(2)), HOTPLUG_EINVAL, "added at run time");
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

static enum memory_action seen[16];
static u32 nr_seen;
static enum memory_action veto = MEM_OFFLINE; /* no GOING_: no veto */

static bool watch(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	EXPECT_EQ(start_pfn, PFN_DOWN(S(2)));
	EXPECT_EQ(nr_pages, PAGES_PER_SECTION);
	seen[nr_seen++ % ARRAY_SIZE(seen)] = action;
	return true;
}

static bool refuse(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	(void)start_pfn;
	(void)nr_pages;
	return action != veto;
}

static struct memory_notifier watcher = {.name = "watcher", .call = watch, .priority = 10};
static struct memory_notifier refuser = {.name = "dma pool", .call = refuse, .priority = 1};

static void expect_seen(enum memory_action first, enum memory_action second)
{
	EXPECT_EQ(nr_seen, 2);
	EXPECT_EQ(seen[0], first);
	EXPECT_EQ(seen[1], second);
	nr_seen = 0;
}

/* C142. A veto names who refuses; those who were asked are told that it is off; nothing has changed. */
TEST(notifiers)
{
	struct snapshot offline, online;

	NEEDS_SECTIONS();
	boot_with_held_back(4);
	register_memory_notifier(&refuser);
	register_memory_notifier(&watcher);
	ASSERT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, 0), 0);
	snapshot_take(&offline);
	veto = MEM_GOING_ONLINE;
	EXPECT_FAILS(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), HOTPLUG_EVETO,
		     "dma pool");
	expect_seen(MEM_GOING_ONLINE, MEM_CANCEL_ONLINE);
	EXPECT_SAME(&offline);
	veto = MEM_OFFLINE;
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	expect_seen(MEM_GOING_ONLINE, MEM_ONLINE);
	snapshot_take(&online);
	veto = MEM_GOING_OFFLINE;
	EXPECT_FAILS(memory_block_offline(SECTION_NR(2)), HOTPLUG_EVETO, "dma pool");
	expect_seen(MEM_GOING_OFFLINE, MEM_CANCEL_OFFLINE);
	EXPECT_SAME(&online);
	veto = MEM_OFFLINE;
	unregister_memory_notifier(&refuser);
	ASSERT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	expect_seen(MEM_GOING_OFFLINE, MEM_OFFLINE);
	unregister_memory_notifier(&watcher);
	ASSERT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT_EQ(nr_seen, 0);
	EXPECT_SOUND();
}
