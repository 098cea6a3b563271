/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor/command.h: the table of commands is sound, and no argument breaks any of them. */
#include <stdlib.h>
#include <string.h>

#include "boot_fixture.h"
#include "lib/log.h"
#include "mm/buddy.h"
#include "monitor/command.h"

/* Commands that end the session or stop the machine, or take long. */
static bool is_left_alone(const struct command *command)
{
	static const char *const names[] = {"poweroff", "reboot", "selftest"};

	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(command->name, names[i]) == 0)
			return true;
	return false;
}

/* What a line prints. */
static const char *said(const char *line)
{
	char copy[256];

	format_text(copy, sizeof(copy), "%s", line);
	unit_output_begin();
	command_run(copy);
	return unit_output_end();
}

static void expect_narrow(const char *what, const char *text)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (length > 79)
			unit_note("%s: %.*s", what, (int)length, text);
		EXPECT_LE(length, 79);
		text += length + (text[length] == '\n');
	}
}

static void machine_up(void)
{
	given_virt(256 * MIB);
	boot_to("check");
	log_set_level(LOG_INFO + 1);
}

TEST(names_are_unique_and_in_order_of_titles)
{
	const struct command *command;
	u32 nr = 0;

	EXPECT(command_title(0));
	for (; (command = command_at(nr)); nr++) {
		unit_note("%s", command->name);
		EXPECT_EQ(command_find(command->name), command);
		EXPECT_LE(strlen(command->name), 14);
		EXPECT(command->brief[0] != '\0' &&
		       command->brief[strlen(command->brief) - 1] != '.');
		EXPECT_LE(17 + strlen(command->brief), 79);
	}
	EXPECT_EQ(command_at(nr), NULL);
	EXPECT_EQ(command_title(nr), NULL);
	EXPECT_LE(35, nr);
}

/* The line of the help text that begins so, without that beginning, or NULL. */
static const char *help_line(const struct command *command, const char *begin)
{
	static char text[128];
	const char *at = command->help ? strstr(command->help, begin) : NULL;

	if (!at)
		return NULL;
	at += strlen(begin);
	format_text(text, sizeof(text), "%.*s", (int)strcspn(at, "\n"), at);
	return text;
}

TEST(every_help_has_an_example_and_see_also)
{
	const struct command *command;

	for (u32 i = 0; (command = command_at(i)); i++) {
		const char *example = help_line(command, "\nExample: ");
		char names[128];
		char word[64];

		unit_note("%s", command->name);
		if (!EXPECT(example))
			continue;
		format_text(word, sizeof(word), "%.*s", (int)strcspn(example, " "), example);
		EXPECT_TEXT(word, command->name);
		if (!EXPECT(help_line(command, "\nSee also: ")))
			continue;
		format_text(names, sizeof(names), "%s", help_line(command, "\nSee also: "));
		for (char *name = strtok(names, ", "); name; name = strtok(NULL, ", ")) {
			unit_note("see also %s", name);
			EXPECT(command_find(name));
		}
		format_text(names, sizeof(names), "help %s", command->name);
		expect_narrow(names, said(names));
	}
	expect_narrow("help", said("help"));
}

TEST(every_example_runs)
{
	const struct command *command;

	machine_up();
	for (u32 i = 0; (command = command_at(i)); i++) {
		const char *example = help_line(command, "\nExample: ");

		if (!example || is_left_alone(command))
			continue;
		unit_note("%s", example);
		EXPECT_LE(1, strlen(said(example)));
	}
}

/* What was typed, which rule it broke, what to do: and the session's status is that of a failure. */
TEST(complaints_say_what_to_change)
{
	static const struct {
		const char *line, *wanted;
	} cases[] = {
		{"ledger 1", "'1' is one word too many: usage: ledger; help ledger"},
		{"page", "usage: page PFN"},
		{"page 0x80200000", "the pfn of address 0x80200000 is 0x80200"},
		{"why 80200", "no frame of RAM has this number; 0x80200 would be one"},
		{"memtest 0", "at least a page, 4K"},
		{"memtest 16M 0", "PASSES at least 1"},
		{"hugepages free", "usage: hugepages"},
		{"hugepages 2M overcommit", "usage: hugepages"},
		{"hugepages 2M 1 0 0", "usage: hugepages"},
		{"hugepages 3M", "'3M' is no size of a huge page"},
		{"provoke foo", "usage: provoke"},
	};

	machine_up();
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];

		/* filled lines: a line end is a blank */
		format_text(text, sizeof(text), "%s", said(cases[i].line));
		for (char *c = text; *c != '\0'; c++)
			*c = *c == '\n' ? ' ' : *c;
		unit_note("%s: %s", cases[i].line, text);
		EXPECT(strstr(text, cases[i].wanted));
	}
	EXPECT(command_has_failed());
}

/* Each command with no argument, with rubbish, with limits, with too many: an answer, and no end of the machine. */
TEST(bad_arguments)
{
	static const char *const rubbish[] = {
		"",
		"zzz",
		"-1",
		"0x",
		"0xg",
		"18446744073709551616",
		"18446744073709551615",
		"0xffffffffffffffff",
		"0xfffffffffffff",
		"4503599627370496",
		"''",
		"%s%s%n",
		"1 2 3 4 5 6 7 8 9 10",
		"0 0 0",
		"all all",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		"xxx",
	};
	const struct command *command;
	char line[256];

	machine_up();
	for (u32 i = 0; (command = command_at(i)); i++) {
		if (is_left_alone(command))
			continue;
		for (u32 r = 0; r < ARRAY_SIZE(rubbish); r++) {
			format_text(line, sizeof(line), "%s %s", command->name, rubbish[r]);
			unit_note("%s", line);
			EXPECT_LE(1, strlen(said(line)));
		}
	}
	said("free all");
	EXPECT_SOUND();
}

TEST(complaints)
{
	static const struct {
		const char *line;
		const char *text;
	} cases[] = {
		{"mmeminfo", "unknown command 'mmeminfo'; did you mean meminfo?"},
		{"mem", "did you mean meminfo or memmodel or memblock or memtest?"},
		{"xyzzy", "unknown command 'xyzzy'; help lists all commands"},
		{"page", "usage: page PFN; help page says more"},
		{"page 1 2", "usage: page PFN"},
		{"page twelve",
		 "'twelve' is not a number of 64 bits; write it like 4096 or 0x1000"},
		{"page 0x80000000000000", "is beyond the last address"},
		{"alloc 11", "order 11 is out of range: it goes from 0 to 10"},
		{"alloc 0 9", "there is no node 9; online are 0"},
		{"alloc 0 0 sticky", "'sticky' is no type; it is one of unmovable movable"},
		{"free 0x80000", "alloc did not give pfn 0x80000"},
		{"memtest 3X", "'3X' is not a size; write it like 4096, 64K, 128M or 2G"},
		{"trace back", "'back' is no chain; it is one of boot hotplug"},
		{"walk 0x4000000000", "is not canonical"},
		{"pfn 0xffffffc5ffff0000", "is not mapped"},
		{"help nonsense", "unknown command 'nonsense'"},
	};

	machine_up();
	for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *text = said(cases[i].line);

		unit_note("%s: %s", cases[i].line, text);
		EXPECT(strstr(text, cases[i].text));
		expect_narrow(cases[i].line, text);
		EXPECT(command_has_failed());
	}
}

TEST(several_commands_and_comments)
{
	machine_up();
	EXPECT(!command_has_failed());
	EXPECT_TEXT(said(""), "");
	EXPECT_TEXT(said("  ;; ; # page 1"), "");
	EXPECT(strstr(said("node 0; why 0x80200 # the image"), "reason     the kernel's image"));
	EXPECT(!command_has_failed());
}

TEST(alloc_and_free)
{
	u64 before, after;
	pfn_t pfn;
	const char *text;
	char line[64];

	machine_up();
	before = zone_free_pages(NODE_DATA(0)->node_zonelist[0]);
	text = said("alloc 4 0 reclaimable");
	EXPECT(strstr(text, "order  4"));
	EXPECT(strstr(text, "64 KiB"));
	EXPECT(strstr(text, "Reclaimable"));
	pfn = strtoul(strstr(text, "0x"), NULL, 0);
	EXPECT_EQ(zone_free_pages(NODE_DATA(0)->node_zonelist[0]), before - 16);
	format_text(line, sizeof(line), "why 0x%lx", pfn + 3);
	unit_note("%s", said(line));
	EXPECT(strstr(said(line), "allocated: block of order 4"));
	EXPECT(strstr(said("audit"), "audit needs all free memory"));
	EXPECT(strstr(said("selftest"), "selftest needs all free memory"));
	format_text(line, sizeof(line), "free 0x%lx", pfn + 1);
	EXPECT(strstr(said(line), "alloc did not give"));
	format_text(line, sizeof(line), "free 0x%lx", pfn);
	EXPECT(strstr(said(line), "order  4"));
	EXPECT(strstr(said(line), "alloc did not give"));
	for (u32 i = 0; i < 50; i++)
		said("alloc 0; alloc 1");
	EXPECT(strstr(said("alloc"), "100 blocks, 150 pages are held"));
	EXPECT(strstr(said("free all"), "100 blocks, 150 pages given back"));
	after = zone_free_pages(NODE_DATA(0)->node_zonelist[0]);
	EXPECT_EQ(before, after);
	EXPECT_SOUND();
}
