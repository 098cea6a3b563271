/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the line editor, shared by its files: what is edited (line.c), how it is drawn
 * (line_draw.c), and the search in earlier lines (line_search.c).
 */
#pragma once

#include "monitor/line.h"

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

/** line_draw - the line anew, in place. */
void line_draw(struct editor *ed);

/** line_fits - would one more byte at the end be drawn by just printing it? */
bool line_fits(const struct editor *ed);

/** line_set - the whole text is this now, the cursor at cursor; not drawn. */
void line_set(struct editor *ed, const char *text, size_t cursor);

/**
 * line_search - ^R: type a piece of an earlier line; ^R again goes to older ones, ^G gives up. Result: the key
 * that ended it, for the editor to act on with the found line; KEY_NONE when it was given up.
 */
int line_search(struct editor *ed);
