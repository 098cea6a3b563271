/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sparse_init(): who pays for the struct pages of a section, and what happens when nobody can.
 *
 * Drawings: | is the edge of a section, a digit is RAM of that node, r a reserved page.
 */
#include "mm/check.h"
#include "mm/paging.h"
#include "sections_test.h"

/* A page of every MiB in [start, end) is taken: no 2 MiB in one piece are left. */
static void given_crumbs(phys_addr_t start, phys_addr_t end)
{
	for (phys_addr_t pa = ALIGN_UP(start, MIB); pa < end; pa += MIB)
		given_reserved(OWNER_RESERVED, pa, PAGE_SIZE, "/reserved-memory/crumb");
}

static u64 memmap_bytes(void)
{
	struct ledger ledger;

	ledger_make(&ledger);
	return ledger.bytes[OWN_MEMMAP];
}

/* |00|00|00|00|  one run, one block, all of it used; the memmap is what the sections cost */
TEST(one_run)
{
	NEEDS_SECTIONS();
	given_virt(4 * SECTION);
	boot_to("memmap");
	EXPECT_EQ(sparse_figures.runs, 1);
	EXPECT_EQ(sparse_figures.buffer_bytes, 4 * SECTION_MEMMAP_BYTES);
	EXPECT_EQ(sparse_figures.buffer_used + sparse_figures.buffer_returned,
		  sparse_figures.buffer_bytes);
	EXPECT_EQ(memmap_bytes(), 4 * SECTION_MEMMAP_BYTES);
	EXPECT_EQ(warned_total(), 0);
	boot_to("check");
	EXPECT_SOUND();
}

/* C68. |0|1|0|1|  a run for each change; each memmap comes from its own node (84) */
TEST(alternating_nodes)
{
	NEEDS_SECTIONS();
	for (u32 i = 0; i < 4; i++)
		given_node_bank(i % 2, S(i), SECTION);
	boot_to("check");
	EXPECT_EQ(sparse_figures.runs, 4);
	for (u32 i = 0; i < 4; i++) {
		const pfn_t pfn = PFN_DOWN(S(i));

		EXPECT_EQ(section_home_nid(BASE_NR + i), i % 2);
		EXPECT_EQ(page_to_nid(pfn_to_page(pfn)), i % 2);
		EXPECT_EQ(page_to_nid(pfn_to_page(pfn + PAGES_PER_SECTION - 1)), i % 2);
	}
	EXPECT_SOUND();
}

/* A run may have gaps: |0|0| ... |0|1|  two runs */
TEST(gap_in_a_run)
{
	NEEDS_SECTIONS();
	given_node_bank(0, BASE, 2 * SECTION);
	given_node_bank(0, S(10), SECTION);
	given_node_bank(1, S(11), SECTION);
	boot_to("check");
	EXPECT_EQ(sparse_figures.runs, 2);
	EXPECT_EQ(sparse_figures.sections, 4);
	EXPECT_SOUND();
}

/* Item 84. Backing on the section's own node. */
TEST(backing_is_local)
{
	enum owner owner;
	struct range range;
	u64 bytes[2] = {0, 0};

	NEEDS_SECTIONS();
	given_node_bank(0, BASE, 2 * SECTION);
	given_node_bank(1, S(2), 3 * SECTION);
	boot_to("memmap");
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		if (owner == OWN_MEMMAP) {
			bytes[0] += range_size(range_intersect(range, (struct range){BASE, S(2)}));
			bytes[1] += range_size(range_intersect(range, (struct range){S(2), S(5)}));
		}
	EXPECT_EQ(bytes[0], 2 * SECTION_MEMMAP_BYTES);
	EXPECT_EQ(bytes[1], 3 * SECTION_MEMMAP_BYTES);
}

/*
 * C67. Two nodes inside one section: |0000|0011|1111|
 * The section belongs to the first; pages carry their own, and are freed to it.
 */
TEST(two_nodes_in_a_section)
{
	const pfn_t edge = PFN_DOWN(S(1) + SECTION / 2);

	NEEDS_SECTIONS();
	given_node_bank(0, BASE, SECTION + SECTION / 2);
	given_node_bank(1, S(1) + SECTION / 2, SECTION + SECTION / 2);
	boot_to("check");
	EXPECT_EQ(sparse_figures.runs, 2);
	EXPECT_EQ(section_home_nid(BASE_NR + 1), 0);
	EXPECT_EQ(page_to_nid(pfn_to_page(edge - 1)), 0);
	EXPECT_EQ(page_to_nid(pfn_to_page(edge)), 1);
	EXPECT_EQ(NODE_DATA(0)->node_present_pages, PAGES_PER_SECTION + PAGES_PER_SECTION / 2);
	EXPECT_EQ(NODE_DATA(1)->node_present_pages, PAGES_PER_SECTION + PAGES_PER_SECTION / 2);
	EXPECT_SOUND();
}

/*
 * C59. |===========|....p|....p|....p| ...  a hundred sections of one page: their memmap is
 * larger than all RAM. The main bank stays, and they, who cost more than they have, go.
 */
TEST(cannot_pay_for_all)
{
	NEEDS_SECTIONS();
	if (!config_section_extreme)
		return;
	given_virt(SECTION / 2);
	for (u32 i = 1; i <= 100; i++)
		given_bank(S(i), PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(sparse_figures.sections, 1);
	EXPECT_EQ(sparse_figures.left_out, 100);
	EXPECT_EQ(warned("section-no-memmap"), 100);
	EXPECT_EQ(dropped_bytes("no memmap"), 100 * PAGE_SIZE);
	EXPECT(pfn_valid(PFN_DOWN(BASE)));
	EXPECT(!pfn_valid(PFN_DOWN(S(50))));
	EXPECT_EQ(memmap_bytes(), SECTION_MEMMAP_BYTES);
	EXPECT_SOUND();
}

/* When all can be paid, one page is worth a memmap: nothing is left out behind one's back. */
TEST(can_pay_for_all)
{
	NEEDS_SECTIONS();
	given_virt(2 * SECTION);
	for (u32 i = 3; i <= 12; i++)
		given_bank(S(i), PAGE_SIZE);
	boot_to("check");
	EXPECT_EQ(sparse_figures.sections, 12);
	EXPECT_EQ(sparse_figures.left_out, 0);
	EXPECT_SOUND();
}

/*
 * C73. |rrrrrrr|  a page of every MiB reserved: no 2 MiB in one piece, so vmemmap takes 4 KiB
 * leaves for that section; SPARSE needs them in one piece and has another bank.
 */
TEST(no_free_megapage)
{
	struct memmap_report report;

	NEEDS_SECTIONS();
	if (SECTION_SIZE_BITS != 27 || !config_vmemmap_megapage)
		return;
	given_virt(SECTION);
	given_crumbs(BASE, S(1));
	if (is_model("sparse"))
		given_bank(S(2), SECTION);
	boot_to("check");
	EXPECT_SOUND();
	EXPECT_EQ(sparse_figures.left_out, 0);
	if (is_model("sparse"))
		return;
	memmodel_report(&report);
	EXPECT_EQ(sparse_figures.base_page_spans, 1);
	EXPECT_EQ(sparse_figures.buffer_bytes, 0);
	EXPECT_EQ(sparse_figures.from_memblock, SECTION_MEMMAP_BYTES);
	EXPECT_EQ(report.leaves[0], 512);
	EXPECT_EQ(report.leaves[1], 0);
	EXPECT_EQ(report.tables, 2);
	EXPECT_EQ(report.bytes, SECTION_MEMMAP_BYTES);
	EXPECT_EQ(warned("vmemmap-base-pages"), 1);
}

/*
 * The same with two sections, and the pages of the second run out half-way: it is left out, and what it had
 * got is free again. Only the struct pages of the first are the memmap's.
 */
TEST(base_pages_run_out)
{
	struct memmap_report report;
	struct ledger ledger;

	if (!is_model("vmemmap") || SECTION_SIZE_BITS != 27 || !config_vmemmap_megapage)
		return;
	given_virt(2 * SECTION);
	given_crumbs(BASE, S(2));
	machine.options.fail_alloc = SECTION_MEMMAP_BYTES / PAGE_SIZE * 3 / 2;
	boot_to("check");
	EXPECT_EQ(sparse_figures.left_out, 1);
	EXPECT_EQ(warned("section-no-memmap"), 1);
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_MEMMAP], SECTION_MEMMAP_BYTES);
	memmodel_report(&report);
	EXPECT_EQ(report.leaves[0], SECTION_MEMMAP_BYTES / PAGE_SIZE);
	EXPECT_SOUND();
}

/* In order: one leaf of 2 MiB a section, and one table that has room for 512 of them. */
TEST(one_megapage_a_section)
{
	struct memmap_report report;

	if (!is_model("vmemmap") || SECTION_SIZE_BITS != 27 || !config_vmemmap_megapage)
		return;
	given_virt(4 * SECTION);
	given_bank(BASE + 60 * GIB, SECTION);
	boot_to("memmap");
	memmodel_report(&report);
	EXPECT_EQ(report.leaves[0], 0);
	EXPECT_EQ(report.leaves[1], 5);
	EXPECT_EQ(report.leaves[2], 0);
	EXPECT_EQ(report.tables, 1);
	EXPECT_EQ(sparse_figures.base_page_spans, 0);
}

/*
 * C72. Memory ends in the middle: |rrrr..rrr|rrrrrrrr|  room for one memmap in one piece, in all
 * the RAM there is. SPARSE leaves the second section out, says so, and boots.
 */
TEST(ends_in_the_middle)
{
	if (!is_model("sparse") || SECTION_SIZE_BITS != 27)
		return;
	given_virt(2 * SECTION);
	given_crumbs(BASE, S(1) - 8 * MIB);
	given_crumbs(S(1) - 5 * MIB, S(2));
	boot_to("check");
	EXPECT_EQ(sparse_figures.sections, 1);
	EXPECT_EQ(sparse_figures.left_out, 1);
	EXPECT_EQ(warned("section-no-memmap"), 1);
	EXPECT(pfn_valid(PFN_DOWN(S(1)) - 1));
	EXPECT(!pfn_valid(PFN_DOWN(S(1))));
	EXPECT_EQ(dropped_bytes("no memmap"), SECTION);
	EXPECT_SOUND();
}

/* Nothing is left of a block once its run is over; a size that does not fit is refused. */
TEST(buffer_is_empty_after)
{
	phys_addr_t pa;

	NEEDS_SECTIONS();
	given_virt(SECTION);
	boot_to("memmap");
	EXPECT(!sparse_buffer_alloc(PAGE_SIZE, &pa));
	EXPECT(!sparse_buffer_alloc(SECTION_MEMMAP_BYTES, &pa));
}

/* Hotpluggable banks: none of what bring-up allocates lies there, their own memmap included. */
TEST(hotpluggable)
{
	enum owner owner;
	struct range range;
	const struct range hot = {S(2), S(4)};

	given_virt(2 * SECTION);
	given_bank(S(2), 2 * SECTION)->hotpluggable = true;
	if (is_model("discontig"))
		machine.banks[0].nid = machine.banks[1].nid = 0;
	boot_to("check");
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		EXPECT(!range_overlaps(range, hot));
	EXPECT(!page_has(pfn_to_page(PFN_DOWN(S(2))), PG_RESERVED));
	EXPECT_SOUND();
}

/* The same as a node of its own: nothing else of that node could pay, so the others do. */
TEST(hotpluggable_node)
{
	enum owner owner;
	struct range range;
	const struct range hot = {S(2), S(4)};

	given_virt(2 * SECTION);
	machine.banks[0].nid = 0;
	given_node_bank(1, S(2), 2 * SECTION)->hotpluggable = true;
	boot_to("check");
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		EXPECT(!range_overlaps(range, hot));
	EXPECT_SOUND();
}
