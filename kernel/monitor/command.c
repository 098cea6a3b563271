/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding, completing and calling commands.
 */
#include "monitor/command.h"

#include "lib/log.h"
#include "lib/string.h"

#define MAX_NAME 16 /* longest name that a suggestion is looked for */

static const struct command_group *const groups[] = {
	&commands_memory, &commands_map,     &commands_inspect,
	&commands_initrd, &commands_section, &commands_hugepages,
	&commands_proof,  &commands_trace,   &commands_session,
};

const struct command *command_at(u32 i)
{
	for (u32 g = 0; g < ARRAY_SIZE(groups); g++) {
		if (i < groups[g]->nr)
			return &groups[g]->commands[i];
		i -= groups[g]->nr;
	}
	return NULL;
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

void command_unknown(const char *name)
{
	const struct command *command;
	const struct command *nearest = NULL;
	u32 nearest_distance = 3; /* two slips are a typing error, three are another word */

	for (u32 i = 0; (command = command_at(i)); i++) {
		u32 distance = edit_distance(name, command->name);

		if (string_starts_with(command->name, name))
			distance = 0;
		if (distance < nearest_distance) {
			nearest = command;
			nearest_distance = distance;
		}
	}
	if (nearest)
		print("unknown command '%s'; did you mean %s?\n", name, nearest->name);
	else
		print("unknown command '%s'; help lists all commands\n", name);
}

/* The part of before that a name may complete, or NULL: the first word, or the one after help. */
static const char *completable(const char *before)
{
	while (*before == ' ')
		before++;
	if (string_starts_with(before, "help "))
		before += strlen("help ");
	while (*before == ' ')
		before++;
	return strchr(before, ' ') ? NULL : before;
}

u32 command_complete(const char *before, char *out, size_t size, bool list)
{
	const char *part = completable(before);
	const struct command *command;
	size_t nr_common = 0;
	u32 nr = 0;

	out[0] = '\0';
	if (!part)
		return 0;
	for (u32 i = 0; (command = command_at(i)); i++) {
		const char *rest = command->name + strlen(part);
		size_t same = 0;

		if (!string_starts_with(command->name, part))
			continue;
		if (list)
			print("%s ", command->name);
		if (nr++ == 0)
			nr_common = (size_t)format_text(out, size, "%s ", rest);
		while (same < nr_common && rest[same] != '\0' && rest[same] == out[same])
			same++;
		if (nr > 1)
			nr_common = same;
	}
	out[nr_common] = '\0';
	if (list)
		print("\n");
	return nr;
}

/* Cut the line into words in place. Result: how many, or COMMAND_MAX_ARGS + 1 when too many. */
static u32 split(char *line, const char *args[COMMAND_MAX_ARGS])
{
	u32 nr = 0;

	for (;;) {
		while (*line == ' ')
			*line++ = '\0';
		if (*line == '\0')
			return nr;
		if (nr == COMMAND_MAX_ARGS)
			return nr + 1;
		args[nr++] = line;
		while (*line != '\0' && *line != ' ')
			line++;
	}
}

void command_run(char *line)
{
	const char *args[COMMAND_MAX_ARGS + 1] = {NULL};
	const struct command *command;
	u32 nr = split(line, args);

	if (nr == 0)
		return;
	command = command_find(args[0]);
	if (!command)
		command_unknown(args[0]);
	else if (nr - 1 != command->nr_args && command->nr_args != COMMAND_ANY_ARGS)
		print("usage: %s %s\n", command->name, command->usage);
	else
		command->run(args + 1);
}

static s32 digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool command_number(const char *text, u64 *out)
{
	bool hex = string_starts_with(text, "0x");
	s32 base = hex ? 16 : 10;
	const char *c = hex ? text + 2 : text;
	u64 value = 0;
	bool good = *c != '\0';

	for (; *c != '\0' && good; c++) {
		s32 digit = digit_value(*c);

		good = digit >= 0 && digit < base &&
		       !__builtin_mul_overflow(value, (u64)base, &value) &&
		       !__builtin_add_overflow(value, (u64)digit, &value);
	}
	if (good)
		*out = value;
	else
		print("'%s' is not a number; write it like 4096 or 0x1000\n", text);
	return good;
}
