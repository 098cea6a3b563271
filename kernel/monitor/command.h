/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands: how a line becomes a call, and what every group of commands provides.
 *
 * A new group is one file with a table of struct command and a struct command_group, one extern
 * line below and one entry in groups[] of command.c. Its words are then found, completed,
 * listed by help and checked by the tests.
 *
 * The usage text is also the grammar of completion:
 *
 *	"PFN"                            capitals stand for a value
 *	"boot|hotplug"                   small letters stand for themselves; one of them
 *	"[NODE] [movable|unmovable]"     may be left out
 *	"blocks | add PA SIZE | online BLOCK [movable]"      several forms of one command
 *
 * COMMAND stands for the name of a command. The help text ends with lines "Example: page 0x80200" and
 * "See also: why, pfn"; both are checked: the example must be a line of that command.
 */
#pragma once

#include "lib/log.h"
#include "lib/types.h"
#include "monitor/argument.h"

#define COMMAND_MAX_ARGS 8     /* the name included */
#define COMMAND_ANY_ARGS (~0U) /* the command counts itself: args ends with NULL */

struct command {
	const char *name;
	const char *usage; /* arguments, in the grammar above, or "" */
	const char *brief; /* one line for the list, no full stop */
	const char *help;  /* what help NAME adds: full sentences, example, see also; 80 columns */
	u32 nr_args;       /* how many arguments it takes, exactly; or COMMAND_ANY_ARGS */
	void (*run)(const char *const *args); /* the arguments without the name, then NULL */
};

/* One group of related commands: one file that defines the table and the functions. */
struct command_group {
	const struct command *commands;
	u32 nr;
};

extern const struct command_group commands_memory;  /* how much of what: commands_memory.c */
extern const struct command_group commands_buddy;   /* what is free: commands_buddy.c */
extern const struct command_group commands_map;     /* what lies where: commands_map.c */
extern const struct command_group commands_frame;   /* one page frame: commands_frame.c */
extern const struct command_group commands_tables;  /* page tables: commands_tables.c */
extern const struct command_group commands_section; /* sections.c, or no_sections.c */
extern const struct command_group commands_alloc;   /* take and give back: commands_alloc.c */
extern const struct command_group commands_initrd;  /* the initrd: commands_initrd.c */
extern const struct command_group commands_proof;   /* audit, record, self-test: commands_proof.c */
extern const struct command_group
	commands_numa; /* nodes as allocations see them: commands_numa.c */
extern const struct command_group commands_hugepages; /* their pools: commands_hugepages.c */
extern const struct command_group commands_hotplug;   /* memory that comes and goes */
extern const struct command_group commands_trace;     /* who called whom: commands_trace.c */
extern const struct command_group commands_harts;     /* who can work: commands_harts.c */
extern const struct command_group commands_trust;     /* who has the pages: commands_trust.c */
extern const struct command_group commands_provoke;   /* bugs on purpose: commands_provoke.c */
extern const struct command_group commands_session;   /* help, poweroff: commands_session.c */

/**
 * command_run - run a line: commands separated by ';', a '#' ends it. An unknown name or wrong arguments
 * are answered with a hint. The line is cut into words in place.
 */
void command_run(char *line);

/** command_complete - a line_completer (line.h): names of commands, then what their usage texts say. */
u32 command_complete(const char *before, char *out, size_t size, bool list);

/** command_find - by its whole name; NULL. */
const struct command *command_find(const char *name);

/** command_at - the i-th command over all groups; NULL past the last. */
const struct command *command_at(u32 i);

/** command_title - the heading that the i-th command is the first one under; NULL for the others. */
const char *command_title(u32 i);

/** command_unknown - complain, with the nearest names if any are near. */
void command_unknown(const char *name);

/** command_complain - print one line about a command that could not do its work; a script then ends with failure. */
void command_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

/** command_usage - complain that a command was called with wrong arguments, and show what it wants. */
void command_usage(const char *name);

/** command_has_failed - was anything complained of since the start? */
bool command_has_failed(void);
