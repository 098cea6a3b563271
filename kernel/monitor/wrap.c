/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Filling lines: a word that does not fit begins the next one.
 */
#include "monitor/wrap.h"

#include "lib/log.h"
#include "lib/string.h"

#define MAX_COLUMNS 79 /* the last one stays free: some terminals wrap when it is written */

static bool is_line_end(const char *c)
{
	return c[0] == '\n' && (c[1] == '\0' || string_starts_with(c + 1, "Example:") ||
				string_starts_with(c + 1, "See also:"));
}

/* Three blanks in a row: columns, which filling would break. */
static bool is_table(const char *text)
{
	for (; *text != '\0'; text++)
		if (string_starts_with(text, "   "))
			return true;
	return false;
}

void wrap_print(const char *text)
{
	size_t column = 0;

	if (is_table(text)) {
		print("%s", text);
		return;
	}
	while (*text != '\0') {
		size_t length = 0;

		while (text[length] != '\0' && text[length] != ' ' && text[length] != '\n')
			length++;
		if (column > 0 && column + 1 + length > MAX_COLUMNS) {
			print("\n");
			column = 0;
		}
		print("%s%.*s", column > 0 ? " " : "", (int)length, text);
		column += length + (column > 0);
		text += length;
		if (is_line_end(text)) {
			print("\n");
			column = 0;
		}
		if (*text != '\0')
			text++;
	}
}
