/* SPDX-License-Identifier: BSD-2-Clause */
/* Reservations, the command line and the initrd; and the devices of the entry code. */
#include "dt_test.h"

#define RESERVED(body)                                                                             \
	GOOD_MEMORY "reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; " body " " \
		    "}"                                                                            \
		    ";"
#define SEED16       "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f "
#define CHOSEN(body) GOOD_MEMORY "chosen { " body " };"

TEST(static_regions)
{
	read_tree(RESERVED("a@80000000 { reg = <0 0x80000123 0 0x100>, <0 0xf0000000 0 1>; };"
			   "b@1 { no-map; reg = <0 0 0 0x1000>; };"
			   "c@2 { reusable; reg = <1 0 1 0>; };"
			   "d@3 { status = \"disabled\"; reg = <1 0 1 0>; };"));
	ASSERT_EQ(machine.nr_reservations, 4);
	EXPECT_RESERVED(0, 0x80000123, 0x80000223, OWNER_RESERVED);
	EXPECT_RESERVED(1, 0xf0000000, 0xf0000001, OWNER_RESERVED);
	EXPECT_RESERVED(2, 0, 0x1000, OWNER_RESERVED);
	EXPECT_RESERVED(3, 0x100000000, 0x200000000, OWNER_RESERVED);
	EXPECT_EQ(machine.reservations[1].reg, 1);
	EXPECT(machine.reservations[2].nomap && !machine.reservations[2].reusable);
	EXPECT(!machine.reservations[3].nomap && machine.reservations[3].reusable);
	EXPECT_TEXT(machine.reservations[0].origin, "/reserved-memory/a@80000000");
	EXPECT_EQ(warned_total(), 0);
}

/* OpenSBI 0.9 to 1.2 leave no-map out: a line, not a warning. */
TEST(firmware_by_name)
{
	static const char *const names[] = {"mmode_resv0@80000000", "mmode_resv1", "mmode_pmp0",
					    "opensbi", "opensbi@1"};
	char text[512];

	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), RESERVED("%s { reg = <0 0x80000000 0 0x80000>; };"),
			 names[i]);
		unit_output_begin();
		read_tree(text);
		EXPECT(strstr(unit_output_end(), "firmware by its name"));
		ASSERT_EQ(machine.nr_reservations, 1);
		EXPECT_RESERVED(0, 0x80000000, 0x80080000, OWNER_FIRMWARE);
		EXPECT(machine.reservations[0].nomap);
	}
	EXPECT_EQ(warned_total(), 0);
}

/* C97 */
TEST(nonsense_regions)
{
	read_tree(RESERVED("a { reg = <0 0 0 0>; }; b { reg = <0 0x1000 0xffffffff 0xfffff000>; }; "
			   "c { }; d { reg = <0 1 0>; }; e { reg; }; f { size = <0 0>; }; "
			   "g { size = [01 02]; }; h { reg = <0 1 0 2 3>; };"));
	ASSERT_EQ(machine.nr_reservations, 1);
	EXPECT_RESERVED(0, 1, 3, OWNER_RESERVED);
	EXPECT_EQ(warned("reserved-ignored"), 5);
	EXPECT_EQ(warned("reg-length"), 3);
	EXPECT_EQ(machine.nr_dynamic, 0);
}

/* C98 */
TEST(cells_of_its_own)
{
	read_tree(GOOD_MEMORY "reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges; "
			      "a { reg = <0x80000000 0x1000>; }; };");
	EXPECT_RESERVED(0, 0x80000000, 0x80001000, OWNER_RESERVED);
	EXPECT_EQ(warned("reserved-cells"), 1);
	read_tree(GOOD_MEMORY "reserved-memory { a { reg = <0 0x80000000 0 0x1000>; }; };");
	EXPECT_RESERVED(0, 0x80000000, 0x80001000, OWNER_RESERVED);
	EXPECT_EQ(warned("reserved-cells"), 2);
	EXPECT_EQ(warned("reserved-ranges"), 1);
	read_tree(GOOD_MEMORY "reserved-memory { };");
	EXPECT_EQ(machine.nr_reservations, 0);
	EXPECT_EQ(warned_total(), 3);
	EXPECT_STOP(read_tree(GOOD_MEMORY "reserved-memory { #address-cells = <3>; #size-cells = "
					  "<2>; ranges; a { reg = <1 2 3 4 5>; }; };"),
		    "more than 64 bits");
}

/* C101-C104 */
TEST(dynamic_regions)
{
	read_tree(RESERVED("a { size = <0 0x20000000>; alignment = <0 0x2000>; reusable; "
			   "alloc-ranges = <0 0x70000000 0 0x20000000>, <0 0x90000000 0xffffffff "
			   "0xffffffff>; };"
			   "b { size = <0x1000>; no-map; };"
			   "c { size = <0 5>; alignment = <0 0x3000>; };"
			   "d { size = <0 5>; alignment = <0 16>; };"
			   "e { size = <0 5>; alloc-ranges; };"));
	ASSERT_EQ(machine.nr_dynamic, 4);
	EXPECT_EQ(machine.dynamic[0].size, 0x20000000);
	EXPECT_EQ(machine.dynamic[0].alignment, 0x2000);
	EXPECT_EQ(machine.dynamic[0].nr_ranges, 2);
	EXPECT_EQ(machine.dynamic[0].ranges[0].end, 0x90000000);
	EXPECT_EQ(machine.dynamic[0].ranges[1].end, ~0UL);
	EXPECT(machine.dynamic[0].reusable && !machine.dynamic[0].nomap);
	EXPECT(machine.dynamic[1].nomap);
	EXPECT_EQ(machine.dynamic[1].alignment, PAGE_SIZE);
	EXPECT_EQ(machine.dynamic[2].alignment, 0x4000);
	EXPECT_EQ(machine.dynamic[3].alignment, PAGE_SIZE);
	EXPECT_EQ(warned("reserved-alignment"), 1);
	EXPECT_EQ(warned("reserved-ignored"), 1);
	EXPECT_EQ(machine.nr_reservations, 0);
}

/* C107, C108 */
TEST(memreserve)
{
	struct blob blob =
		blob_compile("/dts-v1/; /memreserve/ 0x8fe00000 0x2000; /memreserve/ "
			     "0x8fe00000 0x2000; /memreserve/ 0xffffffffffffffff 2; / { "
			     "#address-cells = <2>; #size-cells = <2>; " GOOD_MEMORY " };",
			     "");

	read_blob(blob);
	ASSERT_EQ(machine.nr_reservations, 2);
	EXPECT_RESERVED(0, 0x8fe00000, 0x8fe02000, OWNER_MEMRESERVE);
	EXPECT_RESERVED(1, 0x8fe00000, 0x8fe02000, OWNER_MEMRESERVE);
	EXPECT_TEXT(machine.reservations[1].origin, "memreserve");
	EXPECT_EQ(warned("reserved-ignored"), 1);

	/* the empty last entry becomes one more range: the list ends where the nodes begin */
	blob.bytes[40 + 3 * 16 + 6] = 0x10;
	blob.bytes[40 + 3 * 16 + 14] = 0x20;
	read_blob(blob);
	ASSERT_EQ(machine.nr_reservations, 3);
	EXPECT_RESERVED(2, 0x1000, 0x3000, OWNER_MEMRESERVE);
	EXPECT_EQ(warned("memreserve-unterminated"), 1);
}

static const char *many_regions(u32 nr)
{
	static char body[128 * KIB];
	static char text[160 * KIB];
	size_t used = 0;

	for (u32 i = 0; i < nr; i++)
		used += (size_t)sprintf(body + used, "r@%x { reg = <0 0x%x 0 0x1000>; };", i,
					0x80000000 + i * 0x2000);
	snprintf(text, sizeof(text), RESERVED("%s"), body);
	return text;
}

/* C106 */
TEST(table_of_reservations)
{
	read_tree(many_regions(200));
	EXPECT_EQ(machine.nr_reservations, 200);
	read_tree(many_regions(512));
	EXPECT_EQ(machine.nr_reservations, 512);
	EXPECT_STOP(read_tree(many_regions(600)), "600 reservations, the table holds 512");
}

/* C110, C111 */
TEST(initrd)
{
	read_tree(CHOSEN("linux,initrd-start = <0x84000000>; linux,initrd-end = <0 0x84001001>;"));
	ASSERT_EQ(machine.nr_reservations, 1);
	EXPECT_RESERVED(0, 0x84000000, 0x84001001, OWNER_INITRD);
	EXPECT_EQ(warned_total(), 0);
	read_tree(CHOSEN("linux,initrd-start = <0x84000000>; linux,initrd-end = <0x84000000>;"));
	read_tree(CHOSEN("linux,initrd-start = <0x84000000>;"));
	read_tree(CHOSEN("linux,initrd-start = [00 01]; linux,initrd-end = <5>;"));
	EXPECT_EQ(machine.nr_reservations, 0);
	EXPECT_EQ(warned("initrd-range"), 3);
}

/* C120 */
TEST(bootargs)
{
	static char text[8192], longest[3001];
	struct blob blob;

	read_tree(GOOD_MEMORY);
	EXPECT_TEXT(machine.cmdline, DEFAULT_CMDLINE);
	read_tree(CHOSEN("bootargs = \"\";"));
	EXPECT_TEXT(machine.cmdline, DEFAULT_CMDLINE);
	read_tree(CHOSEN("bootargs;"));
	EXPECT_TEXT(machine.cmdline, DEFAULT_CMDLINE);
	read_tree(CHOSEN("bootargs = \"mem=64M selftest\";"));
	EXPECT_TEXT(machine.cmdline, "mem=64M selftest");
	EXPECT(machine.options.selftest);
	EXPECT_EQ(machine.options.nr_mem, 1);
	EXPECT_EQ(warned_total(), 0);
	read_tree(CHOSEN("bootargs = [61 62 63];"));
	EXPECT_TEXT(machine.cmdline, "abc");
	EXPECT_EQ(warned("bootargs-cut"), 1);

	memset(longest, 'x', sizeof(longest) - 1);
	snprintf(text, sizeof(text), CHOSEN("bootargs = \"%s\";"), longest);
	blob = blob_of(text);
	read_blob(blob);
	EXPECT_EQ(strlen(machine.cmdline), MACHINE_MAX_CMDLINE - 1);
	EXPECT_EQ(warned("bootargs-cut"), 2);
}

#define SOC(body)                                                                  \
	GOOD_MEMORY "soc { #address-cells = <2>; #size-cells = <2>; compatible = " \
		    "\"simple-bus\"; " body " };"

TEST(uart)
{
	struct dt_uart uart;
	struct blob blob =
		blob_of(SOC("ranges; serial@10000000 { reg = <0 0x10000000 0 0x100>; "
			    "compatible = \"x,y\", \"ns16550a\"; };") "aliases { serial0 = "
								      "\"/soc/serial@10000000\"; "
								      "loop = \"loop\"; };"
								      "chosen { stdout-path = "
								      "\"serial0:115200n8\"; };");

	ASSERT(dt_uart(blob.bytes, blob.size, &uart));
	EXPECT_EQ(uart.base, 0x10000000);
	EXPECT_EQ(uart.reg_shift, 0);
	EXPECT_EQ(uart.reg_io_width, 1);
	blob = blob_of(
		"soc { #address-cells = <1>; #size-cells = <1>; ranges = <0x1000 2 0x3000 "
		"0x1000>, <0x9000 0 0x20000 0x10>; serial { reg = <0x1080 0x10>; reg-shift = "
		"<2>; reg-io-width = <4>; compatible = \"snps,dw-apb-uart\"; }; };"
		"chosen { stdout-path = \"/soc/serial:9600\"; };");
	ASSERT(dt_uart(blob.bytes, blob.size, &uart));
	EXPECT_EQ(uart.base, 0x200003080);
	EXPECT_EQ(uart.reg_shift, 2);
	EXPECT_EQ(uart.reg_io_width, 4);
}

TEST(no_uart)
{
	static const char *const bodies[] = {
		GOOD_MEMORY,
		CHOSEN(""),
		CHOSEN("stdout-path = \"\";"),
		CHOSEN("stdout-path = \"/\";"),
		CHOSEN("stdout-path = \"/nowhere\";"),
		CHOSEN("stdout-path = \"serial0\";"),
		CHOSEN("stdout-path = \"loop\";") "aliases { loop = \"loop\"; };",
		CHOSEN("stdout-path = \"/soc/a\";") "soc { #address-cells = <1>; "
						    "#size-cells = <1>; a { reg = "
						    "<0x1000 0x10>; "
						    "compatible = \"ns16550a\"; }; "
						    "};", /* no ranges */
		CHOSEN("stdout-path = \"/soc/a\";") "soc { #address-cells = <1>; "
						    "#size-cells = <1>; ranges = "
						    "<0 0 0 0x1000>; a "
						    "{ reg = <0x1000 0x10>; "
						    "compatible = \"ns16550a\"; }; "
						    "};", /* outside */
		CHOSEN("stdout-path = \"/a\";") "a { reg = <0 1 0 1>; compatible = "
						"\"sifive,uart0\"; };",
	};
	struct dt_uart uart;

	for (u32 i = 0; i < ARRAY_SIZE(bodies); i++) {
		struct blob blob = blob_of(bodies[i]);

		unit_note("%s", bodies[i]);
		EXPECT(!dt_uart(blob.bytes, blob.size, &uart));
	}
}

TEST(rng_seed)
{
	read_tree(CHOSEN("rng-seed = [01 02 03];"));
	EXPECT_EQ(machine.rng_seed_bytes, 3);
	EXPECT_EQ(machine.rng_seed[2], 3);
	read_tree(CHOSEN("rng-seed;"));
	EXPECT_EQ(machine.rng_seed_bytes, 0);
	read_tree(GOOD_MEMORY);
	EXPECT_EQ(machine.rng_seed_bytes, 0);
}

/* More than the table holds: the first bytes are as good as all. */
TEST(rng_seed_is_long)
{
	read_tree(CHOSEN("rng-seed = [" SEED16 SEED16 SEED16 SEED16 " ff];"));
	EXPECT_EQ(machine.rng_seed_bytes, MACHINE_MAX_RNG_SEED);
	EXPECT_EQ(machine.rng_seed[63], 0x0f);
}

TEST(test_device)
{
	phys_addr_t base;
	struct blob blob =
		blob_of(SOC("ranges; test@100000 { reg = <0 0x100000 0 0x1000>; compatible "
			    "= \"sifive,test1\", \"sifive,test0\", \"syscon\"; };"));

	ASSERT(dt_test_device(blob.bytes, blob.size, &base));
	EXPECT_EQ(base, 0x100000);
	blob = blob_of(GOOD_MEMORY);
	EXPECT(!dt_test_device(blob.bytes, blob.size, &base));
	EXPECT(!dt_test_device("too short", 9, &base));
}
