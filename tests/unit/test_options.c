/* SPDX-License-Identifier: BSD-2-Clause */
/* Boot arguments: every option, every way to get one wrong, and random text. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "machine.h"
#include "unit.h"

#define FUZZ_ROUNDS 20000

static struct machine_options o;

static u32 warned(const char *name)
{
	const char *seen;
	u32 i, count;

	for (i = 0; log_warning_count(i, &seen, &count); i++)
		if (strcmp(seen, name) == 0)
			return count;
	return 0;
}

/* Parse into fresh options; the result is what was printed. */
static const char *parse(const char *cmdline)
{
	o = (struct machine_options){.loglevel = 7};
	unit_output_begin();
	options_parse(cmdline, &o);
	return unit_output_end();
}

TEST(nothing)
{
	EXPECT_TEXT(parse(""), "");
	EXPECT_TEXT(parse("  \t\n "), "");
	EXPECT_EQ(o.nr_mem, 0);
	EXPECT_EQ(o.loglevel, 7);
}

TEST(flags)
{
	EXPECT_TEXT(parse("record selftest bench poweroff monitor step mem_force"), "");
	EXPECT(o.record && o.selftest && o.bench && o.poweroff && o.monitor && o.step);
	EXPECT(o.mem_force);
	parse("record=1 selftest=");
	EXPECT(!o.record && !o.selftest);
	EXPECT_EQ(warned("cmdline-value"), 2);
}

/* Alone, of one kind, or several. */
TEST(selftests)
{
	EXPECT_TEXT(parse("selftest=smp"), "");
	EXPECT(o.selftest_smp && !o.selftest);
	EXPECT_TEXT(parse("selftest selftest=smp"), "");
	EXPECT(o.selftest_smp && o.selftest);
	EXPECT_TEXT(parse("selftest=hotplug"), "");
	EXPECT(o.selftest_hotplug && !o.selftest && !o.selftest_smp);
	parse("selftest=all");
	EXPECT(!o.selftest_smp && !o.selftest_hotplug && !o.selftest);
	EXPECT_EQ(warned("cmdline-value"), 1);
}

TEST(values)
{
	EXPECT_TEXT(parse("memtest=3 numa=off memblock=debug loglevel=4 fault=banks numa=fake=8"),
		    "");
	EXPECT_EQ(o.memtest, 3);
	EXPECT(o.numa_off && o.memblock_debug);
	EXPECT_EQ(o.numa_fake, 8);
	EXPECT_EQ(o.loglevel, 4);
	EXPECT_TEXT(o.fault, "banks");
	EXPECT_TEXT(parse("loglevel=\"5\" fault=\"paging\" memtest=0x10"), "");
	EXPECT_EQ(o.loglevel, 5);
	EXPECT_TEXT(o.fault, "paging");
	EXPECT_EQ(o.memtest, 16);
	EXPECT(strcmp(parse("failalloc=7"), "") == 0 && o.fail_alloc == 7);
}

/* C113-C115 */
TEST(mem_sizes)
{
	static const struct {
		const char *text;
		u64 size;
	} good[] = {
		{"64M", 64 * MIB},     {"1G", GIB},
		{"1g", GIB},           {"64K", 64 * KIB},
		{"64k", 64 * KIB},     {"2t", 2UL << 40},
		{"4096", 4096},        {"0x1000000", 0x1000000},
		{"0X1000", 0x1000},    {"0xaBcM", 0xabcUL << 20},
		{"010M", 10 * MIB},    {"1", 1},
		{"\"64M\"", 64 * MIB}, {"0xffffffffffffffff", ~0UL},
	};
	char text[64];

	for (u32 i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof(text), "mem=%s", good[i].text);
		EXPECT_TEXT(parse(text), "");
		EXPECT_EQ(o.nr_mem, 1);
		EXPECT_EQ(o.mem[0].size, good[i].size);
		EXPECT(!o.mem[0].has_start);
	}
}

TEST(mem_that_cannot_be_read)
{
	static const char *const bad[] = {
		"mem",
		"mem=",
		"mem==",
		"mem=0",
		"mem=0M",
		"mem=M",
		"mem=garbage",
		"mem=-1",
		"mem=+1",
		"mem=0x",
		"mem=0xM",
		"mem=64MB",
		"mem=64M,1",
		"mem=64M@",
		"mem=@0x1000",
		"mem=64M@x",
		"mem=64M@0x1000z",
		"mem=18446744073709551616",
		"mem=16777216T",
		"mem=0x10000000000000000",
		"mem=2T@0xffffff0000000000",
		"mem=64M@@1",
		"mem=64M@1@2",
		"mem=\"64M",
		"mem=64M\"",
		"mem=nopentium",
		"mem=1.5G",
		"mem=1GG",
		"mem=\"\"",
		"mem=\"",
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_note("%s", bad[i]);
		EXPECT(strchr(parse(bad[i]), '\n') != NULL);
		EXPECT_EQ(o.nr_mem, 0);
		EXPECT_EQ(warned("cmdline-value"), i + 1);
	}
	EXPECT_EQ(warned("cmdline-unknown"), 0);
}

TEST(every_mem_counts)
{
	char text[1024] = "";

	EXPECT_TEXT(parse("mem=16M@0x84000000 mem=8M@2176M mem=1@0"), "");
	ASSERT_EQ(o.nr_mem, 3);
	EXPECT_EQ(o.mem[0].start, 0x84000000);
	EXPECT_EQ(o.mem[1].start, 0x88000000);
	EXPECT(o.mem[2].has_start && o.mem[2].start == 0);
	for (u32 i = 0; i < MACHINE_MAX_MEM_ARGS; i++)
		strcat(text, "mem=1M ");
	parse(text);
	EXPECT_EQ(o.nr_mem, MACHINE_MAX_MEM_ARGS);
	strcat(text, "mem=1M ");
	EXPECT_STOP(options_parse(text, &o), "mem= options");
}

TEST(other_values_that_cannot_be_read)
{
	static const char *const bad[] = {
		"memtest",     "memtest=",
		"memtest=x",   "memtest=4294967296",
		"loglevel=9",  "loglevel=-1",
		"loglevel",    "numa=on",
		"numa=fake=",  "numa=fake=0",
		"numa=fake=x", "numa=fake",
		"numa",        "memblock=x",
		"memblock",    "fault=",
		"fault",       "fault=sixteen_letters_",
	};

	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		unit_note("%s", bad[i]);
		parse(bad[i]);
		EXPECT_EQ(warned("cmdline-value"), i + 1);
	}
	EXPECT_EQ(o.loglevel, 7);
	EXPECT_EQ(o.memtest, 0);
	EXPECT_EQ(o.fault[0], 0);
}

/* C122 */
TEST(last_one_wins_and_is_named)
{
	const char *output = parse("loglevel=4 loglevel=5 record record memtest=1 memtest=x");

	EXPECT_EQ(o.loglevel, 5);
	EXPECT_EQ(o.memtest, 1);
	EXPECT(strstr(output, "more than once, the last counts: loglevel record\n"));
}

TEST(unknown_words_once)
{
	const char *output =
		parse("quiet console=ttyS0,115200 quiet dyndbg=\"file a.c +p\" record");

	EXPECT(strstr(output, "cmdline-unknown: 3 words are not known and ignored: quiet "
			      "console=ttyS0,115200 dyndbg=\"file a.c +p\"\n"));
	EXPECT_EQ(warned("cmdline-unknown"), 1);
	EXPECT(o.record);
	output = parse("a b c d e f g h i j k l m n o p q r s");
	EXPECT(strstr(output, "19 words are not known"));
	EXPECT_EQ(warned("cmdline-unknown"), 2);
}

TEST(deferred)
{
	EXPECT_TEXT(parse("deferred=on"), "");
	EXPECT_EQ(o.deferred, DEFERRED_ON);
	EXPECT_TEXT(parse("deferred=demand"), "");
	EXPECT_EQ(o.deferred, DEFERRED_DEMAND);
	EXPECT_TEXT(parse("deferred=off"), "");
	EXPECT_EQ(o.deferred, DEFERRED_OFF);
	(void)parse("deferred=on deferred=of deferred deferred=onn deferred=");
	EXPECT_EQ(o.deferred, DEFERRED_ON);
	EXPECT_EQ(warned("cmdline-value"), 4);
}

/* Kept as text, in order: the order decides. test_hugetlb_cmdline.c has the rest. */
TEST(free_vmemmap)
{
	EXPECT_TEXT(parse("hugetlb_free_vmemmap=on"), "");
	EXPECT(o.free_vmemmap);
	parse("hugetlb_free_vmemmap=on hugetlb_free_vmemmap=off");
	EXPECT(!o.free_vmemmap);
	parse("hugetlb_free_vmemmap=maybe hugetlb_free_vmemmap");
	EXPECT(!o.free_vmemmap);
	EXPECT_EQ(warned("cmdline-value"), 2);
}

TEST(huge_pages)
{
	EXPECT_TEXT(parse("hugepages=1 hugepagesz=1G hugepages=\"0:2\" default_hugepagesz=x"), "");
	ASSERT_EQ(o.nr_huge, 4);
	EXPECT_EQ(o.huge[0].kind, HUGE_ARG_PAGES);
	EXPECT_EQ(o.huge[1].kind, HUGE_ARG_SIZE);
	EXPECT_TEXT(o.huge[1].text, "1G");
	EXPECT_TEXT(o.huge[2].text, "0:2");
	EXPECT_EQ(o.huge[3].kind, HUGE_ARG_DEFAULT_SIZE);
	parse("hugepages hugepages=");
	EXPECT_EQ(o.nr_huge, 0);
	EXPECT_EQ(warned("cmdline-value"), 2);
}

TEST(two_dashes_end_it)
{
	EXPECT_TEXT(parse("record -- selftest --bogus"), "");
	EXPECT(o.record && !o.selftest);
}

/* Text of exactly its length: a byte too far is a fault. */
TEST(random_text)
{
	static const char *const parts[] = {
		"mem=",
		"64M",
		"@",
		"\"",
		" ",
		"=",
		"numa=fake=",
		"0x",
		"loglevel=",
		"record",
		"\t",
		"memtest=",
		"99999999999999999999",
		"fault=",
		"hugepages=",
		"--",
		"x",
		"k",
		",",
	};
	u64 state = 0x2545f4914f6cdd1d;
	char text[256];

	unit_output_begin();
	for (u32 round = 0; round < FUZZ_ROUNDS; round++) {
		u64 nr = unit_random(&state) % 20;
		char *exact;

		text[0] = 0;
		while (nr--) {
			char byte[2] = {(char)(1 + unit_random(&state) % 255), 0};
			u64 which = unit_random(&state) % (ARRAY_SIZE(parts) + 2);

			strcat(text, which < ARRAY_SIZE(parts) ? parts[which] : byte);
		}
		exact = strdup(text);
		options_parse(exact, &o);
		free(exact);
		o.nr_mem = 0;
	}
	(void)unit_output_end();
	EXPECT(warned("cmdline-value") > 100);
}
