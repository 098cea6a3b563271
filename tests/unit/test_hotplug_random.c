/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Storms of random changes against an oracle: a byte for each subsection that says what it should be.
 * Every step is right or refused as the oracle says, the machine is sound after it, and when all is
 * removed nothing is left.
 */
#include "hotplug_test.h"

#include <string.h>

#define PER_SECTION  (SECTION / SUBSECTION)
#define MAX_SECTIONS 6
#define MAX_BITS     (MAX_SECTIONS * 512)
#define STEPS        150

enum oracle_state { RAM, ABSENT, OFFLINE, KERNEL, MOVABLE };

static u8 oracle[MAX_BITS]; /* by subsection from BASE on */
static u64 nr_bits;
static u64 seed;

static u64 below(u64 n)
{
	return unit_random(&seed) % n;
}

static bool all_are(u64 first, u64 nr, enum oracle_state a, enum oracle_state b)
{
	for (u64 i = first; i < first + nr; i++)
		if (i >= nr_bits || (oracle[i] != a && oracle[i] != b))
			return false;
	return true;
}

static void set(u64 first, u64 nr, enum oracle_state state)
{
	memset(oracle + first, state, nr);
}

/* Half of the time whole sections, otherwise any run that stays near one. */
static void choose(u64 *first, u64 *nr)
{
	if (below(2) == 0) {
		*first = below(nr_bits / PER_SECTION) * PER_SECTION;
		*nr = PER_SECTION;
		return;
	}
	*first = below(nr_bits);
	*nr = 1 + below(below(4) == 0 ? PER_SECTION : 4);
	if (*first + *nr > nr_bits)
		*nr = nr_bits - *first;
}

static bool has_altmap(u64 first, u64 nr)
{
	for (u64 bit = first; bit < first + nr; bit++) {
		struct block_info info;

		if (memory_block_info(SECTION_NR(bit / PER_SECTION), &info) &&
		    info.phys_index == SECTION_NR(bit / PER_SECTION) && info.altmap > 0)
			return true;
	}
	return false;
}

static void step(void)
{
	static const enum add_flags kinds[] = {ADD_PLAIN, ADD_BASE_PAGES, ADD_ALTMAP};
	u64 first, nr;
	int result;

	choose(&first, &nr);
	switch (below(4)) {
	case 0: {
		enum add_flags flags = kinds[below(3)];
		bool allowed = all_are(first, nr, ABSENT, ABSENT) &&
			       (flags != ADD_ALTMAP ||
				(first % PER_SECTION == 0 && nr % PER_SECTION == 0));

		result =
			add_memory(NUMA_NO_NODE, BASE + first * SUBSECTION, nr * SUBSECTION, flags);
		unit_note("add %lu+%lu flags %u: %s", first, nr, flags, hotplug_error_name(result));
		EXPECT_EQ(result == 0, allowed);
		if (result == 0)
			set(first, nr, OFFLINE);
		break;
	}
	case 1: {
		enum online_type type = below(2) ? MMOP_ONLINE_MOVABLE : MMOP_ONLINE_KERNEL;

		result = online_pages(PFN_DOWN(BASE) + first * PAGES_PER_SUBSECTION,
				      nr * PAGES_PER_SUBSECTION, type);
		unit_note("online %lu+%lu: %s", first, nr, hotplug_error_name(result));
		EXPECT_EQ(result == 0, all_are(first, nr, OFFLINE, OFFLINE));
		if (result == 0)
			set(first, nr, type == MMOP_ONLINE_MOVABLE ? MOVABLE : KERNEL);
		break;
	}
	case 2:
		result = offline_pages(PFN_DOWN(BASE) + first * PAGES_PER_SUBSECTION,
				       nr * PAGES_PER_SUBSECTION);
		unit_note("offline %lu+%lu: %s", first, nr, hotplug_error_name(result));
		/* Struct pages and tables of what was added later may lie in it: then EBUSY is right. */
		if (!all_are(first, nr, KERNEL, MOVABLE))
			EXPECT(result != 0 || all_are(first, nr, RAM, RAM));
		else if (all_are(first, nr, MOVABLE, MOVABLE))
			EXPECT_EQ(result, 0);
		else
			EXPECT(result == 0 || result == HOTPLUG_EBUSY);
		if (result == 0 && oracle[first] == RAM) /* of the boot: put back */
			ASSERT_EQ(online_pages(PFN_DOWN(BASE) + first * PAGES_PER_SUBSECTION,
					       nr * PAGES_PER_SUBSECTION, MMOP_ONLINE_KERNEL),
				  0);
		else if (result == 0)
			set(first, nr, OFFLINE);
		break;
	default: {
		bool whole = first % PER_SECTION == 0 && nr % PER_SECTION == 0;
		bool altmap = has_altmap(first, nr);

		result = remove_memory(BASE + first * SUBSECTION, nr * SUBSECTION);
		unit_note("remove %lu+%lu: %s", first, nr, hotplug_error_name(result));
		EXPECT_EQ(result == 0, all_are(first, nr, OFFLINE, OFFLINE) && (whole || !altmap));
		if (result == 0)
			set(first, nr, ABSENT);
	}
	}
}

/* What can be asked of the machine must be what the oracle says. */
static void compare(void)
{
	u64 movable = 0;
	u64 online = 0;

	for (u64 bit = 0; bit < nr_bits; bit++) {
		const pfn_t pfn = PFN_DOWN(BASE) + bit * PAGES_PER_SUBSECTION;
		const bool present = oracle[bit] != ABSENT;
		bool early_hole =
			!present && pfn_valid(pfn) &&
			nr_to_section(pfn_to_section_nr(pfn))->section_mem_map & SECTION_IS_EARLY;

		EXPECT_EQ(pfn_is_ram(pfn), present);
		EXPECT_EQ(pfn_valid(pfn) && !early_hole, present);
		/* its last page: the first of all is the firmware's */
		EXPECT_EQ(paging_leaf_size(paging_direct_va(
				  pfn_to_phys(pfn + PAGES_PER_SUBSECTION - 1))) > 0,
			  present);
		movable += oracle[bit] == MOVABLE;
		online += oracle[bit] != ABSENT && oracle[bit] != OFFLINE;
	}
	EXPECT_EQ(NODE_DATA(0)->node_zones[ZONE_MOVABLE].present_pages,
		  movable * PAGES_PER_SUBSECTION);
	EXPECT_EQ(NODE_DATA(0)->node_present_pages, online * PAGES_PER_SUBSECTION);
	EXPECT_SOUND();
}

/* Until nothing goes any more: what holds struct pages of another piece waits for that one. */
static void remove_all(void)
{
	bool again = true;

	while (again) {
		again = false;
		for (u64 nr = SECTION_NR(0); nr < SECTION_NR(MAX_SECTIONS); nr++) {
			(void)memory_block_offline(nr);
			again = memory_block_remove(nr) == 0 || again;
			(void)memory_block_online(nr, MMOP_ONLINE_KERNEL);
		}
	}
}

static void storm(u64 with, u64 boot_bytes)
{
	struct snapshot before;

	seed = with;
	unit_note("seed %lu", with);
	given_virt(MAX_SECTIONS * SECTION);
	given_mem(boot_bytes);
	boot_to("check");
	log_set_level(LOG_WARN + 1);
	nr_bits = MAX_SECTIONS * PER_SECTION;
	for (u64 bit = 0; bit < nr_bits; bit++)
		oracle[bit] = bit * SUBSECTION < boot_bytes ? RAM : ABSENT;
	snapshot_take(&before);
	for (u32 i = 0; i < STEPS; i++) {
		step();
		if (i % 5 == 4)
			compare();
	}
	compare();
	remove_all();
	EXPECT_SAME(&before);
	EXPECT_SOUND();
}

#define STORM(n, boot_bytes)          \
	TEST(storm_##n)               \
	{                             \
		NEEDS_SECTIONS();     \
		storm(n, boot_bytes); \
	}

STORM(1, 2 * SECTION)
STORM(2, 2 * SECTION + SECTION / 2)
STORM(3, 3 * SECTION - SUBSECTION)
STORM(4, SECTION + SECTION / 2)
