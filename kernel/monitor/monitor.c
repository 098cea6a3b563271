/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor's loop: a line from the editor, a command from the table, its output.
 * Commands read finished results; the few that change something say so in their help.
 */
#include "monitor/monitor.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "machine.h"
#include "mm/record.h"
#include "monitor/command.h"
#include "monitor/line.h"

#define PROMPT "pagewright> "

/* main.c has printed the verdict at the end of the boot. */
static bool verdict_is_last_line = true;

void monitor_leave(void)
{
	if (!verdict_is_last_line)
		record_verdict_ok();
	arch_poweroff(true);
}

void monitor_run(void)
{
	char line[LINE_MAX_BYTES];

	if (machine.options.poweroff || !(arch_console_is_interactive() || machine.options.monitor))
		monitor_leave();
	verdict_is_last_line = false;
	print("Type help for a list of commands.\n");
	while (line_read(PROMPT, line, command_complete))
		command_run(line);
	monitor_leave();
}
