/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/format.c, lib/log.c, lib/panic.c and stage.c: what appears on the console, byte by byte. */
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "machine.h"
#include "stage.h"
#include "unit.h"

/* The C library is the reference for everything that both understand. */
#define SAME_AS_LIBC(...)                                                \
	do {                                                             \
		char ours[200], libc[200];                               \
		size_t n = format_text(ours, sizeof(ours), __VA_ARGS__); \
                                                                         \
		EXPECT_EQ(n, snprintf(libc, sizeof(libc), __VA_ARGS__)); \
		EXPECT_TEXT(ours, libc);                                 \
	} while (0)

TEST(numbers)
{
	SAME_AS_LIBC("%d %d %d", 0, -1, 2147483647);
	SAME_AS_LIBC("%d", (int)-2147483648L);
	SAME_AS_LIBC("%ld %ld", (long)INT64_MIN, (long)INT64_MAX);
	SAME_AS_LIBC("%u %lu", 4294967295U, ~0UL);
	SAME_AS_LIBC("%x %lx %llx %zu", 0xbeefU, ~0UL, 1ULL << 40, (size_t)77);
	SAME_AS_LIBC("[%5d] [%-5d] [%05d] [%1d]", 42, 42, 42, 12345);
	SAME_AS_LIBC("[%5d] [%-5d] [%05d]", -42, -42, -42);
	SAME_AS_LIBC("0x%016lx", 0x80000000UL);
	SAME_AS_LIBC("[%*d] [%-*d] [%*d]", 6, 1, 6, 2, -6, 3);
	SAME_AS_LIBC("[%0*lx]", 12, 0xabcUL);
}

TEST(text)
{
	SAME_AS_LIBC("%s|%10s|%-10s|%c|%3c|%-3c|%%", "abc", "abc", "abc", 'x', 'y', 'z');
	SAME_AS_LIBC("%.2s|%.*s|%6.1s|%.0s", "abc", 2, "xyz", "uvw", "gone");
	SAME_AS_LIBC("%s", "");
	SAME_AS_LIBC("no conversion");
}

TEST(pointer_has_all_digits)
{
	char buf[32];

	format_text(buf, sizeof(buf), "%p", (void *)0x80200000UL);
	EXPECT_TEXT(buf, "0x0000000080200000");
}

TEST(null_text)
{
	const char *volatile nothing = NULL;
	char buf[32];

	format_text(buf, sizeof(buf), "<%s>", nothing);
	EXPECT_TEXT(buf, "<(null)>");
}

TEST(cut_at_the_end)
{
	char buf[8] = "zzzzzzz";

	EXPECT_EQ(format_text(buf, 4, "%s", "abcdef"), 6);
	EXPECT_TEXT(buf, "abc");
	EXPECT_EQ(buf[4], 'z');
	EXPECT_EQ(format_text(buf, 1, "%d", 12345), 5);
	EXPECT_TEXT(buf, "");
	EXPECT_EQ(format_text(NULL, 0, "%d", 12345), 5);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-extra-args"
TEST(formats_that_the_compiler_refuses)
{
	char buf[64];

	format_text(buf, sizeof(buf), "a %d b %q %s", 1, "never read");
	EXPECT_TEXT(buf, "a 1 b %q %s");
	format_text(buf, sizeof(buf), "ends %-0");
	EXPECT_TEXT(buf, "ends %-0");
	format_text(buf, sizeof(buf), "[%-05d]", 42);
	EXPECT_TEXT(buf, "[42   ]");
}
#pragma GCC diagnostic pop

TEST(sizes)
{
	EXPECT_TEXT(size_text(0).s, "0 B");
	EXPECT_TEXT(size_text(17).s, "17 B");
	EXPECT_TEXT(size_text(1023).s, "1023 B");
	EXPECT_TEXT(size_text(512 * KIB).s, "512 KiB");
	EXPECT_TEXT(size_text(GIB + GIB / 2).s, "1.5 GiB");
	EXPECT_TEXT(size_text(2 * GIB - 1).s, "1.9 GiB");
	EXPECT_TEXT(size_text(128 * GIB).s, "128 GiB");
	EXPECT_TEXT(size_text(~0UL).s, "15.9 EiB");
	EXPECT_TEXT(size_text(1UL << 60).s, "1 EiB");
}

TEST(lines_have_a_label_column)
{
	unit_output_begin();
	log_line("bank", "[0x%016lx)", 0x80000000UL);
	log_line("elevenchars", "x");
	log_line("much longer label", "x");
	log_debug("quiet", "x");
	print("as is %d\n", 1);
	EXPECT_TEXT(unit_output_end(), "bank        [0x0000000080000000)\n"
				       "elevenchars x\n"
				       "much longer label x\n"
				       "as is 1\n");
}

TEST(levels)
{
	unit_output_begin();
	log_set_level(8);
	log_debug("debug", "shown");
	log_set_level(LOG_INFO);
	log_line("info", "hidden");
	log_warn("seen", "shown");
	log_set_level(LOG_WARN);
	log_warn("seen", "hidden, yet counted");
	print("always\n");
	EXPECT_TEXT(unit_output_end(), "debug       shown\n"
				       "warning     seen: shown\n"
				       "always\n");
}

TEST(long_lines_are_whole)
{
	char text[1001];

	memset(text, 'x', 1000);
	text[1000] = '\0';
	unit_output_begin();
	print("%s%s\n", text, text);
	EXPECT_EQ(strlen(unit_output_end()), 2001);
}

TEST(warnings_are_counted_by_name)
{
	const char *name;
	u32 count;

	EXPECT(!log_warning_count(0, &name, &count));
	log_warn("bank-trimmed", "one");
	log_warn("dtb-odd", "two");
	log_warn("bank-trimmed", "three");
	ASSERT(log_warning_count(0, &name, &count));
	EXPECT_TEXT(name, "bank-trimmed");
	EXPECT_EQ(count, 2);
	ASSERT(log_warning_count(1, &name, &count));
	EXPECT_TEXT(name, "dtb-odd");
	EXPECT_EQ(count, 1);
	EXPECT(!log_warning_count(2, &name, &count));
}

TEST(too_many_warning_names_are_not_lost)
{
	static char names[200][8];
	u32 count, i, total = 0;
	const char *name = "";

	log_set_level(0);
	for (i = 0; i < 200; i++) {
		snprintf(names[i], sizeof(names[i]), "w%u", i);
		log_warn(names[i], "x");
	}
	for (i = 0; log_warning_count(i, &name, &count); i++)
		total += count;
	EXPECT_EQ(total, 200);
	EXPECT_TEXT(name, "more-warnings");
}

TEST(fresh_line)
{
	unit_output_begin();
	print("half");
	log_fresh_line();
	log_fresh_line();
	print("next\n");
	EXPECT_TEXT(unit_output_end(), "half\nnext\n");
}

TEST(stop_says_why)
{
	EXPECT_STOP(stop("no bank holds the image at 0x%lx", 0x80200000UL),
		    "the image at 0x80200000\"");
	EXPECT_STOP(stop("no node \"memory\"\nin the tree"), "no node 'memory' in the tree");
	EXPECT_STOP(stop("early"), "mm.verdict stop phase=entry reason=\"early\"");
	EXPECT_STOP(
		{
			print("half a line");
			stop("x");
		},
		"x");
}

TEST(stop_is_cut_not_overrun)
{
	char text[1001];

	memset(text, 'x', 1000);
	text[1000] = '\0';
	EXPECT_STOP(stop("%s", text), "xxxxxxxx");
}

TEST(assert_shows_the_values)
{
	u64 pfn = 0x80200;
	u64 order = 11;

	assert_kernel(order < 12, pfn, order);
	EXPECT_STOP(assert_kernel(order < 11, pfn, order),
		    "order < 11 does not hold; pfn = 0x80200 (524800), order = 0xb (11)");
}

static u32 stages_run;

static void stage_one(void)
{
	stages_run++;
	EXPECT_TEXT(stage_name(), "one");
	EXPECT(!stage_is_done("one"));
	log_line("one", "output costs nothing");
}

static void stage_two(void)
{
	stages_run++;
	EXPECT(stage_is_done("one"));
}

static void stage_that_stops(void)
{
	stop("as wanted");
}

TEST(stages)
{
	EXPECT_EQ(stage_figures(0), NULL);
	stage_run("one", stage_one);
	stage_run("two", stage_two);
	EXPECT_EQ(stages_run, 2);
	ASSERT_NE(stage_figures(1), NULL);
	EXPECT_TEXT(stage_figures(0)->name, "one");
	EXPECT_TEXT(stage_figures(1)->name, "two");
	EXPECT_EQ(stage_figures(2), NULL);
	EXPECT_TEXT(stage_name(), "two");
	EXPECT_STOP(stage_run("one", stage_one), "!stage_is_done(name) does not hold");
	EXPECT_STOP(stage_run("three", stage_that_stops), "phase=three reason=\"as wanted\"");
}

TEST(fault_of_another_stage_is_left_alone)
{
	snprintf(machine.options.fault, sizeof(machine.options.fault), "two");
	stage_run("one", stage_one);
	EXPECT_EQ(stages_run, 1);
}
