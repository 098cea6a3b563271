/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lib/string.c, which only the target links: compiled here under other names and compared
 * with the host's C library, at every alignment and at lengths around every inner loop.
 */
#include "unit.h"

#include <string.h>

static void *(*const host_memset)(void *, int, size_t) = memset;
static void *(*const host_memmove)(void *, const void *, size_t) = memmove;
static int (*const host_memcmp)(const void *, const void *, size_t) = memcmp;

#define memset  our_memset
#define memcpy  our_memcpy
#define memmove our_memmove
#define memcmp  our_memcmp
#define memchr  our_memchr
#define strlen  our_strlen
#define strnlen our_strnlen
#define strcmp  our_strcmp
#define strncmp our_strncmp
#define strchr  our_strchr
#define strrchr our_strrchr
#include "lib/string.c"

#define BYTES 256

/** fill - every byte a different one. */
static void fill(u8 *p, u8 first)
{
	for (u32 i = 0; i < BYTES; i++)
		p[i] = (u8)(first + i * 7);
}

TEST(memset_every_alignment)
{
	u8 ours[BYTES], want[BYTES];

	for (u32 at = 0; at < 16; at++) {
		for (u32 n = 0; n < 200; n++) {
			fill(ours, 3);
			fill(want, 3);
			host_memset(want + at, 0xa5, n);
			EXPECT_EQ(memset(ours + at, 0x1a5, n), ours + at);
			ASSERT(host_memcmp(ours, want, BYTES) == 0);
		}
	}
}

TEST(memcpy_every_alignment)
{
	u8 src[BYTES], ours[BYTES], want[BYTES];

	fill(src, 100);
	for (u32 to = 0; to < 9; to++) {
		for (u32 from = 0; from < 9; from++) {
			for (u32 n = 0; n < 100; n++) {
				fill(ours, 3);
				fill(want, 3);
				host_memmove(want + to, src + from, n);
				EXPECT_EQ(memcpy(ours + to, src + from, n), ours + to);
				ASSERT(host_memcmp(ours, want, BYTES) == 0);
			}
		}
	}
}

/*
 *   src        [========)
 *   dst up        [========)       copied from the end
 *   dst down [========)            copied from the start
 */
TEST(memmove_every_overlap)
{
	u8 ours[BYTES], want[BYTES];

	for (u32 to = 0; to < 50; to++) {
		for (u32 from = 20; from < 29; from++) {
			for (u32 n = 0; n < 120; n += 3) {
				fill(ours, 9);
				fill(want, 9);
				host_memmove(want + to, want + from, n);
				EXPECT_EQ(memmove(ours + to, ours + from, n), ours + to);
				ASSERT(host_memcmp(ours, want, BYTES) == 0);
			}
		}
	}
}

TEST(memcmp_is_unsigned)
{
	EXPECT_EQ(memcmp("abc", "abc", 3), 0);
	EXPECT_EQ(memcmp("abc", "abd", 2), 0);
	EXPECT(memcmp("abc", "abd", 3) < 0);
	EXPECT(memcmp("a\x80", "a\x7f", 2) > 0);
	EXPECT_EQ(memcmp("a", "b", 0), 0);
}

TEST(memchr_finds)
{
	const char text[] = "abcabc\xff";

	EXPECT_EQ(memchr(text, 'c', 7), text + 2);
	EXPECT_EQ(memchr(text, 'c', 2), NULL);
	EXPECT_EQ(memchr(text, -1, 7), text + 6);
	EXPECT_EQ(memchr(text, 'a', 0), NULL);
}

TEST(lengths)
{
	EXPECT_EQ(strlen(""), 0);
	EXPECT_EQ(strlen("memory@80000000"), 15);
	EXPECT_EQ(strnlen("abc", 2), 2);
	EXPECT_EQ(strnlen("abc", 9), 3);
	EXPECT_EQ(strnlen("abc", 0), 0);
}

TEST(compare)
{
	EXPECT_EQ(strcmp("", ""), 0);
	EXPECT(strcmp("a", "b") < 0);
	EXPECT(strcmp("ab", "a") > 0);
	EXPECT(strcmp("\x80", "\x7f") > 0);
	EXPECT_EQ(strncmp("abc", "abd", 2), 0);
	EXPECT(strncmp("abc", "abd", 3) < 0);
	EXPECT_EQ(strncmp("a", "a\0b", 5), 0);
	EXPECT_EQ(strncmp("a", "b", 0), 0);
}

TEST(find_characters)
{
	const char text[] = "/soc/uart";

	EXPECT_EQ(strchr(text, '/'), text);
	EXPECT_EQ(strrchr(text, '/'), text + 4);
	EXPECT_EQ(strchr(text, 'x'), NULL);
	EXPECT_EQ(strrchr(text, 'x'), NULL);
	EXPECT_EQ(strchr(text, '\0'), text + 9);
	EXPECT_EQ(strrchr(text, '\0'), text + 9);
}

TEST(prefix)
{
	EXPECT(string_starts_with("memory@80000000", "memory"));
	EXPECT(string_starts_with("x", ""));
	EXPECT(!string_starts_with("mem", "memory"));
}
