/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has a page: one answer where several claim it, and a ledger that adds up after every stage.
 *
 * The sweep is compared with an oracle of one byte per page: each claim writes its number where
 * it is smaller than what is there.
 */
#include "boot_fixture.h"
#include "mm/memblock.h"

#define BASE  0x80000000UL
#define M(n)  (BASE + (n)*MIB)
#define PAGES 256UL

static phys_addr_t at_page(u64 page)
{
	return M(32) + page * PAGE_SIZE;
}

/*
 *   tree     [=========)
 *   initrd        [=========)           the smaller number has the byte
 *   memmap   [==================)
 *   answer   [tree)[initrd=)[memmap)[free
 */
TEST(priorities)
{
	phys_addr_t end;

	given_virt(64 * MIB);
	boot_to("reservations");
	reservations_add((struct range){at_page(0), at_page(20)}, OWN_TREE, false, "a");
	reservations_add((struct range){at_page(10), at_page(30)}, OWN_INITRD, false, "b");
	owner_add(OWN_MEMMAP, (struct range){at_page(0), at_page(40)});
	owner_add(OWN_TABLES, (struct range){at_page(35), at_page(45)});
	EXPECT_EQ(owner_at(at_page(0), M(64), &end), OWN_TREE);
	EXPECT_EQ(end, at_page(10));
	EXPECT_EQ(owner_at(at_page(10), M(64), &end), OWN_INITRD);
	EXPECT_EQ(owner_at(at_page(29), M(64), &end), OWN_INITRD);
	EXPECT_EQ(end, at_page(30));
	EXPECT_EQ(owner_at(at_page(30), M(64), &end), OWN_MEMMAP);
	EXPECT_EQ(owner_at(at_page(40), M(64), &end), OWN_TABLES);
	EXPECT_EQ(end, at_page(45));
	EXPECT_EQ(owner_at(at_page(45), at_page(50), &end), OWN_FREE);
	EXPECT_EQ(end, at_page(50)); /* the limit */
	EXPECT_TEXT(owner_reservation_at(at_page(15))->name, "b");
	EXPECT_TEXT(owner_reservation_at(at_page(5))->name, "a");
	EXPECT(!owner_reservation_at(at_page(35)));
}

/* What is given back is nobody's again: [==MEMMAP==) minus [==) */
TEST(give_back)
{
	phys_addr_t end;

	given_virt(64 * MIB);
	boot_to("reservations");
	owner_add(OWN_MEMMAP, (struct range){at_page(0), at_page(30)});
	owner_remove(OWN_MEMMAP, (struct range){at_page(10), at_page(20)});
	EXPECT_EQ(owner_at(at_page(9), M(64), &end), OWN_MEMMAP);
	EXPECT_EQ(owner_at(at_page(10), M(64), &end), OWN_FREE);
	EXPECT_EQ(end, at_page(20));
	EXPECT_EQ(owner_at(at_page(20), M(64), &end), OWN_MEMMAP);
}

/* Only what bring-up allocates is accounted so. */
TEST(not_an_early_owner)
{
	EXPECT_STOP(owner_add(OWN_KERNEL, ((struct range){M(0), M(1)})), "does not hold");
	EXPECT_STOP(owner_add(OWN_FREE, ((struct range){M(0), M(1)})), "does not hold");
}

/* All early ranges, ascending over all owners, each once, merged. */
TEST(early_ranges)
{
	enum owner owner;
	struct range range;

	owner_add(OWN_USAGE, (struct range){at_page(8), at_page(9)});
	owner_add(OWN_MEMMAP, (struct range){at_page(4), at_page(8)});
	owner_add(OWN_TABLES, (struct range){at_page(0), at_page(1)});
	owner_add(OWN_TABLES, (struct range){at_page(1), at_page(2)});
	EXPECT(owner_early_range(0, &owner, &range));
	EXPECT_EQ(owner, OWN_TABLES);
	EXPECT_EQ(range.start, at_page(0));
	EXPECT_EQ(range.end, at_page(2));
	EXPECT(owner_early_range(1, &owner, &range));
	EXPECT_EQ(owner, OWN_MEMMAP);
	EXPECT(owner_early_range(2, &owner, &range));
	EXPECT_EQ(owner, OWN_USAGE);
	EXPECT(!owner_early_range(3, &owner, &range));
}

/* At address 0 as well: it is no mark of an end. */
TEST(early_range_at_zero)
{
	enum owner owner;
	struct range range;

	owner_add(OWN_TABLES, (struct range){0, PAGE_SIZE});
	owner_add(OWN_MEMMAP, (struct range){2 * PAGE_SIZE, 3 * PAGE_SIZE});
	EXPECT(owner_early_range(0, &owner, &range));
	EXPECT_EQ(range.start, 0);
	EXPECT(owner_early_range(1, &owner, &range));
	EXPECT_EQ(owner, OWN_MEMMAP);
	EXPECT(!owner_early_range(2, &owner, &range));
}

static bool claimed[NR_OWNERS][PAGES];

static enum owner oracle(u64 page)
{
	u32 owner = 0;

	while (owner < OWN_FREE && !claimed[owner][page])
		owner++;
	return owner;
}

static void claim(u64 start, u64 end, enum owner owner, bool yes)
{
	for (; start < end; start++)
		claimed[owner][start] = yes;
}

/* Sweep as the ledger does: every answer holds for each page up to its end. */
static void expect_sweep(void)
{
	phys_addr_t end;

	for (u64 page = 0; page < PAGES;) {
		enum owner owner = owner_at(at_page(page), at_page(PAGES), &end);

		ASSERT_LT(at_page(page), end);
		ASSERT_LE(end, at_page(PAGES));
		for (; at_page(page) < end; page++)
			ASSERT_EQ(owner, oracle(page));
	}
}

/* Few reservations, which stay; many early ranges that come and go, each owner its own. */
TEST(random_sweep)
{
	u64 state = 20;

	given_virt(64 * MIB);
	boot_to("reservations");
	for (u32 i = 0; i < 2000; i++) {
		u64 start = unit_random(&state) % PAGES;
		u64 length = 1 + unit_random(&state) % 12;
		enum owner owner = unit_random(&state) % (OWN_MEMBLOCK + 1);
		u64 end = start + length < PAGES ? start + length : PAGES;
		struct range range = {at_page(start), at_page(end)};
		bool yes = unit_random(&state) % 2;

		if (owner < OWN_MEMMAP && i % 80 != 0)
			continue;
		if (owner < OWN_MEMMAP)
			reservations_add(range, owner, false, "x");
		else if (yes)
			owner_add(owner, range);
		else
			owner_remove(owner, range);
		claim(start, end, owner, yes || owner < OWN_MEMMAP);
		unit_note("step %u", i);
		expect_sweep();
	}
}

/*
 *   RAM   [F)..[K).[D)..[I)...R...)     [====|      after each stage the sum of all owners is
 *                                     RAM, and what is free only shrinks
 */
TEST(adds_up_after_every_stage)
{
	static const char *const stages[] = {"reservations", "memblock", "paging", "memtest",
					     "nodes",        "memmap",   "zones",  "handover",
					     "initrd",       "check"};
	struct ledger ledger;
	u64 free_before = ~0UL;

	given_virt(256 * MIB);
	given_bank(M(512) + 0x100, 64 * MIB);
	given_reserved(OWNER_INITRD, M(64), 3 * MIB, "initrd");
	given_reserved(OWNER_RESERVED, M(100) + 1, 3 * MIB, "/reserved-memory/a");
	given_mem(544 * MIB);
	for (u32 i = 0; i < ARRAY_SIZE(stages); i++) {
		unit_note("after %s", stages[i]);
		boot_to(stages[i]);
		ledger_make(&ledger);
		EXPECT_EQ(ledger.ram, 320 * MIB);
		EXPECT(ledger_adds_up(&ledger));
		EXPECT_LE(ledger.bytes[OWN_FREE], free_before);
		free_before = ledger.bytes[OWN_FREE];
	}
	/* Cut by mem=, and 0xf00 and 0x100 bytes at the edges. */
	EXPECT_EQ(ledger.bytes[OWN_LOST], 32 * MIB + PAGE_SIZE);
	EXPECT_EQ(ledger.bytes[OWN_INITRD], 3 * MIB);
	EXPECT_EQ(ledger.bytes[OWN_TREE], 3 * MIB + PAGE_SIZE);
	EXPECT_EQ(ledger.bytes[OWN_KERNEL], IMAGE_BYTES);
	EXPECT_SOUND();
}

/* A ledger that lost or gained a byte does not add up. */
TEST(notices_a_byte)
{
	struct ledger ledger;

	given_virt(64 * MIB);
	boot_to("reservations");
	ledger_make(&ledger);
	EXPECT(ledger_adds_up(&ledger));
	ledger.bytes[OWN_TREE]++;
	EXPECT(!ledger_adds_up(&ledger));
	ledger.bytes[OWN_TREE] -= 2;
	EXPECT(!ledger_adds_up(&ledger));
}

/* Closed once bad memory has been looked for. */
TEST(closed)
{
	given_virt(64 * MIB);
	boot_to("memtest");
	EXPECT_STOP(reservations_add((struct range){M(16), M(17)}, OWN_TREE, false, "late"),
		    "does not hold");
}

TEST(names)
{
	for (u32 owner = 0; owner < NR_OWNERS; owner++)
		EXPECT(owner_name(owner) != NULL);
	EXPECT_TEXT(owner_name(OWN_FREE), "free");
	EXPECT_TEXT(owner_name(OWN_FIRMWARE_NOMAP), "firmware");
}
