/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A call tree for people: one line a node, its arguments behind it, on a line of their own where
 * 80 columns do not suffice.
 */
#include "lib/format.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"

#define COLUMNS     80
#define COUNTS_END  19      /* columns of calls and instructions */
#define CALLEE_AT   21      /* columns before the function */
#define INDENT      2       /* for each caller */
#define HEXADECIMAL 0x10000 /* from here on: frame numbers and addresses, more than counts */

static size_t put_value(char *text, size_t size, u64 value)
{
	if (value == ~0U)
		return format_text(text, size, "-1"); /* no node */
	return format_text(text, size, value < HEXADECIMAL ? "%lu" : "0x%lx", value);
}

/* The name in an argument as written: "nid" of "node->nid", "start" of "va_of(start)". */
static void find_name(const char **name, size_t *length)
{
	const char *at = *name;

	while (*length > 0 && at[*length - 1] == ')')
		*length -= 1;
	for (size_t i = 0; i < *length; i++)
		if (strchr("()>.*", at[i]))
			*name = at + i + 1;
	*length -= (size_t)(*name - at);
}

/* "nid=0 begin=16 .. 24": one value where the first and the last call agree. */
static void args_text(const struct trace_node *node, char *text, size_t size)
{
	const char *name = node->args;
	size_t used = 0;

	text[0] = '\0';
	for (u32 i = 0; i < TRACE_MAX_ARGS && *name != '\0'; i++) {
		const char *end = strchr(name, ',');
		const char *next = end ? end + 1 : name + strlen(name);
		size_t length = (size_t)((end ? end : next) - name);

		find_name(&name, &length);
		used += format_text(text + used, size - used, "%s%.*s=", i > 0 ? " " : "",
				    (int)length, name);
		used += put_value(text + used, size - used, node->first[i]);
		if (node->last[i] != node->first[i]) {
			used += format_text(text + used, size - used, "..");
			used += put_value(text + used, size - used, node->last[i]);
		}
		for (name = next; *name == ' ';)
			name++;
	}
}

/* The words behind the function, which ends in column at; what does not fit goes below it, indented. */
static void show_args(const char *args, size_t at, size_t indent)
{
	while (*args != '\0') {
		const char *space = strchr(args, ' ');
		size_t length = space ? (size_t)(space - args) : strlen(args);

		if (at + 2 + length > COLUMNS && at > indent) {
			print("\n%*s", (int)indent, "");
			at = indent;
		}
		print("  %.*s", (int)length, args);
		at += 2 + length;
		args += length + (space ? 1 : 0);
	}
	print("\n");
}

static void show_node(const struct trace_node *node)
{
	const size_t indent = CALLEE_AT + INDENT * trace_depth(node);
	char args[200];

	args_text(node, args, sizeof(args));
	print("%6lu ", node->calls);
	if (node->instret > 0)
		print("%12lu", node->instret);
	else
		print("%12s", "-");
	print("%*s%s", (int)(indent - COUNTS_END), "", node->function);
	show_args(args, indent + strlen(node->function), indent);
}

bool trace_show(enum trace_chain chain)
{
	const struct trace_node *node = trace_root(chain);

	if (!node || !node->first_child)
		return false;
	print(" calls instructions  function  its arguments, first call..last call\n");
	while ((node = trace_next(node)) != NULL)
		show_node(node);
	if (trace_lost(chain) > 0)
		print("%lu calls found no room in the table\n", trace_lost(chain));
	return true;
}
