/* SPDX-License-Identifier: BSD-2-Clause */
/* Blobs to be damaged, and the fields of their header. */
#pragma once

#include "dt_test.h"

/* Where struct fdt_header has its fields (devicetree specification 0.4, 5.2). */
enum {
	MAGIC = 0,
	TOTALSIZE = 4,
	OFF_STRUCT = 8,
	OFF_STRINGS = 12,
	OFF_RSVMAP = 16,
	VERSION = 20,
	LAST_COMP = 24,
	SIZE_STRINGS = 32,
	SIZE_STRUCT = 36,
};

static const char rich[] =
	"/dts-v1/; /memreserve/ 0x80000000 0x1000; / { #address-cells = <2>; #size-cells = <2>; "
	"model = \"rich\";" GOOD_MEMORY "aliases { s = \"/soc/serial@10000000\"; }; "
	"chosen { bootargs = \"mem=64M x\"; stdout-path = \"s:9\"; linux,initrd-start = <5>; "
	"linux,initrd-end = <9>; };"
	"memory@90000000 { device_type = \"memory\"; numa-node-id = <1>; reg = <0 0x90000000 0 5>; "
	"};"
	"cpus { #address-cells = <1>; #size-cells = <0>; cpu@0 { numa-node-id = <1>; }; };"
	"distance-map { compatible = \"numa-distance-map-v1\"; distance-matrix = <0 1 20>; };"
	"reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; "
	"a { reg = <0 0x80000000 0 1>; no-map; }; b { size = <0 1>; alignment = <0 0x1000>; "
	"alloc-ranges = <0 0 0 5>; }; };"
	"soc { #address-cells = <1>; #size-cells = <1>; ranges = <0 0 0 0x20000000>; "
	"serial@10000000 { compatible = \"ns16550a\"; reg = <0x10000000 0x100>; }; "
	"test@100000 { compatible = \"sifive,test1\"; reg = <0x100000 0x100>; }; }; };";

static inline u32 get(struct blob blob, u32 at)
{
	const u8 *b = blob.bytes + at;

	return (u32)b[0] << 24 | (u32)b[1] << 16 | (u32)b[2] << 8 | b[3];
}

static inline void put(struct blob blob, u32 at, u32 value)
{
	for (u32 i = 0; i < 4; i++)
		blob.bytes[at + i] = (u8)(value >> (24 - 8 * i));
}

static inline struct blob changed(struct blob blob, u32 at, u32 value)
{
	struct blob copy = blob_copy(blob.bytes, blob.size);

	put(copy, at, value);
	return copy;
}

/* Open and use everything that can be used without a stop. */
static inline bool open_and_use(struct blob blob)
{
	char why[DT_MAX_REASON] = "";
	struct dt_uart uart;
	phys_addr_t base;
	bool good;

	dt_close();
	good = dt_open(blob.bytes, blob.size, why) != NULL;
	if (good != (why[0] == 0))
		EXPECT_TEXT(why, good ? "" : "a reason");
	(void)dt_uart(blob.bytes, blob.size, &uart);
	(void)dt_test_device(blob.bytes, blob.size, &base);
	dt_close();
	return good;
}
