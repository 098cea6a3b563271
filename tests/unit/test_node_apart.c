/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each node for itself: what is allocated from one shows in no counter and on no list of another; its page
 * tables of the vmemmap lie in it; and before hand-over there is nothing to allocate anywhere.
 */
#include "buddy_test.h"
#include "mm/census.h"
#include "mm/node_stat.h"
#include "mm/owner.h"

#define BASE  0x80000000UL
#define M(n)  (BASE + (n)*MIB)
#define NODES 3

static const u32 orders[] = {0, 0, 0, 1, 2, 3, 5, 8};

/* 000111222000  node 0 on both sides of the others, and over 4 GiB */
static void given_three(void)
{
	given_node_bank(0, BASE, 64 * MIB);
	given_node_bank(1, M(64), 32 * MIB);
	given_node_bank(2, M(96), 32 * MIB);
	given_node_bank(0, M(128), 16 * MIB);
	given_node_bank(2, 4 * GIB - 8 * MIB, 16 * MIB);
	given_image(VIRT_IMAGE);
}

/* All that a node says of itself: free pages by zone, blocks by order, allocations. */
struct view {
	u64 free[MAX_NR_ZONES];
	u64 managed[MAX_NR_ZONES];
	u64 blocks[MAX_NR_ZONES][NR_PAGE_ORDERS];
	struct node_stat stat;
};

static void look(u32 nid, struct view *out)
{
	static struct census census;

	static_assert(sizeof(out->blocks) == sizeof(census.blocks[0]), "what is copied");
	memset(out, 0, sizeof(*out));
	census_take(&census);
	memcpy(out->blocks, census.blocks[nid], sizeof(out->blocks));
	for (u32 type = 0; type < MAX_NR_ZONES; type++) {
		const struct zone *zone = &NODE_DATA(nid)->node_zones[type];

		out->free[type] = zone_free_pages(zone);
		out->managed[type] = zone->managed_pages;
	}
	out->stat = node_stat(nid);
}

/* Item 51. A storm on one node: the others look as before, to the last block. */
static void storm_on(u32 nid)
{
	static struct page *held[512];
	static struct view before[NODES], after;
	u64 state = 77 + nid;
	u32 nr = 0;
	u64 done = 0;

	for (u32 other = 0; other < NODES; other++)
		look(other, &before[other]);
	for (u32 step = 0; step < 6000; step++) {
		if (nr < ARRAY_SIZE(held) && unit_random(&state) % 5 < 3) {
			struct page *page = alloc_pages_exact_node(
				nid, orders[unit_random(&state) % ARRAY_SIZE(orders)],
				unit_random(&state) % MIGRATE_PCPTYPES);

			if (!page)
				continue;
			ASSERT_EQ(page_to_nid(page), nid);
			held[nr++] = page;
			done++;
		} else if (nr > 0) {
			u64 at = unit_random(&state) % nr;

			ASSERT(free_pages(held[at], page_order(held[at])));
			held[at] = held[--nr];
		}
	}
	for (u32 other = 0; other < NODES; other++) {
		look(other, &after);
		if (other == nid)
			EXPECT_EQ(after.stat.numa_hit, before[nid].stat.numa_hit + done);
		else
			EXPECT(memcmp(&after, &before[other], sizeof(after)) == 0);
	}
	while (nr-- > 0)
		ASSERT(free_pages(held[nr], page_order(held[nr])));
	look(nid, &after);
	EXPECT(memcmp(after.free, before[nid].free, sizeof(after.free)) == 0);
}

TEST(nothing_leaks_into_another_node)
{
	if (!memmodel_has_nodes)
		return;
	given_three();
	boot_to("check");
	for (u32 nid = 0; nid < NODES; nid++)
		storm_on(nid);
	EXPECT_SOUND();
}

/* The same with struct pages that are initialised on demand: a node grows alone, but for shared units. */
TEST(nothing_leaks_on_demand)
{
	u64 others[NODES];

	if (!memmodel_has_nodes)
		return;
	given_three();
	machine.options.deferred = DEFERRED_DEMAND;
	boot_to("check");
	for (u32 nid = 0; nid < NODES; nid++)
		others[nid] = nid == 1 ? 0 : zone_free_pages(NODE_DATA(nid)->node_zonelist[0]);
	while (alloc_pages_exact_node(1, 0, MIGRATE_MOVABLE))
		continue;
	EXPECT_EQ(zone_free_pages(&NODE_DATA(1)->node_zones[ZONE_DMA32]), 0);
	for (u32 nid = 0; nid < NODES; nid++)
		if (nid != 1)
			EXPECT_EQ(zone_free_pages(NODE_DATA(nid)->node_zonelist[0]), others[nid]);
	EXPECT_EQ(node_stat(0).numa_hit + node_stat(2).numa_hit, 0);
}

static void expect_nothing_free(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			EXPECT_EQ(zone->managed_pages, 0);
			EXPECT_EQ(zone_free_pages(zone), 0);
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				for (u32 type = 0; type < NR_FREE_LISTS; type++)
					EXPECT(list_is_empty(
						&zone->free_area[order].free_list[type]));
		}
	EXPECT(!alloc_pages(0));
	EXPECT(!alloc_pages(MAX_PAGE_ORDER));
}

/* Item 93. Zones are whole and their lists empty, until memblock_free_all(). */
TEST(empty_until_hand_over)
{
	struct zone *zone;
	u64 managed = 0;
	u32 nid;

	given_three();
	boot_to("zones");
	expect_nothing_free();
	boot_to("gigantic");
	expect_nothing_free();
	boot_to("handover");
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			EXPECT(zone->spanned_pages >= zone->present_pages);
			EXPECT(zone->present_pages >= zone->managed_pages);
			EXPECT_EQ(zone_free_pages(zone), zone->managed_pages);
			managed += zone->managed_pages;
		}
	EXPECT_EQ(managed, nr_free_pages());
	EXPECT(managed > 0);
}

/*
 * A table of the vmemmap shows the struct pages of 64 GiB.
 *	0 ............ 1     64 GiB on: a table of its own, from node 1
 */
TEST(tables_are_local)
{
	const struct range far = {BASE + 64 * GIB, BASE + 64 * GIB + 256 * MIB};
	enum owner owner;
	struct range range;
	u64 tables = 0;

	if (!memmodel_has_vmemmap)
		return;
	given_node_bank(0, BASE, 256 * MIB);
	given_node_bank(1, far.start, range_size(far));
	boot_to("check");
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		if (owner == OWN_TABLES)
			tables += range_size(range_intersect(range, far)) / PAGE_SIZE;
	EXPECT(tables >= 1);
	EXPECT_SOUND();
}
