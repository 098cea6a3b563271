/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is taken before anything is allocated: every range with its owner, rounded outward, each
 * conflict said once. C89 to C112.
 *
 * Drawings: F firmware, K image, D dtb, I initrd, R a reservation.
 */
#include "boot_fixture.h"
#include "mm/memblock.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

/* The i-th entry that is neither image nor dtb. */
static const struct reservation *other(u32 nr)
{
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		if (r->owner != OWN_KERNEL && r->owner != OWN_DTB && nr-- == 0)
			return r;
	}
	return NULL;
}

static void expect_other(const char *file, int line, u32 nr, phys_addr_t start, phys_addr_t end,
			 enum owner owner)
{
	const struct reservation *r = other(nr);

	unit_check(r && r->range.start == start && r->range.end == end && r->owner == owner, false,
		   file, line, "reservation %u is [%#lx, %#lx) of %s", nr, r ? r->range.start : 0,
		   r ? r->range.end : 0, r ? owner_name(r->owner) : "nobody");
}
#define EXPECT_OTHER(...) expect_other(__FILE__, __LINE__, __VA_ARGS__)

static bool is_sorted(void)
{
	for (u32 i = 1; i < reservations.nr; i++)
		if (reservations.reservation[i - 1].range.start >
		    reservations.reservation[i].range.start)
			return false;
	return true;
}

/* [F)...[K).[D)......  image and dtb alone: nothing to say */
TEST(image_and_dtb)
{
	given_virt(64 * MIB);
	boot_to("reservations");
	ASSERT_EQ(reservations.nr, 3);
	EXPECT_OTHER(0, BASE, BASE + VIRT_FIRMWARE, OWN_FIRMWARE_NOMAP);
	EXPECT_EQ(reservations.reservation[1].range.start, VIRT_IMAGE);
	EXPECT_EQ(reservations.reservation[1].range.end, VIRT_IMAGE + IMAGE_BYTES);
	EXPECT_EQ(reservations.reservation[1].owner, OWN_KERNEL);
	/* 72 bytes of blob: its page. */
	EXPECT_EQ(reservations.reservation[2].range.start, VIRT_DTB);
	EXPECT_EQ(reservations.reservation[2].range.end, VIRT_DTB + PAGE_SIZE);
	EXPECT_EQ(reservations.reservation[2].owner, OWN_DTB);
	EXPECT_EQ(warned_total(), 0);
}

/* C90. [F 256K)[F 128K)...[K)  OpenSBI's two neighbours, both kept */
TEST(firmware_neighbours)
{
	given_bank(BASE, 64 * MIB);
	given_reserved(OWNER_FIRMWARE, BASE + 256 * KIB, 128 * KIB, "mmode_resv1");
	given_reserved(OWNER_FIRMWARE, BASE, 256 * KIB, "mmode_resv0");
	boot_to("reservations");
	EXPECT_OTHER(0, BASE, BASE + 256 * KIB, OWN_FIRMWARE_NOMAP);
	EXPECT_OTHER(1, BASE + 256 * KIB, BASE + 384 * KIB, OWN_FIRMWARE_NOMAP);
	EXPECT(reservations_is_nomap((struct range){BASE + 383 * KIB, BASE + 385 * KIB}));
	EXPECT(!reservations_is_nomap((struct range){BASE + 384 * KIB, BASE + 388 * KIB}));
	EXPECT_EQ(warned_total(), 0);
}

/* C91, R1. [.......[K)  nothing listed below the image: all of it is the firmware's */
TEST(firmware_not_listed)
{
	given_bank(BASE, 64 * MIB);
	boot_to("reservations");
	EXPECT_OTHER(0, BASE, VIRT_IMAGE, OWN_FIRMWARE_NOMAP);
	EXPECT(other(0)->nomap);
	EXPECT_EQ(warned("firmware-not-listed"), 1);
	EXPECT_EQ(warned_total(), 1);
}

/* A plain reservation there does not say where the firmware is. */
TEST(firmware_not_listed_but_reserved)
{
	given_bank(BASE, 64 * MIB);
	given_reserved(OWNER_RESERVED, BASE, 256 * KIB, "/reserved-memory/buffer");
	boot_to("reservations");
	EXPECT_EQ(warned("firmware-not-listed"), 1);
	EXPECT(reservations_is_nomap((struct range){BASE + MIB, BASE + MIB + 1}));
}

/* The image at the start of its bank: firmware is elsewhere.  [..F..)   [K...) */
TEST(no_room_for_firmware)
{
	given_bank(BASE, 64 * MIB);
	given_bank(0x40000000, 16 * MIB);
	given_image(BASE);
	boot_to("reservations");
	EXPECT(!other(0));
	EXPECT_EQ(warned_total(), 0);
}

/* Only the image's own bank is taken, not what lies below it.  [======)   [..F..[K==) */
TEST(firmware_in_the_image_bank_only)
{
	given_bank(BASE, 64 * MIB);
	given_bank(0x40000000, 16 * MIB);
	given_image(VIRT_IMAGE);
	boot_to("reservations");
	EXPECT_OTHER(0, BASE, VIRT_IMAGE, OWN_FIRMWARE_NOMAP);
	EXPECT(!other(1));
}

/*
 * C92.  plain   [====R====)
 *       no-map       [====F====)      union reserved; what both have is not mapped
 */
TEST(overlap_with_nomap)
{
	phys_addr_t end;

	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, M(16), 4 * MIB, "/reserved-memory/a");
	given_reserved(OWNER_FIRMWARE, M(18), 4 * MIB, "/reserved-memory/b");
	boot_to("reservations");
	EXPECT_EQ(warned("reserved-overlap"), 1);
	EXPECT_EQ(owner_at(M(16), M(64), &end), OWN_TREE);
	EXPECT_EQ(end, M(18));
	EXPECT_EQ(owner_at(M(18), M(64), &end), OWN_FIRMWARE_NOMAP);
	EXPECT_EQ(owner_at(M(20), M(64), &end), OWN_FIRMWARE_NOMAP);
	EXPECT_EQ(end, M(22));
	EXPECT(!reservations_is_nomap((struct range){M(16), M(18)}));
	EXPECT(reservations_is_nomap((struct range){M(18), M(18) + 1}));
	boot_to("memblock");
	EXPECT(memblock_is_region_reserved(M(16), 6 * MIB));
	EXPECT(memblock_is_map_memory(M(18) - 1));
	EXPECT(!memblock_is_map_memory(M(18)));
	EXPECT(memblock_is_map_memory(M(22)));
}

/* One pair, one line; three that overlap each other are three pairs. */
TEST(overlaps_once_each)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, M(16), 4 * MIB, "/reserved-memory/a");
	given_reserved(OWNER_RESERVED, M(18), 4 * MIB, "/reserved-memory/b");
	given_reserved(OWNER_RESERVED, M(19), 8 * MIB, "/reserved-memory/c");
	given_reserved(OWNER_RESERVED, M(27), 1 * MIB, "/reserved-memory/d"); /* touches c */
	boot_to("reservations");
	EXPECT_EQ(warned("reserved-overlap"), 3);
	EXPECT_EQ(warned_total(), 3);
}

/* Tuples of one node may overlap: nothing to correct for a reader. */
TEST(overlap_within_a_node)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, M(16), 4 * MIB, "/reserved-memory/a");
	given_reserved(OWNER_RESERVED, M(18), 4 * MIB, "/reserved-memory/a");
	boot_to("reservations");
	EXPECT_EQ(warned_total(), 0);
}

/* C93. [F)..[K  R) over the image: plain is a warning, no-map a stop. */
TEST(over_the_image)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, VIRT_IMAGE + 256 * KIB, MIB, "/reserved-memory/a");
	boot_to("reservations");
	EXPECT_EQ(warned("reserved-over-kernel"), 1);
	EXPECT_EQ(warned_total(), 1);
}

TEST(nomap_over_the_image)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_FIRMWARE, VIRT_IMAGE + IMAGE_BYTES - 1, 1, "/reserved-memory/a");
	EXPECT_STOP(boot_to("reservations"), "no-map reservation /reserved-memory/a");
}

/* C94. D in R: it is read before; C10 the same for no-map. C108: a /memreserve/ of the blob itself. */
TEST(over_the_dtb)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_FIRMWARE, VIRT_DTB, MIB, "/reserved-memory/a");
	boot_to("reservations");
	EXPECT_EQ(warned("dtb-in-reserved"), 1);
	EXPECT_EQ(warned_total(), 1);
	boot_to("check");
	EXPECT_SOUND();
}

TEST(memreserve_over_the_dtb)
{
	struct ledger ledger;

	given_virt(64 * MIB);
	given_reserved(OWNER_MEMRESERVE, VIRT_DTB, 72, "memreserve");
	boot_to("check");
	EXPECT_EQ(warned_total(), 0);
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_DTB], PAGE_SIZE);
	EXPECT_EQ(ledger.bytes[OWN_TREE], 0);
	EXPECT_SOUND();
}

/* C95. [K====)   ...   [R)  in no bank: listed, never mapped, no struct page made for it */
TEST(outside_all_banks)
{
	struct ledger ledger;

	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, 0x107a000000, 16 * MIB, "/reserved-memory/linux,dma");
	given_reserved(OWNER_FIRMWARE, 0x40000000, 16 * MIB, "/reserved-memory/low");
	boot_to("check");
	EXPECT_OTHER(0, 0x40000000, 0x41000000, OWN_FIRMWARE_NOMAP);
	EXPECT_OTHER(2, 0x107a000000, 0x107b000000, OWN_TREE);
	EXPECT(!pfn_valid(PFN_DOWN(0x107a000000)));
	EXPECT(!pfn_valid(PFN_DOWN(0x40000000)));
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_TREE], 0);
	EXPECT_EQ(ledger.bytes[OWN_FIRMWARE_NOMAP], VIRT_FIRMWARE);
	EXPECT_SOUND();
}

/* C96. [K====)  [RRRR)  [FFFF)  whole banks reserved and no-map: nothing of them is managed */
TEST(whole_bank)
{
	given_virt(64 * MIB);
	given_bank(M(512), 16 * MIB);
	given_bank(M(1024), 16 * MIB);
	given_reserved(OWNER_RESERVED, M(512), 16 * MIB, "/reserved-memory/a");
	given_reserved(OWNER_FIRMWARE, M(1024), 16 * MIB, "/reserved-memory/b");
	boot_to("check");
	EXPECT(pfn_valid(PFN_DOWN(M(512))));
	EXPECT(page_has(pfn_to_page(PFN_DOWN(M(512))), PG_RESERVED));
	EXPECT(page_has(pfn_to_page(PFN_DOWN(M(1024))), PG_RESERVED));
	EXPECT_EQ(warned_total(), 0);
	EXPECT_SOUND();
}

/* C100. bytes: |..[R ====|====)..|  the whole pages around it */
TEST(rounds_outward)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, M(16) + 0x123, 0x1000, "/reserved-memory/a");
	given_reserved(OWNER_MEMRESERVE, M(17) + 0xfff, 1, "memreserve");
	boot_to("reservations");
	EXPECT_OTHER(1, M(16), M(16) + 0x2000, OWN_TREE);
	EXPECT_OTHER(2, M(17), M(17) + 0x1000, OWN_TREE);
}

/* C106. 200 regions of a page, every other page: all kept, the boot ends well. */
TEST(two_hundred)
{
	struct ledger ledger;

	given_virt(64 * MIB);
	for (u32 i = 200; i-- > 0;)
		given_reserved(OWNER_RESERVED, M(16) + i * 2 * PAGE_SIZE, PAGE_SIZE,
			       "/reserved-memory/n");
	boot_to("check");
	EXPECT_EQ(reservations.nr, 203);
	EXPECT(is_sorted());
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_TREE], 200 * PAGE_SIZE);
	EXPECT_SOUND();
}

/* C109. A reservation at address 0 overlaps nothing of ours.  [R)........[F)[K) */
TEST(at_address_zero)
{
	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, 0, MIB, "/reserved-memory/zero");
	boot_to("reservations");
	EXPECT_OTHER(0, 0, MIB, OWN_TREE);
	EXPECT_EQ(warned_total(), 0);
}

/* RAM at 0: frame 0 is kept, unless the firmware has it anyway. */
TEST(frame_zero)
{
	phys_addr_t end;

	given_bank(0, 64 * MIB);
	given_reserved(OWNER_FIRMWARE, MIB, 256 * KIB, "firmware");
	boot_to("check");
	EXPECT_OTHER(0, 0, PAGE_SIZE, OWN_FRAME0);
	EXPECT_EQ(owner_at(0, MIB, &end), OWN_FRAME0);
	EXPECT_EQ(end, PAGE_SIZE);
	EXPECT(pfn_valid(0));
	EXPECT(page_has(pfn_to_page(0), PG_RESERVED));
	EXPECT_SOUND();
}

TEST(frame_zero_is_firmware)
{
	struct ledger ledger;

	given_bank(0, 64 * MIB);
	given_reserved(OWNER_FIRMWARE, 0, 256 * KIB, "firmware");
	boot_to("check");
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_FRAME0], 0);
	EXPECT_EQ(ledger.bytes[OWN_FIRMWARE_NOMAP], 256 * KIB);
	EXPECT_SOUND();
}
