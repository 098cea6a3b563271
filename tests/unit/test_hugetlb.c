/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools: filled at boot, handed out, promised, resized, dissolved. After each step the counters of all
 * nodes are counted again page by page, and the audit and the ledger must hold.
 */
#include "buddy_test.h"
#include "mm/check.h"
#include "mm/hugetlb.h"
#include "mm/memblock.h"

#define BASE   0x80000000UL
#define M(n)   (BASE + (n)*MIB)
#define H2M    (&hstates[HSTATE_2M])
#define H1G    (&hstates[HSTATE_1G])
#define ORDER9 (MEGAPAGE_SHIFT - PAGE_SHIFT)

static struct census before;
static const char *why;

static void expect_counters(const char *file, int line)
{
	for (u32 i = 0; i < NR_HSTATES; i++) {
		const struct hstate *h = &hstates[i];
		u64 nr[MAX_NUMNODES] = {0};
		u64 cursor = 0;
		struct range range;
		u64 free = 0;
		u32 nid;

		while (hugetlb_next_range(h, &cursor, &range, &nid))
			nr[nid] += range_size(range) / hstate_bytes(h);
		for (nid = 0; nid < MAX_NUMNODES; nid++) {
			const struct hstate_node *node = &h->node[nid];

			unit_check(node->nr == nr[nid] && node->free <= node->nr &&
					   node->surplus <= node->nr,
				   false, file, line,
				   "node %u: nr %lu (%lu), free %lu, surplus %lu", nid, node->nr,
				   nr[nid], node->free, node->surplus);
			free += node->free;
		}
		unit_check(h->resv <= free, false, file, line, "resv %lu of %lu", h->resv, free);
	}
	expect_sound(file, line);
}
#define EXPECT_COUNTERS() expect_counters(__FILE__, __LINE__)

static void given_args(const char *cmdline)
{
	options_parse(cmdline, &machine.options);
}

/* One node of 256 MiB, and the free blocks as they are without a pool. */
static void given_machine(const char *cmdline)
{
	given_virt(256 * MIB);
	given_args(cmdline);
	boot_to("check");
}

/* C123 */
TEST(four_pages)
{
	u64 managed;

	given_machine("hugepagesz=2M hugepages=4");
	managed = home_zone->managed_pages;
	EXPECT_EQ(hstate_sum(H2M).nr, 4);
	EXPECT_EQ(hstate_sum(H2M).free, 4);
	EXPECT_EQ(hstate_sum(H2M).got, 4);
	EXPECT_EQ(hstate_sum(H2M).surplus, 0);
	EXPECT_EQ(check_last.held, 4 * 512);
	EXPECT_EQ(check_last.free, check_last.expected - 4 * 512);
	EXPECT_EQ(zone_free_pages(home_zone), managed - 4 * 512);
	EXPECT(!H2M->node[0].why);
	EXPECT_EQ(warned_total(), 0);
	EXPECT_COUNTERS();
}

/* Nothing asked: nothing taken, nothing said. */
TEST(none)
{
	given_machine("record");
	EXPECT_EQ(hstate_sum(H2M).nr + hstate_sum(H1G).nr, 0);
	EXPECT_EQ(check_last.held, 0);
	EXPECT_EQ(warned_total(), 0);
	EXPECT_COUNTERS();
}

/* C124: more than there is. The pool takes what it can; a minimum stays free. */
TEST(more_than_there_is)
{
	given_machine("hugepages=1000");
	EXPECT_LT(hstate_sum(H2M).got, 128);
	EXPECT_GE(hstate_sum(H2M).got, 110);
	EXPECT_GE(nr_free_pages(), hugetlb_min_free());
	EXPECT_LT(nr_free_pages(), hugetlb_min_free() + 2 * 512 + 1024);
	EXPECT_EQ(H2M->node[0].asked, 1000);
	EXPECT(H2M->node[0].why);
	EXPECT_EQ(warned("hugepages-short"), 1);
	EXPECT(alloc_pages(0));
	EXPECT_EQ(warned_total(), 1);
}

/* 4 * sqrt(KiB): as Linux's min_free_kbytes. */
TEST(min_free)
{
	given_virt(256 * MIB);
	boot_to("banks");
	EXPECT_EQ(hugetlb_min_free() * 4, 2048);
	banks.bank[0].range.end = banks.bank[0].range.start + 16 * GIB;
	EXPECT_EQ(hugetlb_min_free() * 4, 16384);
	banks.bank[0].range.end = banks.bank[0].range.start + 100 * PAGE_SIZE;
	EXPECT_EQ(hugetlb_min_free() * 4, 128);
}

/*
 * Nodes in turn:  node 0 has room for all, node 1 for few, node 2 has no memory
 *   asked 60    ->  30 and 30 by share; node 1 gives what it has, node 0 the rest
 */
TEST(round_robin)
{
	u64 most;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 256 * MIB);
	given_node_bank(1, M(256), 32 * MIB);
	given_image(VIRT_IMAGE);
	machine.cpu_nodes = 1UL << 2;
	given_args("hugepages=60");
	boot_to("check");
	most = H2M->node[1].nr;
	EXPECT_LT(most, 17);
	EXPECT_GE(most, 10);
	EXPECT_EQ(H2M->node[0].nr, 60 - most);
	EXPECT_EQ(H2M->node[2].nr, 0);
	EXPECT_EQ(H2M->node[0].asked, 30);
	EXPECT_EQ(H2M->node[1].asked, 30);
	EXPECT_EQ(H2M->node[2].asked, 0);
	EXPECT(H2M->node[1].why);
	EXPECT_EQ(warned("hugepages-short"), 0); /* the whole was had */
	EXPECT_COUNTERS();
}

/* C127: nodes that are there, that have no memory, that are not there. */
TEST(by_node)
{
	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 128 * MIB);
	given_node_bank(1, M(128), 128 * MIB);
	given_image(VIRT_IMAGE);
	machine.cpu_nodes = 1UL << 2;
	given_args("hugepages=0:2,1:3,2:4,5:6");
	boot_to("check");
	EXPECT_EQ(H2M->asked, 15);
	EXPECT_EQ(H2M->node[0].got, 2);
	EXPECT_EQ(H2M->node[1].got, 3);
	EXPECT_EQ(H2M->node[2].got, 0);
	EXPECT_TEXT(H2M->node[2].why, "the node has no memory");
	EXPECT_TEXT(H2M->node[5].why, "there is no such node");
	EXPECT_EQ(warned("hugepages-short"), 2);
	EXPECT_COUNTERS();
}

/* A page of a node comes from that node, never from another. */
TEST(exact_node)
{
	struct page *page;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 128 * MIB);
	given_node_bank(1, M(128), 16 * MIB);
	given_image(VIRT_IMAGE);
	given_args("hugepages=1:100");
	boot_to("check");
	EXPECT_EQ(H2M->node[0].nr, 0);
	EXPECT_LE(H2M->node[1].nr, 8);
	EXPECT_GE(H2M->node[1].nr, 5);
	page = alloc_pages_exact_node(1, ORDER9, MIGRATE_MOVABLE);
	EXPECT(!page);
	page = alloc_pages_node(1, ORDER9, MIGRATE_MOVABLE);
	ASSERT(page);
	EXPECT_EQ(page_to_nid(page), 0);
	EXPECT(free_pages(page, ORDER9));
	EXPECT_COUNTERS();
}

/* Taken out and given back; what is not in use, or no huge page, is refused. */
TEST(alloc_and_free)
{
	struct page *page[3], *other;

	given_machine("hugepages=2");
	page[0] = hugetlb_alloc(H2M, 0);
	page[1] = hugetlb_alloc(H2M, NUMA_NO_NODE);
	page[2] = hugetlb_alloc(H2M, 0);
	ASSERT(page[0] && page[1] && page[0] != page[1]);
	EXPECT(!page[2]);
	EXPECT(IS_ALIGNED(page_to_pfn(page[0]), 512));
	EXPECT_EQ(hstate_sum(H2M).free, 0);
	EXPECT_COUNTERS();
	EXPECT(!free_pages(page[0], ORDER9)); /* past the pool */
	EXPECT(!hugetlb_free(page[0] + 1));
	EXPECT(hugetlb_free(page[0]));
	EXPECT(!hugetlb_free(page[0]));
	other = alloc_pages(ORDER9);
	ASSERT(other);
	EXPECT(!hugetlb_free(other));
	EXPECT(free_pages(other, ORDER9));
	EXPECT_EQ(warned("bad-free"), 4);
	EXPECT(hugetlb_free(page[1]));
	EXPECT_EQ(hstate_sum(H2M).free, 2);
	EXPECT_COUNTERS();
}

/* The nearest node that has one. */
TEST(nearest)
{
	struct page *page;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 128 * MIB);
	given_node_bank(1, M(128), 64 * MIB);
	given_node_bank(2, M(192), 64 * MIB);
	given_image(VIRT_IMAGE);
	machine.distances[machine.nr_distances++] = (struct machine_distance){0, 1, 30};
	machine.cpu_nodes = 1UL << 3; /* memoryless: all at 20, the lowest id first */
	given_args("hugepages=1:1,2:1");
	boot_to("check");
	page = hugetlb_alloc(H2M, 3);
	ASSERT(page);
	EXPECT_EQ(page_to_nid(page), 1);
	EXPECT(hugetlb_free(page));
	page = hugetlb_alloc(H2M, 0);
	ASSERT(page);
	EXPECT_EQ(page_to_nid(page), 2);
	EXPECT_COUNTERS();
}

/* Promises: kept for who has them, and no page of them goes when the pool shrinks. */
TEST(reserve)
{
	given_machine("hugepages=4");
	EXPECT(hugetlb_reserve(H2M, 3));
	EXPECT(!hugetlb_reserve(H2M, 2));
	EXPECT(hugetlb_alloc(H2M, 0));
	EXPECT(!hugetlb_alloc(H2M, 0));
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 0, &why), 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 4);
	EXPECT_EQ(hstate_sum(H2M).surplus, 4);
	EXPECT_COUNTERS();
	EXPECT(hugetlb_alloc_reserved(H2M, 0));
	EXPECT_EQ(H2M->resv, 2);
	hugetlb_unreserve(H2M, 2);
	EXPECT(!hugetlb_alloc_reserved(H2M, 0));
	EXPECT_EQ(hstate_sum(H2M).nr, 2); /* the two in use */
	EXPECT_COUNTERS();
	EXPECT_STOP(hugetlb_unreserve(H2M, 1), "does not hold");
}

/* Larger and smaller: the free lists are as before when all is given back. */
TEST(resize)
{
	given_machine("record");
	census_take(&before);
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 8, &why), 8);
	EXPECT(!why);
	EXPECT_COUNTERS();
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 3, &why), 3);
	EXPECT(!why);
	EXPECT_COUNTERS();
	EXPECT_LT(hugetlb_set_pool(H2M, NUMA_NO_NODE, ~0UL, &why), 128);
	EXPECT(why);
	EXPECT_GE(nr_free_pages(), hugetlb_min_free());
	EXPECT_COUNTERS();
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 0, &why), 0);
	EXPECT(!why);
	EXPECT_EQ(hugetlb_set_pool(H2M, MAX_NUMNODES - 1, 5, &why), 0);
	EXPECT_TEXT(why, "no such node");
	EXPECT_SAME_BLOCKS(&before);
	EXPECT_COUNTERS();
}

/* One node's share alone. */
TEST(resize_a_node)
{
	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 128 * MIB);
	given_node_bank(1, M(128), 128 * MIB);
	given_image(VIRT_IMAGE);
	given_args("hugepages=6");
	boot_to("check");
	EXPECT_EQ(H2M->node[0].nr, 3);
	EXPECT_EQ(H2M->node[1].nr, 3);
	EXPECT_EQ(hugetlb_set_pool(H2M, 1, 5, &why), 5);
	EXPECT_EQ(H2M->node[0].nr, 3);
	EXPECT_EQ(H2M->node[1].nr, 5);
	EXPECT_EQ(hugetlb_set_pool(H2M, 0, 1, &why), 1);
	EXPECT_EQ(H2M->node[0].nr, 1);
	EXPECT_EQ(H2M->node[1].nr, 5);
	EXPECT_COUNTERS();
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 0, &why), 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 0);
	EXPECT_COUNTERS();
}

/* In use while the pool shrinks: surplus, back to the buddy allocator as soon as it is freed. */
TEST(surplus_by_shrinking)
{
	struct page *page[2];

	given_machine("hugepages=4");
	page[0] = hugetlb_alloc(H2M, 0);
	page[1] = hugetlb_alloc(H2M, 0);
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 1, &why), 1);
	EXPECT_EQ(hstate_sum(H2M).nr, 2);
	EXPECT_EQ(hstate_sum(H2M).surplus, 1);
	EXPECT_COUNTERS();
	EXPECT(hugetlb_free(page[0]));
	EXPECT_EQ(hstate_sum(H2M).nr, 1);
	EXPECT_EQ(hstate_sum(H2M).surplus, 0);
	EXPECT(hugetlb_free(page[1]));
	EXPECT_EQ(hstate_sum(H2M).free, 1);
	EXPECT_COUNTERS();
	/* And growing again makes surplus pages persistent before it takes new ones. */
	page[0] = hugetlb_alloc(H2M, 0);
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 0, &why), 0);
	EXPECT_EQ(hstate_sum(H2M).surplus, 1);
	EXPECT_EQ(hugetlb_set_pool(H2M, NUMA_NO_NODE, 1, &why), 1);
	EXPECT_EQ(hstate_sum(H2M).nr, 1);
	EXPECT_EQ(hstate_sum(H2M).surplus, 0);
	EXPECT_COUNTERS();
}

/* Over the pool as far as overcommit allows. */
TEST(overcommit)
{
	struct page *page[3];

	given_machine("hugepages=1");
	H2M->overcommit = 1;
	for (u32 i = 0; i < 3; i++)
		page[i] = hugetlb_alloc(H2M, 0);
	ASSERT(page[0] && page[1]);
	EXPECT(!page[2]);
	EXPECT_EQ(hstate_sum(H2M).surplus, 1);
	EXPECT_EQ(hstate_sum(H2M).nr, 2);
	EXPECT_COUNTERS();
	EXPECT(hugetlb_free(page[0]));
	EXPECT_EQ(hstate_sum(H2M).surplus, 0);
	EXPECT_EQ(hstate_sum(H2M).nr, 1);
	EXPECT(hugetlb_free(page[1]));
	EXPECT_EQ(hstate_sum(H2M).free, 1);
	EXPECT_COUNTERS();
}

/* Random operations against a list of what is in use. */
TEST(random)
{
	static struct page *used[256];
	u64 state = 0x853c49e6748fea9b;
	u32 nr_used = 0;

	given_machine("hugepages=10");
	for (u32 step = 0; step < 3000; step++) {
		u64 what = unit_random(&state) % 8;
		struct page *page = NULL;

		if (what < 3)
			page = hugetlb_alloc(H2M, 0);
		else if (what == 3)
			page = hugetlb_alloc_reserved(H2M, 0);
		else if (what < 6 && nr_used > 0) {
			u64 which = unit_random(&state) % nr_used;

			ASSERT(hugetlb_free(used[which]));
			used[which] = used[--nr_used];
		} else if (what == 6)
			hugetlb_set_pool(H2M, NUMA_NO_NODE, unit_random(&state) % 40, &why);
		else
			H2M->overcommit = unit_random(&state) % 4;
		if (unit_random(&state) % 16 == 0 && !hugetlb_reserve(H2M, 1) && H2M->resv > 0)
			hugetlb_unreserve(H2M, H2M->resv);
		if (page)
			used[nr_used++] = page;
		ASSERT_EQ(hstate_sum(H2M).nr - hstate_sum(H2M).free, nr_used);
		if (step % 100 == 0)
			EXPECT_COUNTERS();
	}
	EXPECT_COUNTERS();
}
