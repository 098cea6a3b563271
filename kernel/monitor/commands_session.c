/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session itself: help and the way out.
 */
#include "arch/arch.h"
#include "lib/string.h"
#include "monitor/command.h"
#include "monitor/history.h"
#include "monitor/monitor.h"
#include "monitor/wrap.h"

#define NAME_COLUMNS 14

static void show_all(void)
{
	const struct command *command;

	for (u32 i = 0; (command = command_at(i)); i++) {
		if (command_title(i))
			print("%s\n", command_title(i));
		print("  %-*s %s\n", NAME_COLUMNS, command->name, command->brief);
	}
	print("help COMMAND says more, ';' separates commands. TAB completes, Up and ^R bring\n"
	      "earlier lines back, ^D powers off.\n");
}

static void run_help(const char *const *args)
{
	const struct command *command;
	char text[200];

	if (!args[0]) {
		show_all();
		return;
	}
	if (args[1]) {
		command_usage("help");
		return;
	}
	command = command_find(args[0]);
	if (!command) {
		command_unknown(args[0]);
		return;
	}
	format_text(text, sizeof(text), "usage: %s %s\n", command->name, command->usage);
	wrap_print(text);
	print("%s.\n", command->brief);
	if (command->help)
		wrap_print(command->help);
}

static void run_echo(const char *const *args)
{
	for (u32 i = 0; args[i]; i++)
		print("%s%s", i > 0 ? " " : "", args[i]);
	print("\n");
}

static void run_history(const char *const *args)
{
	(void)args;
	if (!history_line(1))
		print("no line was entered at a prompt yet\n");
	for (u32 n = HISTORY_LINES; n > 0; n--)
		if (history_line(n))
			print("%4u  %s\n", n, history_line(n));
}

static void run_reboot(const char *const *args)
{
	(void)args;
	print("rebooting\n");
	arch_reboot();
	command_complain("this machine has no way to reboot: neither SBI SRST nor a test device\n");
}

static void run_poweroff(const char *const *args)
{
	(void)args;
	monitor_leave();
}

static const struct command commands[] = {
	{"help", "[COMMAND]", "this list, or more about one command",
	 "In a usage, capitals stand for a value, [ ] for what may be left out, | for a choice.\n"
	 "Example: help why\n"
	 "See also: history\n",
	 COMMAND_ANY_ARGS, run_help},
	{"history", "", "the lines entered so far, newest last",
	 "The number is how often Up brings the line back. The last 32 are kept.\n"
	 "Example: history\n"
	 "See also: help\n",
	 0, run_history},
	{"echo", "[TEXT]", "print these words",
	 "At most seven, one blank between them. It marks places in what a script prints.\n"
	 "Example: echo here\n"
	 "See also: help\n",
	 COMMAND_ANY_ARGS, run_echo},
	{"reboot", "", "start the machine anew, as after power on",
	 "SBI SRST, cold reboot. The host program starts itself again.\n"
	 "Example: reboot\n"
	 "See also: poweroff\n",
	 0, run_reboot},
	{"poweroff", "", "print the verdict and switch off",
	 "The same as ^D on an empty line.\n"
	 "Example: poweroff\n"
	 "See also: reboot\n",
	 0, run_poweroff},
};

const struct command_group commands_session = {commands, ARRAY_SIZE(commands)};
