/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which node has which bank, per model and per tree. C62 to C64, C78 to C88.
 *
 * Drawings: a digit is a bank of that numa-node-id, - one without.
 */
#include "boot_fixture.h"
#include "mm/mmzone.h"

#define BASE     0x80000000UL
#define M(n)     (BASE + (n)*MIB)
#define BANK_MIB 128

/* A bank for each character of the row, every 256 MiB: '0'..'9' its id, '-' none, ' ' no bank. */
static void given_row(const char *row)
{
	for (u32 i = 0; row[i] != '\0'; i++)
		if (row[i] != ' ')
			given_node_bank(row[i] == '-' ? NUMA_NO_NODE : (u32)(row[i] - '0'),
					M(i * 256), BANK_MIB * MIB);
	given_image(VIRT_IMAGE);
}

/* The nodes of the banks in the end, by address. */
static void expect_row(const char *file, int line, const char *row)
{
	char have[MAX_BANKS + 1];

	for (u32 i = 0; i < banks.nr; i++)
		have[i] = (char)('0' + banks.bank[i].nid);
	have[banks.nr] = '\0';
	unit_check_text(false, file, line, "nodes", have, row);
}
#define EXPECT_ROW(row) expect_row(__FILE__, __LINE__, row)

static u32 nr_online(void)
{
	u32 nr = 0;
	u32 nid;

	for_each_online_node (nid)
		nr++;
	return nr;
}

/* What a model makes of banks without any id. */
static const char *without_ids(const char *all_zero, const char *one_per_bank)
{
	return memmodel_node_per_bank ? one_per_bank : all_zero;
}

/* C63. [-) [-) [-)   DISCONTIG: a node per bank; the others: one */
TEST(no_ids)
{
	given_row("---");
	boot_to("banks");
	EXPECT_ROW(without_ids("000", "012"));
	EXPECT_EQ(nr_online(), memmodel_node_per_bank ? 3 : 1);
	EXPECT_EQ(warned_total(), 0);
}

/*
 * C64. 18 banks, 16 nodes: the two smallest gaps are closed.
 *   [0)   [1)..[1) ... [x)....[x) ...
 */
TEST(more_banks_than_nodes)
{
	u64 at = 0;

	for (u32 i = 0; i < MAX_NUMNODES + 2; i++) {
		/* Gaps of 64 MiB, but 1 MiB before bank 5 and 2 MiB before bank 9. */
		at += i == 0 ? 0 : i == 5 ? 1 : i == 9 ? 2 : 64;
		given_bank(M(at), 16 * MIB);
		at += 16;
	}
	boot_to("banks");
	if (!memmodel_node_per_bank) {
		EXPECT_EQ(nr_online(), 1);
		return;
	}
	EXPECT_EQ(warned("node-shared"), 1);
	EXPECT_EQ(nr_online(), MAX_NUMNODES);
	for (u32 i = 0; i < banks.nr; i++)
		EXPECT_EQ(banks.bank[i].nid, i - (i >= 5) - (i >= 9));
	boot_to("check");
	EXPECT_SOUND();
}

/* C62. FLAT has one node, and says so once. */
TEST(flat_ignores_ids)
{
	given_row("01");
	boot_to("banks");
	EXPECT_ROW(is_model("flat") ? "00" : "01");
	EXPECT_EQ(warned("flat-numa-ignored"), is_model("flat"));
	EXPECT_EQ(warned_total(), is_model("flat"));
}

/* C78. ids 0 and 5: no pg_data_t for those between */
TEST(ids_with_a_gap)
{
	if (is_model("flat"))
		return;
	given_row("05");
	boot_to("nodes");
	EXPECT_ROW("05");
	EXPECT_EQ(nr_online(), 2);
	for (u32 nid = 1; nid < 5; nid++)
		EXPECT(!NODE_DATA(nid));
	EXPECT(NODE_DATA(0));
	EXPECT(NODE_DATA(5));
}

/* C79. An id that is too large: all of it goes to node 0. */
TEST(id_too_large)
{
	if (is_model("flat"))
		return;
	given_row("01");
	given_node_bank(MAX_NUMNODES, M(2048), 16 * MIB);
	boot_to("banks");
	EXPECT_ROW("000");
	EXPECT_EQ(nr_online(), 1);
	EXPECT_EQ(warned("numa-id-range"), 1);
}

TEST(largest_id)
{
	if (is_model("flat"))
		return;
	given_row("0");
	given_node_bank(MAX_NUMNODES - 1, M(2048), 16 * MIB);
	boot_to("check");
	EXPECT_EQ(banks.bank[1].nid, MAX_NUMNODES - 1);
	EXPECT_EQ(page_to_nid(pfn_to_page(PFN_DOWN(M(2048)))), MAX_NUMNODES - 1);
	EXPECT_SOUND();
}

/* C80. [1)[-)[1)[-)  those without go to node 0, each with a line */
TEST(some_without_id)
{
	if (is_model("flat"))
		return;
	given_row("1-1-");
	boot_to("banks");
	EXPECT_ROW("1010");
	EXPECT_EQ(warned("numa-id-missing"), 2);
}

/* C81. One id, two banks far apart: one node with a hole. */
TEST(one_id_twice)
{
	given_row("0   0");
	boot_to("nodes");
	EXPECT_ROW("00");
	EXPECT_EQ(NODE_DATA(0)->node_start_pfn, PFN_DOWN(BASE));
	EXPECT_EQ(NODE_DATA(0)->node_spanned_pages, PFN_DOWN((4 * 256 + BANK_MIB) * MIB));
	EXPECT_EQ(NODE_DATA(0)->node_present_pages, PFN_DOWN(2 * BANK_MIB * MIB));
}

/* C82. The same range under two ids: the first has it. */
TEST(one_range_two_ids)
{
	if (is_model("flat"))
		return;
	given_row("1");
	given_node_bank(2, BASE, BANK_MIB * MIB);
	boot_to("banks");
	EXPECT_ROW("1");
	EXPECT_EQ(warned("bank-duplicate"), 1);
	EXPECT(node_is_online(1));
	EXPECT(!node_is_online(2));
}

/* C83. cpus name node 3, which has no bank: online, empty, allocates from the others. */
TEST(cpu_only_node)
{
	if (is_model("flat"))
		return;
	given_row("01");
	machine.cpu_nodes = 1UL << 0 | 1UL << 3;
	boot_to("check");
	EXPECT(node_is_online(3));
	EXPECT_EQ(NODE_DATA(3)->node_present_pages, 0);
	EXPECT_EQ(NODE_DATA(3)->node_spanned_pages, 0);
	EXPECT_EQ(NODE_DATA(3)->nr_zonelist, 2);
	EXPECT_SOUND();
}

/* C88. cpu ids, but no bank has one: one node. */
TEST(cpu_ids_only)
{
	given_row("--");
	machine.cpu_nodes = 1UL << 1;
	machine.has_cpu_nodes = true;
	boot_to("banks");
	EXPECT_ROW(without_ids("00", "01"));
	EXPECT_EQ(warned_total(), 0);
}

/* C86. numa=off: as if the tree had no ids. */
TEST(off)
{
	given_row("01");
	machine.options.numa_off = true;
	boot_to("banks");
	EXPECT_ROW(without_ids("00", "01"));
}

static void given_distance(u32 from, u32 to, u32 distance)
{
	machine.distances[machine.nr_distances++] = (struct machine_distance){from, to, distance};
}

/* C85. Defaults where nothing is said; nonsense is not believed; asymmetry is. */
TEST(distances)
{
	if (is_model("flat"))
		return;
	given_row("012");
	given_distance(0, 1, 40);
	given_distance(1, 0, 50);
	given_distance(2, 2, 77);            /* to itself: always 10 */
	given_distance(0, 2, 256);           /* does not fit a byte */
	given_distance(0, MAX_NUMNODES, 30); /* no such node */
	given_distance(MAX_NUMNODES, 0, 30);
	boot_to("banks");
	EXPECT_EQ(node_distance(0, 0), LOCAL_DISTANCE);
	EXPECT_EQ(node_distance(0, 1), 40);
	EXPECT_EQ(node_distance(1, 0), 50);
	EXPECT_EQ(node_distance(2, 2), LOCAL_DISTANCE);
	EXPECT_EQ(node_distance(0, 2), REMOTE_DISTANCE);
	EXPECT_EQ(node_distance(2, 1), REMOTE_DISTANCE);
}
