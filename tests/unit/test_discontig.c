/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DISCONTIG, when the array of a node cannot be had: the part of the node that leaves the most free memory
 * keeps its struct pages, the rest is lost and said. Other models: nothing to do.
 *
 * Layouts: digits are node ids, . a hole, x RAM that is lost.
 */
#include "memmap_oracle.h"
#include "mm/handover.h"
#include "mm/hugetlb.h"

#define FAR (VIRT_BASE + 60 * GIB)

/* Frame by frame: lost, or with a struct page of its own node. */
static void expect_bank(phys_addr_t start, u64 size, u32 nid, bool is_kept)
{
	for (pfn_t pfn = PFN_DOWN(start); pfn < PFN_DOWN(start + size); pfn++) {
		phys_addr_t end;

		ASSERT_EQ(pfn_valid(pfn), is_kept);
		/* What bring-up took of the lost memory stays taken. */
		ASSERT(owner_at(pfn_to_phys(pfn), pfn_to_phys(pfn + 1), &end) !=
		       (is_kept ? OWN_LOST : OWN_FREE));
		if (!is_kept)
			continue;
		ASSERT_EQ(page_to_pfn(pfn_to_page(pfn)), pfn);
		ASSERT_EQ(page_to_nid(pfn_to_page(pfn)), nid);
	}
}

/* 128 MiB would have to pay for 60 GiB: 960 MiB. One model; the others have it all. */
static void given_far(void)
{
	given_node_bank(0, VIRT_BASE, 128 * MIB);
	given_node_bank(0, FAR, 16 * MIB);
}

/*
 *	0 ................................ x
 */
TEST(far_bank)
{
	if (!is_model("discontig"))
		return;
	given_far();
	boot_to("check");
	EXPECT_EQ(warned("bank-no-memmap"), 1);
	EXPECT_EQ(warned("node-no-memmap"), 0);
	EXPECT_EQ(dropped_bytes("no memmap"), 16 * MIB);
	expect_bank(VIRT_BASE, 128 * MIB, 0, true);
	expect_bank(FAR, 16 * MIB, 0, false);
	EXPECT_EQ(nr_free_pages(), handover_figures.pages);
	EXPECT_SOUND();
}

/*
 *	0 ................................ xx x   cutting off the last one alone would save nothing
 */
TEST(far_group)
{
	if (!is_model("discontig"))
		return;
	given_far();
	given_node_bank(0, FAR + 16 * MIB, 8 * MIB);
	given_node_bank(0, FAR + 32 * MIB, 4 * PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(warned("bank-no-memmap"), 3);
	EXPECT_EQ(dropped_bytes("no memmap"), 24 * MIB + 4 * PAGE_SIZE);
	expect_bank(VIRT_BASE, 128 * MIB, 0, true);
	EXPECT_SOUND();
}

/*
 *	x ................................ 00000   the image's bank is the small one
 */
TEST(image_in_the_lost_bank)
{
	if (!is_model("discontig"))
		return;
	given_node_bank(0, VIRT_BASE, 16 * MIB);
	given_node_bank(0, FAR, 512 * MIB);
	boot_to("check");
	EXPECT_EQ(warned("bank-no-memmap"), 1);
	EXPECT(dropped_bytes("no memmap") < 16 * MIB + 1);
	expect_bank(FAR, 512 * MIB, 0, true);
	EXPECT(!pfn_valid(PFN_DOWN(VIRT_IMAGE)));
	EXPECT(nr_free_pages() > PFN_DOWN(490 * MIB));
	EXPECT_SOUND();
}

/*
 *	x000000000000000xxxxxxxxxxxxxxxx   one bank, torn by reservations
 *
 * No free piece is longer than 4 MiB less a page: struct pages of 255.75 MiB, so of 252. The first 4 MiB
 * have the image, the next ones more to give away.
 */
TEST(cut_inside_a_bank)
{
	const u64 pitch = 4 * MIB;

	if (!is_model("discontig"))
		return;
	given_node_bank(0, VIRT_BASE, 512 * MIB);
	for (phys_addr_t at = VIRT_BASE + pitch; at < VIRT_BASE + 512 * MIB; at += pitch)
		if (at != VIRT_DTB)
			given_reserved(OWNER_RESERVED, at, PAGE_SIZE, "comb");
	boot_to("check");
	EXPECT_EQ(warned("bank-no-memmap"), 2);
	EXPECT_EQ(dropped_bytes("no memmap"), 260 * MIB);
	expect_bank(VIRT_BASE, pitch, 0, false);
	expect_bank(VIRT_BASE + pitch, 252 * MIB, 0, true);
	expect_bank(VIRT_BASE + 256 * MIB, 256 * MIB, 0, false);
	EXPECT_SOUND();
}

/*
 *	0 ..... x ..... 0 .... 1 ............ 1    the lost bank lies in the array of the other node
 */
TEST(lost_in_another_array)
{
	if (!is_model("discontig") || config_free_unused_memmap)
		return;
	given_node_bank(0, VIRT_BASE, 512 * MIB);
	given_node_bank(0, VIRT_BASE + 8 * GIB, 16 * MIB);
	given_node_bank(1, VIRT_BASE + 4 * GIB, 12 * MIB);
	given_node_bank(1, FAR, 64 * MIB);
	boot_to("check");
	EXPECT_EQ(warned("bank-no-memmap"), 1);
	EXPECT_EQ(dropped_bytes("no memmap"), 12 * MIB);
	expect_bank(VIRT_BASE + 4 * GIB, 12 * MIB, 1, false);
	expect_bank(FAR, 64 * MIB, 1, true);
	expect_bank(VIRT_BASE + 8 * GIB, 16 * MIB, 0, true);
	EXPECT_SOUND();
}

/*
 *	0 ........ x     the array of both fits into 64 MiB, and would leave nothing of them
 */
TEST(affordable_but_all_there_is)
{
	if (!is_model("discontig") || config_free_unused_memmap)
		return;
	given_node_bank(0, VIRT_BASE, 64 * MIB);
	given_node_bank(0, VIRT_BASE + 3840 * MIB - 8 * PAGE_SIZE, 2 * PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(warned("bank-no-memmap"), 1);
	EXPECT_EQ(dropped_bytes("no memmap"), 2 * PAGE_SIZE);
	EXPECT(nr_free_pages() > PFN_DOWN(58 * MIB));
	EXPECT_SOUND();
}

/* Nothing of the node is worth an array: banks of one page each, 64 KiB of struct pages each. */
TEST(nothing_is_worth_it)
{
	if (!is_model("discontig"))
		return;
	given_node_bank(0, VIRT_BASE, 128 * MIB);
	for (u64 i = 0; i < 8; i++)
		given_node_bank(1, FAR + i * 7 * GIB, PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(warned("node-no-memmap"), 1);
	EXPECT_EQ(warned("bank-no-memmap"), 0);
	EXPECT_EQ(dropped_bytes("no memmap"), 8 * PAGE_SIZE);
	EXPECT_SOUND();
}

/*
 *	0 ............................... x    only the lost bank has an aligned gigabyte: it is no huge page
 */
TEST(no_gigantic_page_of_lost_memory)
{
	if (!is_model("discontig"))
		return;
	given_node_bank(0, VIRT_BASE, 1536 * MIB);
	given_node_bank(0, VIRT_BASE + 125 * GIB, GIB);
	options_parse("hugepagesz=1G hugepages=1", &machine.options);
	boot_to("check");
	EXPECT_EQ(dropped_bytes("no memmap"), GIB);
	EXPECT_EQ(warned("hugepages-short"), 1);
	EXPECT_EQ(hstates[HSTATE_1G].node[0].got, 0);
	EXPECT_SOUND();
}

/* Deferred, on demand: all that is free comes in the end, and nothing of what is lost. */
TEST(deferred)
{
	u64 pages, taken = 0;

	if (!is_model("discontig"))
		return;
	machine.options.deferred = DEFERRED_DEMAND;
	given_far();
	boot_to("check");
	EXPECT_EQ(dropped_bytes("no memmap"), 16 * MIB);
	pages = nr_free_pages();
	while (alloc_pages(0))
		taken++;
	EXPECT_EQ(taken, pages);
}
