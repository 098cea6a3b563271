/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session itself: help and the way out.
 */
#include "lib/log.h"
#include "monitor/command.h"
#include "monitor/monitor.h"

static void show_all(void)
{
	const struct command *command;

	for (u32 i = 0; (command = command_at(i)); i++)
		print("  %-13s %-8s %s\n", command->name, command->usage, command->brief);
	print("help NAME says more. TAB completes, Up brings earlier lines back, ^D powers off.\n");
}

static void run_help(const char *const *args)
{
	const struct command *command;

	if (!args[0]) {
		show_all();
		return;
	}
	command = command_find(args[0]);
	if (!command) {
		command_unknown(args[0]);
		return;
	}
	print("%s %s\n  %s\n", command->name, command->usage, command->brief);
	if (command->help)
		print("%s", command->help);
}

static void run_poweroff(const char *const *args)
{
	(void)args;
	monitor_leave();
}

static const struct command commands[] = {
	{"help", "[NAME]", "this list, or more about one command", NULL, COMMAND_ANY_ARGS,
	 run_help},
	{"poweroff", "", "print the verdict and switch off", NULL, 0, run_poweroff},
};

const struct command_group commands_session = {commands, ARRAY_SIZE(commands)};
