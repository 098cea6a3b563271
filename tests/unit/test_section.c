/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of sections: which are present, what the word says before and after sparse_init(),
 * the subsection map, and the rule of pfn_valid().
 *
 * Drawings: | is the edge of a section, = RAM, . hole.
 */
#include "mm/memblock.h"
#include "sections_test.h"

/* The present sections are exactly these, counted from BASE. */
static void expect_present(const char *file, int line, const u64 *want, u32 nr_want)
{
	u64 at = 0;
	u64 nr;
	u32 i = 0;

	for (; next_present_section(at, &nr); at = nr + 1, i++)
		unit_check(i < nr_want && nr == BASE_NR + want[i], false, file, line,
			   "present section %u is %lu", i, nr - BASE_NR);
	unit_check(i == nr_want, false, file, line, "%u sections are present, not %u", i, nr_want);
}
#define EXPECT_PRESENT(...)                                            \
	expect_present(__FILE__, __LINE__, (const u64[]){__VA_ARGS__}, \
		       ARRAY_SIZE(((const u64[]){__VA_ARGS__})))

/* |====|====|....|....|...p|....|....|....|====|  C37, C57: one page is enough */
TEST(present)
{
	NEEDS_SECTIONS();
	given_virt(2 * SECTION);
	given_bank(S(5) - PAGE_SIZE, PAGE_SIZE);
	given_bank(S(8), SECTION);
	boot_to("memmap");
	EXPECT_PRESENT(0, 1, 4, 8);
	EXPECT_EQ(sparse_figures.sections, 4);
	EXPECT_EQ(sparse_figures.mixed, 1);
	EXPECT_EQ(sparse_figures.left_out, 0);
}

/* C58. |====|...p|=...|   a bank that starts in the last page of a section makes two present */
TEST(last_page_of_a_section)
{
	struct memmap_report report;

	NEEDS_SECTIONS();
	given_virt(SECTION);
	given_bank(S(2) - PAGE_SIZE, 2 * PAGE_SIZE);
	boot_to("memmap");
	EXPECT_PRESENT(0, 1, 2);
	EXPECT_EQ(sparse_figures.mixed, 2);
	memmodel_report(&report);
	EXPECT_EQ(report.sections, 3);
	EXPECT_EQ(report.bytes, 3 * SECTION_MEMMAP_BYTES);
	EXPECT_EQ(report.pages, 3 * PAGES_PER_SECTION);
}

/* C56. |=====.......|  less RAM than a section */
TEST(larger_than_all_ram)
{
	NEEDS_SECTIONS();
	given_virt(SECTION / 2);
	boot_to("check");
	EXPECT_PRESENT(0);
	EXPECT_EQ(sparse_figures.mixed, 1);
	EXPECT_EQ(pfn_valid(PFN_DOWN(S(1)) - 1), config_early_section_rule);
	EXPECT(!pfn_valid(PFN_DOWN(S(1))));
	EXPECT(!pfn_valid(PFN_DOWN(BASE) - 1));
	EXPECT_SOUND();
}

/* C54. |=..==...|  two banks in one section: one memmap, the gap reserved */
TEST(two_banks_in_a_section)
{
	NEEDS_SECTIONS();
	given_virt(SECTION / 4);
	given_bank(BASE + SECTION / 2, SECTION / 4);
	boot_to("check");
	EXPECT_PRESENT(0);
	EXPECT_EQ(memmap_init_figures.unavailable, PAGES_PER_SECTION / 2);
	EXPECT(page_has(pfn_to_page(PFN_DOWN(BASE + SECTION / 4)), PG_RESERVED));
	EXPECT_SOUND();
}

/*
 * C53, the first article's example: a section of which a quarter is RAM. With 64 MiB: 4096 pages
 * of RAM and 12288 of the hole.
 *   |====|  ...  |=...|
 */
TEST(quarter_of_a_section)
{
	const pfn_t start = PFN_DOWN(S(4));
	u64 ram = 0, hole = 0;

	NEEDS_SECTIONS();
	given_virt(SECTION);
	given_bank(S(4), SECTION / 4);
	boot_to("check");
	EXPECT_PRESENT(0, 4);
	for (pfn_t pfn = start; pfn < start + PAGES_PER_SECTION; pfn++) {
		ASSERT(pfn_valid(pfn) || !config_early_section_rule);
		if (!pfn_is_ram(pfn))
			ASSERT(page_has(section_page(pfn_to_section(pfn), pfn), PG_RESERVED));
		ram += pfn_is_ram(pfn);
		hole += !pfn_is_ram(pfn);
	}
	EXPECT_EQ(ram, PAGES_PER_SECTION / 4);
	EXPECT_EQ(hole, 3 * PAGES_PER_SECTION / 4);
	EXPECT_EQ(memmap_init_figures.unavailable, hole);
	EXPECT_SOUND();
}

/*  word  63          6 5    3       2        1         0
 *        | node id    |    0                 | PRESENT |     before
 *        | pointer    | EARLY | ONLINE | MAP | PRESENT |     after   */
TEST(word_before)
{
	NEEDS_SECTIONS();
	given_virt(8 * SECTION);
	boot_to("nodes");
	sections_init();
	memory_present(9, PFN_DOWN(S(2)), PFN_DOWN(S(3)) + 1);
	EXPECT_PRESENT(2, 3);
	EXPECT_EQ(nr_to_section(BASE_NR + 2)->section_mem_map, 9UL << 6 | 1);
	EXPECT_EQ(section_early_nid(nr_to_section(BASE_NR + 2)), 9);
	EXPECT(!section_is_valid(nr_to_section(BASE_NR + 2)));
	EXPECT(!pfn_valid(PFN_DOWN(S(2))));
	/* C67. The first node to touch a section has it. */
	memory_present(4, PFN_DOWN(S(3)) + 1, PFN_DOWN(S(5)));
	EXPECT_EQ(section_early_nid(nr_to_section(BASE_NR + 3)), 9);
	EXPECT_EQ(section_home_nid(BASE_NR + 3), 9);
	EXPECT_EQ(section_early_nid(nr_to_section(BASE_NR + 4)), 4);
	EXPECT_PRESENT(2, 3, 4);
}

TEST(word_after)
{
	NEEDS_SECTIONS();
	given_virt(2 * SECTION);
	boot_to("memmap");
	for (u64 nr = BASE_NR; nr < BASE_NR + 2; nr++) {
		const struct mem_section *section = nr_to_section(nr);
		const pfn_t first = section_nr_to_pfn(nr);

		ASSERT(section_is_present(section) && section_is_valid(section));
		EXPECT_EQ(section->section_mem_map & SECTION_FLAGS_MASK, 0x0f);
		for (pfn_t pfn = first; pfn < first + PAGES_PER_SECTION; pfn++)
			ASSERT(section_page(section, pfn) == pfn_to_page(pfn));
	}
	/* The biased pointer is aligned enough to leave the flags alone. */
	EXPECT_EQ((u64)pfn_to_page(PFN_DOWN(BASE)) % 64, 0);
}

/* Nothing there: no entry, no answer, no crash. Below, above, far beyond. */
TEST(outside_the_tables)
{
	u64 nr;

	NEEDS_SECTIONS();
	given_virt(SECTION);
	boot_to("memmap");
	EXPECT(!nr_to_section(0) || BASE_NR == 0);
	EXPECT(!nr_to_section(BASE_NR - 1));
	EXPECT(!nr_to_section(BASE_NR + NR_MEM_SECTIONS));
	EXPECT(!nr_to_section(~0UL));
	EXPECT(!pfn_valid(0));
	EXPECT(!pfn_valid(~0UL));
	EXPECT(!pfn_valid(PFN_DOWN(S(NR_MEM_SECTIONS))));
	EXPECT(!next_present_section(BASE_NR + 1, &nr));
	EXPECT(!next_present_section(~0UL, &nr));
	EXPECT(!section_is_present(NULL));
	EXPECT(!section_is_valid(NULL));
}

/*
 * C55. One bit for each 2 MiB in which a bank has a page.
 *   MiB   0 2 4 6 8 10        [4 KiB before 4, 4 KiB after 8)  and [20, 22)
 *           |=|=|=|=|
 */
TEST(subsection_map)
{
	const struct mem_section *section;

	NEEDS_SECTIONS();
	given_virt(SECTION);
	given_bank(S(4) + 4 * MIB - PAGE_SIZE, 4 * MIB + 2 * PAGE_SIZE);
	given_bank(S(4) + 20 * MIB, 2 * MIB);
	boot_to("memmap");
	section = nr_to_section(BASE_NR + 4);
	for (u64 i = 0; i < SUBSECTIONS_PER_SECTION; i++) {
		bool want = (i >= 1 && i <= 4) || i == 10;

		EXPECT_EQ(subsection_is_set(section->usage, section_nr_to_pfn(BASE_NR + 4) +
								    i * PAGES_PER_SUBSECTION),
			  want);
	}
	/* The first section is RAM to the last bit, no-map included. */
	for (u64 i = 0; i < SUBSECTION_WORDS; i++)
		EXPECT_EQ(nr_to_section(BASE_NR)->usage->subsection_map[i],
			  SUBSECTIONS_PER_SECTION < 64 ? (1UL << SUBSECTIONS_PER_SECTION % 64) - 1
						       : ~0UL);
}

/*
 * Item 65. pfn_valid = has a memmap, and (of the boot, or its 2 MiB were added).
 *   boot section      |==......|   valid everywhere
 *   added later       |==......|   valid in the first 2 MiB only
 */
TEST(early_section_rule)
{
	const pfn_t start = PFN_DOWN(S(4));
	u64 word;

	NEEDS_SECTIONS();
	given_virt(SECTION);
	given_bank(S(4), PAGE_SIZE);
	boot_to("check");
	word = nr_to_section(BASE_NR + 4)->section_mem_map;
	EXPECT(word & SECTION_IS_EARLY);
	EXPECT(pfn_valid(start));
	EXPECT_EQ(pfn_valid(start + PAGES_PER_SUBSECTION), config_early_section_rule);
	EXPECT_EQ(pfn_valid(start + PAGES_PER_SECTION - 1), config_early_section_rule);

	section_set_word(BASE_NR + 4, word & ~SECTION_IS_EARLY);
	EXPECT(pfn_valid(start));
	EXPECT(pfn_valid(start + PAGES_PER_SUBSECTION - 1));
	EXPECT(!pfn_valid(start + PAGES_PER_SUBSECTION));
	EXPECT(!pfn_valid(start + PAGES_PER_SECTION - 1));

	section_set_word(BASE_NR + 4, word & ~SECTION_HAS_MEM_MAP);
	EXPECT(!pfn_valid(start));
	section_set_word(BASE_NR + 4, 0);
	EXPECT(!pfn_valid(start));
	EXPECT(!next_present_section(BASE_NR + 1, &word));
}

/* C60, C70. Two banks 60 GiB apart: the memmap of two banks, and a second root. */
TEST(far_bank)
{
	NEEDS_SECTIONS();
	if (!config_section_extreme)
		return; /* the static table may end before */
	given_virt(SECTION);
	given_bank(BASE + 60 * GIB, SECTION);
	boot_to("check");
	EXPECT_EQ(sparse_figures.sections, 2);
	EXPECT_EQ(sparse_figures.roots,
		  1 + ((60 * GIB >> SECTION_SIZE_BITS) / SECTIONS_PER_ROOT > 0));
	EXPECT_SOUND();
}

/* The highest section that the direct map reaches. */
TEST(last_section_of_the_reach)
{
	NEEDS_SECTIONS();
	given_virt(SECTION);
	given_bank(BASE + DIRECT_MAP_SIZE - PAGE_SIZE, PAGE_SIZE);
	boot_to("check");
	if (config_section_extreme)
		EXPECT(pfn_valid(PFN_DOWN(BASE + DIRECT_MAP_SIZE) - 1));
	EXPECT(!pfn_valid(PFN_DOWN(BASE + DIRECT_MAP_SIZE)));
	EXPECT_SOUND();
}
