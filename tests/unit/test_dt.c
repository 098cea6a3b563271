/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory nodes, cells and NUMA: from a source text to machine.banks. */
#include "dt_test.h"

#define MEM(body) "memory@80000000 { device_type = \"memory\"; " body " };\n"

TEST(one_bank)
{
	read_tree("model = \"board\";" GOOD_MEMORY);
	ASSERT_EQ(machine.nr_banks, 1);
	EXPECT_BANK(0, 0x80000000, 0xa0000000);
	EXPECT_EQ(machine.banks[0].nid, NUMA_NO_NODE);
	EXPECT_EQ(machine.banks[0].reg, 0);
	EXPECT(!machine.banks[0].hotpluggable);
	EXPECT(!machine.has_numa && !machine.has_cpu_nodes);
	EXPECT_TEXT(machine.banks[0].origin, "/memory@80000000");
	EXPECT_TEXT(machine.model, "board");
	EXPECT_EQ(machine.nr_reservations, 0);
	EXPECT_EQ(warned_total(), 0);
}

TEST(tuples_in_the_order_of_the_tree)
{
	read_tree("memory@90000000 { device_type = \"memory\"; hotpluggable; reg = <0 0x90000000 "
		  "0 0x1000>, <0 0x88000000 0 0x2000>; };" MEM("reg = <1 0 2 0>;"));
	ASSERT_EQ(machine.nr_banks, 3);
	EXPECT_BANK(0, 0x90000000, 0x90001000);
	EXPECT_BANK(1, 0x88000000, 0x88002000);
	EXPECT_BANK(2, 0x100000000, 0x300000000);
	EXPECT_EQ(machine.banks[1].reg, 1);
	EXPECT(machine.banks[1].hotpluggable && !machine.banks[2].hotpluggable);
	EXPECT(machine.banks[0].origin == machine.banks[1].origin);
}

/* C15-C18: every pair of 1 and 2 cells, and none given. */
TEST(cells_matrix)
{
	static const char *const reg[2][2] = {
		{"<0x80000000 0x80000000>", "<0x80000000 0 0x80000000>"},
		{"<0 0x80000000 0x80000000>", "<0 0x80000000 0 0x80000000>"},
	};
	char text[512];

	for (u32 a = 1; a <= 2; a++)
		for (u32 s = 1; s <= 2; s++) {
			snprintf(text, sizeof(text),
				 "/dts-v1/; / { #address-cells = <%u>; #size-cells = <%u>; odd = "
				 "[00]; memory { device_type = \"memory\"; reg = %s; }; };",
				 a, s, reg[a - 1][s - 1]);
			read_blob(blob_compile(text, ""));
			ASSERT_EQ(machine.nr_banks, 1);
			EXPECT_BANK(0, 0x80000000, 0x100000000);
		}
	EXPECT_EQ(warned_total(), 0);
	read_blob(blob_compile("/dts-v1/; / { memory { device_type = \"memory\"; reg = <0 "
			       "0x80000000 0x1000>; }; };",
			       ""));
	EXPECT_BANK(0, 0x80000000, 0x80001000);
	EXPECT_EQ(warned("root-cells"), 1);
}

/* C19 */
TEST(odd_cells)
{
	static const char three[] = "/dts-v1/; / { #address-cells = <3>; #size-cells = <4>; memory "
				    "{ device_type = \"memory\"; reg = <0 1 2 0 0 3 4>; }; };";
	static const char high[] = "/dts-v1/; / { #address-cells = <3>; #size-cells = <1>; memory "
				   "{ device_type = \"memory\"; reg = <1 0 2 3>; }; };";
	static const char none[] = "/dts-v1/; / { #address-cells = <0>; #size-cells = <1>; memory "
				   "{ device_type = \"memory\"; reg = <3>; }; };";
	static const char both[] = "/dts-v1/; / { #address-cells = <0>; #size-cells = <0>; memory "
				   "{ device_type = \"memory\"; reg = <3>; }; };";
	static const char many[] =
		"/dts-v1/; / { #address-cells = <0xffffffff>; #size-cells = <1>; "
		"memory { device_type = \"memory\"; reg = <3>; }; };";

	read_blob(blob_compile(three, ""));
	ASSERT_EQ(machine.nr_banks, 1);
	EXPECT_BANK(0, 0x100000002, 0x400000006);
	EXPECT_STOP(read_blob(blob_compile(high, "")), "more than 64 bits");
	EXPECT_STOP(read_blob(blob_compile(none, "")), "#address-cells = 0");
	EXPECT_STOP(read_blob(blob_compile(both, "")), "no usable memory");
	EXPECT_STOP(read_blob(blob_compile(many, "")), "4294967295");
}

/* C20 */
TEST(no_memory)
{
	EXPECT_STOP(read_tree("chosen { }; soc { };"), "chosen soc");
	EXPECT_STOP(read_tree(MEM("reg = <0 0x80000000 0 0>;")), "all 1 memory nodes");
	EXPECT_STOP(read_tree(MEM("status = \"disabled\"; reg = <0 1 0 1>;")),
		    "all 1 memory nodes");
	EXPECT_STOP(read_blob(blob_compile("/dts-v1/; / { };", "")), "no memory node");
}

/* C21, C22, C28 */
TEST(which_nodes_count)
{
	read_tree("memory@1000 { reg = <0 0x1000 0 0x1000>; };"
		  "ram { device_type = \"memory\"; reg = <0 0x2000 0 0x1000>; };"
		  "soc { memory@3000 { device_type = \"memory\"; reg = <0 0x3000 0 0x1000>; }; };"
		  "memory-controller { reg = <0 0x4000 0 0x1000>; };");
	ASSERT_EQ(machine.nr_banks, 1);
	EXPECT_BANK(0, 0x2000, 0x3000);
	EXPECT_EQ(warned("memory-no-device-type"), 1);
	EXPECT_EQ(warned("memory-nested"), 1);
	EXPECT_EQ(warned_total(), 2);
	read_tree("memory@1000 { reg = <0 0x1000 0 0x1000>; }; memory { reg = <0 0x5000 0 1>; };");
	ASSERT_EQ(machine.nr_banks, 2);
	EXPECT_BANK(0, 0x1000, 0x2000);
	EXPECT_EQ(warned("memory-no-device-type"), 2);
}

/* C23-C25, C29 */
TEST(what_is_left_out)
{
	read_tree(MEM(
		"reg = <0 0x80000000 0 0x1000>, <0 0x90000000 0 0>, <0 1>;") "memory@1 { "
									     "device_type = "
									     "\"memory\"; };"
									     "memory@2 { "
									     "device_type = "
									     "\"memory\"; status = "
									     "\"disabled\"; reg = "
									     "<0 0 0 9>; };"
									     "memory@3 { "
									     "device_type = "
									     "\"memory\"; status = "
									     "\"ok\"; reg = <0 1 0 "
									     "2>; "
									     "linux,usable-memory "
									     "= <0 16 0 16>; };"
									     "memory@4 { "
									     "device_type = "
									     "\"memory\"; reg = <0 "
									     "4 0 2>; "
									     "linux,usable-memory; "
									     "};");
	ASSERT_EQ(machine.nr_banks, 2);
	EXPECT_BANK(0, 0x80000000, 0x80001000);
	EXPECT_BANK(1, 16, 32);
	EXPECT_EQ(warned("reg-length"), 1);
	EXPECT_EQ(warned("reg-missing"), 1);
	EXPECT_EQ(warned_total(), 2);
}

/* C34, C36, C52 */
TEST(ends_of_the_address_space)
{
	read_tree(MEM("reg = <0 0x80000000 0 0x1000>, <0x01000000 0 0 0x1000>, "
		      "<0x00ffffff 0xfffff000 0 0x1000>, <0x00ffffff 0 0xffffffff 0>, "
		      "<0 0x1000 0xffffffff 0xffffefff>, <0xffffffff 0xffffffff 0 2>;"));
	ASSERT_EQ(machine.nr_banks, 3);
	EXPECT_BANK(1, 0xfffffffffff000, 0x100000000000000);
	EXPECT_BANK(2, 0x1000, ~0UL);
	EXPECT_EQ(warned("bank-beyond-56"), 2);
	EXPECT_EQ(warned("bank-wraps"), 1);
}

static const char *many_banks(u32 nr)
{
	static char text[64 * KIB];
	size_t used = 0;

	used += (size_t)sprintf(text, "memory { device_type = \"memory\"; reg = <");
	for (u32 i = 0; i < nr; i++)
		used += (size_t)sprintf(text + used, "0 0x%x 0 0x1000 ", 0x80000000 + i * 0x10000);
	sprintf(text + used, ">; };");
	return text;
}

/* C31 */
TEST(table_of_banks)
{
	read_tree(many_banks(MACHINE_MAX_BANKS));
	EXPECT_EQ(machine.nr_banks, MACHINE_MAX_BANKS);
	EXPECT_BANK(MACHINE_MAX_BANKS - 1, 0x80000000 + (MACHINE_MAX_BANKS - 1) * 0x10000UL,
		    0x80001000 + (MACHINE_MAX_BANKS - 1) * 0x10000UL);
	EXPECT_STOP(read_tree(many_banks(700)), "700 banks of memory, the table holds 512");
}

#define NUMA_MEMORY                                                                   \
	"memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0x1000>; " \
	"numa-node-id = <0>; };"                                                      \
	"memory@90000000 { device_type = \"memory\"; reg = <0 0x90000000 0 0x1000>; " \
	"numa-node-id = <2>; };"
#define MAP(matrix) \
	"distance-map { compatible = \"numa-distance-map-v1\"; distance-matrix = <" matrix ">; };"

TEST(node_ids)
{
	read_tree(NUMA_MEMORY MEM(
		"reg = <0 0xb0000000 0 0x1000>; numa-node-id = <0 1>;") "memory@7 { device_type = "
									"\"memory\"; reg = <0 "
									"0x7000 0 1>; numa-node-id "
									"= "
									"<70000>; };"
									"cpus { #address-cells = "
									"<1>; #size-cells = <0>; "
									"cpu@0 { numa-node-id = "
									"<1>; }; "
									"cpu@1 { numa-node-id = "
									"<99>; }; cpu-map { "
									"numa-node-id = <3>; }; "
									"};");
	ASSERT_EQ(machine.nr_banks, 4);
	EXPECT_EQ(machine.banks[0].nid, 0);
	EXPECT_EQ(machine.banks[1].nid, 2);
	EXPECT_EQ(machine.banks[2].nid, NUMA_NO_NODE);
	EXPECT_EQ(machine.banks[3].nid, 70000);
	EXPECT_EQ(warned("numa-id-length"), 1);
	EXPECT(machine.has_numa && machine.has_cpu_nodes);
	EXPECT_EQ(machine.cpu_nodes, 1 << 1);
	EXPECT_EQ(machine.nr_distances, 0);
}

static u32 distance_of(u32 from, u32 to)
{
	for (u32 i = 0; i < machine.nr_distances; i++)
		if (machine.distances[i].from == from && machine.distances[i].to == to)
			return machine.distances[i].distance;
	return 0;
}

TEST(distances)
{
	read_tree(NUMA_MEMORY MAP("0 0 10 0 2 33 2 2 10"));
	EXPECT_EQ(machine.nr_distances, 4);
	EXPECT_EQ(distance_of(0, 0), 10);
	EXPECT_EQ(distance_of(0, 2), 33);
	EXPECT_EQ(distance_of(2, 0), 33);
	read_tree(NUMA_MEMORY MAP("0 2 33 2 0 33"));
	EXPECT_EQ(distance_of(2, 2), 10);
	EXPECT_EQ(warned_total(), 0);
}

/* C85: a map that breaks a rule is not used at all */
TEST(bad_distances)
{
	static const char *const bad[] = {
		NUMA_MEMORY MAP("0 0 10 0 2"),            /* length */
		NUMA_MEMORY MAP(""),                      /* empty */
		NUMA_MEMORY MAP("0 2 20 2 0 21"),         /* not symmetric */
		NUMA_MEMORY MAP("0 0 11 0 2 20"),         /* self */
		NUMA_MEMORY MAP("0 2 10"),                /* too near */
		NUMA_MEMORY MAP("0 2 256"),               /* too far */
		NUMA_MEMORY MAP("0 0 10 2 2 10"),         /* a pair is missing */
		NUMA_MEMORY MAP("0 2 20 0 2 21"),         /* twice */
		NUMA_MEMORY MAP("0 2 20 0 100000 30"),    /* no such id */
		NUMA_MEMORY MAP("0 2 20 0xffffffff 0 1"), /* no such id */
		NUMA_MEMORY "distance-map { distance-matrix = <0 2 20>; };",
		NUMA_MEMORY "distance-map { compatible = \"numa-distance-map-v1\"; };",
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		read_tree(bad[i]);
		EXPECT_EQ(machine.nr_banks, 2);
		EXPECT_EQ(machine.nr_distances, 0);
		EXPECT_EQ(warned("numa-distance"), i + 1);
	}
	EXPECT_EQ(warned_total(), ARRAY_SIZE(bad));
}
