/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initrd goes back: exactly the pages that nothing else holds, once, and into the lists as if it had
 * never been there.
 *
 *   before   free [===[ initrd )=======)
 *   after    free [====================)     merged, largest blocks
 */
#include "buddy_test.h"
#include "mm/handover.h"
#include "mm/initrd.h"
#include "mm/paging.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

static void given_initrd(phys_addr_t start, phys_addr_t end)
{
	given_reserved(OWNER_INITRD, start, end - start, "initrd");
}

/* Boot with it kept, then free it: pages is how many must come back. */
static void free_it(u64 pages)
{
	struct ledger before, after;
	u64 managed, ranges = 0;
	struct range range, previous = {0, 0};

	boot_to("check");
	EXPECT_SOUND();
	EXPECT_EQ(initrd_now().state, INITRD_KEPT);
	ledger_make(&before);
	managed = handover_figures.pages;
	EXPECT(initrd_free());
	EXPECT_SOUND();
	ledger_make(&after);
	EXPECT(ledger_adds_up(&after));
	EXPECT_EQ(initrd_now().state, INITRD_FREED);
	EXPECT_EQ(initrd_now().pages, pages);
	EXPECT_EQ(after.bytes[OWN_FREE] - before.bytes[OWN_FREE], pages * PAGE_SIZE);
	EXPECT_EQ(after.bytes[OWN_INITRD], 0);
	EXPECT_EQ(handover_figures.pages - managed, pages);
	/* The list of given ranges is still sorted, and whole where it touches. */
	for (u32 i = 0; handover_range(i, &range); i++) {
		EXPECT(i == 0 || range.start > previous.end);
		ranges += range_size(range);
		previous = range;
	}
	EXPECT_EQ(ranges, after.bytes[OWN_FREE]);
	/* Once. */
	EXPECT(!initrd_free());
	EXPECT_EQ(handover_figures.pages - managed, pages);
	EXPECT_SOUND();
}

/* Free blocks of the largest order, as if there had been no initrd: it was merged, not only listed. */
static u64 largest_blocks(void)
{
	return buddy_free_blocks(home_zone, MAX_PAGE_ORDER);
}

TEST(in_the_middle)
{
	u64 before;

	given_virt(128 * MIB);
	given_initrd(M(64) + 4 * MIB, M(64) + 12 * MIB);
	boot_to("check");
	before = largest_blocks();
	free_it(8 * MIB / PAGE_SIZE);
	EXPECT_EQ(largest_blocks() - before, 8 * MIB / (PAGE_SIZE << MAX_PAGE_ORDER));
}

/* Not on any border: |..[====)..| alone in its pages, so all of them come back; its neighbours' halves merge. */
TEST(unaligned)
{
	u64 before;

	given_virt(128 * MIB);
	given_initrd(M(64) + 2 * MIB + 0x123, M(64) + 2 * MIB + 0x3001);
	boot_to("check");
	before = largest_blocks();
	free_it(4);
	EXPECT_EQ(largest_blocks() - before, 1);
}

/* Another reservation in each edge page: |.R[=====)R.| those two pages stay. */
TEST(shared_edges)
{
	given_virt(128 * MIB);
	given_reserved(OWNER_RESERVED, M(64), 0x100, "/reserved-memory/a");
	given_initrd(M(64) + 0x100, M(65) + 0x80);
	given_reserved(OWNER_RESERVED, M(65) + 0x80, 0x10, "/reserved-memory/b");
	free_it(1 * MIB / PAGE_SIZE - 1);
	EXPECT_EQ(owner_reservation_at(M(64))->owner, OWN_TREE);
	EXPECT_EQ(owner_reservation_at(M(65))->owner, OWN_TREE);
}

/* U-Boot's own entry for the same bytes goes with it. */
TEST(memreserve_for_it)
{
	given_virt(128 * MIB);
	given_initrd(M(64) + 0x10, M(65) - 0x10);
	given_reserved(OWNER_MEMRESERVE, M(64) + 0x10, MIB - 0x20, "memreserve");
	free_it(MIB / PAGE_SIZE);
}

/* An entry for other bytes of the same pages does not: somebody else made it. */
TEST(memreserve_for_something_else)
{
	given_virt(128 * MIB);
	given_initrd(M(64) + 0x10, M(65) - 0x10);
	given_reserved(OWNER_MEMRESERVE, M(64), MIB, "memreserve");
	free_it(0);
}

/* A smaller entry inside keeps its own pages. */
TEST(memreserve_inside)
{
	given_virt(128 * MIB);
	given_initrd(M(64), M(65));
	given_reserved(OWNER_MEMRESERVE, M(64) + 8 * PAGE_SIZE, PAGE_SIZE, "memreserve");
	free_it(MIB / PAGE_SIZE - 1);
}

/* Over the zone edge at 4 GiB: two pieces, each into its zone. */
TEST(over_4_gib)
{
	given_bank(0x100000000 - 64 * MIB, 128 * MIB);
	given_reserved(OWNER_FIRMWARE, 0x100000000 - 64 * MIB, VIRT_FIRMWARE, "mmode_resv0");
	given_initrd(0x100000000 - 5 * PAGE_SIZE, 0x100000000 + 3 * PAGE_SIZE);
	free_it(8);
}

/* Over the cut that numa=fake= makes: each node gets its own. FLAT has one node. */
TEST(over_faked_nodes)
{
	given_virt(256 * MIB);
	machine.options.numa_fake = 2;
	given_initrd(M(100), M(180));
	free_it(80 * MIB / PAGE_SIZE);
}

/* Two banks that touch, and the whole second one. */
TEST(a_whole_bank)
{
	given_virt(64 * MIB);
	given_bank(M(64), 4 * MIB);
	given_initrd(M(64), M(68));
	free_it(4 * MIB / PAGE_SIZE);
}

/* Beside the image: [kernel)[initrd) share no page, but touch. */
TEST(behind_the_image)
{
	given_virt(64 * MIB);
	given_initrd(VIRT_IMAGE + IMAGE_BYTES, VIRT_IMAGE + IMAGE_BYTES + 3 * PAGE_SIZE);
	free_it(3);
}

TEST(none)
{
	given_virt(64 * MIB);
	boot_to("check");
	EXPECT_EQ(initrd_now().state, INITRD_NONE);
	EXPECT(!initrd_free());
	EXPECT_EQ(warned("initrd-none"), 0);
	EXPECT_SOUND();
}

/* initrd=free: before the audit of the boot. Without an initrd it is said. */
TEST(by_boot_argument)
{
	given_virt(64 * MIB);
	given_initrd(M(32), M(33));
	machine.options.initrd_free = true;
	boot_to("handover");
	EXPECT_EQ(initrd_now().state, INITRD_KEPT);
	boot_to("check");
	EXPECT_EQ(initrd_now().state, INITRD_FREED);
	EXPECT_EQ(initrd_now().pages, 256);
	EXPECT_SOUND();
}

TEST(by_boot_argument_without)
{
	given_virt(64 * MIB);
	machine.options.initrd_free = true;
	boot_to("check");
	EXPECT_EQ(warned("initrd-none"), 1);
	EXPECT_SOUND();
}

/* One that was dropped is not freed: its bytes are free already, or somebody else's. */
TEST(dropped)
{
	given_virt(64 * MIB);
	given_initrd(M(63), M(65));
	machine.options.initrd_free = true;
	boot_to("check");
	EXPECT_EQ(initrd_now().state, INITRD_NONE);
	EXPECT_EQ(warned("initrd-dropped"), 1);
	EXPECT_EQ(warned("initrd-none"), 1);
	EXPECT_SOUND();
}

/* Not before hand-over: there is nobody to give it to. */
TEST(too_early)
{
	given_virt(64 * MIB);
	given_initrd(M(32), M(33));
	boot_to("zones");
	EXPECT_STOP(initrd_free(), "");
}
