/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chain of calls that made memory what it is: at boot, and by the last hot-add or removal.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "monitor/command.h"

static void run_trace(const char *const *args)
{
	static const char *const names[NR_TRACE_CHAINS] = {
		[TRACE_BOOT] = "boot", [TRACE_HOTPLUG] = "hotplug"};

	u32 chain;

	if (!command_choice(args[0], "chain", names, NR_TRACE_CHAINS, &chain))
		return;
	if (!trace_show((enum trace_chain)chain))
		print("nothing is recorded: no memory was added or removed\n");
}

static const struct command commands[] = {
	{"trace", "boot|hotplug", "the calls that set memory up, with counts and arguments",
	 "Callers above callees, in order of the first call. Where first and last call had other\n"
	 "arguments, both are shown: nr=16..23. Instructions include those of callees.\n"
	 "Example: trace boot\n"
	 "See also: phases, flow, vmemmap\n",
	 1, run_trace},
};

const struct command_group commands_trace = {commands, ARRAY_SIZE(commands)};
