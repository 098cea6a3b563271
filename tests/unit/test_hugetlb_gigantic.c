/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pages of 1 GiB: C128. From memblock before hand-over, owned, accounted, dissolved into largest blocks,
 * made again from free ones.
 */
#include "buddy_test.h"
#include "mm/check.h"
#include "mm/hugetlb.h"
#include "mm/memblock.h"

#define BASE 0x80000000UL
#define G(n) (BASE + (n)*GIB)
#define H1G  (&hstates[HSTATE_1G])
#define NR   (GIB / PAGE_SIZE)

static struct census before;
static const char *why;

static void given_gigabytes(u64 bytes, const char *cmdline)
{
	given_virt(bytes);
	options_parse(cmdline, &machine.options);
}

static u64 owned(void)
{
	struct ledger ledger;

	ledger_make(&ledger);
	return ledger.bytes[OWN_HUGETLB];
}

/* |image ...|  1 GiB   |  1 GiB   |... memmap|   the middle ones can be had */
TEST(two_of_four)
{
	given_gigabytes(4 * GIB, "hugepagesz=1G hugepages=2");
	boot_to("check");
	EXPECT_EQ(hstate_sum(H1G).nr, 2);
	EXPECT_EQ(hstate_sum(H1G).free, 2);
	EXPECT_EQ(owned(), 2 * GIB);
	EXPECT_EQ(check_last.held, 0);
	EXPECT_EQ(warned_total(), 0);
	EXPECT_SOUND();
}

/* C128: nothing of that size, aligned, is free. */
TEST(too_small)
{
	given_gigabytes(512 * MIB, "hugepagesz=1G hugepages=1");
	boot_to("check");
	EXPECT_EQ(hstate_sum(H1G).nr, 0);
	EXPECT(H1G->node[0].why);
	EXPECT_EQ(warned("hugepages-short"), 1);
	EXPECT_EQ(owned(), 0);
	EXPECT_SOUND();
}

/* C128: a bank of 1.5 GiB that begins in the middle of a gigabyte. */
TEST(unaligned_bank)
{
	given_bank(G(0) + 512 * MIB, GIB + 512 * MIB);
	given_image(G(0) + 514 * MIB);
	options_parse("hugepagesz=1G hugepages=1", &machine.options);
	boot_to("check");
	EXPECT_EQ(hstate_sum(H1G).nr, 0); /* its struct pages lie in the upper one */
	EXPECT_EQ(warned("hugepages-short"), 1);
	EXPECT_SOUND();
}

/* One each, in turn; the third goes to whoever has one. */
TEST(nodes_in_turn)
{
	if (is_model("flat"))
		return;
	given_node_bank(0, G(0), 3 * GIB);
	given_node_bank(1, G(4), 5 * GIB);
	given_image(VIRT_IMAGE);
	options_parse("hugepagesz=1G hugepages=4", &machine.options);
	boot_to("check");
	EXPECT_EQ(H1G->node[0].asked, 2);
	EXPECT_EQ(H1G->node[0].nr, 1);
	EXPECT_EQ(H1G->node[1].nr, 3);
	EXPECT_EQ(warned("hugepages-short"), 0);
	EXPECT_SOUND();
}

/* C124: |image, 4 MiB|..taken..|  1 GiB  |..taken..|memmap|   what would be left is below the minimum */
TEST(minimum_stays)
{
	given_gigabytes(3 * GIB, "hugepagesz=1G hugepages=1");
	given_reserved(OWNER_RESERVED, G(0) + 5 * MIB, GIB - 5 * MIB, "/reserved-memory/low");
	given_reserved(OWNER_RESERVED, G(2), GIB - 48 * MIB, "/reserved-memory/high");
	boot_to("check");
	EXPECT_EQ(hstate_sum(H1G).nr, 0);
	EXPECT_TEXT(H1G->node[0].why, "the rest of the free memory is kept for the system");
	EXPECT_SOUND();
}

/* The head says so, the tails are nobody's heads, and nobody frees it past the pool. */
TEST(block)
{
	struct page *page;

	given_gigabytes(3 * GIB, "hugepagesz=1G hugepages=1");
	boot_to("check");
	page = hugetlb_alloc(H1G, 0);
	ASSERT(page);
	EXPECT_EQ(page_order(page), 18);
	EXPECT_EQ(page_to_pfn(page), PFN_DOWN(G(1)));
	for (pfn_t pfn = PFN_DOWN(G(1)) + 1; pfn < PFN_DOWN(G(2)); pfn++)
		ASSERT_EQ(pfn_to_page(pfn)->word, 0);
	EXPECT(!free_pages(page, 0));
	EXPECT(!free_pages(page, 18));
	EXPECT(!hugetlb_alloc(H1G, 0));
	EXPECT(hugetlb_free(page));
	EXPECT_EQ(hstate_sum(H1G).free, 1);
	EXPECT_SOUND();
}

/* Dissolved: into largest blocks of the right zone; every page of it can be allocated; and made again. */
TEST(dissolve_and_make)
{
	struct zone *zone;
	struct page *chain;
	u64 managed, pages = 0;

	given_gigabytes(3 * GIB, "hugepagesz=1G hugepages=1");
	boot_to("check");
	zone = page_zone(pfn_to_page(PFN_DOWN(G(1))));
	managed = zone->managed_pages;
	census_take(&before);
	EXPECT_EQ(hugetlb_set_pool(H1G, NUMA_NO_NODE, 0, &why), 0);
	EXPECT_EQ(owned(), 0);
	EXPECT_SOUND();
	for_each_free_block(judge_free_block);
	EXPECT_EQ(zone->managed_pages, managed + NR);
	chain = allocate_all(0, MIGRATE_MOVABLE, &pages);
	EXPECT_EQ(pages, check_last.expected + NR);
	EXPECT_EQ(hugetlb_set_pool(H1G, NUMA_NO_NODE, 1, &why), 0);
	EXPECT(why);
	free_chain(chain);
	EXPECT_EQ(hugetlb_set_pool(H1G, NUMA_NO_NODE, 1, &why), 1);
	EXPECT_EQ(owned(), GIB);
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

/* Where a single page of it is in use, no gigabyte can be made. */
TEST(torn)
{
	struct page *page[4];

	given_gigabytes(3 * GIB, "record");
	boot_to("check");
	/* The first free page of the middle gigabyte. */
	ASSERT(hugetlb_set_pool(H1G, NUMA_NO_NODE, 1, &why) == 1);
	EXPECT(hugetlb_set_pool(H1G, NUMA_NO_NODE, 0, &why) == 0);
	for (u32 i = 0; i < 4; i++)
		page[i] = alloc_pages(MAX_PAGE_ORDER);
	ASSERT(page[3]);
	EXPECT_EQ(hugetlb_set_pool(H1G, NUMA_NO_NODE, 1, &why),
		  page_to_pfn(page[3]) < PFN_DOWN(G(1)) || page_to_pfn(page[3]) >= PFN_DOWN(G(2)));
	for (u32 i = 0; i < 4; i++)
		EXPECT(free_pages(page[i], MAX_PAGE_ORDER));
	EXPECT_EQ(hugetlb_set_pool(H1G, NUMA_NO_NODE, 1, &why), 1);
	EXPECT_SOUND();
}
