/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Blobs that are no good trees: every byte may be anything, and the answer is a reason, never a
 * crash or a read outside. Each blob lies in memory of exactly its size, under the sanitizers.
 */
#include "dt_blob_test.h"

TEST(good_blobs)
{
	struct blob blob = blob_compile(rich, ""), padded;

	EXPECT(open_and_use(blob));
	EXPECT(open_and_use(blob_compile(rich, "-V 16")));
	EXPECT(open_and_use(changed(blob, VERSION, 18)));
	padded = blob_compile(rich, "-p 4096"); /* C14 */
	EXPECT(open_and_use(padded));
	memset(padded.bytes + padded.size - 4096, 0xa5, 4096);
	EXPECT(open_and_use(padded));
	read_blob(blob_compile(rich, "-V 16"));
	EXPECT_EQ(machine.nr_banks, 2);
	EXPECT_EQ(machine.nr_reservations, 3);
	EXPECT_EQ(machine.nr_dynamic, 1);
}

TEST(header_fields)
{
	struct blob good = blob_compile(rich, "");
	const struct {
		u32 at, value;
		const char *why;
	} bad[] = {
		{MAGIC, 0x11223344, "0x11223344"},
		{TOTALSIZE, 0x7fffffff, "totalsize is 2147483647"},
		{TOTALSIZE, 39, "totalsize is 39"},
		{TOTALSIZE, (u32)good.size + 1, "totalsize is"},
		{VERSION, 15, "version is 15"},
		{VERSION, 3, "version is 3"},
		{LAST_COMP, 18, "down to 18"},
		{OFF_STRUCT, get(good, OFF_STRUCT) + 2, "alignment"},
		{OFF_STRUCT, 0, "outside its"},
		{OFF_STRUCT, 0xfffffffc, "outside its"},
		{OFF_RSVMAP, 44, "alignment"},
		{OFF_RSVMAP, 0x10000, "outside its"},
		{OFF_STRINGS, 0xffffffff, "outside its"},
		{SIZE_STRINGS, 0xffffffff, "outside its"},
		{SIZE_STRUCT, 0xffffffff, "outside its"},
		{SIZE_STRUCT, 0, "broken or cut"},
		{SIZE_STRINGS, 0, "strings block has 0 bytes"},
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_note("field %u = 0x%x", bad[i].at, bad[i].value);
		EXPECT(!open_and_use(changed(good, bad[i].at, bad[i].value)));
		EXPECT_STOP(read_blob(changed(good, bad[i].at, bad[i].value)), bad[i].why);
	}
}

TEST(not_aligned)
{
	struct blob good = blob_compile(rich, "");
	struct blob moved = {(u8 *)malloc(good.size + 4) + 4, good.size};

	memcpy(moved.bytes, good.bytes, good.size);
	EXPECT(!open_and_use(moved));
	EXPECT_STOP(read_blob(moved), "not 8-byte aligned");
}

/* C4: cut at every length; totalsize says so, or still claims the whole. */
TEST(truncated_everywhere)
{
	struct blob good = blob_compile(rich, ""), cut;
	u32 opened = 0;

	for (u32 size = 0; size < good.size; size++) {
		cut = blob_copy(good.bytes, size);
		EXPECT(!open_and_use(cut));
		if (size >= 8)
			put(cut, TOTALSIZE, size);
		opened += open_and_use(cut);
		free(cut.bytes);
	}
	EXPECT_EQ(opened, 0); /* the strings block is the last one */
	for (u32 size = 0; size < get(good, SIZE_STRUCT); size++) {
		cut = changed(good, SIZE_STRUCT, size);
		EXPECT(!open_and_use(cut));
		free(cut.bytes);
	}
}

/* A structure block of our own making: words, then the header and two names around it. */
static struct blob blob_with(const u32 *words, u32 nr)
{
	static const char names[] = "device_type\0reg";
	struct blob blob = {calloc(1, 56 + nr * 4 + sizeof(names)), 56 + nr * 4 + sizeof(names)};

	put(blob, MAGIC, 0xd00dfeed);
	put(blob, TOTALSIZE, (u32)blob.size);
	put(blob, OFF_STRUCT, 56);
	put(blob, OFF_STRINGS, 56 + nr * 4);
	put(blob, OFF_RSVMAP, 40);
	put(blob, VERSION, 17);
	put(blob, LAST_COMP, 16);
	put(blob, SIZE_STRINGS, sizeof(names));
	put(blob, SIZE_STRUCT, nr * 4);
	for (u32 i = 0; i < nr; i++)
		put(blob, 56 + i * 4, words[i]);
	memcpy(blob.bytes + 56 + nr * 4, names, sizeof(names));
	return blob;
}

#define EXPECT_REFUSED(text, ...)                                       \
	do {                                                            \
		const u32 words[] = {__VA_ARGS__};                      \
		char why[DT_MAX_REASON] = "";                           \
		struct blob made = blob_with(words, ARRAY_SIZE(words)); \
                                                                        \
		unit_note("%s", #__VA_ARGS__);                          \
		EXPECT(!open_and_use(made));                            \
		(void)dt_open(made.bytes, made.size, why);              \
		unit_note("%s", why);                                   \
		EXPECT(strstr(why, text) != NULL);                      \
	} while (0)

/* C13 */
TEST(broken_structure)
{
	enum { BEGIN = 1, END_NODE, PROP, NOP, END = 9 };

	EXPECT_REFUSED("0 nodes open, 0 seen", END);
	EXPECT_REFUSED("broken or cut at offset 0", 7);
	EXPECT_REFUSED("broken or cut", BEGIN, 0x61616161);
	EXPECT_REFUSED("broken or cut", BEGIN, 0);
	EXPECT_REFUSED("1 nodes open", BEGIN, 0, END);
	EXPECT_REFUSED("more nodes end", BEGIN, 0, END_NODE, END_NODE, END);
	EXPECT_REFUSED("second root", BEGIN, 0, END_NODE, BEGIN, 0, END_NODE, END);
	EXPECT_REFUSED("does not stand before", PROP, 0, 0, BEGIN, 0, END_NODE, END);
	EXPECT_REFUSED("does not stand before", BEGIN, 0, BEGIN, 0, END_NODE, PROP, 0, 0, END_NODE,
		       END);
	EXPECT_REFUSED("broken or cut", BEGIN, 0, PROP, 0xfffffff4, 0, END_NODE, END);
	EXPECT_REFUSED("broken or cut", BEGIN, 0, PROP, 0xfffffff5, 0, END_NODE, END);
	EXPECT_REFUSED("broken or cut", BEGIN, 0, PROP, 0x7fffffff, 0, END_NODE, END);
	EXPECT_REFUSED("broken or cut", BEGIN, 0, PROP, 100, 0, END_NODE, END);
	EXPECT_REFUSED("strings block has 16", BEGIN, 0, PROP, 0, 16, END_NODE, END);
	EXPECT_REFUSED("strings block has 16", BEGIN, 0, PROP, 0, 0xffffffff, END_NODE, END);
}

TEST(names_end_with_the_block)
{
	const u32 words[] = {1, 0, 3, 0, 12, 2, 9};
	struct blob blob = blob_with(words, ARRAY_SIZE(words));

	EXPECT(open_and_use(blob));
	put(blob, SIZE_STRINGS, 15); /* "reg" without its NUL */
	EXPECT(!open_and_use(blob));
	put(blob, 56 + 4 * 4, 0); /* the other name still ends */
	EXPECT(open_and_use(blob));
}

static bool opens_at_depth(u32 depth)
{
	u32 *words = calloc(3 * depth + 1, sizeof(*words));
	u32 i, nr = 0;

	for (i = 0; i < depth; i++) {
		words[nr++] = 1;
		words[nr++] = 0;
	}
	for (i = 0; i < depth; i++)
		words[nr++] = 2;
	words[nr++] = 9;
	return open_and_use(blob_with(words, nr));
}

TEST(nesting)
{
	EXPECT(opens_at_depth(1));
	EXPECT(opens_at_depth(DT_MAX_DEPTH));
	EXPECT(!opens_at_depth(DT_MAX_DEPTH + 1));
	EXPECT(!opens_at_depth(1000));
}
