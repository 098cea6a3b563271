/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Drawing the line: carriage return, prompt, the part of the text around the cursor, erase the
 * rest, cursor back. The editor need not know how wide the terminal is, as long as it is 80 columns.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "monitor/line_internal.h"

#define TERMINAL_COLUMNS 80

/* Columns for text; the last one of the terminal stays free, or the cursor would wrap. */
static size_t window(const struct editor *ed)
{
	return TERMINAL_COLUMNS - 1 - strlen(ed->prompt);
}

bool line_fits(const struct editor *ed)
{
	return ed->first == 0 && ed->length <= window(ed) - 1;
}

/* Choose the leftmost byte so that the cursor is in the window, with a mark on each cut side. */
static void scroll(struct editor *ed)
{
	const size_t columns = window(ed);

	if (ed->length < columns)
		ed->first = 0;
	else if (ed->cursor < ed->first + 1)
		ed->first = ed->cursor > columns / 2 ? ed->cursor - columns / 2 : 0;
	else if (ed->cursor > ed->first + columns - 2)
		ed->first = ed->cursor - columns / 2;
	if (ed->first > 0 && ed->cursor == ed->length && ed->length - ed->first < columns / 2)
		ed->first = ed->length - columns / 2;
}

void line_draw(struct editor *ed)
{
	const size_t columns = window(ed);
	size_t shown;
	char text[TERMINAL_COLUMNS];

	scroll(ed);
	shown = strnlen(ed->text + ed->first, columns);
	memcpy(text, ed->text + ed->first, shown);
	text[shown] = '\0';
	if (ed->first > 0 && shown > 0)
		text[0] = '<';
	if (ed->first + shown < ed->length)
		text[shown - 1] = '>';
	print("\r%s%s\x1b[K", ed->prompt, text); /* erase to the end of the line */
	if (ed->cursor < ed->first + shown)
		print("\x1b[%uD", (u32)(ed->first + shown - ed->cursor)); /* cursor left */
}
