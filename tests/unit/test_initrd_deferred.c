/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initrd goes back while struct pages are pending: what lies in ready units joins the lists, the rest
 * comes with its unit, and in the end the machine is as if there had never been one.
 *
 *   units     |........|........|........|........|
 *   initrd         [=====================)
 *   ready      1111     0000     0000     0000          or any other of the sixteen
 */
#include "block_oracle.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/handover.h"
#include "mm/initrd.h"
#include "mm/memmap_init.h"

#define BASE  0x80000000UL
#define UNIT  (PAGE_SIZE << MAX_PAGE_ORDER)
#define HOME  (MAX_PAGE_ORDER > 10 ? 512 * MIB : 64 * MIB)
#define START (BASE + HOME / 2 + 5 * PAGE_SIZE)
#define END   (BASE + HOME / 2 + 3 * UNIT - 3 * PAGE_SIZE)

static const u64 initrd_pages = (END - START) / PAGE_SIZE;

static void boot_with(enum deferred mode, bool free_at_boot, const char *stage)
{
	given_virt(HOME);
	given_reserved(OWNER_INITRD, START, END - START, "initrd");
	machine.options.deferred = mode;
	machine.options.initrd_free = free_at_boot;
	boot_to(stage);
}

static void expect_audit(void)
{
	struct audit audit;

	audit_run(&audit);
	EXPECT(audit.ok);
	EXPECT_EQ(audit.free, handover_figures.pages);
	EXPECT_EQ(nr_free_pages(), handover_figures.pages);
}

/* Then everything: no page is missing, none comes twice; back again, and the lists are right. */
static void expect_all_of_it(void)
{
	struct page *chain;
	u64 pages = 0;

	expect_audit();
	chain = allocate_all(home_node->nid, MIGRATE_MOVABLE, &pages);
	EXPECT_EQ(pages, handover_figures.pages);
	EXPECT_EQ(nr_free_pages(), 0);
	free_chain(chain);
	deferred_complete();
	EXPECT_EXPECTED_BLOCKS();
	EXPECT_SOUND();
}

/* Which of the four units are ready is one of sixteen. */
static void free_with_ready(u32 which)
{
	const pfn_t first = PFN_DOWN(BASE + HOME / 2);
	u64 before;

	boot_with(DEFERRED_DEMAND, false, "check");
	for (u32 i = 0; i < 4; i++)
		if (which >> i & 1)
			deferred_ready(first + i * MAX_ORDER_NR_PAGES,
				       first + (i + 1) * MAX_ORDER_NR_PAGES);
	for (u32 i = 0; i < 4; i++)
		EXPECT_EQ(pfn_is_ready(first + i * MAX_ORDER_NR_PAGES), which >> i & 1);
	before = handover_figures.pages;
	EXPECT(initrd_free());
	EXPECT_EQ(handover_figures.pages - before, initrd_pages);
	EXPECT_EQ(initrd_now().pages, initrd_pages);
	EXPECT(!initrd_free());
	expect_all_of_it();
}

#define READY(n)                        \
	TEST(ready_units_##n)           \
	{                               \
		free_with_ready(0x##n); \
	}
READY(0)
READY(1)
READY(2)
READY(5)
READY(6)
READY(8)
READY(a)
READY(f)

/* The zone has grown past it, to the end: the units that held nothing but the initrd are pending yet. */
TEST(after_all_else_was_taken)
{
	struct page *chain;
	u64 pages = 0;

	boot_with(DEFERRED_DEMAND, false, "check");
	chain = allocate_all(home_node->nid, MIGRATE_MOVABLE, &pages);
	EXPECT_EQ(pages, handover_figures.pages);
	EXPECT(!alloc_pages(0));
	EXPECT(!pfn_is_ready(PFN_DOWN(START) + MAX_ORDER_NR_PAGES));
	EXPECT(initrd_free());
	EXPECT_EQ(nr_free_pages(), initrd_pages);
	for (u64 i = 0; i < initrd_pages; i++) {
		struct page *page = alloc_pages(0);

		ASSERT(page);
		ASSERT(page_to_pfn(page) >= PFN_DOWN(START) && page_to_pfn(page) < PFN_DOWN(END));
		page->private = (u64)chain;
		chain = page;
	}
	EXPECT(!alloc_pages(0));
	free_chain(chain);
	expect_all_of_it();
}

/* initrd=free: between hand-over and the rest of the struct pages. */
TEST(at_boot_on_demand)
{
	boot_with(DEFERRED_DEMAND, true, "check");
	EXPECT_EQ(initrd_now().state, INITRD_FREED);
	EXPECT_EQ(initrd_now().pages, initrd_pages);
	expect_all_of_it();
}

TEST(at_boot_deferred)
{
	boot_with(DEFERRED_ON, true, "check");
	EXPECT_EQ(initrd_now().pages, initrd_pages);
	EXPECT(!deferred_is_pending());
	EXPECT_EXPECTED_BLOCKS();
	expect_all_of_it();
}

/* A free of what was freed with it, and is pending, is refused like any other. */
TEST(wrong_free_of_it)
{
	struct page *page;

	boot_with(DEFERRED_DEMAND, true, "check");
	page = pfn_to_page(PFN_DOWN(START) + MAX_ORDER_NR_PAGES);
	EXPECT(!pfn_is_ready(PFN_DOWN(START) + MAX_ORDER_NR_PAGES));
	page->word = PAGE_WORD(PG_HEAD, 0, MIGRATE_MOVABLE, 1);
	EXPECT(!free_pages(page, 0));
	EXPECT_EQ(warned("bad-free"), 1);
	expect_all_of_it();
}
