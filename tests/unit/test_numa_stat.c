/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * numa_hit and its kin against a plain count: each allocation is judged by the node that it preferred
 * and the node of the page it got. Nothing may show at a third node.
 */
#include "buddy_test.h"
#include "mm/hugetlb.h"
#include "mm/node_stat.h"

#define BASE  0x80000000UL
#define M(n)  (BASE + (n)*MIB)
#define NODES 4

static struct node_stat want[NODES], at_start[NODES];

/* Nodes 0 and 2 of two zones each, node 1 small, node 3 without memory; the hart is of home. */
static void given_nodes(u32 home)
{
	given_node_bank(0, BASE, 32 * MIB);
	given_node_bank(1, M(128), 8 * MIB);
	given_node_bank(2, 4 * GIB - 16 * MIB, 32 * MIB);
	given_image(VIRT_IMAGE);
	machine.cpu_nodes = 1UL << 3;
	boot_hart.nid = home;
	boot_to("check");
	for (u32 nid = 0; nid < NODES; nid++)
		want[nid] = at_start[nid] = node_stat(nid);
}

static void note(u32 preferred, const struct page *page)
{
	u32 from = page_to_nid(page);

	if (from == preferred) {
		want[from].numa_hit++;
	} else {
		want[from].numa_miss++;
		want[preferred].numa_foreign++;
	}
	if (from == boot_hart.nid)
		want[from].local_node++;
	else
		want[from].other_node++;
}

static void expect_stats(const char *file, int line)
{
	for (u32 nid = 0; nid < NODES; nid++) {
		struct node_stat have = node_stat(nid);

		unit_check(memcmp(&have, &want[nid], sizeof(have)) == 0, false, file, line,
			   "node %u: hit %lu (%lu), miss %lu (%lu), foreign %lu (%lu), interleaved "
			   "%lu (%lu), local %lu (%lu), other %lu (%lu)",
			   nid, have.numa_hit, want[nid].numa_hit, have.numa_miss,
			   want[nid].numa_miss, have.numa_foreign, want[nid].numa_foreign,
			   have.interleave_hit, want[nid].interleave_hit, have.local_node,
			   want[nid].local_node, have.other_node, want[nid].other_node);
	}
}
#define EXPECT_STATS() expect_stats(__FILE__, __LINE__)

/* The node that a list begins with: of a node without memory, its nearest. */
static u32 preferred_of(u32 nid)
{
	return NODE_DATA(nid)->node_zonelist[0]->node->nid;
}

/* Nothing was allocated yet: hand-over is no allocation. */
TEST(nothing_yet)
{
	if (is_model("flat"))
		return;
	given_nodes(0);
	for (u32 nid = 0; nid < NODES; nid++) {
		const struct node_stat none = {0};

		EXPECT(memcmp(&at_start[nid], &none, sizeof(none)) == 0);
	}
}

/* One page of each: hit where asked; a free, a drain and a refill change nothing. */
TEST(single_pages)
{
	struct page *page;

	if (is_model("flat"))
		return;
	given_nodes(0);
	for (u32 nid = 0; nid < NODES; nid++)
		for (u32 i = 0; i < 40; i++) {
			page = alloc_pages_node(nid, 0, i % MIGRATE_PCPTYPES);
			note(preferred_of(nid), page);
			if (i % 3 == 0)
				EXPECT(free_pages(page, 0));
			if (i % 7 == 0)
				buddy_drain();
		}
	EXPECT_STATS();
	page = alloc_pages(0);
	note(0, page);
	EXPECT(free_pages(page, 0));
	page = alloc_pages(3);
	note(0, page);
	EXPECT(free_pages(page, 3));
	EXPECT_STATS();
}

/* A node that is full: its allocations are a miss elsewhere and foreign here. */
TEST(full_node)
{
	u64 pages = 0;
	struct page *page;

	if (is_model("flat"))
		return;
	given_nodes(0);
	while ((page = alloc_pages_exact_node(1, 0, MIGRATE_MOVABLE)) != NULL) {
		note(1, page);
		pages++;
	}
	EXPECT_EQ(pages, PFN_DOWN(8 * MIB) - (PFN_DOWN(8 * MIB) -
					      NODE_DATA(1)->node_zones[ZONE_DMA32].managed_pages));
	EXPECT_STATS(); /* an exact request that finds nothing is no allocation */
	for (u32 order = 0; order < 4; order++) {
		page = alloc_pages_node(1, order, MIGRATE_MOVABLE);
		ASSERT(page);
		EXPECT_NE(page_to_nid(page), 1);
		note(1, page);
	}
	EXPECT_STATS();
}

/* A hart of a node without memory: all of its allocations are other_node somewhere. */
TEST(hart_without_memory)
{
	struct page *page;

	if (is_model("flat"))
		return;
	given_nodes(3);
	for (u32 order = 0; order <= 4; order++) {
		page = alloc_pages(order);
		ASSERT(page);
		EXPECT_EQ(page_to_nid(page), preferred_of(3));
		note(preferred_of(3), page);
		EXPECT(free_pages(page, order));
	}
	EXPECT_EQ(node_stat(preferred_of(3)).local_node, 0);
	EXPECT_STATS();
}

/* Huge pages are blocks of a node like any other. */
TEST(huge_pages)
{
	const char *why;

	if (is_model("flat"))
		return;
	given_nodes(0);
	EXPECT_EQ(hugetlb_set_pool(&hstates[HSTATE_2M], 2, 3, &why), 3);
	want[2].numa_hit += 3;
	want[2].other_node += 3;
	EXPECT_STATS();
}

/* In turn: page i is of the i-th node of the set that has memory. */
static void take_in_turn(u64 nodes, const u32 *turn, u32 nr_turn)
{
	for (u32 i = 0; i < 10 * nr_turn; i++) {
		struct page *page = alloc_pages_interleave(nodes, i % 3, MIGRATE_MOVABLE);

		ASSERT(page);
		EXPECT_EQ(page_to_nid(page), turn[i % nr_turn]);
		note(turn[i % nr_turn], page);
		want[page_to_nid(page)].interleave_hit++;
	}
	EXPECT_STATS();
}

/* interleave_hit: nodes without memory, and such as do not exist, have no turn. */
TEST(interleaved)
{
	if (is_model("flat"))
		return;
	given_nodes(0);
	take_in_turn(1UL << 0 | 1UL << 1 | 1UL << 2, (const u32[]){0, 1, 2}, 3);
	take_in_turn(1UL << 0 | 1UL << 2, (const u32[]){0, 2}, 2);
	take_in_turn(~0UL, (const u32[]){0, 1, 2}, 3);
	take_in_turn(1UL << 2, (const u32[]){2}, 1);
	EXPECT(!alloc_pages_interleave(0, 0, MIGRATE_MOVABLE));
	EXPECT(!alloc_pages_interleave(1UL << 3 | 1UL << 9, 0, MIGRATE_MOVABLE));
	EXPECT_STATS();
}

/* One node: FLAT interleaves, too. */
TEST(interleaved_over_one)
{
	given_virt(64 * MIB);
	boot_to("check");
	for (u32 i = 0; i < 5; i++)
		EXPECT(alloc_pages_interleave(~0UL, 0, MIGRATE_UNMOVABLE));
	EXPECT_EQ(node_stat(0).interleave_hit, 5);
	EXPECT_EQ(node_stat(0).numa_hit, 5);
}

/* The node whose turn it is has nothing left: the nearest gives, and that is no interleave hit. */
TEST(interleaved_with_a_full_node)
{
	struct page *page;

	if (is_model("flat"))
		return;
	given_nodes(0);
	while ((page = alloc_pages_exact_node(1, 0, MIGRATE_MOVABLE)) != NULL)
		note(1, page);
	for (u32 i = 0; i < 20; i++) {
		const u32 turn = i % 2 ? 2 : 1;

		page = alloc_pages_interleave(1UL << 1 | 1UL << 2, 0, MIGRATE_MOVABLE);
		ASSERT(page);
		EXPECT_EQ(page_to_nid(page) == turn, turn == 2);
		note(turn, page);
		want[page_to_nid(page)].interleave_hit += turn == 2;
	}
	EXPECT_EQ(node_stat(1).interleave_hit, 0);
	EXPECT_EQ(node_stat(2).interleave_hit, 10);
	EXPECT_STATS();
}

/* The site of the allocation is the caller's, as everywhere (page owner). */
TEST(interleaved_site)
{
	const struct page *page;

	given_virt(64 * MIB);
	boot_to("check");
	page = alloc_pages_interleave(1, 2, MIGRATE_MOVABLE);
	EXPECT(page->alloc_site > (u64)test_interleaved_site &&
	       page->alloc_site < (u64)test_interleaved_site + 4096);
}

/* Any order, any node, until memory runs out and back. */
TEST(random)
{
	static struct page *held[4096];
	u64 state = 0xda3e39cb94b95bdb;
	u32 nr = 0;

	if (is_model("flat"))
		return;
	given_nodes(2);
	for (u32 step = 0; step < 40000; step++) {
		const bool growing = step / 4000 % 2 == 0;

		if (nr < ARRAY_SIZE(held) && (unit_random(&state) % 8 < (growing ? 6 : 2))) {
			u32 nid = (u32)(unit_random(&state) % NODES);
			u32 order = unit_random(&state) % 4 ? 0 : (u32)(unit_random(&state) % 8);
			u64 how = unit_random(&state) % 4;
			struct page *page;

			if (how == 0) {
				nid = 2;
				page = alloc_pages(order);
			} else if (how == 1) {
				page = alloc_pages_exact_node(nid, order, MIGRATE_UNMOVABLE);
			} else {
				page = alloc_pages_node(nid, order, MIGRATE_MOVABLE);
			}
			if (!page)
				continue;
			note(preferred_of(nid), page);
			held[nr++] = page;
		} else if (nr > 0) {
			u64 which = unit_random(&state) % nr;

			ASSERT(free_pages(held[which], page_order(held[which])));
			held[which] = held[--nr];
		}
		if (step % 1000 == 0)
			EXPECT_STATS();
	}
	EXPECT_STATS();
	EXPECT(want[0].numa_foreign + want[1].numa_foreign + want[2].numa_foreign > 0);
	EXPECT_EQ(want[3].numa_hit + want[3].numa_miss + want[3].numa_foreign, 0);
	while (nr > 0) {
		nr--;
		ASSERT(free_pages(held[nr], page_order(held[nr])));
	}
	EXPECT_STATS();
	EXPECT_SOUND();
}
