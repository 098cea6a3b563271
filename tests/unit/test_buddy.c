/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator, case by case: blocks, splits, merges and their limits, hot lists, and what
 * it refuses.
 */
#include "buddy_test.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)
#define G4   0x100000000UL

static struct census before;

static void given_buddy(void)
{
	given_virt(BUDDY_RAM);
	boot_to("check");
	census_take(&before);
}

/* Every order: aligned, head says so, and back to the same lists. */
TEST(each_order)
{
	given_buddy();
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		u64 pages = nr_free_pages();
		struct page *page = alloc_pages(order);

		ASSERT(page);
		EXPECT_EQ(page_to_pfn(page) % (1UL << order), 0);
		EXPECT(page_has(page, PG_HEAD));
		EXPECT(!page_has(page, PG_RESERVED));
		EXPECT_EQ(page_order(page), order);
		EXPECT_EQ(page_refcount(page), 1);
		EXPECT_EQ(page_type(page), MIGRATE_MOVABLE);
		EXPECT(page->alloc_site != 0);
		EXPECT_EQ(nr_free_pages(), pages - (1UL << order));
		EXPECT(free_pages(page, order));
		EXPECT_EQ(nr_free_pages(), pages);
		for_each_free_block(judge_free_block);
		EXPECT_SAME_BLOCKS(&before);
	}
	EXPECT_SOUND();
}

/* More than there is an order for is our bug, not a wish. */
TEST(order_too_large)
{
	given_buddy();
	EXPECT_STOP(alloc_pages(MAX_PAGE_ORDER + 1), "does not hold");
	EXPECT_STOP(alloc_pages_node(0, MAX_PAGE_ORDER + 1, MIGRATE_MOVABLE), "does not hold");
	EXPECT_STOP(alloc_pages_node(0, 0, MIGRATE_TYPES), "does not hold");
	EXPECT_STOP(alloc_pages_node(MAX_NUMNODES, 0, MIGRATE_MOVABLE), "does not hold");
}

/*
 * A split gives back the upper halves:
 *   |        8        |  ->  |1|1| 2 |   4   |   order 0 taken from a block of 8 pages
 */
TEST(split)
{
	struct page *three = NULL;
	struct page *page;
	u64 chained = 0;

	given_buddy();
	/* A block of order 3 is the only free memory. */
	three = alloc_pages(3);
	ASSERT(three);
	(void)allocate_all(0, MIGRATE_MOVABLE, &chained);
	EXPECT_EQ(nr_free_pages(), 0);
	ASSERT(free_pages(three, 3));
	page = alloc_pages(1);
	EXPECT(page == three);
	EXPECT_EQ(buddy_free_blocks(home_zone, 1), 1);
	EXPECT_EQ(buddy_free_blocks(home_zone, 2), 1);
	EXPECT_EQ(buddy_free_blocks(home_zone, 3), 0);
	EXPECT_EQ(home_zone->nr_free, 6);
	EXPECT(free_pages(page, 1));
	EXPECT_EQ(buddy_free_blocks(home_zone, 3), 1);
	EXPECT_EQ(home_zone->nr_free, 8);
}

/* A largest block, page by page, and back in an odd order: it merges to one again. */
TEST(merges_to_the_top)
{
	static struct page *pages[MAX_ORDER_NR_PAGES];

	given_buddy();
	for (u64 i = 0; i < MAX_ORDER_NR_PAGES; i++)
		ASSERT((pages[i] = alloc_pages(0)) != NULL);
	for (u64 i = 0; i < MAX_ORDER_NR_PAGES; i++)
		ASSERT(free_pages(pages[i * 389 % MAX_ORDER_NR_PAGES], 0));
	for_each_free_block(judge_free_block);
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

/* Nothing is left: NULL for every order, as often as one asks. Then all of it back. */
TEST(exhaustion)
{
	u64 free = 0, pages = 0;
	struct page *chain;

	given_buddy();
	free = nr_free_pages();
	chain = allocate_all(0, MIGRATE_MOVABLE, &pages);
	EXPECT_EQ(pages, free);
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++)
		for (u32 type = 0; type < MIGRATE_TYPES; type++)
			EXPECT(!alloc_pages_node(0, order, type));
	EXPECT_EQ(nr_free_pages(), 0);
	free_chain(chain);
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

/* --- the hot list --- */

/* The page freed last comes first. */
TEST(hot_pages_are_a_stack)
{
	struct page *a, *b;

	given_buddy();
	a = alloc_pages(0);
	b = alloc_pages(0);
	EXPECT(free_pages(a, 0));
	EXPECT(free_pages(b, 0));
	EXPECT(page_has(a, PG_PCP));
	EXPECT(alloc_pages(0) == b);
	EXPECT(alloc_pages(0) == a);
}

/* A batch at a time: 16 in, one out. */
TEST(hot_refill)
{
	u64 nr_free;

	given_buddy();
	nr_free = home_zone->nr_free;
	EXPECT_EQ(page_cache_count(this_hart()->home_cache), 0);
	EXPECT(alloc_pages(0));
	EXPECT_EQ(page_cache_count(this_hart()->home_cache), PCP_BATCH - 1);
	EXPECT_EQ(home_zone->nr_free, nr_free - PCP_BATCH);
	EXPECT_EQ(zone_free_pages(home_zone), nr_free - 1);
}

/* Never more than PCP_HIGH: above it a batch goes back. */
TEST(hot_list_is_bounded)
{
	static struct page *pages[4 * PCP_HIGH];

	given_buddy();
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++)
		pages[i] = alloc_pages(0);
	buddy_drain();
	for (u32 i = 0; i < ARRAY_SIZE(pages); i++) {
		EXPECT(free_pages(pages[i], 0));
		EXPECT_LE(page_cache_count(this_hart()->home_cache), PCP_HIGH);
		EXPECT_EQ(page_cache_count(this_hart()->home_cache),
			  i < PCP_HIGH ? i + 1
				       : PCP_HIGH + 1 - PCP_BATCH + (i - PCP_HIGH) % PCP_BATCH);
	}
	buddy_drain();
	EXPECT_EQ(page_cache_count(this_hart()->home_cache), 0);
	EXPECT_SAME_BLOCKS(&before);
}

/* Hot pages are not lost for larger blocks: NULL means that there is none. */
TEST(hot_pages_merge_when_needed)
{
	struct page *four, *page;
	u64 pages = 0;

	given_buddy();
	four = alloc_pages(2);
	(void)allocate_all(0, MIGRATE_MOVABLE, &pages);
	ASSERT(free_pages(four, 2));
	for (u32 i = 0; i < 4; i++)
		ASSERT(alloc_pages(0) == four + i || true);
	/* All four pages of the only free block, now on the hot list. */
	for (u32 i = 0; i < 4; i++)
		ASSERT(free_pages(four + i, 0));
	EXPECT_EQ(page_cache_count(this_hart()->home_cache), 4);
	page = alloc_pages(2);
	EXPECT(page == four);
}

/* Nor for another migratetype. */
TEST(hot_pages_of_another_type)
{
	struct page *page;
	u64 pages = 0;

	given_buddy();
	page = alloc_pages_node(0, 0, MIGRATE_UNMOVABLE);
	(void)allocate_all(0, MIGRATE_UNMOVABLE, &pages);
	ASSERT(free_pages(page, 0));
	EXPECT_EQ(nr_free_pages(), 1);
	EXPECT(alloc_pages(0) == page);
	EXPECT(!alloc_pages(0));
}

/* --- edges --- */

/* C44. 4 GiB is the end of a zone: |..DMA32..|..Normal..|  no block of one on a list of the other */
TEST(zone_edge)
{
	u64 pages = 0;

	given_bank(G4 - 32 * MIB, 64 * MIB);
	boot_to("check");
	census_take(&before);
	free_chain(allocate_all(0, MIGRATE_MOVABLE, &pages));
	for_each_free_block(judge_free_block);
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

/* C77. Two nodes that meet at an odd page: buddies of two nodes stay two. */
TEST(node_edge)
{
	u64 pages = 0;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 32 * MIB + PAGE_SIZE);
	given_node_bank(1, M(32) + PAGE_SIZE, 32 * MIB - PAGE_SIZE);
	boot_to("check");
	census_take(&before);
	EXPECT_EQ(page_to_nid(pfn_to_page(PFN_DOWN(M(32)))), 0);
	EXPECT_EQ(page_to_nid(pfn_to_page(PFN_DOWN(M(32)) + 1)), 1);
	free_chain(allocate_all(1, MIGRATE_MOVABLE, &pages));
	for_each_free_block(judge_free_block);
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

/* C76. The first and last block of the memmap look at no struct page beyond it. */
TEST(memmap_edge)
{
	const u64 odd = 5 * PAGE_SIZE;
	u64 pages = 0;

	given_virt(64 * MIB);
	given_bank(M(512) + odd, 16 * MIB - 2 * odd);
	given_bank(M(1024) + 2 * MIB, 2 * MIB);
	boot_to("check");
	census_take(&before);
	for (u32 i = 0; i < 3; i++) {
		free_chain(allocate_all(0, MIGRATE_MOVABLE, &pages));
		for_each_free_block(judge_free_block);
		EXPECT_SAME_BLOCKS(&before);
	}
	EXPECT_SOUND();
}

/* Item 51. A node's own memory first; no other counter moves while it lasts. */
TEST(stays_on_its_node)
{
	u64 other, nr;
	struct page *page;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 32 * MIB);
	given_node_bank(1, M(128), 32 * MIB);
	boot_to("check");
	other = zone_free_pages(&NODE_DATA(0)->node_zones[ZONE_DMA32]);
	nr = zone_free_pages(&NODE_DATA(1)->node_zones[ZONE_DMA32]);
	for (u64 i = 0; i < nr; i++) {
		ASSERT((page = alloc_pages_node(1, 0, MIGRATE_MOVABLE)) != NULL);
		ASSERT_EQ(page_to_nid(page), 1);
	}
	EXPECT_EQ(zone_free_pages(&NODE_DATA(0)->node_zones[ZONE_DMA32]), other);
	page = alloc_pages_node(1, 0, MIGRATE_MOVABLE);
	EXPECT_EQ(page_to_nid(page), 0);
}

/* Pages asked of node 1 until one comes from another than nid. */
static struct page *first_page_not_of(u32 nid)
{
	struct page *page;

	do {
		page = alloc_pages_node(1, 0, MIGRATE_MOVABLE);
		ASSERT(page);
	} while (page_to_nid(page) == nid);
	return page;
}

/* The nearest node comes next, not the one with the next number. */
TEST(falls_back_by_distance)
{
	struct page *page;

	if (is_model("flat"))
		return;
	for (u32 nid = 0; nid < 3; nid++)
		given_node_bank(nid, M(nid * 128), 32 * MIB);
	machine.distances[machine.nr_distances++] = (struct machine_distance){1, 2, 15};
	boot_to("check");
	page = first_page_not_of(1);
	EXPECT_EQ(page_to_nid(page), 2);
	page = first_page_not_of(2);
	EXPECT_EQ(page_to_nid(page), 0);
}
