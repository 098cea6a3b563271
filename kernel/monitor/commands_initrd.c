/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initrd: where it is, and giving its pages away when it is not needed any more.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "mm/check.h"
#include "mm/initrd.h"
#include "monitor/command.h"

static void show(void)
{
	const struct initrd initrd = initrd_now();

	if (initrd.state == INITRD_NONE) {
		print("no initrd: /chosen names none, or none that could be kept\n");
		return;
	}
	print("[0x%010lx, 0x%010lx)  %lu bytes  ", initrd.range.start, initrd.range.end,
	      range_size(initrd.range));
	if (initrd.state == INITRD_FREED)
		print("freed: %lu pages\n", initrd.pages);
	else
		print("kept\n");
}

/* What the last audit says goes into the record, so it must know of the new pages. */
static void give_back(void)
{
	if (!initrd_free()) {
		print("nothing is freed: ");
		show();
		return;
	}
	audit_run(&check_last);
	print("audit: %lu pages free, %lu expected: %s\n", check_last.free, check_last.expected,
	      check_last.ok ? "ok" : "FAIL, unless pages are allocated");
}

static void run_initrd(const char *const *args)
{
	if (!args[0])
		show();
	else if (strcmp(args[0], "free") == 0 && !args[1])
		give_back();
	else
		command_usage("initrd");
}

static const struct command commands[] = {
	{"initrd", "[free]", "where the initrd is; free gives its pages to the allocator",
	 "free works once; the boot argument initrd=free does the same before the audit of the "
	 "boot.\n"
	 "A page that another reservation shares is kept.\n"
	 "Example: initrd\n"
	 "See also: reservations, iomem\n",
	 COMMAND_ANY_ARGS, run_initrd},
};

const struct command_group commands_initrd = {commands, ARRAY_SIZE(commands)};
