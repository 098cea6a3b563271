/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chain of calls that made memory what it is: at boot, and by the last hot-add or removal; and what
 * each hart did of the work that was handed out.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "monitor/command.h"

static void run_trace(const char *const *args)
{
	static const char *const names[NR_TRACE_CHAINS] = {
		[TRACE_BOOT] = "boot", [TRACE_HOTPLUG] = "hotplug", [TRACE_HARTS] = "harts"};
	static const char *const missing[NR_TRACE_CHAINS] = {
		[TRACE_BOOT] = "no stage has run",
		[TRACE_HOTPLUG] = "no memory was added or removed",
		[TRACE_HARTS] = "no work was handed out: see memtest, selftest smp",
	};
	u32 chain;

	if (!command_choice(args[0], "chain", names, NR_TRACE_CHAINS, &chain))
		return;
	if (!trace_show((enum trace_chain)chain))
		print("nothing is recorded: %s\n", missing[chain]);
}

static const struct command commands[] = {
	{"trace", "boot|hotplug|harts", "the calls that set memory up, with counts and arguments",
	 "Callers above callees, in order of the first call. Where first and last call had other\n"
	 "arguments, both are shown: nr=16..23. Instructions include those of callees. Work for\n"
	 "all harts has a line for each hart below it, with its own calls, units and "
	 "instructions;\n"
	 "harts: all such work since the start, whoever handed it out.\n"
	 "Example: trace boot\n"
	 "See also: phases, flow, vmemmap\n",
	 1, run_trace},
};

const struct command_group commands_trace = {commands, ARRAY_SIZE(commands)};
