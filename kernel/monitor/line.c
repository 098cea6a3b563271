/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The line editor. The text lives in one buffer with a cursor; after every key that did
 * more than append, the line is drawn again.
 */
#include "monitor/line.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/string.h"
#include "monitor/history.h"
#include "monitor/key.h"
#include "monitor/line_internal.h"

/* What was cut last, for ^Y. */
static char cut_text[LINE_MAX_BYTES];

void line_set(struct editor *ed, const char *text, size_t cursor)
{
	ed->length = strlen(text);
	memmove(ed->text, text, ed->length + 1);
	ed->cursor = cursor;
}

/* Delete the bytes [from, to); the cursor was on or right of one of them. */
static void delete_range(struct editor *ed, size_t from, size_t to)
{
	memmove(ed->text + from, ed->text + to, ed->length - to + 1);
	ed->length -= to - from;
	ed->cursor = from;
	line_draw(ed);
}

/* The same, kept for ^Y. */
static void cut_range(struct editor *ed, size_t from, size_t to)
{
	if (to > from) {
		memcpy(cut_text, ed->text + from, to - from);
		cut_text[to - from] = '\0';
	}
	delete_range(ed, from, to);
}

static void insert(struct editor *ed, char c)
{
	if (ed->length + 1 >= LINE_MAX_BYTES)
		return;
	memmove(ed->text + ed->cursor + 1, ed->text + ed->cursor, ed->length - ed->cursor + 1);
	ed->text[ed->cursor++] = c;
	ed->length++;
	if (ed->cursor == ed->length && line_fits(ed))
		print("%c", c);
	else
		line_draw(ed);
}

static void move(struct editor *ed, size_t to)
{
	ed->cursor = to;
	line_draw(ed);
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

static size_t word_end(const struct editor *ed)
{
	size_t at = ed->cursor;

	while (ed->text[at] == ' ')
		at++;
	while (ed->text[at] != '\0' && ed->text[at] != ' ')
		at++;
	return at;
}

static void swap(struct editor *ed)
{
	size_t at = ed->cursor < ed->length ? ed->cursor + 1 : ed->length;
	char c;

	if (at < 2 || ed->cursor == 0)
		return;
	c = ed->text[at - 1];
	ed->text[at - 1] = ed->text[at - 2];
	ed->text[at - 2] = c;
	move(ed, at);
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
	line_set(ed, line, strlen(line));
	line_draw(ed);
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
		line_draw(ed);
		return;
	}
	for (const char *c = more; *c != '\0'; c++)
		insert(ed, *c);
}

static void yank(struct editor *ed)
{
	for (const char *c = cut_text; *c != '\0'; c++)
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
	case KEY_WORD_LEFT:
		return move(ed, word_start(ed));
	case KEY_WORD_RIGHT:
		return move(ed, word_end(ed));
	case KEY_KILL_WORD:
		return cut_range(ed, word_start(ed), ed->cursor);
	case KEY_KILL_NEXT_WORD:
		return cut_range(ed, ed->cursor, word_end(ed));
	case KEY_KILL_BEFORE:
		return cut_range(ed, 0, ed->cursor);
	case KEY_KILL_AFTER:
		return cut_range(ed, ed->cursor, ed->length);
	case KEY_YANK:
		return yank(ed);
	case KEY_SWAP:
		return swap(ed);
	case KEY_UP:
		return show_history(ed, ed->history + 1);
	case KEY_DOWN:
		return ed->history > 0 ? show_history(ed, ed->history - 1) : (void)0;
	case KEY_TAB:
		return complete(ed);
	case KEY_CLEAR:
		print("\x1b[H\x1b[2J"); /* cursor home, erase the screen */
		return line_draw(ed);
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

		if (key == KEY_SEARCH)
			key = line_search(&ed);
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

bool line_read_plain(char text[LINE_MAX_BYTES])
{
	size_t length = 0;
	int c = arch_console_read();

	if (c < 0)
		return false;
	for (; c >= 0 && c != '\n'; c = arch_console_read())
		if (c != '\r' && c != '\0' && length++ < LINE_MAX_BYTES - 1)
			text[length - 1] = (char)c;
	if (length >= LINE_MAX_BYTES)
		print("a line of %lu bytes is cut: at most %d\n", length, LINE_MAX_BYTES - 1);
	text[length < LINE_MAX_BYTES ? length : LINE_MAX_BYTES - 1] = '\0';
	return true;
}
