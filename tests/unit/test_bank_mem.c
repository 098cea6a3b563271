/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mem=: what the command line leaves of the banks. C113 to C119.
 *
 * Drawings: one character is about 4 MiB; K is the image, which must always be left.
 */
#include "boot_fixture.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

/* C113. [=K=======|======)   mem=64M: the lowest 64 MiB, counted from the lowest bank */
TEST(size_alone)
{
	given_bank(BASE, 256 * MIB);
	given_mem(64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(banks.ram, 256 * MIB);
	EXPECT_EQ(dropped_bytes("mem="), 192 * MIB);
	EXPECT_EQ(warned_total(), 0);
}

/* The size is a span: a hole counts.  [=K==)....[==|===) */
TEST(size_spans_a_hole)
{
	given_bank(BASE, 16 * MIB);
	given_bank(M(32), 32 * MIB);
	given_mem(40 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(16)}, {M(32), M(40)});
	EXPECT_EQ(dropped_bytes("mem="), 24 * MIB);
}

/*
 * C114. bank  [K================================)
 *       mem=      [====)        [==)               24 MiB remain, the rest is dropped
 */
TEST(size_at_start)
{
	given_bank(BASE, 256 * MIB);
	given_image(M(64));
	given_mem_at(16 * MIB, M(64));
	given_mem_at(8 * MIB, M(128));
	boot_to("banks");
	EXPECT_BANKS({M(64), M(80)}, {M(128), M(136)});
	EXPECT_EQ(dropped_bytes("mem="), 232 * MIB);
	EXPECT_EQ(banks.nr_dropped, 3);
}

/* Given in any order, overlapping, touching: the union, one bank. */
TEST(several_make_a_union)
{
	given_bank(BASE, 256 * MIB);
	given_mem_at(16 * MIB, M(16));
	given_mem_at(16 * MIB, M(8));
	given_mem_at(8 * MIB, BASE);
	given_mem_at(16 * MIB, M(8));
	boot_to("banks");
	EXPECT_BANKS({BASE, M(32)});
	EXPECT_EQ(dropped_bytes("mem="), 224 * MIB);
}

/* Over two banks that touch: a cut never joins banks.  [=K==)[=====) mem= [=======) */
TEST(touching_banks_stay_two)
{
	given_bank(BASE, 32 * MIB);
	given_bank(M(32), 32 * MIB);
	given_mem_at(40 * MIB, M(0));
	boot_to("banks");
	EXPECT_BANKS({BASE, M(32)}, {M(32), M(40)});
	EXPECT_EQ(banks.bank[1].reg, 1);
}

/* Both forms together.  mem=32M mem=16M@+64M */
TEST(both_forms)
{
	given_bank(BASE, 256 * MIB);
	given_mem_at(16 * MIB, M(64));
	given_mem(32 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(32)}, {M(64), M(80)});
	EXPECT_EQ(dropped_bytes("mem="), 208 * MIB);
}

/* A bank that no mem= names goes whole. */
TEST(whole_bank_goes)
{
	given_bank(BASE, 32 * MIB);
	given_bank(M(64), 32 * MIB);
	given_mem(32 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(32)});
	EXPECT_EQ(dropped_bytes("mem="), 32 * MIB);
	EXPECT_EQ(banks.ram, 64 * MIB);
}

/* C116. The image must remain; the reason names what is needed. */
TEST(cuts_into_the_image)
{
	given_bank(BASE, 256 * MIB);
	given_image(M(16));
	given_mem(16 * MIB + IMAGE_BYTES / 2);
	EXPECT_STOP(boot_to("banks"), "mem= leaves no RAM at 0x81040000, inside the image");
	EXPECT_STOP(boot_to("banks"), "mem=18M");
	machine.options.nr_mem = 0;
	given_mem(17 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(17)});
}

TEST(leaves_nothing)
{
	given_bank(BASE, 256 * MIB);
	given_mem_at(64 * MIB, 0x40000000);
	EXPECT_STOP(boot_to("banks"), "no RAM is left");
}

/* C117. [=K====)   |   larger than all: nothing is cut, and that is said */
TEST(larger_than_ram)
{
	given_bank(BASE, 64 * MIB);
	given_mem(1 * GIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(warned("mem-no-effect"), 1);
	EXPECT_EQ(banks.nr_dropped, 0);
}

/*
 * C118. bank  [=K======)          [====)
 *       mem=  [====================)        what is in no bank is refused, piece by piece
 */
TEST(outside_is_refused)
{
	given_bank(BASE, 64 * MIB);
	given_bank(M(128), 16 * MIB);
	given_mem_at(136 * MIB, BASE);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)}, {M(128), M(136)});
	EXPECT_EQ(warned("mem-outside"), 1);
	EXPECT_EQ(banks.ram, 80 * MIB);
}

TEST(outside_on_both_sides)
{
	given_bank(BASE, 64 * MIB);
	given_mem_at(256 * MIB, BASE - 64 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(warned("mem-outside"), 2);
}

/* An end beyond 2^64 is cut, and what is no RAM is refused as ever. */
TEST(wraps)
{
	given_bank(BASE, 64 * MIB);
	given_mem(64 * MIB);
	given_mem_at(64 * MIB, ~0UL - MIB + 1);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)});
	EXPECT_EQ(warned("mem-outside"), 1);
}

/* The same with mem_force: believed, as banks of the command line. */
TEST(outside_is_forced)
{
	given_bank(BASE, 64 * MIB);
	given_bank(M(128), 16 * MIB);
	given_mem_at(136 * MIB, BASE);
	given_mem_at(8 * MIB, M(256));
	machine.options.mem_force = true;
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)}, {M(64), M(128)}, {M(128), M(136)}, {M(256), M(264)});
	EXPECT_TEXT(banks.bank[1].origin, "mem=");
	EXPECT_EQ(banks.ram, (64 + 64 + 16 + 8) * MIB);
	EXPECT_EQ(warned("mem-outside"), 0);
}

/* Two that force the same memory count it once. */
TEST(forced_twice)
{
	given_bank(BASE, 64 * MIB);
	given_mem(64 * MIB);
	given_mem_at(16 * MIB, M(128));
	given_mem_at(16 * MIB, M(136));
	machine.options.mem_force = true;
	boot_to("banks");
	EXPECT_BANKS({BASE, M(64)}, {M(128), M(152)});
	EXPECT_EQ(banks.ram, 88 * MIB);
}

/*
 * Bytes that the tree's bank lost at its edge are RAM already: believing the page around them
 * must not count them twice.
 *
 *   bank      ..[0x800 ======...     dropped [0x800, 0x1000)
 *   mem=      [================...   all of the first page
 */
TEST(forced_over_lost_edge)
{
	struct ledger ledger;

	given_bank(BASE + 0x800, 64 * MIB - 0x800);
	given_image(VIRT_IMAGE);
	given_mem(64 * MIB);
	given_mem_at(PAGE_SIZE, BASE);
	machine.options.mem_force = true;
	boot_to("reservations");
	EXPECT_BANKS({BASE, BASE + PAGE_SIZE}, {BASE + PAGE_SIZE, M(64)});
	EXPECT_EQ(banks.ram, 64 * MIB);
	ledger_make(&ledger);
	EXPECT(ledger_adds_up(&ledger));
}

/* C119. An end inside a page shrinks inward, one inside a section is used to the page. */
TEST(ends_inside_a_page)
{
	given_bank(BASE, 256 * MIB);
	given_mem(64 * MIB + 0x1234);
	boot_to("check");
	EXPECT_BANKS({BASE, M(64) + 0x1000});
	EXPECT_EQ(dropped_bytes("mem="), 192 * MIB - 0x1000);
	EXPECT(pfn_is_ram(PFN_DOWN(M(64))));
	EXPECT(!pfn_is_ram(PFN_DOWN(M(64)) + 1));
	EXPECT_SOUND();
}

TEST(start_inside_a_page)
{
	given_bank(BASE, 256 * MIB);
	given_mem(32 * MIB);
	given_mem_at(0x2000, M(64) + 0x800);
	boot_to("banks");
	EXPECT_BANKS({BASE, M(32)}, {M(64) + 0x1000, M(64) + 0x2000});
}

/* Less than a page names nothing, and with it nothing is left but for the other. */
TEST(smaller_than_a_page)
{
	given_bank(BASE, 64 * MIB);
	given_mem(0xfff);
	EXPECT_STOP(boot_to("banks"), "no RAM is left");
}
