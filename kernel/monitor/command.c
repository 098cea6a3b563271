/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding and calling commands, and what is said about those that are none.
 */
#include "monitor/command.h"

#include "lib/format.h"
#include "lib/string.h"
#include "monitor/wrap.h"

#define MAX_NAME    16 /* longest name that a suggestion is looked for */
#define MAX_SLIPS   2  /* two slips are a typing error, three are another word */
#define MAX_NEAREST 4  /* names in one suggestion */
#define MAX_SHOWN   30 /* bytes of a word that is none */

/* In the order of help. A group without a title goes on under the one above it. */
static const struct {
	const char *title;
	const struct command_group *group;
} groups[] = {
	{"how much memory", &commands_memory},
	{NULL, &commands_buddy},
	{NULL, &commands_numa},
	{"what lies where", &commands_map},
	{"one page, one address", &commands_frame},
	{NULL, &commands_tables},
	{NULL, &commands_section},
	{NULL, &commands_trust},
	{"take memory, try it", &commands_alloc},
	{NULL, &commands_hugepages},
	{NULL, &commands_initrd},
	{NULL, &commands_provoke},
	{"memory that comes and goes", &commands_hotplug},
	{"the boot, and proofs", &commands_proof},
	{NULL, &commands_trace},
	{NULL, &commands_harts},
	{"the session", &commands_session},
};

static bool has_failed;

/* The group of the i-th command over all groups, and in *i its place there; the number of groups past the last. */
static u32 group_of(u32 *i)
{
	u32 g = 0;

	while (g < ARRAY_SIZE(groups) && *i >= groups[g].group->nr)
		*i -= groups[g++].group->nr;
	return g;
}

const struct command *command_at(u32 i)
{
	u32 g = group_of(&i);

	return g < ARRAY_SIZE(groups) ? &groups[g].group->commands[i] : NULL;
}

const char *command_title(u32 i)
{
	u32 g = group_of(&i);

	return g < ARRAY_SIZE(groups) && i == 0 ? groups[g].title : NULL;
}

const struct command *command_find(const char *name)
{
	const struct command *command;

	for (u32 i = 0; (command = command_at(i)); i++) {
		if (strcmp(command->name, name) == 0)
			return command;
	}
	return NULL;
}

bool command_has_failed(void)
{
	return has_failed;
}

void command_complain(const char *fmt, ...)
{
	char text[256];
	va_list ap;

	has_failed = true;
	va_start(ap, fmt);
	format_text_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	wrap_print(text);
}

void command_usage(const char *name)
{
	const struct command *command = command_find(name);

	command_complain("usage: %s%s%s; help %s says more\n", name,
			 command && *command->usage ? " " : "", command ? command->usage : "",
			 name);
}

/* The first argument that is too many is named, so that a slip is seen in a long line. */
static void wrong_count(const struct command *command, const char *const *args, u32 nr_args)
{
	if (nr_args > command->nr_args)
		command_complain("'%.*s' is one word too many:\n",
				 (int)strnlen(args[command->nr_args], MAX_SHOWN),
				 args[command->nr_args]);
	command_usage(command->name);
}

/*
 * Edits (insert, delete, replace a letter) between two names: Wagner and Fischer 1974, one row
 * at a time. Either longer than MAX_NAME counts as far away.
 */
static u32 edit_distance(const char *a, const char *b)
{
	size_t nr_a = strlen(a);
	size_t nr_b = strlen(b);
	u32 row[MAX_NAME + 1];

	if (nr_a > MAX_NAME || nr_b > MAX_NAME)
		return MAX_NAME;
	for (size_t j = 0; j <= nr_b; j++)
		row[j] = (u32)j;
	for (size_t i = 1; i <= nr_a; i++) {
		u32 diagonal = row[0];

		row[0] = (u32)i;
		for (size_t j = 1; j <= nr_b; j++) {
			u32 replace = diagonal + (a[i - 1] != b[j - 1]);
			u32 shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;

			diagonal = row[j];
			row[j] = replace < shorter ? replace : shorter;
		}
	}
	return row[nr_b];
}

/* A name that was begun is as near as can be; of the others the slips count. */
static u32 distance_of(const char *typed, const char *name)
{
	return string_starts_with(name, typed) ? 0 : edit_distance(typed, name);
}

void command_unknown(const char *name)
{
	const struct command *command;
	u32 nearest = MAX_SLIPS + 1;
	u32 nr = 0;

	for (u32 i = 0; (command = command_at(i)); i++)
		if (distance_of(name, command->name) < nearest)
			nearest = distance_of(name, command->name);
	if (nearest > MAX_SLIPS) {
		command_complain("unknown command '%.*s'; help lists all commands\n",
				 (int)strnlen(name, MAX_SHOWN), name);
		return;
	}
	command_complain("unknown command '%.*s'; did you mean", (int)strnlen(name, MAX_SHOWN),
			 name);
	for (u32 i = 0; (command = command_at(i)) && nr < MAX_NEAREST; i++)
		if (distance_of(name, command->name) == nearest)
			print("%s %s", nr++ > 0 ? " or" : "", command->name);
	print("?\n");
}

/* Cut the line into words in place. Result: how many, or COMMAND_MAX_ARGS + 1 when too many. */
static u32 split(char *line, const char *args[COMMAND_MAX_ARGS])
{
	u32 nr = 0;

	for (;;) {
		while (*line == ' ' || *line == '\t')
			*line++ = '\0';
		if (*line == '\0')
			return nr;
		if (nr == COMMAND_MAX_ARGS)
			return nr + 1;
		args[nr++] = line;
		while (*line != '\0' && *line != ' ' && *line != '\t')
			line++;
	}
}

static void run_one(char *line)
{
	const char *args[COMMAND_MAX_ARGS + 1] = {NULL};
	const struct command *command;
	u32 nr = split(line, args);

	if (nr == 0)
		return;
	command = command_find(args[0]);
	if (!command)
		command_unknown(args[0]);
	else if (nr > COMMAND_MAX_ARGS ||
		 (nr - 1 != command->nr_args && command->nr_args != COMMAND_ANY_ARGS))
		wrong_count(command, args + 1, nr - 1);
	else
		command->run(args + 1);
}

void command_run(char *line)
{
	char *comment = strchr(line, '#');

	if (comment)
		*comment = '\0';
	while (line) {
		char *next = strchr(line, ';');

		if (next)
			*next++ = '\0';
		run_one(line);
		line = next;
	}
}
