/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memtest=N on several harts, which are threads here: the same pages are found whoever tests them, and
 * what each has done adds up. Bad memory is a page that two addresses reach (test_memtest.c).
 */
#include <string.h>

#include "arch/host/host.h"
#include "boot_fixture.h"
#include "harts.h"
#include "lib/trace.h"
#include "mm/memblock.h"
#include "mm/memtest.h"
#include "mm/percpu.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

#define PATTERN 0x5555555555555555UL

static enum owner owner_of(phys_addr_t pa)
{
	phys_addr_t end;

	return owner_at(pa, pa + PAGE_SIZE, &end);
}

static void given_machine(u32 nr, u32 passes, u64 ram)
{
	machine.options.memtest = passes;
	given_virt(ram);
	for (u32 i = 0; i < nr; i++)
		given_hart(i, NUMA_NO_NODE);
	boot_to("percpu");
}

/*
 * A bad page in every piece of 2 MiB, so that every hart that takes one finds some; and pairs far apart,
 * which are written by different harts: always the lower one is bad.
 *
 *   M(16)      M(18)           M(40)                            M(56)
 *   [bad).....  [bad).......    [ low half of pairs .. )          [ high half ... )
 */
static void find_all(u32 nr)
{
	u64 sum = 0;

	given_machine(nr, 3, 64 * MIB);
	for (u64 m = 16; m < 40; m += 2)
		host_alias_page(M(m), M(m) + PAGE_SIZE);
	for (u64 i = 0; i < 64; i++)
		host_alias_page(M(40) + 2 * i * PAGE_SIZE, M(56) + 2 * i * PAGE_SIZE);
	boot_to("memtest");
	EXPECT_EQ(harts_up(), nr);
	for (u64 m = 16; m < 40; m += 2) {
		EXPECT_EQ(owner_of(M(m)), OWN_BADMEM);
		EXPECT_EQ(owner_of(M(m) + PAGE_SIZE), OWN_FREE);
	}
	for (u64 i = 0; i < 64; i++) {
		EXPECT_EQ(owner_of(M(40) + 2 * i * PAGE_SIZE), OWN_BADMEM);
		EXPECT_EQ(owner_of(M(56) + 2 * i * PAGE_SIZE), OWN_FREE);
	}
	EXPECT_EQ(memtest_figures.bad, 12 + 64);
	EXPECT_EQ(warned("badmem"), 12 + 64);
	for (u32 i = 0; i < nr; i++)
		sum += harts[i]->all.units;
	EXPECT_EQ(sum, 2 * 3 * memtest_figures.bytes / PAGE_SIZE);
	boot_to("harts");
	EXPECT_EQ(harts_up(), nr);
	EXPECT_SOUND();
}

TEST(one_hart)
{
	find_all(1);
}

TEST(two_harts)
{
	find_all(2);
}

TEST(eight_harts)
{
	find_all(8);
}

/* Not asked for: nobody is started before his time. */
TEST(not_asked_for)
{
	given_machine(4, 0, 64 * MIB);
	boot_to("memtest");
	EXPECT_EQ(harts_up(), 1);
	EXPECT_EQ(memtest_figures.passes, 0);
	boot_to("harts");
	EXPECT_EQ(harts_up(), 4);
}

TEST(maxcpus_1)
{
	machine.options.max_harts = 1;
	given_machine(4, 1, 64 * MIB);
	boot_to("memtest");
	EXPECT_EQ(harts_up(), 1);
	EXPECT_EQ(harts[0]->works, 2);
	EXPECT_EQ(harts[0]->all.units, 2 * memtest_figures.bytes / PAGE_SIZE);
	boot_to("check");
	EXPECT_SOUND();
}

/* A person sees that it moves; a small machine is not worth a line. */
static u32 lines_of_progress(u64 ram)
{
	const char *text;
	u32 lines = 0;

	given_machine(2, 1, ram);
	unit_output_begin();
	boot_to("memtest");
	text = unit_output_end();
	EXPECT(strstr(text, "pass 1 of 1, pattern 0x0000000000000000, "));
	EXPECT(strstr(text, "0 bad pages"));
	while ((text = strstr(text, "pass 1: ")) != NULL) {
		text++;
		lines++;
	}
	return lines;
}

TEST(progress_of_a_small_machine)
{
	EXPECT_EQ(lines_of_progress(64 * MIB), 0);
}

TEST(progress)
{
	EXPECT_EQ(lines_of_progress(520 * MIB), 3);
}

/* What the harts did is in the call tree, below the stage. */
TEST(trace)
{
	const struct trace_node *node;
	u64 units = 0;
	u64 chunks = 0;
	u32 harts_seen = 0;

	given_machine(4, 1, 64 * MIB);
	boot_to("memtest");
	for (node = trace_root(TRACE_BOOT); node; node = trace_next(node))
		if (node->function && strcmp(node->function, "memtest_write") == 0)
			break;
	ASSERT(node);
	EXPECT_TEXT(node->parent->function, "memtest");
	for (const struct trace_node *hart = node->first_child; hart; hart = hart->next) {
		EXPECT_TEXT(hart->function, "hart");
		EXPECT_EQ(hart->first[1], hart->last[1]);
		units += hart->last[1];
		chunks += hart->calls;
		harts_seen++;
	}
	EXPECT_EQ(units, memtest_figures.bytes / PAGE_SIZE);
	EXPECT_EQ(chunks, node->calls);
	EXPECT_LE(1, harts_seen);
	EXPECT_LE(harts_seen, 4);
}

/* --- who is to blame (memtest_judge.c) --- */

static void given_tested(void)
{
	given_machine(1, 1, 64 * MIB);
	boot_to("memtest");
	EXPECT_EQ(memtest_figures.bad, 0);
}

static void suspect(phys_addr_t page, phys_addr_t shows)
{
	const struct memtest_word word = {page + 0x18, (shows + 0x18) ^ PATTERN};

	memtest_suspect(page, PATTERN, &word);
}

/* It failed once and does not fail again: it is bad. */
TEST(failed_once)
{
	const struct memtest_word word = {M(20) + 0x40, 0};

	given_tested();
	memtest_suspect(M(20), PATTERN, &word);
	EXPECT_EQ(memtest_judge(PATTERN), 1);
	EXPECT(memblock_is_reserved(M(20)));
	EXPECT(!memblock_is_reserved(M(20) + PAGE_SIZE));
	EXPECT_EQ(memtest_judge(PATTERN), 0);
}

/* A flipped bit looks like another page's word, but that page is good: it is not blamed. */
TEST(a_bit_that_looks_like_an_address)
{
	given_tested();
	suspect(M(20), M(20) ^ (1UL << 23));
	EXPECT_EQ(memtest_judge(PATTERN), 1);
	EXPECT(memblock_is_reserved(M(20)));
	EXPECT(!memblock_is_reserved(M(20) ^ (1UL << 23)));
}

/* The upper address was found, because the lower one was written last: the lower one is bad. */
TEST(the_lower_one_is_bad)
{
	given_tested();
	host_alias_page(M(20), M(28));
	suspect(M(28), M(20));
	EXPECT_EQ(memtest_judge(PATTERN), 1);
	EXPECT(memblock_is_reserved(M(20)));
	EXPECT(!memblock_is_reserved(M(28)));
}

/* In any order, pages side by side are one run: one warning, one reservation. */
TEST(a_run_in_any_order)
{
	static const u64 order[] = {3, 1, 5, 0, 4, 2};
	u32 before;

	given_tested();
	before = reservations.nr;
	for (u64 i = 0; i < ARRAY_SIZE(order); i++)
		suspect(M(20) + order[i] * PAGE_SIZE, M(20) + order[i] * PAGE_SIZE);
	EXPECT_EQ(memtest_judge(PATTERN), 6);
	EXPECT_EQ(reservations.nr, before + 1);
	EXPECT_EQ(warned("badmem"), 1);
	EXPECT_EQ(owner_of(M(20) + 5 * PAGE_SIZE), OWN_BADMEM);
	EXPECT_EQ(owner_of(M(20) + 6 * PAGE_SIZE), OWN_FREE);
}

/* One more than can be noted: the memory must be replaced. */
TEST(too_many)
{
	given_tested();
	for (u64 i = 0; i < 513; i++)
		suspect(M(16) + 2 * i * PAGE_SIZE, M(16) + 2 * i * PAGE_SIZE);
	EXPECT_STOP(memtest_judge(PATTERN), "more than 512 ranges of bad memory");
}

TEST(as_many_as_can_be_noted)
{
	given_tested();
	for (u64 i = 512; i-- > 0;)
		suspect(M(16) + 2 * i * PAGE_SIZE, M(16) + 2 * i * PAGE_SIZE);
	EXPECT_EQ(memtest_judge(PATTERN), 512);
	for (u64 i = 0; i < 40; i++)
		suspect(M(40) + 2 * i * PAGE_SIZE, M(40) + 2 * i * PAGE_SIZE);
	EXPECT_STOP(memtest_judge(PATTERN), "more bad memory than can be noted");
}
