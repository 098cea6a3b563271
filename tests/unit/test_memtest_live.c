/* SPDX-License-Identifier: BSD-2-Clause */
/* mm/memtest_live.h: good memory comes back as it was, bad pages stay out. */
#include <string.h>

#include "arch/host/host.h"
#include "boot_fixture.h"
#include "mm/buddy.h"
#include "mm/check.h"
#include "mm/memtest_live.h"
#include "monitor/why.h"

static u64 free_now(void)
{
	struct audit audit;

	audit_run(&audit);
	EXPECT(audit.ok);
	return audit.free;
}

TEST(good_memory_comes_back)
{
	struct memtest_live result;
	u64 before;

	given_virt(64 * MIB);
	boot_to("check");
	before = free_now();
	memtest_live(~0UL, 2, NULL, &result);
	EXPECT_EQ(result.pages, before);
	EXPECT_EQ(result.bad, 0);
	EXPECT_EQ(free_now(), before);
	EXPECT_SOUND();
}

TEST(no_more_than_asked)
{
	struct memtest_live result;

	given_virt(64 * MIB);
	boot_to("check");
	memtest_live(5 * MIB + 4 * KIB, 1, NULL, &result);
	EXPECT_EQ(result.pages, (5 * MIB + 4 * KIB) / PAGE_SIZE);
	memtest_live(PAGE_SIZE - 1, 1, NULL, &result);
	EXPECT_EQ(result.pages, 0);
	EXPECT_SOUND();
}

static u64 last_done, last_all;

static void note_progress(u64 done, u64 all)
{
	EXPECT_LE(last_done, done);
	EXPECT_LE(done, all);
	last_done = done;
	last_all = all;
}

TEST(progress_reaches_the_end)
{
	struct memtest_live result;

	given_virt(64 * MIB);
	boot_to("check");
	memtest_live(~0UL, 2, note_progress, &result);
	EXPECT_EQ(last_done, last_all);
	EXPECT_LE(1, last_all);
}

/*
 *   0x83000000  is the same cells as 0x83001000: both fail, since all is written before it is read
 */
TEST(bad_pages_stay_out)
{
	const phys_addr_t bad = VIRT_BASE + 48 * MIB;
	struct memtest_live result;
	struct audit audit;
	u64 before;

	given_virt(64 * MIB);
	boot_to("check");
	before = free_now();
	host_alias_page(bad, bad + PAGE_SIZE);
	memtest_live(~0UL, 1, NULL, &result);
	EXPECT_LE(1, result.bad);
	EXPECT_EQ(result.first_bad, bad);
	EXPECT_EQ(warned("badmem"), result.bad);
	audit_run(&audit);
	EXPECT(audit.ok);
	EXPECT_EQ(audit.free, before - result.bad);
	unit_output_begin();
	why_show(PFN_DOWN(bad));
	EXPECT(strstr(unit_output_end(), "memtest found that it does not keep what is written"));
	EXPECT(!free_pages(pfn_to_page(PFN_DOWN(bad)), 0));
	/* Once more: what stayed out is not taken again. */
	memtest_live(~0UL, 1, NULL, &result);
	EXPECT_EQ(result.bad, 0);
	EXPECT_EQ(result.pages, audit.free);
	EXPECT_SOUND();
}

TEST(split_page)
{
	struct page *page;
	u64 before;

	given_virt(64 * MIB);
	boot_to("check");
	before = free_now();
	page = alloc_pages(3);
	ASSERT(page);
	buddy_split_page(page, 3);
	EXPECT(!free_pages(page, 3));
	for (u64 i = 0; i < 8; i++)
		EXPECT(free_pages(page + i, 0));
	EXPECT_EQ(free_now(), before);
}
