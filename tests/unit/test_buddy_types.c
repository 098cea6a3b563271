/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Migratetypes: which list a block comes from and goes back to, and what happens when a type has
 * run out.
 */
#include "buddy_test.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

static void given_buddy(void)
{
	given_virt(BUDDY_RAM);
	boot_to("check");
}

static u64 blocks_of(enum migratetype type, u32 order)
{
	const struct list_head *head = &home_zone->free_area[order].free_list[type];
	u64 blocks = 0;

	for (const struct list_head *at = head->next; at != head; at = at->next)
		blocks++;
	return blocks;
}

static u64 pages_of(enum migratetype type)
{
	u64 pages = 0;

	for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
		pages += blocks_of(type, order) << order;
	return pages;
}

/* At first everything is movable, every pageblock and every list. */
TEST(all_movable)
{
	given_buddy();
	EXPECT_EQ(pages_of(MIGRATE_MOVABLE), nr_free_pages());
	EXPECT_EQ(pages_of(MIGRATE_UNMOVABLE), 0);
	EXPECT_EQ(pages_of(MIGRATE_RECLAIMABLE), 0);
	EXPECT_TEXT(migratetype_name(MIGRATE_UNMOVABLE), "Unmovable");
	EXPECT_TEXT(migratetype_name(MIGRATE_MOVABLE), "Movable");
	EXPECT_TEXT(migratetype_name(MIGRATE_RECLAIMABLE), "Reclaimable");
}

/* One pageblock and not its neighbours. */
TEST(set_and_get)
{
	const pfn_t pfn = PFN_DOWN(M(32));

	given_buddy();
	set_pageblock_migratetype(pfn_to_page(pfn + 7), MIGRATE_RECLAIMABLE);
	EXPECT_EQ(get_pageblock_migratetype(pfn_to_page(pfn)), MIGRATE_RECLAIMABLE);
	EXPECT_EQ(get_pageblock_migratetype(pfn_to_page(pfn + PAGEBLOCK_NR_PAGES - 1)),
		  MIGRATE_RECLAIMABLE);
	EXPECT_EQ(get_pageblock_migratetype(pfn_to_page(pfn - 1)), MIGRATE_MOVABLE);
	EXPECT_EQ(get_pageblock_migratetype(pfn_to_page(pfn + PAGEBLOCK_NR_PAGES)),
		  MIGRATE_MOVABLE);
}

/*
 * A steal takes the largest block and all of its pageblocks, so that the types mix little:
 *   movable  [   10   ] -> unmovable |1|1|2|4| ... | 512 |
 */
TEST(steal_takes_the_largest)
{
	struct page *page;
	pfn_t start;
	u64 blocks;

	given_buddy();
	blocks = blocks_of(MIGRATE_MOVABLE, MAX_PAGE_ORDER);
	page = alloc_pages_node(0, 1, MIGRATE_UNMOVABLE);
	ASSERT(page);
	start = ALIGN_DOWN(page_to_pfn(page), MAX_ORDER_NR_PAGES);
	EXPECT_EQ(blocks_of(MIGRATE_MOVABLE, MAX_PAGE_ORDER), blocks - 1);
	EXPECT_EQ(pages_of(MIGRATE_UNMOVABLE), MAX_ORDER_NR_PAGES - 2);
	for (pfn_t pfn = start; pfn < start + MAX_ORDER_NR_PAGES; pfn += PAGEBLOCK_NR_PAGES)
		EXPECT_EQ(get_pageblock_migratetype(pfn_to_page(pfn)), MIGRATE_UNMOVABLE);
	EXPECT_EQ(get_pageblock_migratetype(pfn_to_page(start + MAX_ORDER_NR_PAGES)),
		  MIGRATE_MOVABLE);
	EXPECT_EQ(page_type(page), MIGRATE_UNMOVABLE);
	/* The next one is at home in the same block. */
	page = alloc_pages_node(0, 3, MIGRATE_UNMOVABLE);
	EXPECT_EQ(ALIGN_DOWN(page_to_pfn(page), MAX_ORDER_NR_PAGES), start);
	EXPECT_EQ(blocks_of(MIGRATE_MOVABLE, MAX_PAGE_ORDER), blocks - 1);
}

/* Freed again it goes to the pageblock's list, whatever it was allocated as. */
TEST(goes_back_to_its_pageblock)
{
	struct page *page;

	given_buddy();
	page = alloc_pages(2);
	set_pageblock_migratetype(page, MIGRATE_RECLAIMABLE);
	ASSERT(free_pages(page, 2));
	EXPECT(pages_of(MIGRATE_RECLAIMABLE) > 0);
	page = alloc_pages_node(0, 0, MIGRATE_RECLAIMABLE);
	ASSERT(free_pages(page, 0));
	buddy_drain();
	EXPECT_EQ(pages_of(MIGRATE_UNMOVABLE), 0);
}

/* Unmovable asks reclaimable first, then movable. */
TEST(fallback_order)
{
	struct page *a, *b;

	given_buddy();
	a = alloc_pages_node(0, 4, MIGRATE_RECLAIMABLE);
	b = alloc_pages_node(0, 4, MIGRATE_UNMOVABLE);
	ASSERT(a && b);
	EXPECT_EQ(ALIGN_DOWN(page_to_pfn(a), MAX_ORDER_NR_PAGES),
		  ALIGN_DOWN(page_to_pfn(b), MAX_ORDER_NR_PAGES));
}

/* A block smaller than a pageblock is lent: its pageblock keeps its type, and gets it back. */
TEST(small_blocks_are_lent)
{
	struct page *three, *page;
	u64 pages = 0;

	given_buddy();
	three = alloc_pages(3);
	(void)allocate_all(0, MIGRATE_MOVABLE, &pages);
	ASSERT(free_pages(three, 3));
	page = alloc_pages_node(0, 1, MIGRATE_UNMOVABLE);
	EXPECT(page == three);
	EXPECT_EQ(page_type(page), MIGRATE_UNMOVABLE);
	EXPECT_EQ(get_pageblock_migratetype(page), MIGRATE_MOVABLE);
	EXPECT_EQ(pages_of(MIGRATE_UNMOVABLE), 0);
	ASSERT(free_pages(page, 1));
	EXPECT_EQ(blocks_of(MIGRATE_MOVABLE, 3), 1);
	/* Through the hot list too. */
	page = alloc_pages_node(0, 0, MIGRATE_UNMOVABLE);
	ASSERT(free_pages(page, 0));
	buddy_drain();
	EXPECT_EQ(blocks_of(MIGRATE_MOVABLE, 3), 1);
	EXPECT_EQ(pages_of(MIGRATE_UNMOVABLE), 0);
}

/* Each type can have all there is. */
TEST(each_type_can_have_all)
{
	static struct census before;
	u64 all;

	given_buddy();
	census_take(&before);
	all = nr_free_pages();
	for (u32 type = 0; type < MIGRATE_TYPES; type++) {
		u64 pages = 0;

		free_chain(allocate_all(0, type, &pages));
		EXPECT_EQ(pages, all);
		EXPECT_SAME_BLOCKS(&before);
	}
	EXPECT_SOUND();
}
