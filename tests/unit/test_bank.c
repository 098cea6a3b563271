/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Banks: from what a tree names to what is used. Every case compares the whole table, and that
 * no byte is lost: what the tree names is in a bank or among the dropped.
 *
 * Drawings: one character is about 4 MiB unless it says something else; K is the image.
 */
#include "boot_fixture.h"
#include "mm/memblock.h"
#include "mm/paging.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

/* Bank number n of a tree with nr banks: 1 MiB every 4 MiB, in an order that is not sorted. */
static void given_comb(u32 nr)
{
	given_bank(BASE, 8 * MIB);
	for (u32 i = 1; i < nr; i++) {
		u32 n = i * 7 % nr; /* nr is no multiple of 7: each comes once */

		given_bank(M(8 + n * 4), MIB);
	}
	given_image(VIRT_IMAGE);
	boot_to("banks");
	ASSERT_EQ(banks.nr, nr);
	EXPECT_EQ(banks.ram, (8 + nr - 1) * MIB);
	EXPECT_EQ(bank_bytes(), banks.ram);
	for (u32 i = 1; i < nr; i++)
		EXPECT_EQ(banks.bank[i].range.start, M(8 + i * 4));
	EXPECT_EQ(warned("bank-overlap") + warned("bank-duplicate") + warned("bank-trimmed"), 0);
}

/* C31. [K=)_[)_[)_[)_ ... */
TEST(sixty_five_banks)
{
	given_comb(65);
}

TEST(three_hundred_banks)
{
	given_comb(300);
	/* memblock's tables start with 128 entries: they must grow. */
	boot_to("memblock");
	EXPECT_EQ(memblock.memory.total_size, banks.ram);
}

/* As many banks as the table has entries; one more, made by an overlap that cuts one in two. */
TEST(table_full)
{
	given_image(VIRT_IMAGE);
	given_bank(BASE, 8 * MIB);
	for (u32 i = 1; i < MAX_BANKS - 1; i++)
		given_bank(M(8 + i * 4), MIB);
	given_bank(M(8 + 4 * 20) - MIB, 3 * MIB);
	EXPECT_STOP(boot_to("banks"), "more than 512 banks");
}

/* C32. [=K=====) twice */
TEST(duplicate)
{
	given_bank(BASE, 64 * MIB);
	given_bank(BASE, 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(banks.ram, 64 * MIB);
	EXPECT_EQ(warned("bank-duplicate"), 1);
	EXPECT_EQ(warned_total(), 1);
}

/*
 * C33.  first  [=K==============)
 *       later          [================)
 *       table  [=K==============)[======)
 */
TEST(overlap)
{
	given_bank(BASE, 64 * MIB)->nid = 3;
	given_bank(M(32), 64 * MIB)->nid = 5;
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)}, {M(64), M(96)});
	EXPECT_EQ(banks.bank[1].reg, 1);
	EXPECT_EQ(banks.ram, 96 * MIB);
	EXPECT_EQ(warned("bank-overlap"), 1);
}

/* The other way round: the later one lies before the first.  later [=K=====)  first   [====) */
TEST(overlap_below)
{
	given_image(VIRT_IMAGE);
	given_bank(M(32), 64 * MIB);
	given_bank(BASE, 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(32)}, {M(32), M(96)});
	EXPECT_EQ(banks.bank[0].reg, 1);
	EXPECT_EQ(banks.bank[1].reg, 0);
	EXPECT_EQ(warned("bank-overlap"), 1);
}

/* Contained: nothing new.  [=K==[===)===) */
TEST(contained)
{
	given_bank(BASE, 64 * MIB);
	given_bank(M(16), 16 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(warned("bank-overlap"), 1);
}

/* The contained one came first: the later one falls in two pieces, one finding. */
TEST(container_comes_later)
{
	given_image(VIRT_IMAGE);
	given_bank(M(16), 16 * MIB);
	given_bank(BASE, 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(16)}, {M(16), M(32)}, {M(32), M(64)});
	EXPECT_EQ(banks.ram, 64 * MIB);
	EXPECT_EQ(warned("bank-overlap"), 1);
}

/*
 * One that lies over several.  [K)  [==)  [==)
 *                            [==================)   pieces: before, between, between, after
 */
TEST(overlap_of_several)
{
	given_image(M(2));
	given_bank(M(0), 8 * MIB);
	given_bank(M(16), 8 * MIB);
	given_bank(M(32), 8 * MIB);
	given_bank(BASE, 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({M(0), M(8)}, {M(8), M(16)}, {M(16), M(24)}, {M(24), M(32)}, {M(32), M(40)},
		     {M(40), M(64)});
	EXPECT_EQ(banks.ram, 64 * MIB);
	EXPECT_EQ(warned("bank-overlap"), 3);
}

/* C35. [=K====)[======)[=====) three banks; memblock joins those of one node */
TEST(touching)
{
	given_bank(BASE, 32 * MIB);
	given_bank(M(32), 32 * MIB);
	given_bank(M(64), 32 * MIB);
	boot_to("memblock");
	EXPECT_BANKS({BASE, M(32)}, {M(32), M(64)}, {M(64), M(96)});
	EXPECT_EQ(warned("bank-overlap"), 0);
	/* The first 2 MiB, taken as firmware's, are a region of their own. */
	EXPECT_EQ(memblock.memory.cnt, is_model("discontig") ? 4 : 2);
}

/* C37. [=K=====)    [p)  a bank of one page is free in the end */
TEST(one_page)
{
	struct ledger ledger;
	phys_addr_t end;

	given_virt(64 * MIB);
	given_bank(M(256), PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(banks.bank[1].range.end, M(256) + PAGE_SIZE);
	EXPECT(pfn_valid(PFN_DOWN(M(256))));
	/* As a node of its own, DISCONTIG, its one page may hold the data of the node. */
	if (!is_model("discontig"))
		EXPECT_EQ(owner_at(M(256), M(256) + PAGE_SIZE, &end), OWN_FREE);
	if (owner_at(M(256), M(256) + PAGE_SIZE, &end) == OWN_FREE)
		EXPECT(!page_has(pfn_to_page(PFN_DOWN(M(256))), PG_RESERVED));
	ledger_make(&ledger);
	EXPECT_EQ(ledger.ram, 64 * MIB + PAGE_SIZE);
	EXPECT_SOUND();
}

/* C38. bytes:  page |  [0x800)  |     no whole page in it */
TEST(smaller_than_a_page)
{
	given_bank(BASE, 64 * MIB);
	given_bank(M(128) + 0x200, 0x800);
	given_bank(M(256) + 0x800, 0x1000); /* a page's size, but no page */
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(warned("bank-too-small"), 2);
	EXPECT_EQ(dropped_bytes("sub-page edge"), 0x1800);
	EXPECT_EQ(banks.ram, 64 * MIB + 0x1800);
}

/* C39. bytes:  |...[0x123 =======0x456)....|   inward, 0xedd and 0x456 bytes are lost */
TEST(edges_inside_pages)
{
	struct ledger ledger;

	given_image(VIRT_IMAGE);
	given_bank(BASE + 0x123, 64 * MIB + 0x456 - 0x123);
	boot_to("banks");
	EXPECT_BANKS({BASE + 0x1000, M(64)});
	ASSERT_EQ(banks.nr_dropped, 2);
	EXPECT_EQ(range_size(banks.dropped[0].range), 0xedd);
	EXPECT_EQ(range_size(banks.dropped[1].range), 0x456);
	EXPECT_EQ(warned("bank-trimmed"), 1);
	boot_to("reservations");
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_LOST], 0xedd + 0x456);
	EXPECT(ledger_adds_up(&ledger));
}

/* C40. RAM from 0 on is a bank as any other. */
TEST(ram_at_zero)
{
	given_bank(0, 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({0, 64 * MIB});
	EXPECT_EQ(banks.phys_base, 0);
	EXPECT(banks_find(0) == &banks.bank[0]);
	EXPECT(banks_find(64 * MIB - 1) == &banks.bank[0]);
	EXPECT(!banks_find(64 * MIB));
}

/* C46. [=K==)  ...128 GiB...|[====)   beyond the direct map, also when it only begins within */
TEST(beyond_the_direct_map)
{
	given_bank(BASE, 64 * MIB);
	given_bank(BASE + 128 * GIB, 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(dropped_bytes("beyond the direct map"), 64 * MIB);
	EXPECT_EQ(warned("bank-capped"), 1);
}

/* C47. The reach is counted from the lowest bank rounded down to 1 GiB. */
TEST(one_bank_larger_than_the_reach)
{
	if (memmodel_span_bytes < DIRECT_MAP_SIZE)
		return; /* a static table of sections ends earlier */
	given_bank(BASE + 512 * MIB, 160 * GIB);
	boot_to("banks");
	EXPECT_BANKS({BASE + 512 * MIB, BASE + 128 * GIB});
	EXPECT_EQ(dropped_bytes("beyond the direct map"), 32 * GIB + 512 * MIB);
	EXPECT_EQ(banks.phys_base, BASE);
}

/* C48. [====)   [=K==)  the direct map starts at the lowest bank, not at the image's */
TEST(bank_below_the_image)
{
	given_bank(0x40000000, 64 * MIB);
	given_bank(BASE, 64 * MIB);
	given_image(VIRT_IMAGE);
	boot_to("banks");
	EXPECT_BANKS({0x40000000, 0x44000000}, {BASE, M(64)});
	EXPECT_EQ(banks.phys_base, 0x40000000);
	EXPECT_EQ(dropped_bytes("beyond the direct map"), 0);
}

/* C49. [====)   K   and an image that hangs over the end of its bank */
TEST(image_in_no_bank)
{
	given_bank(BASE, 64 * MIB);
	given_image(M(128));
	EXPECT_STOP(boot_to("banks"), "is in no bank from 0x88000000 on");
	given_image(M(64) - IMAGE_BYTES / 2);
	EXPECT_STOP(boot_to("banks"), "is in no bank from 0x84000000 on");
	machine.nr_banks = 0;
	EXPECT_STOP(boot_to("banks"), "no RAM is left");
}

/* An image may lie in two banks that touch.  [==K)[K===) */
TEST(image_in_touching_banks)
{
	given_bank(BASE, 4 * MIB);
	given_bank(M(4), 60 * MIB);
	given_image(M(4) - MEGAPAGE_SIZE);
	given_dtb(M(8));
	boot_to("banks");
	EXPECT_BANKS({BASE, M(4)}, {M(4), M(64)});
}

/* C52. The bank that ends with the last page of the physical address space: no end + 1 anywhere. */
TEST(end_of_the_address_space)
{
	const phys_addr_t top = 1UL << 56;

	given_bank(top - 64 * MIB, 64 * MIB);
	given_image(top - 62 * MIB);
	given_dtb(top - 60 * MIB);
	boot_to("check");
	EXPECT_BANKS({top - 64 * MIB, top});
	EXPECT(pfn_valid(PFN_DOWN(top) - 1));
	EXPECT(!pfn_valid(PFN_DOWN(top)));
	EXPECT_SOUND();
}

/* [====)    [====)[====)  each byte before, at and after an edge */
TEST(find_at_edges)
{
	given_bank(BASE, 16 * MIB);
	given_bank(M(32), 16 * MIB);
	given_bank(M(48), 16 * MIB);
	boot_to("banks");
	EXPECT(!banks_find(BASE - 1));
	EXPECT(banks_find(BASE) == &banks.bank[0]);
	EXPECT(banks_find(M(16) - 1) == &banks.bank[0]);
	EXPECT(!banks_find(M(16)));
	EXPECT(!banks_find(M(32) - 1));
	EXPECT(banks_find(M(32)) == &banks.bank[1]);
	EXPECT(banks_find(M(48)) == &banks.bank[2]);
	EXPECT(!banks_find(M(64)));
	EXPECT(!banks_find(~0UL));
}

/* banks_drop accounts only what is in a bank.  [=K=====)  [====)   drop [====...==) */
TEST(drop)
{
	given_bank(BASE, 16 * MIB);
	given_bank(M(32), 16 * MIB);
	boot_to("banks");
	banks_drop((struct range){M(12), M(36)}, DROP_NO_MEMMAP);
	ASSERT_EQ(banks.nr_dropped, 2);
	EXPECT_EQ(dropped_bytes("no memmap"), 8 * MIB);
	banks_drop((struct range){M(36), M(40)}, DROP_NO_MEMMAP);
	EXPECT_EQ(banks.nr_dropped, 2); /* continues the one before */
	EXPECT_EQ(dropped_bytes("no memmap"), 12 * MIB);
}

/* Dropped ranges that touch and have one reason are one, whichever comes first.  (2)(1)[=)  (3) */
TEST(drops_join_on_both_sides)
{
	given_bank(BASE, 64 * MIB);
	boot_to("banks");
	banks_drop((struct range){M(12), M(16)}, DROP_NO_MEMMAP);
	banks_drop((struct range){M(8), M(12)}, DROP_NO_MEMMAP);
	EXPECT_EQ(banks.nr_dropped, 1);
	banks_drop((struct range){M(24), M(28)}, DROP_NO_MEMMAP);
	EXPECT_EQ(banks.nr_dropped, 2);
	banks_drop((struct range){M(20), M(24)}, DROP_OFFLINE); /* another reason */
	EXPECT_EQ(banks.nr_dropped, 3);
	banks_drop((struct range){M(16), M(20)}, DROP_NO_MEMMAP);
	EXPECT_EQ(banks.nr_dropped, 3);
	EXPECT_EQ(dropped_bytes("no memmap"), 16 * MIB);
}
