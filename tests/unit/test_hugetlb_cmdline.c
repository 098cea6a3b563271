/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hugepagesz=, hugepages=, default_hugepagesz=: C123 to C127, every order that Linux has a rule for. A row is
 * a command line, and what is asked of each size: "2M 1G default warnings".
 */
#include "boot_fixture.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/hugetlb.h"

static u32 all_warnings(void)
{
	return warned("hugepages-size") + warned("hugepages-order") + warned("hugepages-value") +
	       warned("cmdline-value");
}

/* Once per process: the state is that of one boot. */
static void expect_row(const char *file, int line, const char *cmdline, const char *want)
{
	char have[80];

	options_parse(cmdline, &machine.options);
	hugetlb_cmdline();
	format_text(have, sizeof(have), "%lu %lu %s %u", hstates[HSTATE_2M].asked,
		    hstates[HSTATE_1G].asked, default_hstate == &hstates[HSTATE_2M] ? "2M" : "1G",
		    all_warnings());
	unit_check_text(false, file, line, cmdline, have, want);
}

/* Each row in a test of its own. */
#define ROW(name, cmdline, want)                               \
	TEST(name)                                             \
	{                                                      \
		expect_row(__FILE__, __LINE__, cmdline, want); \
	}

ROW(nothing, "record", "0 0 2M 0")

/* C123 */
ROW(one_size, "hugepagesz=2M hugepages=4", "4 0 2M 0")
ROW(other_spelling, "hugepagesz=2048k hugepages=0x10", "16 0 2M 0")
ROW(in_bytes, "hugepagesz=0x40000000 hugepages=3", "0 3 2M 0")
ROW(both_sizes, "hugepagesz=2M hugepages=4 hugepagesz=1G hugepages=2", "4 2 2M 0")
ROW(both_sizes_swapped, "hugepagesz=1G hugepages=2 hugepagesz=2M hugepages=4", "4 2 2M 0")
ROW(other_options_between, "hugepagesz=1G record hugepages=2 bench", "0 2 2M 0")
ROW(size_alone, "hugepagesz=1G", "0 0 2M 0")

/* C126: without a size it is the default one, whichever that is in the end. */
ROW(without_size, "hugepages=7", "7 0 2M 0")
ROW(default_after, "hugepages=7 default_hugepagesz=1G", "0 7 1G 0")
ROW(default_before, "default_hugepagesz=1G hugepages=7", "0 7 1G 0")
ROW(default_alone, "default_hugepagesz=1G", "0 0 1G 0")
ROW(default_then_other, "default_hugepagesz=1G hugepages=7 hugepagesz=2M hugepages=5", "5 7 1G 0")
ROW(default_then_same, "default_hugepagesz=1G hugepagesz=1G hugepages=2", "0 2 1G 0")
ROW(default_asked_then_same, "default_hugepagesz=1G hugepages=2 hugepagesz=1G hugepages=3",
    "0 2 1G 2")
ROW(unsized_over_explicit, "hugepages=7 hugepagesz=2M hugepages=5", "7 0 2M 1")
ROW(unsized_beside_explicit, "hugepages=7 hugepagesz=1G hugepages=5", "7 5 2M 0")
ROW(unsized_default_other, "hugepages=7 hugepagesz=2M hugepages=5 default_hugepagesz=1G",
    "5 7 1G 0")

/* Repeated: the first counts. */
ROW(pages_twice, "hugepagesz=2M hugepages=4 hugepages=5", "4 0 2M 1")
ROW(unsized_twice, "hugepages=4 hugepages=5", "4 0 2M 1")
ROW(size_twice, "hugepagesz=2M hugepages=4 hugepagesz=2M hugepages=5", "4 0 2M 2")
ROW(default_twice, "default_hugepagesz=1G hugepages=1 default_hugepagesz=2M hugepages=5",
    "0 1 1G 2")
ROW(default_twice_same, "default_hugepagesz=1G default_hugepagesz=1G hugepages=1", "0 0 1G 2")
ROW(size_named_before_default, "hugepagesz=1G hugepages=2 default_hugepagesz=1G", "0 2 1G 0")

/* C125: no size of ours; its hugepages= goes with it, and only that one. */
ROW(size_3m, "hugepagesz=3M hugepages=4", "0 0 2M 2")
ROW(size_4k, "hugepagesz=4K hugepages=4", "0 0 2M 2")
ROW(size_64k, "hugepagesz=64K hugepages=4", "0 0 2M 2")
ROW(size_512g, "hugepagesz=512G hugepages=4", "0 0 2M 2")
ROW(size_garbage, "hugepagesz=2Mb hugepages=4", "0 0 2M 2")
ROW(size_negative, "hugepagesz=-2M hugepages=4", "0 0 2M 2")
ROW(size_overflow, "hugepagesz=18446744073709551615T hugepages=4", "0 0 2M 2")
ROW(bad_size_then_good, "hugepagesz=3M hugepages=4 hugepagesz=2M hugepages=5", "5 0 2M 2")
ROW(good_size_then_bad, "hugepagesz=2M hugepages=5 hugepagesz=3M hugepages=4", "5 0 2M 2")
ROW(bad_size_two_counts, "hugepagesz=3M hugepages=4 hugepages=6", "6 0 2M 2")
ROW(bad_default, "default_hugepagesz=3M hugepages=4", "0 0 2M 2")
ROW(bad_default_then_good, "default_hugepagesz=3M default_hugepagesz=1G hugepages=4", "0 4 1G 1")

/* Numbers that are none; one more try is allowed, as nothing was asked. */
ROW(pages_garbage, "hugepagesz=2M hugepages=four", "0 0 2M 1")
ROW(pages_trailing, "hugepagesz=2M hugepages=4M", "0 0 2M 1")
ROW(pages_negative, "hugepagesz=2M hugepages=-1", "0 0 2M 1")
ROW(pages_too_large, "hugepagesz=2M hugepages=99999999999999999999", "0 0 2M 1")
ROW(pages_empty, "hugepagesz=2M hugepages=", "0 0 2M 1")
ROW(pages_garbage_then_good, "hugepagesz=2M hugepages=x hugepages=3", "3 0 2M 1")
ROW(pages_zero, "hugepagesz=2M hugepages=0", "0 0 2M 0")

/* C127: per node. */
ROW(by_node, "hugepagesz=2M hugepages=0:2,1:3", "5 0 2M 0")
ROW(by_node_unsized, "hugepages=0:2,1:3 default_hugepagesz=1G", "0 5 1G 0")
ROW(by_node_open, "hugepages=0:2,", "0 0 2M 1")
ROW(by_node_no_count, "hugepages=0:", "0 0 2M 1")
ROW(by_node_no_colon, "hugepages=0:2,3", "0 0 2M 1")
ROW(by_node_mixed, "hugepages=3,0:2", "0 0 2M 1")
ROW(by_node_beyond, "hugepages=0:2,64:1", "0 0 2M 1")
ROW(by_node_overflow, "hugepages=0:18446744073709551615,1:1", "0 0 2M 1")
ROW(too_many,
    "hugepages=1 hugepages=1 hugepages=1 hugepages=1 hugepages=1 hugepages=1 "
    "hugepages=1 hugepages=1 hugepages=1 hugepages=1 hugepages=1 hugepages=1 "
    "hugepages=1 hugepages=1 hugepages=1 hugepages=1 hugepages=1",
    "1 0 2M 16")
ROW(too_long, "hugepages=0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1,0:1",
    "0 0 2M 1")

TEST(nodes_are_kept)
{
	options_parse("hugepages=2:3,0:1", &machine.options);
	hugetlb_cmdline();
	EXPECT(hstates[HSTATE_2M].by_node);
	EXPECT_EQ(hstates[HSTATE_2M].node[0].asked, 1);
	EXPECT_EQ(hstates[HSTATE_2M].node[1].asked, 0);
	EXPECT_EQ(hstates[HSTATE_2M].node[2].asked, 3);
}

/* Any text in any order: no crash, and nothing is asked that no number says. */
TEST(random_text)
{
	static const char *const parts[] = {
		"2M", "1G", "0:", ",", "1", "64:", "x", "9", ":", "3M", "0x"};
	static const char *const names[] = {"hugepagesz=", "hugepages=", "default_hugepagesz="};
	u64 state = 0x9e3779b97f4a7c15;

	unit_output_begin();
	for (u32 round = 0; round < 5000; round++) {
		machine.options.nr_huge = 0;
		while (machine.options.nr_huge < unit_random(&state) % MACHINE_MAX_HUGE_ARGS) {
			char text[200] = "";
			u64 nr = unit_random(&state) % 6;
			size_t used = (size_t)format_text(text, sizeof(text), "%s",
							  names[unit_random(&state) % 3]);

			while (nr--)
				used += (size_t)format_text(
					text + used, sizeof(text) - used, "%s",
					parts[unit_random(&state) % ARRAY_SIZE(parts)]);
			options_parse(text, &machine.options);
			if (unit_random(&state) % 8 == 0)
				break;
		}
		hugetlb_cmdline();
	}
	(void)unit_output_end();
}
