/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory is added, online, offline and removed while other harts (threads here) allocate and free. The
 * self-test itself stops when the machine is not what it was; here it runs on several machines.
 */
#include "hotplug_test.h"

#include <stdio.h>
#include <string.h>

#include "harts.h"
#include "mm/hugetlb.h"
#include "mm/selftest.h"

#define STORMS 1

static void given_harts(u32 nr, u32 nodes)
{
	for (u32 i = 0; i < nr; i++)
		given_hart(i, nodes ? i % nodes : NUMA_NO_NODE);
}

static void run_storms(u32 up)
{
	boot_to("harts");
	log_set_level(LOG_WARN + 1);
	ASSERT_EQ(harts_up(), up);
	for (u32 i = 0; i < STORMS; i++) {
		selftest_hotplug_run();
		EXPECT_SOUND();
	}
	EXPECT_EQ(warned_total(), 0);
}

TEST(one_hart)
{
	given_virt(6 * SECTION);
	given_mem(2 * SECTION);
	run_storms(1);
}

TEST(four_harts)
{
	given_virt(6 * SECTION);
	given_mem(2 * SECTION);
	given_harts(4, 0);
	run_storms(4);
}

/* Hardly any memory of the boot: what is added is full at once, and moving finds little room. */
TEST(four_harts_and_little_memory)
{
	given_virt(3 * SECTION);
	given_mem(64 * MIB);
	given_harts(4, 0);
	run_storms(4);
}

/* Memory of a node that does not exist yet: it appears and goes while harts look through the zones. */
TEST(new_node)
{
	NEEDS_SECTIONS();
	given_node_bank(0, BASE, 2 * SECTION);
	given_node_bank(1, S(2), 3 * SECTION);
	given_reserved(OWNER_FIRMWARE, VIRT_BASE, VIRT_FIRMWARE, "firmware");
	given_mem(2 * SECTION);
	given_harts(4, 2);
	run_storms(4);
}

/* Half a section is there already: pieces in the hole of an early one, too. */
TEST(early_hole)
{
	given_virt(4 * SECTION);
	given_mem(SECTION + SECTION / 2);
	given_harts(3, 0);
	run_storms(3);
}
