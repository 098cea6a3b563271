/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memtest=N: free memory is written and read back; a page that does not keep it is reserved as
 * badmem. C121. Bad memory is made of a broken address line: two addresses, one page.
 *
 *   address   M(32)      M(40)
 *                \       /
 *   memory        [page)          what M(32) was given, M(40) overwrites: M(32) is bad
 */
#include "arch/host/host.h"
#include "boot_fixture.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/memblock.h"
#include "mm/memtest.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

static enum owner owner_of(phys_addr_t pa)
{
	phys_addr_t end;

	return owner_at(pa, pa + PAGE_SIZE, &end);
}

static void run_memtest(u32 passes)
{
	machine.options.memtest = passes;
	given_virt(64 * MIB);
	boot_to("paging");
}

/* So many pages, in so many runs with a warning each. */
static void expect_bad_runs(u64 runs, u64 pages)
{
	struct ledger ledger;

	EXPECT_EQ(warned("badmem"), runs);
	EXPECT_EQ(memtest_figures.bad, pages);
	boot_to("check");
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_BADMEM], pages * PAGE_SIZE);
	EXPECT_SOUND();
}

static void expect_bad(u64 pages)
{
	expect_bad_runs(pages, pages);
}

TEST(good)
{
	run_memtest(1);
	boot_to("memtest");
	expect_bad(0);
}

/* One bad page: reserved, never given away; its neighbours are. */
TEST(one_bad_page)
{
	run_memtest(1);
	host_alias_page(M(32), M(40));
	boot_to("memtest");
	EXPECT(memblock_is_reserved(M(32)));
	EXPECT(!memblock_is_reserved(M(32) - PAGE_SIZE));
	EXPECT(!memblock_is_reserved(M(32) + PAGE_SIZE));
	EXPECT(!memblock_is_reserved(M(40)));
	EXPECT_EQ(owner_of(M(32)), OWN_BADMEM);
	EXPECT_EQ(owner_of(M(40)), OWN_FREE);
	expect_bad(1);
	EXPECT(page_has(pfn_to_page(PFN_DOWN(M(32))), PG_RESERVED));
	EXPECT(!page_has(pfn_to_page(PFN_DOWN(M(40))), PG_RESERVED));
	EXPECT(!free_pages(pfn_to_page(PFN_DOWN(M(32))), 0));
}

/* Found once, however often one looks; more passes than there are patterns. */
TEST(many_passes)
{
	run_memtest(14);
	host_alias_page(M(32), M(40));
	host_alias_page(M(33), M(41));
	boot_to("memtest");
	expect_bad(2);
}

/* A run of bad pages, side by side. */
TEST(bad_run)
{
	run_memtest(1);
	for (u64 i = 0; i < 8; i++)
		host_alias_page(M(32) + i * PAGE_SIZE, M(40) + i * PAGE_SIZE);
	boot_to("memtest");
	expect_bad_runs(1, 8);
	EXPECT_EQ(owner_of(M(32) + 7 * PAGE_SIZE), OWN_BADMEM);
	EXPECT_EQ(owner_of(M(32) + 8 * PAGE_SIZE), OWN_FREE);
}

/* The first and the last page of free memory. */
TEST(bad_at_the_edges)
{
	run_memtest(1);
	host_alias_page(BASE + VIRT_FIRMWARE, M(40));
	host_alias_page(M(41), M(64) - PAGE_SIZE);
	boot_to("memtest");
	/* Tables may lie in the first free page by now: then it is no free memory any more. */
	EXPECT_EQ(owner_of(M(41)), OWN_BADMEM);
	EXPECT(owner_of(BASE + VIRT_FIRMWARE) == OWN_BADMEM ||
	       owner_of(BASE + VIRT_FIRMWARE) == OWN_TABLES);
	boot_to("check");
	EXPECT_SOUND();
}

/* What is reserved is left alone: image, dtb, initrd keep their contents. */
TEST(leaves_what_is_taken)
{
	given_reserved(OWNER_INITRD, M(16), PAGE_SIZE, "initrd");
	run_memtest(2);
	memset(phys_to_virt(M(16)), 0x77, PAGE_SIZE);
	memset(phys_to_virt(VIRT_DTB), 0x55, PAGE_SIZE);
	boot_to("memtest");
	for (u64 i = 0; i < PAGE_SIZE; i++) {
		ASSERT_EQ(((u8 *)phys_to_virt(M(16)))[i], 0x77);
		ASSERT_EQ(((u8 *)phys_to_virt(VIRT_DTB))[i], 0x55);
	}
	expect_bad(0);
}

/* Not asked for: not a byte is written. */
TEST(not_asked_for)
{
	run_memtest(0);
	host_alias_page(M(32), M(40));
	memset(phys_to_virt(M(48)), 0x33, PAGE_SIZE);
	boot_to("memtest");
	EXPECT_EQ(*(u8 *)phys_to_virt(M(48)), 0x33);
	EXPECT_EQ(owner_of(M(32)), OWN_FREE);
	expect_bad(0);
}

/*
 *   more runs of bad pages than memblock's table has entries at first: a table that grows must not lie in
 *   memory that is tested, where the next pattern would be written over it
 */
TEST(many_runs_and_patterns)
{
	const u64 runs = 150;

	run_memtest(3);
	for (u64 i = 0; i < runs; i++)
		host_alias_page(M(16) + 4 * i * PAGE_SIZE, M(16) + (4 * i + 1) * PAGE_SIZE);
	boot_to("memtest");
	for (u64 i = 0; i < runs; i++) {
		ASSERT_EQ(owner_of(M(16) + 4 * i * PAGE_SIZE), OWN_BADMEM);
		ASSERT_EQ(owner_of(M(16) + (4 * i + 1) * PAGE_SIZE), OWN_FREE);
	}
	expect_bad(runs);
}

/*
 *   address   M(20)  M(32)  M(48)
 *                \      |     /
 *   memory          [page)           one of the three can be used
 */
TEST(three_addresses_of_a_page)
{
	run_memtest(2);
	host_alias_page(M(20), M(48));
	host_alias_page(M(32), M(48));
	boot_to("memtest");
	EXPECT_EQ(owner_of(M(20)), OWN_BADMEM);
	EXPECT_EQ(owner_of(M(32)), OWN_BADMEM);
	EXPECT_EQ(owner_of(M(48)), OWN_FREE);
	expect_bad(2);
}
