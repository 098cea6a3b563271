/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Wrong frees while struct pages are pending: what those hold, perhaps of a boot before a reset, may look
 * like any page at all. C148, C149.
 *
 *   units        |........|........|........|....
 *   struct pages  ready     pending: rubbish that says "allocated, order n"
 */
#include "buddy_test.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/handover.h"
#include "mm/memmap_init.h"
#include "mm/section.h"

#define BASE   0x80000000UL
#define UNIT   (PAGE_SIZE << MAX_PAGE_ORDER)
#define FRAMES MAX_ORDER_NR_PAGES
#define HOME   (MAX_PAGE_ORDER > 10 ? 512 * MIB : 64 * MIB)

/* Reserved memory, and a hole, in units that stay pending. */
#define RESERVED (BASE + HOME / 2)
#define HOLE     (BASE + HOME + UNIT / 2)

static struct audit audit;

static void boot_pending(enum deferred mode, const char *stage)
{
	given_virt(HOME + UNIT / 2);
	given_bank(BASE + HOME + UNIT / 2 + 16 * PAGE_SIZE, 4 * UNIT);
	given_reserved(OWNER_RESERVED, RESERVED, PAGE_SIZE, "/reserved-memory/one");
	machine.options.deferred = mode;
	boot_to(stage);
}

/* What an allocated block of that order says, and links that lead to that section, node and zone. */
static struct page *look_allocated(phys_addr_t pa, u32 order, u64 links)
{
	struct page *page = pfn_to_page(PFN_DOWN(pa));

	EXPECT(pfn_valid(PFN_DOWN(pa)));
	EXPECT(!pfn_is_ready(PFN_DOWN(pa)));
	memset(page, 0, sizeof(*page));
	page->word = PAGE_WORD(PG_HEAD, order, MIGRATE_MOVABLE, 1);
	page->links = links;
	return page;
}

/* As a boot before this one left it. */
static u64 true_links(phys_addr_t pa)
{
	const u64 section = memmodel_has_sections ? PFN_DOWN(pa) / PAGES_PER_SECTION : 0;

	return page_links(section, 0, ZONE_DMA32);
}

static void expect_refused(const char *file, int line, struct page *page, u32 order,
			   const char *why)
{
	const struct page copy = *page;
	const u32 warnings = warned("bad-free");
	const char *said;
	bool done;

	unit_output_begin();
	done = free_pages(page, order);
	said = unit_output_end();
	unit_check(!done, false, file, line, "order %u was not refused", order);
	unit_check(warned("bad-free") == warnings + 1, false, file, line, "no line about it");
	unit_check(strstr(said, why) != NULL, false, file, line, "no \"%s\" in %s", why, said);
	unit_check(memcmp(&copy, page, sizeof(copy)) == 0, false, file, line,
		   "the page has changed");
}
#define EXPECT_REFUSED(...) expect_refused(__FILE__, __LINE__, __VA_ARGS__)

static void expect_unharmed(void)
{
	u64 pages = 0;

	audit_run(&audit);
	EXPECT(audit.ok);
	EXPECT_EQ(audit.free, handover_figures.pages);
	while (alloc_pages(0))
		pages++;
	EXPECT_EQ(pages, handover_figures.pages);
}

/* A frame that will be free, with every order that it might pretend. */
TEST(free_frame)
{
	boot_pending(DEFERRED_DEMAND, "check");
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		const phys_addr_t pa = BASE + HOME / 2 + UNIT;

		EXPECT_REFUSED(look_allocated(pa, order, true_links(pa)), order,
			       "its struct page is not initialised yet");
	}
	expect_unharmed();
}

/* Reserved memory, a hole, and a tail. */
TEST(reserved_hole_tail)
{
	const phys_addr_t tail = RESERVED + UNIT + 3 * PAGE_SIZE;

	boot_pending(DEFERRED_DEMAND, "check");
	EXPECT_REFUSED(look_allocated(RESERVED, 0, true_links(RESERVED)), 0, "never allocated");
	EXPECT_REFUSED(look_allocated(tail, 2, true_links(tail)), 2, "never allocated");
	if (!config_free_unused_memmap)
		EXPECT_REFUSED(look_allocated(HOLE, 0, true_links(HOLE)), 0, "it is a hole");
	expect_unharmed();
}

/* Links that lead nowhere, to another frame, to all ones: never followed. */
TEST(links_are_not_believed)
{
	static const u64 links[] = {
		0, ~0UL,       1UL << LINKS_SECTION_SHIFT, 5UL << LINKS_NID_SHIFT,
		3, ~0UL << 32, LINKS_ZONE_INDEX_MASK};
	const phys_addr_t pa = BASE + HOME / 2 + UNIT + PAGE_SIZE;

	boot_pending(DEFERRED_DEMAND, "check");
	for (u32 i = 0; i < ARRAY_SIZE(links); i++) {
		EXPECT_REFUSED(look_allocated(pa, 0, links[i]), 0, "not initialised yet");
		EXPECT_REFUSED(look_allocated(pa, 1, links[i]), 1, "not initialised yet");
	}
	/* Those of a page that is ready. */
	EXPECT_REFUSED(look_allocated(pa, 0, alloc_pages(0)->links), 0, "not initialised yet");
}

/* No struct page at all. */
TEST(no_struct_page)
{
	struct page page = {.word = PAGE_WORD(PG_HEAD, 0, MIGRATE_MOVABLE, 1)};

	boot_pending(DEFERRED_DEMAND, "check");
	EXPECT_REFUSED(&page, 0, "it is no struct page");
	EXPECT_REFUSED(&page, 3, "it is no struct page");
}

/* Right frees are right, into the hart's cache; wrong ones of ready pages have their own reasons. */
TEST(ready_pages_as_ever)
{
	struct page *page, *block;

	boot_pending(DEFERRED_DEMAND, "check");
	page = alloc_pages(0);
	block = alloc_pages(3);
	ASSERT(page && block);
	EXPECT_REFUSED(page, 1, "another order");
	EXPECT_REFUSED(block + 1, 0, "not the head");
	EXPECT_REFUSED(block, MAX_PAGE_ORDER + 1, "another order");
	EXPECT(free_pages(page, 0));
	EXPECT(page_has(page, PG_PCP));
	EXPECT(alloc_pages(0) == page);
	EXPECT(free_pages(page, 0));
	EXPECT_REFUSED(page, 0, "free already");
	EXPECT(free_pages(block, 3));
	EXPECT_REFUSED(block, 3, "free already");
	expect_unharmed();
}

/* When all is initialised the short way is open again, and what was rubbish is a page. */
TEST(after_completion)
{
	const phys_addr_t pa = BASE + HOME / 2 + UNIT;
	struct page *page;

	boot_pending(DEFERRED_DEMAND, "check");
	page = look_allocated(pa, 0, true_links(pa));
	EXPECT_REFUSED(page, 0, "not initialised yet");
	deferred_complete();
	EXPECT_REFUSED(page, 0, "it is free already");
	page = alloc_pages(0);
	EXPECT(free_pages(page, 0));
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(RESERVED)), 0, "it is reserved");
	expect_unharmed();
}

/* Before the stage that initialises the rest, too. */
TEST(before_the_stage)
{
	const phys_addr_t pa = BASE + HOME / 2 + UNIT;

	boot_pending(DEFERRED_ON, "handover");
	EXPECT_REFUSED(look_allocated(pa, 0, true_links(pa)), 0, "not initialised yet");
	boot_to("check");
	expect_unharmed();
}
