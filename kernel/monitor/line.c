/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor. The text lives in one buffer with a cursor; after every key that did
 * more than append, the line is drawn again. A line longer than the window is shown in part,
 * so that it never wraps: the editor needs no idea of how wide the terminal is.
 */
#include "monitor/line.h"

#include "lib/log.h"
#include "lib/string.h"
#include "monitor/history.h"
#include "monitor/key.h"

#define WINDOW_COLUMNS 64

struct editor {
	const char *prompt;
	line_completer *complete;
	char *text; /* LINE_MAX_BYTES, NUL-terminated */
	size_t length;
	size_t cursor;              /* 0 to length */
	size_t first;               /* leftmost byte shown */
	u32 history;                /* 0: the line itself, n: the n-th last line is shown */
	char draft[LINE_MAX_BYTES]; /* what was typed before history was looked at */
};

static void draw(struct editor *ed)
{
	size_t shown;

	if (ed->cursor < ed->first)
		ed->first = ed->cursor;
	if (ed->cursor > ed->first + WINDOW_COLUMNS)
		ed->first = ed->cursor - WINDOW_COLUMNS;
	shown = strnlen(ed->text + ed->first, WINDOW_COLUMNS);
	print("\r%s", ed->prompt);
	for (size_t i = 0; i < shown; i++)
		print("%c", ed->text[ed->first + i]);
	print("\x1b[K"); /* erase to the end of the line */
	if (ed->cursor < ed->first + shown)
		print("\x1b[%uD", (u32)(ed->first + shown - ed->cursor)); /* cursor left */
}

/* Delete the bytes [from, to); the cursor was on or right of one of them. */
static void delete_range(struct editor *ed, size_t from, size_t to)
{
	memmove(ed->text + from, ed->text + to, ed->length - to + 1);
	ed->length -= to - from;
	ed->cursor = from;
	draw(ed);
}

static void insert(struct editor *ed, char c)
{
	if (ed->length + 1 >= LINE_MAX_BYTES)
		return;
	memmove(ed->text + ed->cursor + 1, ed->text + ed->cursor, ed->length - ed->cursor + 1);
	ed->text[ed->cursor++] = c;
	ed->length++;
	if (ed->cursor == ed->length && ed->length - ed->first <= WINDOW_COLUMNS)
		print("%c", c);
	else
		draw(ed);
}

static void move(struct editor *ed, size_t to)
{
	ed->cursor = to;
	draw(ed);
}

static size_t word_start(const struct editor *ed)
{
	size_t at = ed->cursor;

	while (at > 0 && ed->text[at - 1] == ' ')
		at--;
	while (at > 0 && ed->text[at - 1] != ' ')
		at--;
	return at;
}

/* Show the n-th last line, or the draft for 0; nothing happens past the oldest. */
static void show_history(struct editor *ed, u32 n)
{
	const char *line = n == 0 ? ed->draft : history_line(n);

	if (!line)
		return;
	if (ed->history == 0)
		memcpy(ed->draft, ed->text, ed->length + 1);
	ed->history = n;
	ed->length = strlen(line);
	memcpy(ed->text, line, ed->length + 1);
	move(ed, ed->length);
}

static void complete(struct editor *ed)
{
	char before[LINE_MAX_BYTES];
	char more[LINE_MAX_BYTES];

	memcpy(before, ed->text, ed->cursor);
	before[ed->cursor] = '\0';
	if (ed->complete(before, more, sizeof(more), false) > 1 && more[0] == '\0') {
		print("\n");
		ed->complete(before, more, sizeof(more), true);
		draw(ed);
		return;
	}
	for (const char *c = more; *c != '\0'; c++)
		insert(ed, *c);
}

static void edit(struct editor *ed, int key)
{
	switch (key) {
	case KEY_HOME:
		return move(ed, 0);
	case KEY_END:
		return move(ed, ed->length);
	case KEY_LEFT:
		return move(ed, ed->cursor > 0 ? ed->cursor - 1 : 0);
	case KEY_RIGHT:
		return move(ed, ed->cursor < ed->length ? ed->cursor + 1 : ed->length);
	case KEY_BACKSPACE:
		return delete_range(ed, ed->cursor > 0 ? ed->cursor - 1 : 0, ed->cursor);
	case KEY_DELETE:
	case KEY_EOF:
		return delete_range(ed, ed->cursor,
				    ed->cursor < ed->length ? ed->cursor + 1 : ed->length);
	case KEY_KILL_WORD:
		return delete_range(ed, word_start(ed), ed->cursor);
	case KEY_KILL_BEFORE:
		return delete_range(ed, 0, ed->cursor);
	case KEY_KILL_AFTER:
		return delete_range(ed, ed->cursor, ed->length);
	case KEY_UP:
		return show_history(ed, ed->history + 1);
	case KEY_DOWN:
		return ed->history > 0 ? show_history(ed, ed->history - 1) : (void)0;
	case KEY_TAB:
		return complete(ed);
	case KEY_CLEAR:
		print("\x1b[H\x1b[2J"); /* cursor home, erase the screen */
		return draw(ed);
	default:
		if (key >= ' ' && key < 0x7f)
			insert(ed, (char)key);
	}
}

static void start(struct editor *ed)
{
	ed->length = ed->cursor = ed->first = 0;
	ed->history = 0;
	ed->text[0] = '\0';
	print("%s", ed->prompt);
}

bool line_read(const char *prompt, char text[LINE_MAX_BYTES], line_completer *completer)
{
	struct editor ed = {.prompt = prompt, .complete = completer, .text = text};

	start(&ed);
	for (;;) {
		int key = key_read();

		if (key == KEY_END_OF_INPUT || (key == KEY_EOF && ed.length == 0)) {
			print("\n");
			return false;
		}
		if (key == KEY_ENTER)
			break;
		if (key == KEY_CANCEL) {
			print("^C\n");
			start(&ed);
			continue;
		}
		edit(&ed, key);
	}
	print("\n");
	history_add(text);
	return true;
}
