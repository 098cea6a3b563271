/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reservations that may be refused or must be placed: the initrd, and the tree's dynamic ones.
 * C101 to C103, C110 to C112.
 *
 * Drawings: F firmware, K image, D dtb, I initrd, R a reservation.
 */
#include "boot_fixture.h"
#include "lib/string.h"
#include "mm/memblock.h"
#include "mm/paging.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

/* Is the initrd at [start, start + size) kept? Says so once when it is not. */
static bool is_kept(phys_addr_t start, u64 size)
{
	given_virt(64 * MIB);
	given_bank(M(128), 16 * MIB);
	given_reserved(OWNER_INITRD, start, size, "initrd");
	boot_to("reservations");
	for (u32 i = 0; i < reservations.nr; i++)
		if (reservations.reservation[i].owner == OWN_INITRD) {
			EXPECT_EQ(warned_total(), 0);
			return true;
		}
	EXPECT_EQ(warned("initrd-dropped"), 1);
	EXPECT_EQ(warned_total(), 1);
	return false;
}

/* [F).[K).[D)..[III).....)   in free RAM */
TEST(initrd_kept)
{
	EXPECT(is_kept(M(16), 8 * MIB));
}

TEST(initrd_to_the_last_byte)
{
	EXPECT(is_kept(M(56), 8 * MIB));
}

/* C112. Its edges round outward, and only that. */
TEST(initrd_unaligned)
{
	phys_addr_t end;

	EXPECT(is_kept(M(16) + 0x10, 0x1000));
	EXPECT_EQ(owner_at(M(16), M(17), &end), OWN_INITRD);
	EXPECT_EQ(end, M(16) + 0x2000);
}

/* C111. In no bank; over the end of a bank; in the gap between two. */
TEST(initrd_outside)
{
	EXPECT(!is_kept(0x40000000, MIB));
}

TEST(initrd_over_the_end)
{
	EXPECT(!is_kept(M(63), 2 * MIB));
}

TEST(initrd_over_a_gap)
{
	EXPECT(!is_kept(M(32), 112 * MIB));
}

/* C94. Over the image, the dtb, the firmware. */
TEST(initrd_over_the_image)
{
	EXPECT(!is_kept(VIRT_IMAGE + IMAGE_BYTES - 1, MIB));
}

TEST(initrd_over_the_dtb)
{
	EXPECT(!is_kept(VIRT_DTB - MIB, MIB + 1));
}

TEST(initrd_over_the_firmware)
{
	EXPECT(!is_kept(BASE + VIRT_FIRMWARE - 1, 1));
}

/* A /memreserve/ entry over the same bytes is how U-Boot says it: both, and nothing to warn of. */
TEST(initrd_and_memreserve)
{
	given_reserved(OWNER_MEMRESERVE, M(16), 8 * MIB, "memreserve");
	EXPECT(is_kept(M(16), 8 * MIB));
}

TEST(initrd_over_a_reservation)
{
	given_reserved(OWNER_RESERVED, M(20), MIB, "/reserved-memory/a");
	EXPECT(!is_kept(M(16), 8 * MIB));
}

/* A dropped one leaves its RAM free. */
TEST(initrd_dropped_is_free)
{
	phys_addr_t end;

	EXPECT(!is_kept(M(60), 5 * MIB));
	EXPECT_EQ(owner_at(M(60), M(64), &end), OWN_FREE);
}

static struct machine_dynamic *given_dynamic(u64 size, u64 alignment)
{
	struct machine_dynamic *fresh = &machine.dynamic[machine.nr_dynamic++];

	*fresh = (struct machine_dynamic){
		.size = size, .alignment = alignment, .origin = "/reserved-memory/dynamic"};
	return fresh;
}

static const struct reservation *placed(void)
{
	for (u32 i = 0; i < reservations.nr; i++)
		if (strcmp(reservations.reservation[i].name, "/reserved-memory/dynamic") == 0)
			return &reservations.reservation[i];
	return NULL;
}

/*
 * C101.  [F).[K).[D)......[R).......)
 *                 |--wish--|--|        after all static ones, aligned, inside its wish
 */
TEST(dynamic_in_its_range)
{
	struct machine_dynamic *want = given_dynamic(2 * MIB + 1, 4 * MIB);
	const struct reservation *r;

	given_virt(64 * MIB);
	given_reserved(OWNER_RESERVED, M(24), 8 * MIB, "/reserved-memory/a");
	want->nr_ranges = 1;
	want->ranges[0] = (struct range){M(18), M(32)};
	boot_to("memblock");
	r = placed();
	ASSERT(r);
	EXPECT_EQ(r->range.start, M(20));
	EXPECT_EQ(r->range.end, M(22) + PAGE_SIZE);
	EXPECT_EQ(r->owner, OWN_TREE);
	EXPECT(!r->nomap);
	EXPECT_EQ(warned_total(), 0);
}

/* The first wish has no room, the second has. */
TEST(dynamic_in_its_second_range)
{
	struct machine_dynamic *want = given_dynamic(2 * MIB, PAGE_SIZE);

	given_virt(64 * MIB);
	want->nr_ranges = 2;
	want->ranges[0] = (struct range){0x40000000, 0x50000000};
	want->ranges[1] = (struct range){M(40), M(42)};
	boot_to("memblock");
	ASSERT(placed());
	EXPECT_EQ(placed()->range.start, M(40));
}

/* C102. Nowhere: said, and the boot goes on. */
TEST(dynamic_unplaced)
{
	given_virt(64 * MIB);
	given_dynamic(65 * MIB, PAGE_SIZE);
	given_dynamic(~0UL, PAGE_SIZE);
	boot_to("check");
	EXPECT(!placed());
	EXPECT_EQ(warned("dynamic-unplaced"), 2);
	EXPECT_SOUND();
}

/* C103. A no-map one is out of the direct map. */
TEST(dynamic_nomap)
{
	struct paging_check check;

	given_virt(64 * MIB);
	given_dynamic(2 * MIB, 2 * MIB)->nomap = true;
	boot_to("paging");
	ASSERT(placed());
	EXPECT(placed()->nomap);
	EXPECT_EQ(range_size(placed()->range), 2 * MIB);
	EXPECT(!paging_has_leaf(DIRECT_MAP_START + (placed()->range.start - BASE)));
	paging_check(&check);
	EXPECT_EQ(check.nomap_leaf, 0);
	boot_to("check");
	EXPECT_SOUND();
}

/* Two of them do not meet, and no allocation of ours lies in one. */
TEST(dynamic_twice)
{
	given_virt(64 * MIB);
	given_dynamic(4 * MIB, PAGE_SIZE);
	given_dynamic(4 * MIB, PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(reservations.nr, 5);
	EXPECT_EQ(warned_total(), 0);
	EXPECT_SOUND();
}

/*
 * Firmware that the tree does not list: all below the image is kept for it, and an initrd there is
 * not half an initrd, but none.
 *
 *   |...I...|K|D|          below the image nothing is known
 */
TEST(initrd_in_unlisted_firmware)
{
	given_bank(VIRT_BASE, 64 * MIB);
	given_image(VIRT_BASE + 16 * MIB);
	given_reserved(OWNER_INITRD, VIRT_BASE + 4 * MIB, MIB, "initrd");
	boot_to("check");
	EXPECT_EQ(warned("firmware-not-listed"), 1);
	EXPECT_EQ(warned("initrd-dropped"), 1);
	EXPECT_EQ(warned("reserved-overlap"), 0);
}
