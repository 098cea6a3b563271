/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Harts that come up, those that do not, and the work that is given to them. A hart is a thread; ids are
 * any numbers, indices are ours.
 */
#include <string.h>

#include "arch/host/host.h"
#include "boot_fixture.h"
#include "harts.h"
#include "mm/memblock.h"
#include "mm/percpu.h"
#include "mm/selftest.h"
#include "monitor/command.h"

#define RAM (64 * MIB)

static void given_harts(u32 nr)
{
	given_virt(RAM);
	for (u32 i = 0; i < nr; i++)
		given_hart(i, NUMA_NO_NODE);
}

static const char *said(const char *line)
{
	char copy[64];

	format_text(copy, sizeof(copy), "%s", line);
	unit_output_begin();
	command_run(copy);
	return unit_output_end();
}

static void count(u64 start, u64 end, void *arg)
{
	__atomic_add_fetch((u64 *)arg, end - start, __ATOMIC_RELAXED);
}

/* All of a range is done, by whoever; what each did adds up. */
static void expect_work_is_done(void)
{
	struct harts_share share;
	u64 sum = 0;
	u64 shares = 0;
	struct harts_work work = {
		.name = "count", .start = 1000, .end = 5001, .chunk = 7, .run = count, .arg = &sum};

	harts_run(&work);
	EXPECT_EQ(sum, 4001);
	for (u32 i = 0; harts_share(i, &share); i++)
		shares += share.units;
	EXPECT_EQ(shares, 4001);
}

TEST(all_come_up)
{
	given_harts(4);
	boot_to("harts");
	EXPECT_EQ(harts_up(), 4);
	expect_work_is_done();
	EXPECT_EQ(warned_total(), 0);
}

static u32 seen;

static void be_there(void *arg)
{
	(void)arg;
	__atomic_add_fetch(&seen, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&seen, __ATOMIC_RELAXED) < harts_up())
		arch_relax();
}

/* Each hart once, at the same time: none gets on before all are there. */
TEST(each_once)
{
	given_harts(8);
	boot_to("harts");
	harts_each("be_there", be_there, NULL);
	EXPECT_EQ(seen, 8);
	for (u32 i = 0; i < 8; i++) {
		EXPECT_EQ(harts[i]->works, 1);
		EXPECT_EQ(harts[i]->all.chunks, 1);
		EXPECT_TEXT(harts[i]->last_work, "be_there");
	}
}

/*
 *   hart 0  boot      1  up      2  deaf      3  up         named, and the boot goes on with the others
 */
TEST(late)
{
	const char *text;

	given_harts(4);
	host_deaf_hart(2);
	boot_to("harts");
	EXPECT_EQ(harts_up(), 3);
	EXPECT_EQ(warned("hart-late"), 1);
	EXPECT_TEXT(hart_state_name(harts[2]), "late");
	expect_work_is_done();
	selftest_smp_run();
	EXPECT_SOUND();
	text = said("harts");
	EXPECT(strstr(text, "3 of 4 harts take work"));
	EXPECT(strstr(text, "hart 2 is not used: it was started and did not come up in time\n"));
}

/* It comes after all: it has been given up, sleeps, and is in nobody's way. */
TEST(too_late)
{
	given_harts(4);
	host_deaf_hart(2);
	boot_to("harts");
	ASSERT(host_deaf_hart_comes());
	for (u32 i = 0; i < 50; i++)
		expect_work_is_done();
	EXPECT_EQ(harts_up(), 3);
	EXPECT_EQ(harts[2]->works, 0);
	selftest_smp_run();
	EXPECT_SOUND();
}

/* The one that is wanted early is late: what wanted it is done by the others. */
TEST(late_for_memtest_and_deferred)
{
	given_harts(4);
	host_deaf_hart(3);
	machine.options.memtest = 1;
	machine.options.deferred = DEFERRED_ON;
	boot_to("harts");
	EXPECT_EQ(harts_up(), 3);
	EXPECT_EQ(warned("hart-late"), 1);
	EXPECT_SOUND();
}

/* Nobody comes: the boot hart alone does everything. */
TEST(late_and_alone)
{
	given_harts(2);
	host_deaf_hart(1);
	boot_to("harts");
	EXPECT_EQ(harts_up(), 1);
	expect_work_is_done();
	harts_fence();
	EXPECT_SOUND();
}

/* C155: ids with holes, beyond 32 bits, in no order; the boot hart is one in the middle. */
TEST(sparse_ids)
{
	static const u64 ids[] = {0x40, 7, 0x123456789a, 5, 0xffffffffffff};
	const char *text;

	given_virt(RAM);
	for (u32 i = 0; i < ARRAY_SIZE(ids); i++)
		given_hart(ids[i], NUMA_NO_NODE);
	boot_to("memblock");
	host_set_hart(7);
	boot_to("harts");
	EXPECT_EQ(harts_up(), 5);
	EXPECT_EQ(harts[0]->arch.id, 7);
	EXPECT_EQ(harts[1]->arch.id, 0x40);
	EXPECT_EQ(harts[2]->arch.id, 0x123456789a);
	EXPECT_EQ(harts[4]->arch.id, 0xffffffffffff);
	for (u32 i = 0; i < 5; i++)
		EXPECT_EQ(harts[i]->arch.index, i);
	expect_work_is_done();
	selftest_smp_run();
	EXPECT_SOUND();
	text = said("harts");
	EXPECT(strstr(text, "\n  0     7     0  boot "));
	EXPECT(strstr(text, "\n  1    64     0  up "));
	EXPECT(strstr(text, "5 of 5 harts take work"));
}

/* Why a hart of the tree is not used, one line each. */
TEST(reasons)
{
	const char *text;

	given_harts(4);
	machine.harts[1].why = "its status is not okay";
	machine.options.max_harts = 2;
	boot_to("harts");
	text = said("harts");
	EXPECT(strstr(text, "2 of 4 harts take work"));
	EXPECT(strstr(text, "hart 1 is not used: its status is not okay\n"));
	EXPECT(strstr(text, "hart 3 is not used: maxcpus= allows no more\n"));
	EXPECT(!strstr(text, "hart 2 is not used"));
}

/*
 * No page for the table of the first hart's stacks: it is not used, and what was allocated for it is free
 * again. The next one finds a page.
 */
TEST(no_table_for_a_stack)
{
	struct ledger ledger;
	const char *text;

	given_harts(3);
	boot_to("paging");
	memblock_set_fail_alloc(2);
	boot_to("harts");
	EXPECT_EQ(warned("hart-memory"), 1);
	EXPECT_EQ(harts_up(), 2);
	ledger_make(&ledger);
	EXPECT_EQ(ledger.bytes[OWN_HARTS], range_size(percpu_block(harts[1])));
	EXPECT_SOUND();
	text = said("harts");
	EXPECT(strstr(text, "hart 1 is not used: there was no memory for its data and stacks\n"));
}

/* A hart at rest has no pages in its lists; the boot hart's are counted. */
TEST(pages_in_lists)
{
	given_harts(2);
	boot_to("harts");
	selftest_smp_run();
	EXPECT(strstr(said("harts"), "\n  1     1     0  up        started "));
	for (u32 i = 0; i < ARRAY_SIZE(harts[1]->cache); i++)
		EXPECT_EQ(page_cache_count(&harts[1]->cache[i]), 0);
}
