/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memmap_init: every struct page there is, exactly as memmap_init_zone() promises, and not a byte
 * outside of them. All free memory holds a pattern while it runs.
 */
#include "lib/string.h"
#include "memmap_oracle.h"
#include "mm/memblock.h"
#include "mm/memblock_iter.h"
#include "mm/memmap_init.h"

#define BASE   0x80000000UL
#define M(n)   (BASE + (n)*MIB)
#define CANARY 0xa5

static void for_each_free(void (*visit)(phys_addr_t start, phys_addr_t end))
{
	phys_addr_t start, end;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL)
		visit(start, end);
}

static void fill(phys_addr_t start, phys_addr_t end)
{
	memset(phys_to_virt(start), CANARY, end - start);
}

static void expect_filled(phys_addr_t start, phys_addr_t end)
{
	const u64 *word = phys_to_virt(start);

	for (; start < end; start += sizeof(u64))
		ASSERT_EQ(*word++, 0xa5a5a5a5a5a5a5a5);
}

/* A struct page as it must be after free_area_init(). */
static void expect_page(const struct page *page, pfn_t pfn)
{
	const u64 section = memmodel_has_sections ? pfn / PAGES_PER_SECTION : 0;

	ASSERT_EQ(page->word, 0x10001); /* reserved, one reference */
	ASSERT_EQ(page->links, section << 12 | (u64)oracle_nid(pfn) << 2 | (pfn >= 0x100000));
	ASSERT(!page->lru.next && !page->lru.prev);
	ASSERT_EQ(page->private | page->alloc_site | page->free_site | page->mapping, 0);
}

static void run_case(void)
{
	struct memmap_run run;
	u64 cursor = 0;

	boot_to("memmap");
	for_each_free(fill);
	boot_to("zones");
	for_each_free(expect_filled);
	while (memmodel_next_run(&cursor, &run))
		for (pfn_t pfn = run.start_pfn; pfn < run.end_pfn; pfn++)
			if (pfn_valid(pfn) && pfn_to_page(pfn) == run.page + (pfn - run.start_pfn))
				expect_page(pfn_to_page(pfn), pfn);
	boot_to("check");
	EXPECT_SOUND();
}

/* [=====)  one bank */
TEST(one_bank)
{
	given_virt(64 * MIB);
	run_case();
	EXPECT_EQ(memmap_init_figures.unavailable,
		  has_sections() ? PAGES_PER_SECTION - PFN_DOWN(64 * MIB) : 0);
}

/* [==).[==)...[=)   holes inside and between sections, edges at odd pages */
TEST(holes)
{
	given_virt(40 * MIB + 3 * PAGE_SIZE);
	given_bank(M(64) + 5 * PAGE_SIZE, 11 * MIB);
	given_bank(M(200) - PAGE_SIZE, 2 * PAGE_SIZE);
	run_case();
}

/* [==|==)  across 4 GiB: the zone changes at the frame */
TEST(over_4_gib)
{
	given_bank(0x100000000 - 32 * MIB, 64 * MIB);
	run_case();
	EXPECT_EQ(page_zonenum(pfn_to_page(0xfffff)), ZONE_DMA32);
	EXPECT_EQ(page_zonenum(pfn_to_page(0x100000)), ZONE_NORMAL);
}

/* A hole over 4 GiB has zones too. [==).|.[==) */
TEST(hole_over_4_gib)
{
	given_node_bank(0, 0x100000000 - 64 * MIB, 32 * MIB);
	given_node_bank(0, 0x100000000 + 32 * MIB, 32 * MIB);
	run_case();
}

/* 0011001.1  nodes that interleave inside sections */
TEST(nodes)
{
	given_node_bank(0, BASE, 48 * MIB);
	given_node_bank(1, M(48), 48 * MIB);
	given_node_bank(0, M(96), 16 * MIB + PAGE_SIZE);
	given_node_bank(1, M(140), 16 * MIB);
	run_case();
}

/* RAM at 0: frame 0 is a page as any other here. */
TEST(at_zero)
{
	given_bank(0, 64 * MIB);
	run_case();
	EXPECT(pfn_valid(0));
}

/* One call writes nr pages, no more and no less. */
TEST(exactly_those)
{
	static struct page pages[40];

	for (u64 nr = 0; nr <= 20; nr++) {
		memset(pages, 0xff, sizeof(pages));
		memmap_init_zone(&pages[8], nr, 5, 3, ZONE_NORMAL);
		for (u64 i = 0; i < ARRAY_SIZE(pages); i++) {
			const u64 *word = (const u64 *)&pages[i];

			if (i >= 8 && i < 8 + nr) {
				EXPECT_EQ(pages[i].word, PAGE_WORD_RESERVED);
				EXPECT_EQ(pages[i].links, 5 << 12 | 3 << 2 | 1);
				EXPECT_EQ(word[2] | word[3] | word[4] | word[5] | word[6] | word[7],
					  0);
				continue;
			}
			for (u32 n = 0; n < 8; n++)
				EXPECT_EQ(word[n], ~0UL);
		}
	}
}

/* The links of a page take the largest section, node and zone apart again. */
TEST(links)
{
	const struct page page = {.links = page_links((1UL << 52) - 1, 1023, 3)};

	EXPECT_EQ(page.links, ~0UL);
	EXPECT_EQ(page_to_section(&page), (1UL << 52) - 1);
	EXPECT_EQ(page_to_nid(&page), 1023);
	EXPECT_EQ(page_zonenum(&page), 3);
}

TEST(word)
{
	const struct page page = {.word = PAGE_WORD(PG_HEAD, 10, MIGRATE_RECLAIMABLE, 0xabcdef)};

	EXPECT(page_has(&page, PG_HEAD));
	EXPECT(!page_has(&page, PG_BUDDY));
	EXPECT_EQ(page_order(&page), 10);
	EXPECT_EQ(page_type(&page), MIGRATE_RECLAIMABLE);
	EXPECT_EQ(page_refcount(&page), 0xabcdef);
}
