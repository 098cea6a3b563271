/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor's loop: a line from the editor, a command from the table, its output.
 * Commands read finished results; the few that change something say so in their help.
 */
#include "monitor/monitor.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "machine.h"
#include "mm/page_debug.h"
#include "mm/page_owner.h"
#include "mm/record.h"
#include "monitor/command.h"
#include "monitor/line.h"
#include "stage.h"

#define PROMPT "pagewright> "

/* main.c has printed the verdict at the end of the boot. */
static bool verdict_is_last_line = true;

void monitor_leave(void)
{
	if (!verdict_is_last_line) {
		(void)page_debug_scan();
		page_owner_leaks();
		record_verdict_ok();
	}
	/* A person has seen what went wrong; a script wants a status. */
	arch_poweroff(arch_console_is_interactive() || !command_has_failed());
}

void monitor_run(void)
{
	const bool with_person = arch_console_is_interactive();
	char line[LINE_MAX_BYTES];

	if (machine.options.poweroff || !(with_person || machine.options.monitor))
		monitor_leave();
	verdict_is_last_line = false;
	stage_over("monitor");
	/* A quiet boot does not make the commands quiet. */
	log_set_level((u32)max_u64(machine.options.loglevel, LOG_INFO + 1));
	if (with_person)
		print("Type help for a list of commands.\n");
	while (with_person ? line_read(PROMPT, line, command_complete) : line_read_plain(line))
		command_run(line);
	monitor_leave();
}
