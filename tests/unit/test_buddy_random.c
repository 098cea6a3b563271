/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator against buddy_oracle.h: random allocations and frees of all orders, types and
 * nodes, in phases that fill and empty the machine, wrong frees among them. From time to time the lists
 * are compared with the oracle. A failure says the seed and the step.
 */
#include "buddy_oracle.h"
#include "lib/log.h"

#define BASE    0x80000000UL
#define M(n)    (BASE + (n)*MIB)
#define STEPS   20000
#define COMPARE 400 /* steps between two comparisons */

static u64 state;

static u64 below(u64 n)
{
	return unit_random(&state) % n;
}

static void allocate(void)
{
	u32 order = (u32)below(below(3) == 0 ? MAX_PAGE_ORDER + 1 : 4);
	u32 nid;

	do
		nid = (u32)below(MAX_NUMNODES);
	while (!node_is_online(nid));
	oracle_allocated(below(4) == 0 ? alloc_pages(order)
				       : alloc_pages_node(nid, order, below(MIGRATE_TYPES)),
			 order);
}

static void run_seed(u64 seed)
{
	static struct census before;

	state = seed;
	boot_to("check");
	log_set_level(0);
	census_take(&before);
	oracle_learn();
	for (u64 step = 0; step < STEPS; step++) {
		/* Fill for a while, then empty. */
		u64 allocations = step / 1500 % 2 == 0 ? 70 : 30;
		u64 dice = below(100);

		if (step % COMPARE == 0) {
			unit_note("seed %lu, step %lu", seed, step);
			oracle_compare();
		}
		if (dice < allocations)
			allocate();
		else if (dice >= 95)
			oracle_free_anything(below(oracle.nr_frames),
					     (u32)below(MAX_PAGE_ORDER + 3));
		else if (oracle.nr_heads > 0)
			oracle_give_back((u32)below(oracle.nr_heads));
	}
	while (oracle.nr_heads > 0)
		oracle_give_back(oracle.nr_heads - 1);
	oracle_compare();
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_SOUND();
}

/* [=====)..[==)  holes of odd size */
static void given_holes(void)
{
	given_virt(40 * MIB + 7 * PAGE_SIZE);
	given_bank(M(44) + PAGE_SIZE, 6 * MIB);
	given_bank(M(52) - PAGE_SIZE, 9 * MIB);
}

/* 0 1 0 1  with edges at odd pages */
static void given_nodes(void)
{
	given_node_bank(0, BASE, 24 * MIB + 5 * PAGE_SIZE);
	given_node_bank(1, M(24) + 5 * PAGE_SIZE, 10 * MIB);
	given_node_bank(0, M(34) + 5 * PAGE_SIZE, 9 * MIB + 123 * PAGE_SIZE);
	given_node_bank(1, M(48), 16 * MIB);
}

/* |DMA32|Normal|  */
static void given_zones(void)
{
	given_bank(0x100000000 - 24 * MIB, 24 * MIB);
	given_bank(0x100000000, 20 * MIB + 3 * PAGE_SIZE);
}

TEST(holes_1)
{
	given_holes();
	run_seed(1);
}

TEST(holes_2)
{
	given_holes();
	run_seed(22);
}

TEST(nodes_1)
{
	given_nodes();
	run_seed(333);
}

TEST(nodes_2)
{
	given_nodes();
	run_seed(4444);
}

TEST(zones_1)
{
	given_zones();
	run_seed(55555);
}

TEST(zones_2)
{
	given_zones();
	run_seed(666666);
}
