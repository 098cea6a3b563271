/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hold_hotpluggable: banks that the tree calls hotpluggable wait until they are added.
 */
#include <string.h>

#include "hotplug_test.h"

/*
 *   |==== 0 ====|==== 1 ====|.... 2 ....|.... 3 ....|
 *     bank                   hotpluggable bank
 */
static void boot_with_hold(void)
{
	given_virt(2 * SECTION);
	given_bank(S(2), 2 * SECTION)->hotpluggable = true;
	machine.options.hold_hotpluggable = true;
	boot_to("check");
}

TEST(banks_wait)
{
	boot_with_hold();
	EXPECT_EQ(banks.nr, 1);
	EXPECT_EQ(dropped_bytes("hotpluggable"), 2 * SECTION);
	EXPECT_EQ(banks.ram, 4 * SECTION);
	EXPECT_EQ(warned_total(), 0);
	EXPECT_SOUND();
}

TEST(without_the_option_they_are_used)
{
	given_virt(2 * SECTION);
	given_bank(S(2), 2 * SECTION)->hotpluggable = true;
	boot_to("check");
	EXPECT_EQ(banks.nr, 2);
	EXPECT_EQ(dropped_bytes("hotpluggable"), 0);
}

TEST(the_bank_of_the_image_is_used)
{
	given_virt(2 * SECTION);
	machine.banks[0].hotpluggable = true;
	machine.options.hold_hotpluggable = true;
	boot_to("check");
	EXPECT_EQ(warned("hold-image"), 1);
	EXPECT_EQ(banks.nr, 1);
	EXPECT_EQ(dropped_bytes("hotpluggable"), 0);
	EXPECT_SOUND();
}

/* Added, used, and gone again: the bank table says why as it did at boot. */
TEST(whole_life)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	boot_with_hold();
	snapshot_take(&before);
	EXPECT_EQ(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_PLAIN), 0);
	EXPECT_EQ(memory_block_online(SECTION_NR(2), MMOP_ONLINE_KERNEL), 0);
	EXPECT_EQ(dropped_bytes("hotpluggable"), SECTION);
	EXPECT_SOUND();
	EXPECT_EQ(memory_block_offline(SECTION_NR(2)), 0);
	EXPECT_EQ(memory_block_remove(SECTION_NR(2)), 0);
	EXPECT_SAME(&before);
	EXPECT_EQ(dropped_bytes("hotpluggable"), 2 * SECTION);
}

/* mem= cuts what is left: each part keeps its own reason, also after it was added. */
TEST(both_reasons)
{
	struct snapshot before;

	NEEDS_SECTIONS();
	given_virt(2 * SECTION);
	given_bank(S(2), SECTION)->hotpluggable = true;
	given_mem(SECTION);
	machine.options.hold_hotpluggable = true;
	boot_to("check");
	EXPECT_EQ(dropped_bytes("mem="), SECTION);
	EXPECT_EQ(dropped_bytes("hotpluggable"), SECTION);
	snapshot_take(&before);
	EXPECT_EQ(add_memory(NUMA_NO_NODE, S(1), 2 * SECTION, ADD_PLAIN), 0);
	EXPECT_EQ(remove_memory(S(1), 2 * SECTION), 0);
	EXPECT_SAME(&before);
}

/*
 *   |==== 0 ====|==== 1 ====|.... 2 ....|....    no bank
 *     bank                   hotpluggable
 *           mem=  [==============================)   said apart: what waits, and what is none
 */
TEST(mem_names_what_waits)
{
	given_virt(2 * SECTION);
	given_bank(S(2), SECTION)->hotpluggable = true;
	given_mem(SECTION);
	given_mem_at(3 * SECTION, S(1));
	machine.options.hold_hotpluggable = true;
	boot_to("banks");
	EXPECT_EQ(warned("mem-held"), 1);
	EXPECT_EQ(warned("mem-outside"), 1);
	EXPECT_EQ(dropped_bytes("hotpluggable"), SECTION);
}

/* RAM that is not used for a defect is not there to be added. */
TEST(only_what_is_held_back)
{
	NEEDS_SECTIONS();
	boot_with_hold();
	for (u32 i = 0; i < banks.nr_dropped; i++)
		banks.dropped[i].why = DROP_PROBE_NO_RAM;
	EXPECT_FAILS(add_memory(NUMA_NO_NODE, S(2), SECTION, ADD_PLAIN), HOTPLUG_EINVAL,
		     "holds back");
}
