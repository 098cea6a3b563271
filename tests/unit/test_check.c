/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit sees what is wrong: the free lists are damaged in every way, one at a time, and the
 * right counter says how many pages. It ends whatever it finds.
 */
#include "buddy_test.h"
#include "mm/buddy_internal.h"
#include "mm/check.h"
#include "mm/handover.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)
#define MOST (1UL << MAX_PAGE_ORDER)

/* MiB of RAM, with a hole behind, and where a free block of the largest order begins. */
#define RAM   (MAX_PAGE_ORDER > 10 ? 510 : 62)
#define BLOCK (MAX_PAGE_ORDER > 10 ? 256 : 32)

static struct audit audit;
static u64 free_before;

static void given_boot(void)
{
	given_virt(RAM * MIB);
	boot_to("check");
	audit_run(&audit);
	EXPECT(audit.ok);
	free_before = audit.free;
}

static void expect_audit(const char *file, int line, u64 free, u64 duplicate, u64 hole, u64 missing)
{
	audit_run(&audit);
	unit_check(audit.free == free_before + free && audit.duplicate == duplicate &&
			   audit.hole == hole && audit.missing == missing && !audit.ok,
		   false, file, line, "free %ld more, duplicate %lu, hole %lu, missing %lu, ok %d",
		   (long)(audit.free - free_before), audit.duplicate, audit.hole, audit.missing,
		   audit.ok);
}
/* free (difference), duplicate, hole, missing */
#define EXPECT_AUDIT(...) expect_audit(__FILE__, __LINE__, __VA_ARGS__)

/* The second free block of the largest order: not at an end of its list. */
static struct page *large_block(void)
{
	return container_of(
		home_zone->free_area[MAX_PAGE_ORDER].free_list[MIGRATE_MOVABLE].next->next,
		struct page, lru);
}

/* Nothing wrong; and looking twice changes nothing. */
TEST(clean)
{
	given_boot();
	for (u32 i = 0; i < 3; i++) {
		audit_run(&audit);
		EXPECT(audit.ok);
		EXPECT_EQ(audit.free, audit.expected);
		EXPECT_EQ(audit.free, handover_figures.pages);
		EXPECT_EQ(audit.pages, PFN_DOWN(RAM * MIB));
		EXPECT_EQ(audit.duplicate + audit.hole + audit.missing, 0);
	}
	for (pfn_t pfn = PFN_DOWN(BASE); pfn < PFN_DOWN(M(RAM)); pfn++)
		ASSERT(!page_has(pfn_to_page(pfn), PG_AUDIT));
}

/* What was allocated is missing: the audit is for the time while nothing is. */
TEST(allocated)
{
	given_boot();
	ASSERT(alloc_pages(3));
	EXPECT_AUDIT(-8UL, 0, 0, 8);
}

/* A block that left its list, with and without a sign of it. */
TEST(block_off_its_list)
{
	given_boot();
	list_del(&large_block()->lru);
	EXPECT_AUDIT(-MOST, 0, 0, MOST);
}

TEST(block_gone)
{
	struct page *page;

	given_boot();
	page = large_block();
	list_del(&page->lru);
	page->word = 0;
	EXPECT_AUDIT(-MOST, 0, 0, MOST);
}

/* Pages inside a free block that are on a list too. */
TEST(overlapping_block)
{
	given_boot();
	free_list_add(home_zone, large_block() + 8, 3, MIGRATE_MOVABLE);
	EXPECT_AUDIT(8, 8, 0, 0);
}

/* The upper half of a free block, as large as it can be. */
TEST(half_of_a_block)
{
	given_boot();
	free_list_add(home_zone, large_block() + MOST / 2, MAX_PAGE_ORDER - 1, MIGRATE_MOVABLE);
	EXPECT_AUDIT(MOST / 2, MOST / 2, 0, 0);
}

/* Owned: a page of the image, the firmware, the struct pages themselves. */
TEST(owned_page)
{
	given_boot();
	free_list_add(home_zone, pfn_to_page(PFN_DOWN(VIRT_IMAGE)), 0, MIGRATE_MOVABLE);
	EXPECT_AUDIT(1, 0, 1, 0);
	free_list_add(home_zone, pfn_to_page(PFN_DOWN(BASE)), 4, MIGRATE_MOVABLE);
	EXPECT_AUDIT(17, 0, 17, 0);
}

/* No RAM at all: a struct page of a hole, and one beyond the bank. */
TEST(hole_page)
{
	given_boot();
	if (!pfn_valid(PFN_DOWN(M(RAM))))
		return;
	free_list_add(home_zone, pfn_to_page(PFN_DOWN(M(RAM))), 0, MIGRATE_MOVABLE);
	EXPECT_AUDIT(1, 0, 1, 0);
}

/* A block that begins in free RAM and ends in what is owned:  |==free==|==owned==|  as one */
TEST(block_into_owned)
{
	struct page *page;

	given_virt(RAM * MIB);
	given_reserved(OWNER_RESERVED, M(BLOCK) + (PAGE_SIZE << (MAX_PAGE_ORDER - 1)),
		       PAGE_SIZE << (MAX_PAGE_ORDER - 1), "/reserved-memory/upper");
	boot_to("check");
	page = pfn_to_page(PFN_DOWN(M(BLOCK)));
	ASSERT_EQ(page_order(page), MAX_PAGE_ORDER - 1);
	list_del(&page->lru);
	free_list_add(home_zone, page, MAX_PAGE_ORDER, MIGRATE_MOVABLE);
	audit_run(&audit);
	EXPECT_EQ(audit.hole, MOST / 2);
	EXPECT_EQ(audit.missing + audit.duplicate, 0);
	EXPECT(!audit.ok);
}

/* The order in the head is not the list's. */
TEST(wrong_order)
{
	struct page *page;

	given_boot();
	page = large_block();
	page->word = PAGE_WORD(PG_BUDDY, MAX_PAGE_ORDER - 1, MIGRATE_MOVABLE, 0);
	EXPECT_AUDIT(0, MOST, 0, MOST);
}

/* An order that there is not: no shift by it, no walk beyond. */
TEST(impossible_order)
{
	static const u32 orders[] = {MAX_PAGE_ORDER + 1, 40, 63, 64, 200, 255};
	struct page *page;

	given_boot();
	page = large_block();
	for (u32 i = 0; i < ARRAY_SIZE(orders); i++) {
		page->word = PAGE_WORD(PG_BUDDY, orders[i], MIGRATE_MOVABLE, 0);
		EXPECT_AUDIT(0, MOST, 0, MOST);
	}
}

/* Another type than the list's: it would go back elsewhere. */
TEST(wrong_type)
{
	struct page *page;

	given_boot();
	page = large_block();
	page->word = PAGE_WORD(PG_BUDDY, MAX_PAGE_ORDER, MIGRATE_UNMOVABLE, 0);
	EXPECT_AUDIT(0, MOST, 0, MOST);
}

/* On a list, and its head says it is allocated. */
TEST(not_marked_free)
{
	struct page *page;

	given_boot();
	page = large_block();
	page->word = PAGE_WORD(PG_HEAD, MAX_PAGE_ORDER, MIGRATE_MOVABLE, 1);
	EXPECT_AUDIT(0, MOST, 0, MOST);
}

/* A list that runs in a circle: the audit does not. */
TEST(circle)
{
	struct page *page;

	given_boot();
	page = large_block();
	page->lru.next = &page->lru;
	EXPECT_STOP(audit_run(&audit), "does not hold");
}

/* Each of them ends a boot. */
TEST(stops_the_boot)
{
	given_virt(RAM * MIB);
	boot_to("handover");
	free_list_add(home_zone, pfn_to_page(PFN_DOWN(VIRT_IMAGE)), 0, MIGRATE_MOVABLE);
	EXPECT_STOP(boot_to("check"), "1 not RAM or owned");
}

TEST(zone_counts)
{
	given_virt(RAM * MIB);
	boot_to("handover");
	home_zone->managed_pages++;
	EXPECT_STOP(boot_to("check"), "does not hold");
	home_zone->managed_pages--;
	home_zone->present_pages++;
	EXPECT_STOP(boot_to("check"), "does not hold");
	home_zone->present_pages = home_zone->spanned_pages + 1;
	EXPECT_STOP(boot_to("check"), "does not hold");
}

/* A byte that has no owner, or two. */
TEST(ledger)
{
	given_virt(RAM * MIB);
	boot_to("handover");
	banks.ram += 1;
	EXPECT_STOP(boot_to("check"), "the ledger does not add up");
}
