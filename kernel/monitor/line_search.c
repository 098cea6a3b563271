/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Searching earlier lines while typing what they contain.
 */
#include "lib/log.h"
#include "lib/string.h"
#include "monitor/history.h"
#include "monitor/key.h"
#include "monitor/line_internal.h"

#define MAX_WANTED 32
#define MAX_SHOWN  46 /* columns left for the line beside the prompt of the search */

struct search {
	char wanted[MAX_WANTED];
	size_t length;
	u32 found; /* number of the line in the history; 0 none */
	size_t at; /* where in it */
	bool failed;
};

static void draw(const struct search *search)
{
	const char *line = search->found ? history_line(search->found) : "";

	print("\r%s(%s)> %.*s\x1b[K", search->failed ? "no such line " : "search ", search->wanted,
	      (int)strnlen(line, MAX_SHOWN - search->length), line);
}

/* The newest match that is not newer than the n-th last line; the last match stays when there is none. */
static void find(struct search *search, u32 n)
{
	size_t at;
	u32 found = search->length > 0 ? history_search(search->wanted, n, &at) : 0;

	search->failed = search->length > 0 && found == 0;
	if (found == 0)
		return;
	search->found = found;
	search->at = at;
}

static bool search_key(struct search *search, int key)
{
	if (key == KEY_SEARCH) {
		find(search, search->found + 1);
		return true;
	}
	if (key == KEY_BACKSPACE) {
		search->length -= search->length > 0;
		search->wanted[search->length] = '\0';
		search->found = 0;
		find(search, 1);
		return true;
	}
	if (key < ' ' || key >= 0x7f)
		return false;
	if (search->length + 1 < MAX_WANTED) {
		search->wanted[search->length++] = (char)key;
		search->wanted[search->length] = '\0';
	}
	find(search, search->found);
	return true;
}

int line_search(struct editor *ed)
{
	struct search search = {.length = 0};
	int key;

	do {
		draw(&search);
		key = key_read();
	} while (search_key(&search, key));
	if (search.found && key != KEY_ABORT && key != KEY_CANCEL)
		line_set(ed, history_line(search.found), search.at);
	line_draw(ed);
	return key == KEY_ABORT || key == KEY_CANCEL ? KEY_NONE : key;
}
