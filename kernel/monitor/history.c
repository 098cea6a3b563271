/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ring of lines.
 */
#include "monitor/history.h"

#include "lib/string.h"

static char lines[HISTORY_LINES][LINE_MAX_BYTES];
static u32 nr_added;

const char *history_line(u32 n)
{
	if (n == 0 || n > nr_added || n > HISTORY_LINES)
		return NULL;
	return lines[(nr_added - n) % HISTORY_LINES];
}

void history_add(const char *line)
{
	const char *last = history_line(1);
	size_t length = strlen(line);

	if (length == 0 || length >= LINE_MAX_BYTES || (last && strcmp(last, line) == 0))
		return;
	memcpy(lines[nr_added++ % HISTORY_LINES], line, length + 1);
}

u32 history_search(const char *text, u32 n, size_t *at)
{
	const char *line;

	for (n = n > 0 ? n : 1; (line = history_line(n)) != NULL; n++)
		for (*at = 0; line[*at] != '\0'; *at += 1)
			if (string_starts_with(line + *at, text))
				return n;
	return 0;
}
