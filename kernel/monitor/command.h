/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands: how a line becomes a call, and what every group of commands provides.
 */
#pragma once

#include "lib/types.h"

#define COMMAND_MAX_ARGS 8     /* the name included */
#define COMMAND_ANY_ARGS (~0U) /* the command counts itself: args ends with NULL */

struct command {
	const char *name;
	const char *usage; /* arguments: "PFN", or "" */
	const char *brief; /* one line for the list, no full stop */
	const char *help;  /* what help NAME adds: full sentences with line ends, or NULL */
	u32 nr_args;       /* how many arguments it takes, exactly; or COMMAND_ANY_ARGS */
	void (*run)(const char *const *args); /* the arguments without the name, then NULL */
};

/* One group of related commands: one file that defines the table and the functions. */
struct command_group {
	const struct command *commands;
	u32 nr;
};

extern const struct command_group commands_memory;  /* how much of what: commands_memory.c */
extern const struct command_group commands_map;     /* what lies where: commands_map.c */
extern const struct command_group commands_inspect; /* one page, one address: commands_inspect.c */
extern const struct command_group commands_initrd;  /* commands_initrd.c */
extern const struct command_group commands_section; /* sections.c, or no_sections.c */
extern const struct command_group commands_proof;   /* audit, record, self-test: commands_proof.c */
extern const struct command_group commands_hugepages; /* their pools: commands_hugepages.c */
extern const struct command_group commands_trace;     /* who called whom: commands_trace.c */
extern const struct command_group commands_session;   /* help, poweroff: commands_session.c */

/** command_run - run one line: an unknown name or wrong arguments are answered with a hint. */
void command_run(char *line);

/** command_complete - a line_completer (line.h) for names of commands, also after "help". */
u32 command_complete(const char *before, char *out, size_t size, bool list);

/** command_find - by its whole name; NULL. */
const struct command *command_find(const char *name);

/** command_at - the i-th command over all groups; NULL past the last. */
const struct command *command_at(u32 i);

/** command_unknown - say so, with the nearest name if one is near. */
void command_unknown(const char *name);

/** command_number - a decimal or 0x number. False, with a line, when text is none or above 2^64 - 1. */
bool command_number(const char *text, u64 *out);
