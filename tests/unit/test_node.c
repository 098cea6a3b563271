/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nodes and zones: spanned, present, managed; where zones begin and end; the order in which a node
 * asks the others.
 *
 * Drawings: a digit is RAM of that node, | is 4 GiB.
 */
#include "boot_fixture.h"
#include "mm/memmap_backing.h"
#include "mm/buddy.h"

#define BASE       0x80000000UL
#define M(n)       (BASE + (n)*MIB)
#define G4         0x100000000UL
#define PAGES(mib) ((mib)*MIB / PAGE_SIZE)

static struct zone *zone_of(u32 nid, enum zone_type type)
{
	return &NODE_DATA(nid)->node_zones[type];
}

static void expect_zone(const char *file, int line, const struct zone *zone, pfn_t start_pfn,
			u64 spanned, u64 present)
{
	unit_check((present == 0 || zone->start_pfn == start_pfn) &&
			   zone->spanned_pages == spanned && zone->present_pages == present,
		   false, file, line, "zone starts at %#lx, spanned %lu, present %lu",
		   zone->start_pfn, zone->spanned_pages, zone->present_pages);
	unit_check(zone->managed_pages <= present, false, file, line, "managed %lu",
		   zone->managed_pages);
}
#define EXPECT_ZONE(...) expect_zone(__FILE__, __LINE__, __VA_ARGS__)

/* 0000....00  a hole is spanned, not present */
TEST(spans)
{
	given_node_bank(0, BASE, 64 * MIB);
	given_node_bank(0, M(128), 32 * MIB);
	boot_to("check");
	EXPECT_EQ(NODE_DATA(0)->node_start_pfn, PFN_DOWN(BASE));
	EXPECT_EQ(NODE_DATA(0)->node_spanned_pages, PAGES(160));
	EXPECT_EQ(NODE_DATA(0)->node_present_pages, PAGES(96));
	EXPECT_ZONE(zone_of(0, ZONE_DMA32), PFN_DOWN(BASE), PAGES(160), PAGES(96));
	EXPECT_ZONE(zone_of(0, ZONE_NORMAL), 0, 0, 0);
	EXPECT_EQ(zone_free_pages(zone_of(0, ZONE_DMA32)), zone_of(0, ZONE_DMA32)->managed_pages);
}

/*
 * C37. 000...1...2  nodes of one page and of 16: what describes them does not come out of them
 */
TEST(small_nodes_keep_their_pages)
{
	phys_addr_t end;

	if (!memmodel_has_nodes)
		return;
	given_node_bank(0, BASE, 64 * MIB);
	given_node_bank(1, M(256), PAGE_SIZE);
	given_node_bank(2, M(512), 16 * PAGE_SIZE);
	given_node_bank(3, M(768), MIB);
	given_image(M(2));
	boot_to("check");
	EXPECT_EQ(owner_at(M(256), M(256) + PAGE_SIZE, &end), OWN_FREE);
	EXPECT_EQ(NODE_DATA(1)->node_zones[ZONE_DMA32].managed_pages, 1);
	EXPECT_EQ(NODE_DATA(2)->node_zones[ZONE_DMA32].managed_pages, 16);
	/* This one is large enough for its own. */
	EXPECT(NODE_DATA(3)->node_zones[ZONE_DMA32].managed_pages < 256);
	EXPECT_SOUND();
	EXPECT(alloc_pages_exact_node(1, 0, MIGRATE_MOVABLE));
	EXPECT(!alloc_pages_exact_node(1, 0, MIGRATE_MOVABLE));
}

/* C44. 00|00  a bank over 4 GiB makes two zones, cut at the frame */
TEST(over_4_gib)
{
	given_node_bank(0, G4 - 64 * MIB, 192 * MIB);
	boot_to("check");
	EXPECT_ZONE(zone_of(0, ZONE_DMA32), PFN_DOWN(G4 - 64 * MIB), PAGES(64), PAGES(64));
	EXPECT_ZONE(zone_of(0, ZONE_NORMAL), PFN_DOWN(G4), PAGES(128), PAGES(128));
	EXPECT(page_zone(pfn_to_page(PFN_DOWN(G4) - 1)) == zone_of(0, ZONE_DMA32));
	EXPECT(page_zone(pfn_to_page(PFN_DOWN(G4))) == zone_of(0, ZONE_NORMAL));
	EXPECT_SOUND();
}

/* A zone ends with its last frame of RAM, not at 4 GiB.  00..|..00 */
TEST(hole_over_4_gib)
{
	given_node_bank(0, G4 - 128 * MIB, 64 * MIB);
	given_node_bank(0, G4 + 64 * MIB, 64 * MIB);
	boot_to("check");
	EXPECT_ZONE(zone_of(0, ZONE_DMA32), PFN_DOWN(G4 - 128 * MIB), PAGES(64), PAGES(64));
	EXPECT_ZONE(zone_of(0, ZONE_NORMAL), PFN_DOWN(G4 + 64 * MIB), PAGES(64), PAGES(64));
}

/* C45. |00  only above: DMA32 is empty, and nobody trips over it */
TEST(above_4_gib_only)
{
	given_node_bank(0, G4, 64 * MIB);
	boot_to("check");
	EXPECT_ZONE(zone_of(0, ZONE_DMA32), 0, 0, 0);
	EXPECT_ZONE(zone_of(0, ZONE_NORMAL), PFN_DOWN(G4), PAGES(64), PAGES(64));
	EXPECT_EQ(NODE_DATA(0)->nr_zonelist, 1);
	EXPECT(home_zone == zone_of(0, ZONE_NORMAL));
	EXPECT_SOUND();
	EXPECT(alloc_pages(0));
}

/* C69. 0000 1111 0000  a node inside the span of another: absent pages are right */
TEST(nested)
{
	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 128 * MIB);
	given_node_bank(1, M(128), 128 * MIB);
	given_node_bank(0, M(256), 128 * MIB);
	boot_to("check");
	EXPECT_ZONE(zone_of(0, ZONE_DMA32), PFN_DOWN(BASE), PAGES(384), PAGES(256));
	EXPECT_ZONE(zone_of(1, ZONE_DMA32), PFN_DOWN(M(128)), PAGES(128), PAGES(128));
	EXPECT(page_zone(pfn_to_page(PFN_DOWN(M(128)))) == zone_of(1, ZONE_DMA32));
	EXPECT(page_zone(pfn_to_page(PFN_DOWN(M(256)) - 1)) == zone_of(1, ZONE_DMA32));
	EXPECT(page_zone(pfn_to_page(PFN_DOWN(M(256)))) == zone_of(0, ZONE_DMA32));
	EXPECT_SOUND();
}

/* C87. A node that is all reserved: present, nothing managed, allocations go elsewhere. */
TEST(all_reserved)
{
	struct page *page;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 128 * MIB);
	given_node_bank(1, M(128), 16 * MIB);
	given_reserved(OWNER_RESERVED, M(128), 16 * MIB, "/reserved-memory/all");
	boot_to("check");
	EXPECT_EQ(NODE_DATA(1)->node_present_pages, PAGES(16));
	EXPECT_EQ(zone_of(1, ZONE_DMA32)->managed_pages, 0);
	page = alloc_pages_node(1, 3, MIGRATE_MOVABLE);
	ASSERT(page);
	EXPECT_EQ(page_to_nid(page), 0);
	EXPECT(free_pages(page, 3));
	EXPECT_SOUND();
}

/* A node's pg_data_t lies in its own memory; one without memory borrows. */
TEST(node_data_is_local)
{
	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 64 * MIB);
	given_node_bank(1, M(128), 64 * MIB);
	machine.cpu_nodes = 1UL << 2;
	boot_to("nodes");
	EXPECT_EQ(banks_find(virt_to_phys(NODE_DATA(0)))->nid, 0);
	EXPECT_EQ(banks_find(virt_to_phys(NODE_DATA(1)))->nid, 1);
	EXPECT(banks_find(virt_to_phys(NODE_DATA(2))));
	EXPECT_EQ(NODE_DATA(2)->nid, 2);
}

static void expect_zonelist(const char *file, int line, u32 nid, const char *want)
{
	char have[2 * MAX_ZONELIST + 1];
	u32 n = 0;

	for (u32 i = 0; i < NODE_DATA(nid)->nr_zonelist; i++) {
		have[n++] = (char)('0' + NODE_DATA(nid)->node_zonelist[i]->node->nid);
		have[n++] = NODE_DATA(nid)->node_zonelist[i]->type == ZONE_DMA32 ? 'd' : 'n';
	}
	have[n] = '\0';
	unit_check_text(false, file, line, "zonelist", have, want);
}
#define EXPECT_ZONELIST(nid, want) expect_zonelist(__FILE__, __LINE__, nid, want)

/*
 *  00|00 .. 11 .. 22 .. 33     d below, n above 4 GiB; from the top within a node
 *  distances from 0: 2 is at 15, 1 and 3 at 20; from 3: 0 at 12. Of equally far nodes those above
 *  come first, then those that fewer lists turn to first: 2 and 1 are in that place in the list of 0.
 */
TEST(zonelist)
{
	if (is_model("flat"))
		return;
	given_node_bank(0, G4 - 64 * MIB, 128 * MIB);
	given_node_bank(1, G4 + 256 * MIB, 64 * MIB);
	given_node_bank(2, G4 + 512 * MIB, 64 * MIB);
	given_node_bank(3, BASE, 64 * MIB);
	given_image(G4 - 32 * MIB);
	machine.distances[machine.nr_distances++] = (struct machine_distance){0, 2, 15};
	machine.distances[machine.nr_distances++] = (struct machine_distance){3, 0, 12};
	boot_to("check");
	EXPECT_ZONELIST(0, "0n0d2n1n3d");
	EXPECT_ZONELIST(1, "1n3d2n0n0d");
	EXPECT_ZONELIST(2, "2n3d0n0d1n");
	EXPECT_ZONELIST(3, "3d0n0d1n2n");
	EXPECT(home_node == NODE_DATA(0));
	EXPECT_SOUND();
}

/* The first node that has memory is at home, not the first. */
TEST(home_has_memory)
{
	if (is_model("flat"))
		return;
	given_node_bank(2, BASE, 64 * MIB);
	machine.cpu_nodes = 1UL << 0;
	boot_to("check");
	EXPECT_EQ(NODE_DATA(0)->node_present_pages, 0);
	EXPECT(home_node == NODE_DATA(2));
	EXPECT_ZONELIST(0, "2d");
	EXPECT_EQ(page_to_nid(alloc_pages(0)), 2);
}

/*
 * The memmap of each node in its own memory, and the tables that show it:
 *   |===== 0 =====|===== 1 =====|  hotpluggable 2  |   what may go away backs nothing
 */
TEST(memmap_is_local)
{
	const pfn_t third = PFN_DOWN(M(512));

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, 256 * MIB);
	given_node_bank(1, M(256), 256 * MIB);
	given_node_bank(2, M(512), 256 * MIB)->hotpluggable = true;
	given_image(VIRT_IMAGE);
	boot_to("check");
	for (u32 nid = 0; nid < 2; nid++) {
		const pfn_t pfn = PFN_DOWN(M(256 * nid));

		EXPECT_EQ(memmap_remote(nid), 0);
		EXPECT_EQ(memmap_home(memmap_backing(pfn_to_page(pfn))), nid);
		EXPECT_EQ(memmap_home(memmap_backing(pfn_to_page(pfn + PFN_DOWN(255 * MIB)))), nid);
	}
	EXPECT_EQ(memmap_remote(2), pfn_valid(third) ? 256 * MIB / 64 : 0);
	EXPECT_SOUND();
}
