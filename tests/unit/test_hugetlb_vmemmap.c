/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HVO: tail struct pages shared, read only, and undone. After each step audit and ledger hold; after the
 * undoing every struct page is as it was.
 *
 *   | head, 63 tails |  64 tails  | ... |      8 pages of struct pages of 2 MiB, 4096 of 1 GiB
 *          h              t         t
 */
#include "buddy_test.h"
#include "mm/hugetlb_vmemmap.h"
#include "mm/memmap_backing.h"
#include "mm/paging.h"

#define H2M (&hstates[HSTATE_2M])
#define H1G (&hstates[HSTATE_1G])
#define F   (&hugetlb_vmemmap_figures)
#define PER (PAGE_SIZE / sizeof(struct page))

static const char *why;
static struct census before;

static void given(u64 ram, const char *cmdline)
{
	given_virt(ram);
	options_parse(cmdline, &machine.options);
	boot_to("check");
}

static u64 memmap_bytes(void)
{
	struct ledger ledger;

	ledger_make(&ledger);
	return ledger.bytes[OWN_MEMMAP];
}

/* All tail pages show one frame that cannot be written; the head page has its own. */
static void expect_shared(const char *file, int line, struct page *head, u64 nr)
{
	const phys_addr_t tail = memmap_backing(head + PER);
	bool good = hugetlb_vmemmap_is_optimized(head) && memmap_backing(head) != tail;

	for (u64 i = PER; i < nr; i++)
		good = good && memmap_backing(head + i) == tail + i % PER * sizeof(struct page) &&
		       head[i].word == 0 && page_to_nid(head + i) == page_to_nid(head) &&
		       page_zone(head + i) == page_zone(head);
	unit_check(good, false, file, line, "the tails of pfn 0x%lx are not shared as they should",
		   page_to_pfn(head));
}
#define EXPECT_SHARED(head, nr) expect_shared(__FILE__, __LINE__, head, nr)

/* Each has memory of its own again, with links as memmap_init_zone() writes them. */
static void expect_own(const char *file, int line, struct page *head, u64 nr)
{
	bool good = !hugetlb_vmemmap_is_optimized(head);

	for (u64 i = 1; i < nr && good; i++)
		good = memmap_backing(head + i) != memmap_backing(head + i - 1) &&
		       (head[i].links ^ head->links) >> LINKS_SECTION_SHIFT ==
			       (((page_to_pfn(head) + i) ^ page_to_pfn(head)) >>
				(SECTION_SIZE_BITS - PAGE_SHIFT)) &&
		       ((head[i].links ^ head->links) & LINKS_ZONE_INDEX_MASK) == 0;
	unit_check(good, false, file, line, "the struct pages of pfn 0x%lx are not its own",
		   page_to_pfn(head));
}

/* Other models say why, and do nothing; so does this one without the argument. */
TEST(why_not)
{
	given(256 * MIB,
	      is_model("vmemmap") ? "hugepages=2" : "hugepages=2 hugetlb_free_vmemmap=on");
	EXPECT(hugetlb_vmemmap_why_not());
	EXPECT_EQ(F->optimized, 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 2);
	EXPECT_SOUND();
}

TEST(two_megabytes)
{
	struct page *head;
	u64 memmap, free;

	if (!is_model("vmemmap"))
		return;
	given(256 * MIB, "hugetlb_free_vmemmap=on");
	EXPECT(!hugetlb_vmemmap_why_not());
	memmap = memmap_bytes();
	free = nr_free_pages();
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 1, &why), 1);
	/* 8 pages come, head, tail and table go. */
	EXPECT_EQ(memmap_bytes(), memmap - 32 * KIB);
	EXPECT_EQ(nr_free_pages(), free - 512 + 8 - 3);
	EXPECT_EQ(F->released, 32 * KIB);
	EXPECT_EQ(F->spent, 3 * PAGE_SIZE);
	EXPECT_SOUND();
	head = hugetlb_alloc(H2M, 0);
	ASSERT(head);
	EXPECT_SHARED(head, 512);
	EXPECT_EQ(page_order(head), 9);
	EXPECT(!free_pages(head + 64, 9)); /* a tail is no head: refused, and nothing is written */
	EXPECT(hugetlb_free(head));
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 0, &why), 0);
	expect_own(__FILE__, __LINE__, head, 512);
	EXPECT_EQ(F->released, 0);
	EXPECT_EQ(F->pages[HSTATE_2M], 0);
	/* 7 pages are memmap again, head and tail page and table stay. */
	EXPECT_EQ(nr_free_pages(), free + 8 - 3 - 7);
	EXPECT_SOUND();
	/* Once more: the frames are of the buddy allocator now, and go back to it. */
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 1, &why), 1);
	EXPECT_EQ(nr_free_pages(), free + 8 - 3 - 7 - 512 + 7);
	EXPECT_SOUND();
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 0, &why), 0);
	EXPECT_SOUND();
}

/* A whole section of them gives its megapage of struct pages back as one. */
TEST(whole_section)
{
	const pfn_t second = PFN_DOWN(VIRT_BASE + (1UL << SECTION_SIZE_BITS));
	phys_addr_t pa;

	if (!is_model("vmemmap") || SECTION_SIZE_BITS != 27)
		return;
	given_virt(512 * MIB);
	boot_to("memmap");
	pa = memmap_backing(pfn_to_page(second));
	options_parse("hugepages=250 hugetlb_free_vmemmap=on", &machine.options);
	boot_to("check");
	for (pfn_t pfn = second; pfn < second + PFN_DOWN(1UL << SECTION_SIZE_BITS); pfn += 512)
		EXPECT_SHARED(pfn_to_page(pfn), 512);
	EXPECT(page_has(pfn_to_page(PFN_DOWN(pa)), PG_BUDDY) ||
	       page_has(pfn_to_page(PFN_DOWN(pa)), PG_HEAD));
	EXPECT_SOUND();
	for_each_free_block(judge_free_block);
}

TEST(one_gigabyte)
{
	struct page *head;

	if (!is_model("vmemmap"))
		return;
	given(3 * GIB, "hugetlb_free_vmemmap=on hugepagesz=1G hugepages=1");
	EXPECT_EQ(F->released, 16 * MIB);
	EXPECT_EQ(F->spent, (8 + 2) * PAGE_SIZE);
	EXPECT_SOUND();
	head = hugetlb_alloc(H1G, 0);
	ASSERT(head);
	EXPECT_SHARED(head, 512 * 512);
	EXPECT(hugetlb_free(head));
	EXPECT_EQ(hugetlb_set_pool(H1G, 0, 0, &why), 0);
	expect_own(__FILE__, __LINE__, head, 512 * 512);
	for_each_free_block(judge_free_block);
	EXPECT_SOUND();
	EXPECT_EQ(hugetlb_set_pool(H1G, 0, 1, &why), 1);
	EXPECT_SHARED(head, 512 * 512);
	EXPECT_SOUND();
}

/* No memory to undo it: nothing changes, the page stays in its pool; with memory it goes. */
TEST(no_memory_to_restore)
{
	struct page *chain, *head;
	u64 pages = 0;

	if (!is_model("vmemmap"))
		return;
	given(256 * MIB, "hugepages=4 hugetlb_free_vmemmap=on");
	head = hugetlb_alloc(H2M, 0);
	EXPECT(hugetlb_free(head));
	chain = allocate_all(0, MIGRATE_MOVABLE, &pages);
	EXPECT_EQ(nr_free_pages(), 0);
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 0, &why), 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 4); /* surplus: they go when they can */
	EXPECT_EQ(hstate_sum(H2M).free, 4);
	EXPECT_SHARED(head, 512);
	/* Six pages are one too few. */
	for (u32 i = 0; i < 6;) {
		struct page *next = (struct page *)chain->private;

		if (page_order(chain) == 0) {
			EXPECT(free_pages(chain, 0));
			i++;
		} else {
			break;
		}
		chain = next;
	}
	EXPECT(!hugetlb_vmemmap_restore(H2M, head));
	EXPECT_SHARED(head, 512);
	free_chain(chain);
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 1, &why), 1);
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 0, &why), 0);
	EXPECT_SOUND();
}

/* Any number of any pool, again and again. */
TEST(random)
{
	u64 state = 0xc2b2ae3d27d4eb4f;

	if (!is_model("vmemmap"))
		return;
	given(256 * MIB, "hugetlb_free_vmemmap=on");
	census_take(&before);
	for (u32 step = 0; step < 60; step++) {
		hugetlb_set_pool(H2M, 0, unit_random(&state) % 100, &why);
		EXPECT_EQ(F->pages[HSTATE_2M], hstate_sum(H2M).nr);
		if (step % 6 == 0)
			EXPECT_SOUND();
	}
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 0, &why), 0);
	for_each_free_block(judge_free_block);
	EXPECT_SOUND();
}
