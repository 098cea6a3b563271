/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What free_pages() refuses: each wrong free is one line that names both call sites, and changes
 * nothing. C148, C149.
 */
#include <stdio.h>

#include "buddy_test.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

static struct census before;

static void given_buddy(void)
{
	given_virt(BUDDY_RAM);
	boot_to("check");
	census_take(&before);
}

/* Two places that free, so that their addresses differ. */
static __attribute__((noinline)) bool free_here(struct page *page, u32 order)
{
	bool ok = free_pages(page, order);

	__asm__ volatile("" ::: "memory"); /* no tail call: the site must be in this function */
	return ok;
}

static __attribute__((noinline)) bool free_there(struct page *page, u32 order)
{
	bool ok = free_pages(page, order);

	__asm__ volatile("" ::: "memory");
	return ok;
}

static u64 text_address(const char *text, const char *before_it)
{
	const char *at = strstr(text, before_it);
	u64 value = 0;

	if (at)
		(void)sscanf(at + strlen(before_it), "0x%lx", &value);
	return value;
}

static bool is_inside(u64 site, bool (*function)(struct page *page, u32 order))
{
	return site > (u64)function && site < (u64)function + 512;
}

/* A free of order by free_there is refused for that reason; page and lists stay as they are. */
static void expect_refused(const char *file, int line, struct page *page, u32 order,
			   const char *why)
{
	const struct page copy = *page;
	u32 warnings = warned("bad-free");
	const char *said;
	bool done;

	unit_output_begin();
	done = free_there(page, order);
	said = unit_output_end();
	unit_check(!done, false, file, line, "was not refused");
	unit_check(warned("bad-free") == warnings + 1, false, file, line, "no line about it");
	unit_check(strstr(said, why) != NULL, false, file, line, "no \"%s\" in %s", why, said);
	unit_check(is_inside(text_address(said, " from "), free_there), false, file, line,
		   "the site is not named: %s", said);
	unit_check(memcmp(&copy, page, sizeof(copy)) == 0, false, file, line,
		   "the page has changed");
}
#define EXPECT_REFUSED(...) expect_refused(__FILE__, __LINE__, __VA_ARGS__)

/* C148. Every order: the second free is refused, and names the first. */
TEST(double_free)
{
	given_buddy();
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		struct page *page = alloc_pages(order);
		u64 free;

		ASSERT(page);
		ASSERT(free_here(page, order));
		EXPECT(is_inside(page->free_site, free_here));
		free = nr_free_pages();
		/* On the hot list, head of a free block, or merged into a larger one. */
		EXPECT_REFUSED(page, order, "it ");
		EXPECT_EQ(nr_free_pages(), free);
	}
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

TEST(names_both_sites)
{
	struct page *page;
	const char *said;

	given_buddy();
	page = alloc_pages(0);
	ASSERT(free_here(page, 0));
	unit_output_begin();
	EXPECT(!free_there(page, 0));
	said = unit_output_end();
	EXPECT(strstr(said, "it is free already") != NULL);
	EXPECT(is_inside(text_address(said, "order 0 from "), free_there));
	EXPECT(is_inside(text_address(said, "last freed from "), free_here));
	EXPECT_EQ(text_address(said, "allocated with order 0 from "), page->alloc_site);
	EXPECT_EQ(text_address(said, "free of pfn "), page_to_pfn(page));
}

/* After a drain it is part of a large free block, not its head. */
TEST(double_free_after_merge)
{
	struct page *page, *other;

	given_buddy();
	other = alloc_pages(0);
	page = alloc_pages(0);
	if (page_to_pfn(page) % 2 == 0) {
		struct page *swap = page;

		page = other;
		other = swap;
	}
	ASSERT(free_here(other, 0));
	ASSERT(free_here(page, 0));
	buddy_drain();
	if (!page_has(page, PG_BUDDY))
		EXPECT_REFUSED(page, 0, "it was freed before, alone or inside a larger block");
	EXPECT_SAME_BLOCKS(&before);
}

/* C149. What was allocated, but not like this. */
TEST(wrong_order)
{
	struct page *page;

	given_buddy();
	page = alloc_pages(3);
	EXPECT_REFUSED(page, 2, "it was allocated with another order");
	EXPECT_REFUSED(page, 4, "it was allocated with another order");
	EXPECT_REFUSED(page, 0, "it was allocated with another order");
	EXPECT_REFUSED(page, MAX_PAGE_ORDER + 1, "it was allocated with another order");
	EXPECT_REFUSED(page, 200, "it was allocated with another order");
	EXPECT(free_here(page, 3));
	/* An order that would run over into the next field of the word. */
	page = alloc_pages(0);
	EXPECT_REFUSED(page, 256, "it was allocated with another order");
	EXPECT(free_here(page, 0));
	EXPECT_SAME_BLOCKS(&before);
}

TEST(tail)
{
	struct page *page;

	given_buddy();
	page = alloc_pages(3);
	for (u32 i = 1; i < 8; i++)
		EXPECT_REFUSED(page + i, 0, "it is not the head of an allocated block");
	EXPECT_REFUSED(page + 4, 2, "it is not the head of an allocated block");
	EXPECT(free_here(page, 3));
	EXPECT_SAME_BLOCKS(&before);
}

/* Still in use by somebody else. */
TEST(referenced)
{
	struct page *page;

	given_buddy();
	page = alloc_pages(1);
	page->word = PAGE_WORD(PG_HEAD, 1, MIGRATE_MOVABLE, 2);
	EXPECT_REFUSED(page, 1, "it is still referenced");
	page->word = PAGE_WORD(PG_HEAD, 1, MIGRATE_MOVABLE, 1);
	EXPECT(free_here(page, 1));
	EXPECT_SAME_BLOCKS(&before);
}

/* Reserved RAM: image, firmware, dtb, struct pages. */
TEST(reserved)
{
	struct arch_image image;

	given_buddy();
	image = arch_handoff()->image;
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(image.text)), 0,
		       "it is reserved and was never allocated");
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(BASE)), 0, "it is reserved and was never allocated");
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(BASE)), 7, "it is reserved and was never allocated");
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(VIRT_DTB)), 0,
		       "it is reserved and was never allocated");
	EXPECT_SOUND();
}

/* A hole has a struct page, and that is all it has. */
TEST(hole)
{
	given_virt(62 * MIB);
	boot_to("check");
	if (!pfn_valid(PFN_DOWN(M(62))))
		return;
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(M(62))), 0, "it is a hole, not RAM");
	EXPECT_REFUSED(pfn_to_page(PFN_DOWN(M(62))), 9, "it is a hole, not RAM");
	EXPECT_SOUND();
}

/* Free, and never allocated: head and inside of a block on the lists. */
TEST(never_allocated)
{
	struct page *page;

	given_buddy();
	page = container_of(home_zone->free_area[MAX_PAGE_ORDER].free_list[MIGRATE_MOVABLE].next,
			    struct page, lru);
	EXPECT_REFUSED(page, MAX_PAGE_ORDER, "it is free already");
	EXPECT_REFUSED(page, 0, "it is free already");
	EXPECT_REFUSED(page + 1, 0, "it is not the head of an allocated block");
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}
