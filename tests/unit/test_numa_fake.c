/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * numa=fake=N: N nodes of about equal size, cut at sections, whatever the tree says. C86.
 *
 * Drawings: | is the edge of a section (128 MiB unless configured otherwise).
 */
#include "boot_fixture.h"
#include "mm/mmzone.h"

#define BASE    0x80000000UL
#define M(n)    (BASE + (n)*MIB)
#define SECTION (1UL << SECTION_SIZE_BITS)

static u32 nr_online(void)
{
	u32 nr = 0;
	u32 nid;

	for_each_online_node (nid)
		nr++;
	return nr;
}

/* Ids ascend from 0 without a gap, and no two nodes share a section. */
static void expect_cut_at_sections(void)
{
	for (u32 i = 1; i < banks.nr; i++) {
		const struct bank *a = &banks.bank[i - 1];
		const struct bank *b = &banks.bank[i];

		EXPECT(b->nid == a->nid || b->nid == a->nid + 1);
		if (a->nid != b->nid)
			EXPECT_NE((a->range.end - 1) / SECTION, b->range.start / SECTION);
	}
	EXPECT_EQ(banks.bank[0].nid, 0);
	EXPECT_EQ(banks.bank[banks.nr - 1].nid + 1, nr_online());
}

/* [K===|====|====|====)  fake=2: two sections each */
TEST(two)
{
	given_virt(4 * SECTION);
	machine.options.numa_fake = 2;
	boot_to("banks");
	if (is_model("flat")) {
		EXPECT_EQ(warned("flat-numa-ignored"), 1);
		EXPECT_EQ(nr_online(), 1);
		return;
	}
	EXPECT_BANKS({BASE, BASE + 2 * SECTION}, {BASE + 2 * SECTION, BASE + 4 * SECTION});
	expect_cut_at_sections();
}

/* More nodes than sections: as many as there are sections. */
TEST(more_than_sections)
{
	given_virt(3 * SECTION);
	machine.options.numa_fake = 8;
	boot_to("check");
	if (is_model("flat"))
		return;
	EXPECT_EQ(nr_online(), 3);
	expect_cut_at_sections();
	EXPECT_SOUND();
}

/* More than MAX_NUMNODES are as many as MAX_NUMNODES. */
TEST(more_than_nodes)
{
	given_virt(20 * SECTION);
	machine.options.numa_fake = 1000;
	boot_to("banks");
	if (is_model("flat"))
		return;
	EXPECT_LE(nr_online(), MAX_NUMNODES);
	expect_cut_at_sections();
}

/* The tree's ids do not matter any more. */
TEST(replaces_ids)
{
	if (is_model("flat"))
		return;
	given_node_bank(5, BASE, 2 * SECTION);
	given_node_bank(7, BASE + 2 * SECTION, 2 * SECTION);
	machine.options.numa_fake = 2;
	boot_to("check");
	EXPECT_EQ(nr_online(), 2);
	expect_cut_at_sections();
	EXPECT_SOUND();
}

/* Two banks meet inside a section:  |[K====)[====|=======|======)  one node has it */
TEST(banks_meet_inside_a_section)
{
	if (is_model("flat"))
		return;
	given_bank(BASE, SECTION - 16 * MIB);
	given_bank(BASE + SECTION - 16 * MIB, SECTION + 16 * MIB);
	machine.options.numa_fake = 2;
	boot_to("check");
	expect_cut_at_sections();
	EXPECT_SOUND();
}

/* A bank that begins inside a section, a small one, and a large one. */
TEST(odd_banks)
{
	if (is_model("flat"))
		return;
	given_bank(BASE + 40 * MIB, 70 * MIB);
	given_bank(BASE + 2 * SECTION + 8 * MIB, 16 * MIB);
	given_bank(BASE + 3 * SECTION, 5 * SECTION + PAGE_SIZE);
	machine.options.numa_fake = 3;
	boot_to("check");
	expect_cut_at_sections();
	EXPECT_SOUND();
}

/* Many random machines: every byte stays, ids ascend, sections are not shared. */
TEST(random)
{
	if (is_model("flat"))
		return;
	for (u64 seed = 1; seed <= 500; seed++) {
		u64 state = seed;
		struct bank_table table = {0};
		u64 at = PFN_DOWN(BASE);
		u64 pages = 0;
		u64 left = 0;

		for (u32 i = 0; i < 1 + unit_random(&state) % 6; i++) {
			u64 size = 1 + unit_random(&state) % (3 * SECTION / PAGE_SIZE);

			at += unit_random(&state) % 3 == 0 ? 0 : unit_random(&state) % 100000;
			table.bank[table.nr++].range =
				(struct range){pfn_to_phys(at), pfn_to_phys(at + size)};
			at += size;
			pages += size;
		}
		machine.options.numa_fake = 1 + (u32)(unit_random(&state) % 20);
		unit_note("seed %lu fake %u", seed, machine.options.numa_fake);
		numa_settle(&table);
		for (u32 i = 0; i < table.nr; i++) {
			const struct bank *bank = &table.bank[i];

			left += range_size(bank->range) / PAGE_SIZE;
			ASSERT_LT(bank->nid, machine.options.numa_fake);
			ASSERT_LT(bank->nid, MAX_NUMNODES);
			if (i == 0 || bank->nid == bank[-1].nid)
				continue;
			ASSERT_EQ(bank->nid, bank[-1].nid + 1);
			ASSERT_NE((bank[-1].range.end - 1) / SECTION, bank->range.start / SECTION);
		}
		ASSERT_EQ(left, pages);
	}
}
