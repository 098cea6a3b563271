/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last lines that were entered.
 */
#pragma once

#include "monitor/line.h"

#define HISTORY_LINES 32

/** history_add - remember a line; the oldest goes. Empty lines and repeats of the last are left out. */
void history_add(const char *line);

/** history_line - the n-th last line, from 1; NULL past the oldest. */
const char *history_line(u32 n);

/**
 * history_search - the newest line, not newer than the n-th last, that has text in it. Result: its
 * number for history_line(), 0 when there is none; *at: where in the line.
 */
u32 history_search(const char *text, u32 n, size_t *at);
