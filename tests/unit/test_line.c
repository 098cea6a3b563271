/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor/line.h: keys in, a line out; and whatever comes in, nothing breaks. */
#include <stdlib.h>
#include <string.h>

#include "arch/host/host.h"
#include "lib/log.h"
#include "monitor/command.h"
#include "monitor/history.h"
#include "monitor/line.h"
#include "unit.h"

#define UP    "\x1b[A"
#define DOWN  "\x1b[B"
#define RIGHT "\x1b[C"
#define LEFT  "\x1b[D"

static char line[LINE_MAX_BYTES];

/* The line that these keys and Enter make; "(end)" at the end of input. */
static const char *typed(const char *keys)
{
	static char input[4096];

	strcpy(input, keys);
	strcat(input, "\r");
	host_set_input(input);
	unit_output_begin();
	if (!line_read("> ", line, command_complete))
		strcpy(line, "(end)");
	(void)unit_output_end();
	return line;
}

TEST(plain_text)
{
	EXPECT_TEXT(typed("meminfo"), "meminfo");
	EXPECT_TEXT(typed(""), "");
	EXPECT_TEXT(typed("page 0x80200"), "page 0x80200");
}

TEST(insert_in_the_middle)
{
	EXPECT_TEXT(typed("pge" LEFT LEFT "a"), "page");
	EXPECT_TEXT(typed("ge\x01pa"), "page");
	EXPECT_TEXT(typed("a" LEFT LEFT LEFT "b" RIGHT RIGHT "c\x05"), "bac");
	EXPECT_TEXT(typed("abc\x1b[Hx\x1b[Fy\x1bOHz"), "zxabcy");
	EXPECT_TEXT(typed("abc\x1b[1~x\x1b[4~y"), "xabcy");
}

TEST(delete)
{
	EXPECT_TEXT(typed("paage\x7f\x7f\x7fge"), "page");
	EXPECT_TEXT(typed("paage" LEFT LEFT LEFT "\x1b[3~"), "page");
	EXPECT_TEXT(typed("paage" LEFT LEFT LEFT "\x04"), "page");
	EXPECT_TEXT(typed("\x7f\x7f\x1b[3~x"), "x");
	EXPECT_TEXT(typed("one two  three\x17"), "one two  ");
	EXPECT_TEXT(typed("one two three\x17\x17"), "one ");
	EXPECT_TEXT(typed("one two" LEFT LEFT LEFT "\x15"), "two");
	EXPECT_TEXT(typed("one two" LEFT LEFT LEFT "\x0b"), "one ");
}

TEST(words_cut_put_back_and_swap)
{
	EXPECT_TEXT(typed("one two\x1b"
			  "bX"),
		    "one Xtwo");
	EXPECT_TEXT(typed("one two\x1b[1;5D\x1b[1;5DX\x1b[1;5CY"), "XoneY two");
	EXPECT_TEXT(typed("one two\x01\x1b"
			  "d"),
		    " two");
	EXPECT_TEXT(typed("one two\x17\x01\x19"), "twoone ");
	EXPECT_TEXT(typed("apge" LEFT LEFT "\x14"), "agpe");
	EXPECT_TEXT(typed("pag" LEFT "\x14"), "pga");
	EXPECT_TEXT(typed("ab\x14"), "ba");
}

TEST(history)
{
	typed("first");
	typed("second");
	typed("second");
	typed("");
	EXPECT_TEXT(typed(UP), "second");
	EXPECT_TEXT(typed(UP UP), "first");
	EXPECT_TEXT(typed("draft" UP UP DOWN DOWN), "draft");
	EXPECT_TEXT(typed(UP UP UP UP UP UP UP UP), "first");
	EXPECT_TEXT(typed("\x10\x10\x0e"), "first");
}

TEST(history_keeps_the_last)
{
	char text[16];

	for (u32 i = 0; i < 200; i++) {
		format_text(text, sizeof(text), "line %u", i);
		typed(text);
	}
	EXPECT_TEXT(history_line(1), "line 199");
	EXPECT_TEXT(history_line(HISTORY_LINES), "line 168");
	EXPECT_EQ(history_line(HISTORY_LINES + 1), NULL);
	EXPECT_EQ(history_line(0), NULL);
}

TEST(search)
{
	typed("page 0x80200");
	typed("meminfo");
	typed("why 0x80200");
	EXPECT_TEXT(typed("\x12pag"), "page 0x80200");
	EXPECT_TEXT(typed("\x12"
			  "0x8\x12"),
		    "why 0x80200"); /* the newest is the page that was found above */
	EXPECT_TEXT(typed("\x12mem\x05x"), "meminfox");
	EXPECT_TEXT(typed("draft\x12why\x07s"), "drafts");
	EXPECT_TEXT(typed("draft\x12Zebra"), "draft");
}

TEST(completion)
{
	EXPECT_TEXT(typed("memi\t"), "meminfo ");
	EXPECT_TEXT(typed("me\t"), "mem");
	EXPECT_TEXT(typed("xyz\t"), "xyz");
	EXPECT_TEXT(typed("trace b\t"), "trace boot ");
	EXPECT_TEXT(typed("help memi\t"), "help meminfo ");
	EXPECT_TEXT(typed("meminfo; trace ho\t"), "meminfo; trace hotplug ");
	EXPECT_TEXT(typed("alloc 3 0 un\t"), "alloc 3 0 unmovable ");
	EXPECT_TEXT(typed("alloc 3 un\t"), "alloc 3 unmovable ");
	EXPECT_TEXT(typed("page 0\t"), "page 0");
	EXPECT_TEXT(typed("memi x" LEFT LEFT "\t"), "meminfo  x");
}

TEST(choices_are_listed)
{
	host_set_input("mem\t\r");
	unit_output_begin();
	line_read("> ", line, command_complete);
	EXPECT(strstr(unit_output_end(), "meminfo  memmodel  memblock  memtest  "));
}

TEST(cancel_and_end)
{
	EXPECT_TEXT(typed("rubbish\x03page"), "page");
	EXPECT_TEXT(typed("\x04"), "(end)");
	host_set_input("half a line");
	EXPECT(!line_read("> ", line, command_complete));
}

TEST(line_ends)
{
	host_set_input("one\r\ntwo\nthree\r");
	EXPECT(line_read("", line, command_complete));
	EXPECT_TEXT(line, "one");
	EXPECT(line_read("", line, command_complete));
	EXPECT_TEXT(line, "two");
	EXPECT(line_read("", line, command_complete));
	EXPECT_TEXT(line, "three");
}

TEST(unknown_sequences_are_no_text)
{
	EXPECT_TEXT(typed("a\x1b[<0;35;12Mb"), "ab");
	EXPECT_TEXT(typed("a\x1b[200~b"), "ab");
	EXPECT_TEXT(typed("a\x1bxb\xc3\xa4"), "ab");
	EXPECT_TEXT(typed("a\x1b[99999999999999999999~b"), "ab");
}

/* Each line of the screen as the editor drew it last: at most 79 columns, marks where it is cut. */
TEST(long_lines_scroll)
{
	char keys[400];
	const char *text;
	const char *last;

	for (u32 i = 0; i < 300; i++)
		keys[i] = (char)('a' + i % 26);
	strcpy(keys + 300, "\x02\r");
	host_set_input(keys);
	unit_output_begin();
	line_read("pagewright> ", line, command_complete);
	text = unit_output_end();
	EXPECT_EQ(strlen(line), LINE_MAX_BYTES - 1);
	last = strrchr(text, '\r');
	ASSERT(last);
	EXPECT(strncmp(last, "\rpagewright> <", 14) == 0);
	for (const char *c = text; (c = strchr(c, '\r')) != NULL; c++)
		EXPECT_LE(strcspn(c + 1, "\x1b\r\n"), 79);
}

TEST(plain_reading)
{
	char input[600];

	memset(input, 'x', 300);
	strcpy(input + 300, "\r\nnext\nlast");
	host_set_input(input);
	unit_output_begin();
	EXPECT(line_read_plain(line));
	EXPECT_EQ(strlen(line), LINE_MAX_BYTES - 1);
	EXPECT(strstr(unit_output_end(), "a line of 300 bytes is cut"));
	EXPECT(line_read_plain(line));
	EXPECT_TEXT(line, "next");
	EXPECT(line_read_plain(line));
	EXPECT_TEXT(line, "last");
	EXPECT(!line_read_plain(line));
}

/* Any bytes: the line is always a text of printable bytes that fits, and the end comes. */
TEST(random_bytes)
{
	static const char *const likely[] = {"\x1b[", "\x1b", "\t", "\x12",
					     UP,      DOWN,   LEFT, "page "};
	u64 state = 0x5eed1e55;
	static char input[20001];

	for (u32 round = 0; round < 40; round++) {
		size_t length = 0;

		unit_note("round %u", round);
		while (length < sizeof(input) - 16) {
			u64 r = unit_random(&state);

			if (r % 4 == 0) {
				strcpy(input + length, likely[r / 4 % ARRAY_SIZE(likely)]);
				length += strlen(input + length);
			} else {
				input[length++] = (char)(r / 4 % 255 + 1);
			}
		}
		input[length] = '\0';
		host_set_input(input);
		unit_output_begin();
		while (line_read("> ", line, command_complete)) {
			ASSERT(strnlen(line, LINE_MAX_BYTES) < LINE_MAX_BYTES);
			for (const char *c = line; *c != '\0'; c++)
				ASSERT(*c >= ' ' && *c < 0x7f);
		}
		(void)unit_output_end();
	}
}
