/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hand-over: exactly the pages that nobody owns, in the largest naturally aligned blocks, each on
 * the list of its zone. C150, C151, C147.
 *
 * The blocks of a range are unique: from its start on, the largest that is aligned there and fits.
 *
 *   range    |.[=============================).|     edges of the largest block: |
 *   blocks     1 2 4 ..   10    10   .. 4 2 1
 */
#include "block_oracle.h"
#include "mm/early.h"
#include "mm/handover.h"
#include "mm/memblock.h"
#include "mm/selftest.h"

#define BASE  0x80000000UL
#define M(n)  (BASE + (n)*MIB)
#define BLOCK (PAGE_SIZE << MAX_PAGE_ORDER)

static void expect_figures(void)
{
	struct ledger ledger;
	struct range range, previous = {0, 0};
	u64 bytes = 0;

	ledger_make(&ledger);
	EXPECT_EQ(handover_figures.pages, ledger.bytes[OWN_FREE] / PAGE_SIZE);
	EXPECT_EQ(handover_figures.blocks, nr_want_blocks);
	EXPECT_EQ(handover_figures.rejected_hole, memmap_init_figures.unavailable);
	EXPECT_EQ(handover_figures.pages + handover_figures.rejected_hole +
			  handover_figures.rejected_reserved,
		  memmap_init_figures.pages);
	for (u32 i = 0; handover_range(i, &range); i++) {
		EXPECT(range.start > previous.end || i == 0);
		bytes += range_size(range);
		previous = range;
	}
	EXPECT_EQ(bytes, ledger.bytes[OWN_FREE]);
}

static void run_case(void)
{
	boot_to("handover");
	EXPECT_EXPECTED_BLOCKS();
	expect_figures();
	boot_to("check");
	EXPECT_SOUND();
}

TEST(one_bank)
{
	given_virt(64 * MIB);
	run_case();
}

/* C150. Ends one page before, at, and one page after the edge of a largest block. */
TEST(one_page_before)
{
	given_virt(64 * MIB);
	given_bank(M(128), 4 * BLOCK - PAGE_SIZE);
	run_case();
}

TEST(at_the_edge)
{
	given_virt(64 * MIB);
	given_bank(M(128), 4 * BLOCK);
	run_case();
}

TEST(one_page_after)
{
	given_virt(64 * MIB);
	given_bank(M(128), 4 * BLOCK + PAGE_SIZE);
	run_case();
}

/* And starts so. */
TEST(starts_one_page_off)
{
	given_virt(64 * MIB);
	given_bank(M(128) + PAGE_SIZE, 4 * BLOCK - 2 * PAGE_SIZE);
	given_bank(M(192) - PAGE_SIZE, 2 * BLOCK + 2 * PAGE_SIZE);
	run_case();
}

/* Every other page reserved: single pages, none of which may merge. */
TEST(comb)
{
	given_virt(64 * MIB);
	for (u32 i = 0; i < 100; i++)
		given_reserved(OWNER_RESERVED, M(32) + (2 * i + 1) * PAGE_SIZE, PAGE_SIZE,
			       "/reserved-memory/tooth");
	run_case();
	EXPECT_LE(100, buddy_free_blocks(home_zone, 0));
}

/* Zone and node edges. */
TEST(over_4_gib)
{
	given_bank(0x100000000 - 32 * MIB, 64 * MIB);
	run_case();
}

TEST(nodes)
{
	given_node_bank(0, BASE, 33 * MIB + PAGE_SIZE);
	given_node_bank(1, M(33) + PAGE_SIZE, 33 * MIB);
	run_case();
}

/* Lists start with the lowest block: allocations fill memory from below. */
TEST(lowest_first)
{
	given_virt(64 * MIB);
	boot_to("handover");
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
		const struct list_head *head =
			&home_zone->free_area[order].free_list[MIGRATE_MOVABLE];
		struct page *page;
		pfn_t last = 0;

		list_for_each_entry (page, head, lru) {
			EXPECT_LT(last, page_to_pfn(page));
			last = page_to_pfn(page);
		}
	}
}

/* C151. memblock is closed: nothing is reserved, freed or allocated behind the buddy's back. */
TEST(memblock_is_closed)
{
	phys_addr_t pa;

	given_virt(64 * MIB);
	boot_to("handover");
	EXPECT_STOP(memblock_reserve(M(32), PAGE_SIZE), "");
	EXPECT_STOP(memblock_phys_free(M(32), PAGE_SIZE), "");
	EXPECT_STOP(memblock_add(M(128), PAGE_SIZE), "");
	EXPECT_STOP(memblock_phys_alloc_range(PAGE_SIZE, PAGE_SIZE, 0, 0), "");
	EXPECT_STOP(early_alloc(OWN_TABLES, PAGE_SIZE, 0, &pa), "");
	EXPECT_STOP(early_free(OWN_TABLES, M(32), PAGE_SIZE), "");
}

/* Nothing at all left: said, with the size. */
TEST(nothing_left)
{
	given_virt(64 * MIB);
	boot_to("zones");
	EXPECT_EQ(memblock_reserve(BASE, 64 * MIB), 0);
	EXPECT_STOP(boot_to("handover"), "no page of RAM is left for the allocator");
}

/* C147. Take all, compare with the banks, give all back: the same lists. */
TEST(selftest)
{
	given_virt(64 * MIB);
	given_bank(M(128) + PAGE_SIZE, 9 * MIB);
	boot_to("check");
	selftest_run();
	EXPECT_SOUND();
}
