/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All harts allocate and free at once: harts are threads. The self-test stops on a page that two of them
 * have and on one that is lost; here it runs on machines small enough that memory runs out again and
 * again, so that the harts ask each other for what lies in their caches.
 */
#include "boot_fixture.h"
#include "harts.h"
#include "mm/selftest.h"

#define BASE   VIRT_BASE
#define STORMS 40 /* a missing lock shows itself in one of some ten, with two processors */

static void given_harts(u32 nr, u32 nodes)
{
	for (u32 i = 0; i < nr; i++)
		given_hart(i, nodes ? i % nodes : NUMA_NO_NODE);
}

static void run_storm(u32 up)
{
	boot_to("harts");
	ASSERT_EQ(harts_up(), up);
	for (u32 i = 0; i < STORMS; i++)
		selftest_smp_run();
	EXPECT_SOUND();
	EXPECT_EQ(warned_total(), 0);
}

TEST(one_hart)
{
	given_virt(64 * MIB);
	run_storm(1);
}

TEST(four_harts)
{
	given_virt(64 * MIB);
	given_harts(4, 0);
	run_storm(4);
}

/* Hardly more than the kernel itself: most allocations find nothing. */
TEST(four_harts_and_no_memory)
{
	given_virt(16 * MIB);
	given_harts(4, 0);
	run_storm(4);
}

/* Each allocates near itself first, and frees what came from elsewhere. */
TEST(two_nodes)
{
	if (is_model("flat"))
		return;
	given_virt(64 * MIB);
	machine.banks[0].nid = 0;
	given_node_bank(1, BASE + 64 * MIB, 24 * MIB + PAGE_SIZE);
	given_harts(4, 2);
	run_storm(4);
}

/* Who finds nothing makes struct pages, one at a time. */
TEST(on_demand)
{
	given_virt(128 * MIB);
	given_harts(4, 0);
	machine.options.deferred = DEFERRED_DEMAND;
	run_storm(4);
}
