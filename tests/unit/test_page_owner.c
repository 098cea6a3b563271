/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocated blocks by call site, and what was never freed. */
#include "buddy_test.h"
#include "mm/owned.h"
#include "mm/page_owner.h"

static struct page_owner_table table;

static __attribute__((noinline)) struct page *take_here(u32 order)
{
	struct page *page = alloc_pages(order);

	__asm__ volatile("" ::: "memory"); /* no tail call: the site must be in this function */
	return page;
}

static __attribute__((noinline)) struct page *take_there(u32 order)
{
	struct page *page = alloc_pages(order);

	__asm__ volatile("" ::: "memory");
	return page;
}

static void given_buddy(void)
{
	given_virt(BUDDY_RAM);
	boot_to("check");
}

TEST(nothing_is_allocated)
{
	given_buddy();
	page_owner_collect(&table, true);
	EXPECT_EQ(table.nr, 0);
	EXPECT_EQ(table.more_blocks, 0);
}

/*
 *   here    [1 page] [4 pages]       there   [32 pages]     sorted: there, here
 */
TEST(sites_by_pages)
{
	struct page *small, *middle, *large;

	given_buddy();
	small = take_here(0);
	middle = take_here(2);
	large = take_there(5);
	page_owner_collect(&table, true);
	ASSERT_EQ(table.nr, 2);
	EXPECT_EQ(table.site[0].pages, 32);
	EXPECT_EQ(table.site[0].blocks, 1);
	EXPECT_EQ(table.site[0].pfn, page_to_pfn(large));
	EXPECT_EQ(table.site[0].site, large->alloc_site);
	EXPECT_EQ(table.site[1].pages, 5);
	EXPECT_EQ(table.site[1].blocks, 2);
	EXPECT_EQ(table.site[1].pfn, min_u64(page_to_pfn(small), page_to_pfn(middle)));
	ASSERT(free_pages(small, 0) && free_pages(middle, 2) && free_pages(large, 5));
	page_owner_collect(&table, true);
	EXPECT_EQ(table.nr, 0);
}

TEST(leaks_are_told_by_site)
{
	struct page *kept, *lost;

	given_buddy();
	page_owner_leaks();
	EXPECT_EQ(warned_total(), 0);
	kept = take_here(3);
	buddy_hold(kept, OWN_HUGETLB);
	page_owner_leaks();
	EXPECT_EQ(warned("page-leak"), 0);
	lost = take_there(1);
	unit_output_begin();
	page_owner_leaks();
	EXPECT(strstr(unit_output_end(), "2 pages in 1 blocks"));
	EXPECT_EQ(warned("page-leak"), 1);
	buddy_unhold(kept);
	page_owner_leaks();
	EXPECT_EQ(warned("page-leak"), 3);
	ASSERT(free_pages(kept, 3) && free_pages(lost, 1));
	page_owner_leaks();
	EXPECT_EQ(warned("page-leak"), 3);
}

/* What the live kernel took for its own tables has an owner: it was not forgotten. */
TEST(tables_of_the_live_kernel_are_no_leak)
{
	phys_addr_t pa;

	given_virt(64 * MIB);
	boot_to("check");
	ASSERT(owned_alloc(OWN_USAGE, 0, 0, &pa));
	page_owner_leaks();
	EXPECT_EQ(warned("page-leak"), 0);
	page_owner_collect(&table, true);
	EXPECT_LE(1, table.nr);
	owned_free(pa);
}

/* More sites than the table has rows: counted, none forgotten. */
TEST(more_sites_than_rows)
{
	static struct page *page[PAGE_OWNER_SITES + 3];

	given_buddy();
	for (u32 i = 0; i < ARRAY_SIZE(page); i++) {
		page[i] = take_here(0);
		page[i]->alloc_site = 0x1000 + i; /* as if another had asked */
	}
	page_owner_collect(&table, true);
	EXPECT_EQ(table.nr, PAGE_OWNER_SITES);
	EXPECT_EQ(table.more_blocks, 3);
}

TEST(head_of_any_frame)
{
	struct page *page;
	pfn_t head = 0;

	given_buddy();
	page = take_here(4);
	for (u64 i = 0; i < 16; i++) {
		EXPECT(page_block_head(page_to_pfn(page) + i, &head));
		EXPECT_EQ(head, page_to_pfn(page));
	}
	ASSERT(free_pages(page, 4));
	EXPECT(page_block_head(page_to_pfn(page) + 15, &head));
	EXPECT(head <= page_to_pfn(page));
	EXPECT(!page_block_head(PFN_DOWN(VIRT_IMAGE), &head)); /* reserved: in no block */
}
