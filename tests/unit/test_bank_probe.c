/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe: banks that claim RAM which is not there, or which is there twice. The pretended machine's
 * RAM is what host_ram_add() says; everything else traps.
 *
 * Drawings: K the image, R real RAM, a letter twice the same memory, - nothing.
 */
#include "arch/host/host.h"
#include "boot_fixture.h"
#include "mm/bank_internal.h"

#define BASE   0x40000000UL /* of a VisionFive 2 */
#define IMAGE  (BASE + 2 * MIB)
#define NO_RAM "probe: no RAM"
#define ALIAS  "probe: alias"

static void real(phys_addr_t start, u64 size)
{
	ASSERT_EQ(host_ram_add((struct range){start, start + size}, start), true);
}

static void mirrored(phys_addr_t start, u64 size, phys_addr_t target)
{
	ASSERT_EQ(host_ram_add((struct range){start, start + size}, target), true);
}

/* The image, and firmware that the tree names, as on a board. */
static void given_board(u64 claimed)
{
	given_bank(BASE, claimed);
	given_reserved(OWNER_FIRMWARE, BASE, 256 * KIB, "mmode_resv1");
	given_reserved(OWNER_FIRMWARE, BASE + 256 * KIB, 128 * KIB, "mmode_resv0");
	given_image(IMAGE);
	machine.options.probe = true;
}

/* claimed [K==========)   real [R==========) */
TEST(all_true)
{
	real(BASE, GIB);
	given_board(GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + GIB});
	EXPECT_EQ(warned_total(), 0);
	EXPECT_SOUND();
}

/* C160. claimed [K==========)   real [R====)----- */
TEST(half_is_missing)
{
	real(BASE, 2 * GIB);
	given_board(4 * GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + 2 * GIB});
	EXPECT_EQ(warned("probe-no-ram"), 1);
	EXPECT_EQ(dropped_bytes(NO_RAM), 2 * GIB);
	EXPECT_SOUND();
}

/* The edge is found to the page, wherever it is; the last page, and all but the first pages. */
static void edge_at(u64 size)
{
	real(BASE, size);
	given_board(GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + size});
	EXPECT_EQ(dropped_bytes(NO_RAM), GIB - size);
	EXPECT_SOUND();
}

TEST(edge_in_a_step)
{
	edge_at(0x12347000);
}

TEST(edge_before_the_last_page)
{
	edge_at(GIB - PAGE_SIZE);
}

TEST(edge_near_the_image)
{
	edge_at(8 * MIB);
}

/* claimed [K================)   real [R===)---[R=====) */
TEST(hole)
{
	real(BASE, 256 * MIB);
	real(BASE + 652 * MIB, 372 * MIB);
	given_board(GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + 256 * MIB}, {BASE + 652 * MIB, BASE + GIB});
	EXPECT_EQ(dropped_bytes(NO_RAM), 396 * MIB);
	EXPECT_SOUND();
}

/*
 * The first pages behind a hole lie where firmware lies in its own step: they might be its alias,
 * so they are not asked, and what is not known is not used.
 */
TEST(hole_ends_at_the_offset_of_firmware)
{
	real(BASE, 256 * MIB);
	real(BASE + 640 * MIB, 384 * MIB);
	given_board(GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + 256 * MIB}, {BASE + 640 * MIB + 384 * KIB, BASE + GIB});
	EXPECT_SOUND();
}

/* claimed [K====)  [=====)   real [R====)  ------- */
TEST(whole_bank_is_missing)
{
	real(BASE, GIB);
	given_board(GIB);
	given_bank(BASE + 4 * GIB, GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + GIB});
	EXPECT_EQ(warned("probe-no-ram"), 1);
	EXPECT_SOUND();
}

/* A bus without RAM that does not trap: reads as ones, forgets what is written. */
TEST(open_bus)
{
	real(BASE, GIB);
	mirrored(BASE + GIB, 3 * GIB, HOST_OPEN_BUS);
	given_board(4 * GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + GIB});
	EXPECT_EQ(dropped_bytes(NO_RAM), 3 * GIB);
	EXPECT_SOUND();
}

/* C160, as DRAM controllers do it. claimed [K==========)   real [A====)[A====) */
TEST(wraps)
{
	real(BASE, 2 * GIB);
	mirrored(BASE + 2 * GIB, 2 * GIB, BASE);
	given_board(4 * GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + 2 * GIB});
	EXPECT_EQ(warned("probe-alias"), 1);
	EXPECT_EQ(dropped_bytes(ALIAS), 2 * GIB);
	EXPECT_SOUND();
}

/* claimed [K==================)   real [A===)[A===)[A===)[A===) */
TEST(wraps_three_times)
{
	real(BASE, 256 * MIB);
	for (u64 i = 1; i < 4; i++)
		mirrored(BASE + i * 256 * MIB, 256 * MIB, BASE);
	given_board(GIB);
	boot_to("check");
	EXPECT_BANKS({BASE, BASE + 256 * MIB});
	EXPECT_EQ(dropped_bytes(ALIAS), 768 * MIB);
	EXPECT_SOUND();
}

/* C166. Two windows on one DRAM, which of them has the image decides: [K A) ... [A) */
TEST(two_windows)
{
	real(BASE, GIB);
	mirrored(BASE + 62 * GIB, GIB, BASE);
	given_board(GIB);
	given_bank(BASE + 62 * GIB, GIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, BASE + GIB});
	EXPECT_EQ(dropped_bytes(ALIAS), GIB);
}

/* [A) ... [K A): what holds the image is not given up. */
TEST(two_windows_image_in_the_upper)
{
	const phys_addr_t upper = BASE + 62 * GIB;

	real(upper, GIB);
	mirrored(BASE, GIB, upper);
	given_bank(BASE, GIB);
	given_bank(upper, GIB);
	given_reserved(OWNER_FIRMWARE, upper, 512 * KIB, "mmode_resv0");
	given_image(upper + 2 * MIB);
	given_dtb(upper + 8 * MIB);
	machine.options.probe = true;
	boot_to("check");
	EXPECT_BANKS({upper, upper + GIB});
	EXPECT_EQ(dropped_bytes(ALIAS), GIB);
	EXPECT_SOUND();
}

/* Two banks that are one memory, neither with the image: [K==)  [A==)  [A==) */
TEST(two_others)
{
	real(BASE, GIB);
	mirrored(BASE + 4 * GIB, GIB, BASE + 4 * GIB);
	mirrored(BASE + 8 * GIB, GIB, BASE + 4 * GIB);
	given_board(GIB);
	given_bank(BASE + 8 * GIB, GIB);
	given_bank(BASE + 4 * GIB, GIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, BASE + GIB}, {BASE + 4 * GIB, BASE + 5 * GIB});
	EXPECT_EQ(dropped_bytes(ALIAS), GIB);
}

/* What a test forbids to touch. */
static struct range forbidden[8];
static u32 nr_forbidden;
static u64 nr_seen, nr_touched;

static void watch(phys_addr_t pa, bool write)
{
	phys_addr_t target = pa, end;

	(void)write;
	nr_seen++;
	(void)host_ram_at(pa, pa + sizeof(u64), &target, &end);
	for (u32 i = 0; i < nr_forbidden; i++)
		nr_touched += range_has(forbidden[i], pa) || range_has(forbidden[i], target);
}

static void forbid(phys_addr_t start, u64 size)
{
	ASSERT(nr_forbidden < ARRAY_SIZE(forbidden));
	forbidden[nr_forbidden++] = (struct range){start, start + size};
	host_probe_seen = watch;
}

/*
 * The vendor's regions on a board with 2 GiB: neither they nor image, blob and firmware are touched,
 * not even as the lower halves of an alias. What is kept lies without a gap at both ends of the bank,
 * so that each piece, were it forgotten, would be the first or the last to be asked.
 */
TEST(nothing_reserved_is_touched)
{
	real(BASE, 2 * GIB);
	mirrored(BASE + 2 * GIB, 2 * GIB, BASE);
	given_board(4 * GIB);
	given_dtb(IMAGE + IMAGE_BYTES);
	given_reserved(OWNER_RESERVED, BASE + 384 * KIB, 2 * MIB - 384 * KIB, "early");
	given_reserved(OWNER_INITRD, IMAGE + IMAGE_BYTES + PAGE_SIZE, 2 * MIB, "initrd");
	given_reserved(OWNER_MEMRESERVE, BASE + 4 * GIB - MIB, MIB, "last");
	given_reserved(OWNER_RESERVED, 0xc0110000, 0xf0000, "e24")->nomap = true;
	given_reserved(OWNER_RESERVED, 0xf0000000, 0x01ffffff, "xrpbuffer");
	given_reserved(OWNER_RESERVED, 0xf2000000, 0x1000, "xrpbuffer");
	given_reserved(OWNER_RESERVED, 0xf2001000, 0xfff000, "xrpbuffer");
	forbid(BASE, 4 * MIB + 512 * KIB + PAGE_SIZE);
	forbid(BASE + 4 * GIB - MIB, MIB);
	forbid(0xc0110000, 0xf0000);
	forbid(0xf0000000, 0x3000000);
	boot_to("banks");
	/* The last MiB of RAM is at the offset of "last", which might be its alias: not asked. */
	EXPECT_BANKS({BASE, BASE + 2 * GIB - MIB});
	EXPECT_EQ(nr_touched, 0);
	EXPECT(nr_seen > 100);
}

/* Firmware that the tree hides lies below the image: nothing there is touched. */
TEST(hidden_firmware_is_not_touched)
{
	real(BASE, 512 * MIB);
	mirrored(BASE + 512 * MIB, 512 * MIB, BASE);
	given_bank(BASE, GIB);
	given_image(BASE + 2 * MIB);
	machine.options.probe = true;
	forbid(BASE, 2 * MIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, BASE + 512 * MIB});
	EXPECT_EQ(nr_touched, 0);
}

/* What mem= leaves out is not ours to ask. */
TEST(mem_limit_is_not_passed)
{
	real(BASE, GIB);
	given_board(4 * GIB);
	given_mem(GIB);
	forbid(BASE + GIB, 3 * GIB);
	boot_to("banks");
	EXPECT_BANKS({BASE, BASE + GIB});
	EXPECT_EQ(warned("probe-no-ram"), 0);
	EXPECT_EQ(nr_touched, 0);
}

/* Every word is as it was: all of RAM holds its own address, before and after. */
TEST(words_are_put_back)
{
	const u64 size = 64 * MIB;
	u64 word;

	real(BASE, size);
	mirrored(BASE + size, size, BASE);
	given_board(2 * size);
	machine.options.probe = false;
	boot_to("banks");
	for (u64 at = 0; at < size; at += PAGE_SIZE / 2) {
		word = BASE + at;
		host_memory_word(BASE + at, &word, true);
	}
	machine.options.probe = true;
	bank_probe(&banks);
	EXPECT_BANKS({BASE, BASE + size});
	for (u64 at = 0; at < size; at += PAGE_SIZE / 2) {
		host_memory_word(BASE + at, &word, false);
		EXPECT_EQ(word, BASE + at);
	}
}

/* Nothing to ask: the bank is believed, and that is said. */
TEST(all_reserved)
{
	given_board(32 * MIB);
	given_reserved(OWNER_RESERVED, BASE + 4 * MIB, 28 * MIB, "pool");
	given_reserved(OWNER_RESERVED, BASE, 4 * MIB, "rest");
	boot_to("banks");
	EXPECT_BANKS({BASE, BASE + 32 * MIB});
	EXPECT_EQ(warned("probe-untested"), 1);
}

/* The tree names RAM where there is none: even the image's own. */
TEST(not_even_the_image)
{
	real(BASE, MIB);
	given_board(GIB);
	EXPECT_STOP(boot_to("banks"), "is in no bank");
}

TEST(nothing_at_all)
{
	real(BASE + 8 * GIB, MIB);
	given_board(GIB);
	EXPECT_STOP(boot_to("banks"), "no RAM answers at all");
}

/* As many changes as the list of RAM of the pretended machine allows. */
TEST(shreds)
{
	real(BASE, 32 * MIB);
	for (u64 i = 1; i < 16; i++)
		real(BASE + i * 64 * MIB + 12 * MIB, 20 * MIB);
	given_board(GIB);
	given_bank(BASE + 4 * GIB, GIB);
	boot_to("banks");
	EXPECT_EQ(banks.nr, 16);
	EXPECT_EQ(dropped_bytes(NO_RAM), 2 * GIB - 32 * MIB - 15 * 20 * MIB);
}
