/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Device trees for tests: a source text through the real compiler, and what the stage made of
 * it. Each test runs in a process of its own, so nothing is freed.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dt/tables.h"
#include "lib/log.h"
#include "unit.h"

#define DT_TEST_PA 0x8fe00000UL

struct blob {
	u8 *bytes; /* exactly size of them, 8-byte aligned: one byte more is a fault */
	u64 size;
};

static inline struct blob blob_copy(const void *bytes, u64 size)
{
	struct blob blob = {malloc(size ? size : 1), size};

	memcpy(blob.bytes, bytes, size);
	return blob;
}

/** blob_compile - dtc on a whole source; options such as "-V 16". */
static inline struct blob blob_compile(const char *source, const char *options)
{
	char dts[] = "/tmp/pagewright-dts-XXXXXX", dtb[] = "/tmp/pagewright-dtb-XXXXXX";
	int in = mkstemp(dts), out = mkstemp(dtb);
	char command[256];
	static u8 bytes[2 * MIB];
	ssize_t size;

	ASSERT(in >= 0 && out >= 0);
	ASSERT_EQ(write(in, source, strlen(source)), strlen(source));
	snprintf(command, sizeof(command), "dtc -q -f -I dts -O dtb %s -o %s %s", options, dtb,
		 dts);
	ASSERT_EQ(system(command), 0);
	size = read(out, bytes, sizeof(bytes));
	ASSERT(size > 0);
	close(in);
	close(out);
	unlink(dts);
	unlink(dtb);
	return blob_copy(bytes, (u64)size);
}

/** blob_of - a tree with these lines in its root, which has 2 and 2 cells. */
static inline struct blob blob_of(const char *body)
{
	static char source[256 * KIB];

	snprintf(source, sizeof(source),
		 "/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>;\n%s\n};\n", body);
	return blob_compile(source, "");
}

/** read_blob - run the stage on it. */
static inline void read_blob(struct blob blob)
{
	dt_close();
	devicetree_read(DT_TEST_PA, blob.bytes, blob.size);
}

static inline void read_tree(const char *body)
{
	read_blob(blob_of(body));
}

/** warned - how often a warning of that name was given so far in this process. */
static inline u32 warned(const char *name)
{
	const char *seen;
	u32 i, count;

	for (i = 0; log_warning_count(i, &seen, &count); i++)
		if (strcmp(seen, name) == 0)
			return count;
	return 0;
}

/** warned_total - how many warnings of all names together. */
static inline u32 warned_total(void)
{
	const char *seen;
	u32 i, count, total = 0;

	for (i = 0; log_warning_count(i, &seen, &count); i++)
		total += count;
	return total;
}

/* One bank and nothing odd, for tests of something else. */
#define GOOD_MEMORY \
	"memory@80000000 { device_type = \"memory\"; reg = <0 0x80000000 0 0x20000000>; };\n"

#define EXPECT_BANK(i, from, to)                               \
	do {                                                   \
		EXPECT_EQ(machine.banks[i].range.start, from); \
		EXPECT_EQ(machine.banks[i].range.end, to);     \
	} while (0)

#define EXPECT_RESERVED(i, from, to, by)                              \
	do {                                                          \
		EXPECT_EQ(machine.reservations[i].range.start, from); \
		EXPECT_EQ(machine.reservations[i].range.end, to);     \
		EXPECT_EQ(machine.reservations[i].owner, by);         \
	} while (0)
