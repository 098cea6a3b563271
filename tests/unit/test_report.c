/* SPDX-License-Identifier: BSD-2-Clause */
/* mm/report.h: what a person reads fits a terminal of 80 columns, and every range has its mark. */
#include <string.h>

#include "boot_fixture.h"
#include "lib/log.h"
#include "mm/report.h"

#define COLUMNS 79 /* some terminals begin a new line when the last one is written */
#define MARK_AT 52 /* behind label, range, size and two blanks */

/* Every line of the text is narrow. A name of the tree that is longer than a line has one of its own. */
static void expect_narrow(const char *text)
{
	while (*text != '\0') {
		const size_t length = strcspn(text, "\n");

		const bool has_path = memchr(text, '/', length) != NULL;

		if (length > COLUMNS && !(has_path && strncmp(text, "              ", 14) == 0)) {
			unit_note("%.*s", (int)length, text);
			EXPECT_LE(length, COLUMNS);
		}
		text += length + (text[length] == '\n');
	}
}

static void expect_report(void (*report)(void))
{
	unit_output_begin();
	report();
	expect_narrow(unit_output_end());
}

/*
 *	0x80000000                                  0x40_0000_0000: addresses of ten digits
 *	[FF|==== kernel, reservation with a long name ====)  hole  [==== 16 GiB ====)
 */
static void large_machine(void)
{
	given_virt(1000 * MIB + 12 * KIB);
	given_node_bank(1, 0x400000000UL, 16 * GIB);
	given_hart(7, 1);
	given_hart(8, NUMA_NO_NODE);
	given_reserved(OWNER_RESERVED, 0x90000000, 4 * MIB,
		       "/reserved-memory/a-name-that-is-as-long-as-some-boards-have-them@90000000");
	boot_to("check");
}

TEST(lines_fit_80_columns)
{
	static void (*const reports[])(void) = {
		report_handoff, report_banks, report_reservations, report_layout, report_memmodel,
		report_nodes,   report_zones, report_picture,      report_ledger, report_buddy,
		report_hugetlb, report_audit, report_deferred,     report_phases};

	if (is_model("flat"))
		return; /* the hole is over its budget */
	large_machine();
	for (u32 i = 0; i < ARRAY_SIZE(reports); i++)
		expect_report(reports[i]);
}

/* The picture of physical memory has a bar for each owner, those of other harts too. */
TEST(every_range_has_a_bar)
{
	const char *line;
	u32 of_harts = 0;

	given_virt(256 * MIB);
	given_hart(1, NUMA_NO_NODE);
	boot_to("check");
	unit_output_begin();
	report_picture();
	line = strchr(unit_output_end(), '\n') + 1;
	for (; *line != '\0'; line = strchr(line, '\n') + 1) {
		const size_t length = strcspn(line, "\n");

		unit_note("%.*s", (int)length, line);
		ASSERT_LE(MARK_AT, length);
		EXPECT(line[MARK_AT] != ' ');
		of_harts += length > 5 && strncmp(line + length - 5, "harts", 5) == 0;
	}
	EXPECT_LE(1, of_harts);
}
