/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pfn_valid, pfn_to_page, page_to_pfn, against an oracle, frame by frame: around every edge, for
 * RAM that starts at 0, at 1, 2 and 96 GiB (R27).
 *
 * Layouts, one character about 8 MiB; digits are node ids, - none, . hole:
 *	odd    |-----....--..............|......---|     edges at odd pages
 *	nodes  |00000000111111110000|1111....00.11|      interleaved, and a node inside a section
 */
#include "memmap_oracle.h"
#include "mm/buddy.h"

#define MARGIN (PFN_DOWN(512 * MIB))

static void given_odd(phys_addr_t base)
{
	given_bank(base, 40 * MIB);
	given_bank(base + 72 * MIB + PAGE_SIZE, 9 * MIB);
	given_bank(base + 300 * MIB - PAGE_SIZE, 20 * MIB + 2 * PAGE_SIZE);
	given_reserved(OWNER_FIRMWARE, base, VIRT_FIRMWARE, "firmware");
}

static void given_nodes(phys_addr_t base)
{
	given_node_bank(0, base, 64 * MIB);
	given_node_bank(1, base + 64 * MIB, 64 * MIB);
	given_node_bank(0, base + 128 * MIB, 32 * MIB);
	given_node_bank(1, base + 160 * MIB, 32 * MIB + 3 * PAGE_SIZE);
	given_node_bank(0, base + 224 * MIB, 16 * MIB);
	given_node_bank(1, base + 248 * MIB, 16 * MIB);
	given_reserved(OWNER_FIRMWARE, base, VIRT_FIRMWARE, "firmware");
}

static void expect_frames(void)
{
	const phys_addr_t first = banks.bank[0].range.start;
	const phys_addr_t last = banks.bank[banks.nr - 1].range.end;
	const pfn_t end = PFN_DOWN(last) + MARGIN;
	u64 valid = 0;

	for (pfn_t pfn = PFN_DOWN(first) > MARGIN ? PFN_DOWN(first) - MARGIN : 0; pfn < end;
	     pfn++) {
		struct page *page;

		ASSERT_EQ(pfn_valid(pfn), oracle_valid(pfn));
		ASSERT_EQ(pfn_is_ram(pfn), oracle_has_ram(pfn, pfn + 1, NUMA_NO_NODE));
		if (!pfn_valid(pfn))
			continue;
		page = pfn_to_page(pfn);
		ASSERT_EQ(page_to_pfn(page), pfn);
		ASSERT_EQ(page_to_nid(page), oracle_nid(pfn));
		ASSERT_EQ(page_zonenum(page), zone_type_of(pfn));
		ASSERT(pfn_is_ram(pfn) || page_has(page, PG_RESERVED));
		ASSERT_EQ(get_pageblock_migratetype(page), MIGRATE_MOVABLE);
		valid++;
	}
	EXPECT_LE(valid, memmap_init_figures.pages);
	EXPECT(!pfn_valid(~0UL));
	EXPECT(!pfn_valid(1UL << 44));
}

/* What free_area_init counted, counted again. */
static void expect_unavailable(void)
{
	struct memmap_run run;
	u64 cursor = 0;
	u64 pages = 0;
	u64 unavailable = 0;

	while (memmodel_next_run(&cursor, &run))
		for (pfn_t pfn = run.start_pfn; pfn < run.end_pfn; pfn++) {
			pages++;
			/* A hole; or a frame whose node has another array for it. */
			unavailable += !pfn_is_ram(pfn) ||
				       pfn_to_page(pfn) != run.page + (pfn - run.start_pfn);
		}
	EXPECT_EQ(memmap_init_figures.pages, pages);
	EXPECT_EQ(memmap_init_figures.unavailable, unavailable);
}

static void run_layout(void (*given)(phys_addr_t base), phys_addr_t base)
{
	given(base);
	boot_to("check");
	expect_frames();
	expect_unavailable();
	EXPECT_SOUND();
}

#define LAYOUT_TESTS(layout)                              \
	TEST(layout##_at_0)                               \
	{                                                 \
		run_layout(given_##layout, 0);            \
	}                                                 \
	TEST(layout##_at_1_gib)                           \
	{                                                 \
		run_layout(given_##layout, 0x40000000);   \
	}                                                 \
	TEST(layout##_at_2_gib)                           \
	{                                                 \
		run_layout(given_##layout, 0x80000000);   \
	}                                                 \
	TEST(layout##_at_96_gib)                          \
	{                                                 \
		run_layout(given_##layout, 0x1800000000); \
	}                                                 \
	TEST(layout##_over_4_gib)                         \
	{                                                 \
		run_layout(given_##layout, 0xf8000000);   \
	}

LAYOUT_TESTS(odd)
LAYOUT_TESTS(nodes)

/* C75. DRAM at 512 GiB. */
TEST(odd_at_512_gib)
{
	run_layout(given_odd, 0x8000000000);
}

/*
 * FLAT and VMEMMAP: one array. Struct pages lie 64 bytes apart, over the edges of sections and
 * over a hole of 60 GiB, which only costs addresses (items 43 to 46).
 */
TEST(contiguous)
{
	const pfn_t base = PFN_DOWN(VIRT_BASE);
	const pfn_t far = PFN_DOWN(VIRT_BASE + 60 * GIB);

	if (!is_model("vmemmap"))
		return;
	given_virt(512 * MIB);
	given_bank(VIRT_BASE + 60 * GIB, 128 * MIB);
	boot_to("zones");
	for (pfn_t pfn = base; pfn < base + PFN_DOWN(512 * MIB); pfn++)
		ASSERT(pfn_to_page(pfn) == pfn_to_page(base) + (pfn - base));
	EXPECT((u64)pfn_to_page(far) - (u64)pfn_to_page(base) ==
	       (far - base) * sizeof(struct page));
	EXPECT(pfn_to_page(base) == arch_vmemmap());
	EXPECT(!pfn_valid(base + PFN_DOWN(GIB)));
}

/* C43. The window starts with the first section of phys_base, not with the first frame. */
TEST(base_inside_a_section)
{
	const pfn_t first = PFN_DOWN(0x87654000);

	given_bank(0x87654000, 64 * MIB);
	boot_to("check");
	if (is_model("vmemmap"))
		EXPECT_EQ((u64)pfn_to_page(first) - (u64)arch_vmemmap(),
			  PFN_DOWN(0x7654000) * sizeof(struct page));
	expect_frames();
	EXPECT_SOUND();
}

/* C60. |---|  60 GiB  |---|  what the hole costs: nothing, but for FLAT (C61) */
TEST(two_far_banks)
{
	struct memmap_report report;

	given_virt(128 * MIB);
	given_bank(VIRT_BASE + 60 * GIB, 128 * MIB);
	if (is_model("flat") && !config_flat_drop_far_banks && config_flat_hole_budget_mib < 958) {
		/* 59.875 GiB of hole: 958 MiB of struct pages. */
		EXPECT_STOP(boot_to("memmap"), "FLATMEM would spend 958 MiB");
		return;
	}
	boot_to("check");
	memmodel_report(&report);
	if (is_model("flat")) {
		EXPECT_EQ(warned("bank-capped"), 1);
		EXPECT_EQ(dropped_bytes("over the hole budget"), 128 * MIB);
		EXPECT_EQ(report.bytes, 2 * MIB);
		EXPECT(!pfn_valid(PFN_DOWN(VIRT_BASE + 60 * GIB)));
	} else if (SECTION_SIZE_BITS <= 27 || is_model("discontig")) {
		EXPECT_EQ(report.bytes, 4 * MIB);
		EXPECT_EQ(warned_total(), 0);
	}
	EXPECT_SOUND();
}

/* C61. A hole within the budget: FLAT pays, and says how much. */
TEST(flat_within_budget)
{
	struct memmap_report report;

	if (!is_model("flat") || config_free_unused_memmap || config_flat_hole_budget_mib < 64)
		return;
	given_virt(128 * MIB);
	given_bank(VIRT_BASE + 4 * GIB + 128 * MIB, 128 * MIB);
	boot_to("check");
	memmodel_report(&report);
	EXPECT_EQ(report.bytes, (64 + 4) * MIB);
	EXPECT_EQ(report.pages, PFN_DOWN(4 * GIB + 256 * MIB));
	EXPECT_EQ(memmap_init_figures.unavailable, PFN_DOWN(4 * GIB));
	EXPECT_SOUND();
}

/* The model's own account of what it took is what the ledger says. */
TEST(report)
{
	struct memmap_report report;
	struct ledger ledger;

	given_odd(VIRT_BASE);
	boot_to("check");
	memmodel_report(&report);
	ledger_make(&ledger);
	EXPECT_EQ(report.bytes, ledger.bytes[OWN_MEMMAP]);
	EXPECT_EQ(report.pages, memmap_init_figures.pages);
	EXPECT_EQ(report.sections != 0, has_sections());
}
