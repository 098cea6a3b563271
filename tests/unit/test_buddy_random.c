/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The buddy allocator against an oracle that cannot be wrong: one byte for each frame says whether
 * it is free, head of an allocated block or inside of one.
 *
 * Random allocations and frees of all orders, types and nodes, in phases that fill and empty the
 * machine, wrong frees among them. NULL is believed only when the oracle has no such block. From
 * time to time the lists are compared with it block by block, and nothing that could be merged
 * may be left. A failure says the seed and the step.
 */
#include "buddy_test.h"
#include "lib/log.h"

#define BASE       0x80000000UL
#define M(n)       (BASE + (n)*MIB)
#define MAX_FRAMES (256UL * MIB / PAGE_SIZE)
#define STEPS      20000
#define COMPARE    400 /* steps between two comparisons */

enum state { TAKEN, FREE, HEAD, TAIL };

static u8 oracle[MAX_FRAMES];
static u8 order_of[MAX_FRAMES];
static bool seen[MAX_FRAMES];
static u64 nr_frames;
static pfn_t first;
static u32 heads[MAX_FRAMES]; /* allocated blocks, in any order */
static u32 nr_heads;
static u64 state;

static u64 below(u64 n)
{
	return unit_random(&state) % n;
}

static bool oracle_is_free(u64 frame, u32 order)
{
	struct zone *zone = NULL;

	for (u64 i = frame; i < frame + (1UL << order); i++) {
		if (i >= nr_frames || oracle[i] != FREE)
			return false;
		if (zone && page_zone(pfn_to_page(first + i)) != zone)
			return false;
		zone = page_zone(pfn_to_page(first + i));
	}
	return true;
}

/* Any aligned, free block of that order in one zone. */
static bool oracle_has(u32 order)
{
	for (u64 i = ALIGN_UP(first, 1UL << order) - first; i < nr_frames; i += 1UL << order)
		if (oracle_is_free(i, order))
			return true;
	return false;
}

static void learn(void)
{
	first = PFN_DOWN(banks.bank[0].range.start);
	nr_frames = PFN_DOWN(banks.bank[banks.nr - 1].range.end) - first;
	ASSERT_LE(nr_frames, MAX_FRAMES);
	for (u64 i = 0; i < nr_frames; i++) {
		const phys_addr_t pa = pfn_to_phys(first + i);
		phys_addr_t end;

		oracle[i] = banks_find(pa) && owner_at(pa, pa + PAGE_SIZE, &end) == OWN_FREE
				    ? FREE
				    : TAKEN;
	}
}

static void allocate(void)
{
	u32 order = (u32)below(below(3) == 0 ? MAX_PAGE_ORDER + 1 : 4);
	u32 nid;
	struct page *page;
	u64 frame;

	do
		nid = (u32)below(MAX_NUMNODES);
	while (!node_is_online(nid));
	page = below(4) == 0 ? alloc_pages(order)
			     : alloc_pages_node(nid, order, below(MIGRATE_TYPES));
	if (!page) {
		ASSERT(!oracle_has(order));
		return;
	}
	frame = page_to_pfn(page) - first;
	ASSERT_EQ(page_to_pfn(page) % (1UL << order), 0);
	ASSERT(oracle_is_free(frame, order));
	for (u64 i = 0; i < 1UL << order; i++)
		oracle[frame + i] = TAIL;
	oracle[frame] = HEAD;
	order_of[frame] = (u8)order;
	heads[nr_heads++] = (u32)frame;
}

static void give_back(void)
{
	u32 i, frame;

	if (nr_heads == 0)
		return;
	i = (u32)below(nr_heads);
	frame = heads[i];
	heads[i] = heads[--nr_heads];
	ASSERT(free_pages(pfn_to_page(first + frame), order_of[frame]));
	for (u64 n = 0; n < 1UL << order_of[frame]; n++)
		oracle[frame + n] = FREE;
}

/* A frame and an order that were never allocated so. */
static void give_back_wrongly(void)
{
	u64 frame = below(nr_frames);
	u32 order = (u32)below(MAX_PAGE_ORDER + 3);

	if (!pfn_valid(first + frame) || (oracle[frame] == HEAD && order_of[frame] == order))
		return;
	ASSERT(!free_pages(pfn_to_page(first + frame), order));
}

static void see_block(struct zone *zone, struct page *page, u32 order, u32 type)
{
	const u64 frame = page_to_pfn(page) - first;

	judge_free_block(zone, page, order, type);
	ASSERT(oracle_is_free(frame, order));
	for (u64 i = frame; i < frame + (1UL << order); i++) {
		ASSERT(!seen[i]);
		seen[i] = true;
	}
}

static void compare(void)
{
	u64 free = 0;

	memset(seen, 0, sizeof(seen));
	for_each_free_block(see_block);
	for (u64 i = 0; i < nr_frames; i++) {
		ASSERT_EQ(seen[i], oracle[i] == FREE);
		free += oracle[i] == FREE;
	}
	ASSERT_EQ(all_free_pages(), free);
}

static void run_seed(u64 seed)
{
	static struct census before;

	state = seed;
	boot_to("check");
	log_set_level(0);
	census_take(&before);
	learn();
	for (u64 step = 0; step < STEPS; step++) {
		/* Fill for a while, then empty. */
		u64 allocations = step / 1500 % 2 == 0 ? 70 : 30;
		u64 dice = below(100);

		if (step % COMPARE == 0) {
			unit_note("seed %lu, step %lu", seed, step);
			compare();
		}
		if (dice < allocations)
			allocate();
		else if (dice < 95)
			give_back();
		else
			give_back_wrongly();
	}
	while (nr_heads > 0)
		give_back();
	compare();
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
