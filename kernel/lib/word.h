/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of a line as the boot arguments have them: separated by blanks, which may stand inside double
 * quotes. The line ends with a NUL and lasts longer than its words.
 */
#pragma once

#include "lib/types.h"

/* A piece of a line: it is not terminated. */
struct word {
	const char *start;
	const char *end; /* one past the last byte */
};

/** word_is - is the whole word that text? */
bool word_is(struct word w, const char *text);

/** word_next - the next word at *at, which moves behind it; false at the end of the line and at a word "--". */
bool word_next(const char **at, struct word *out);

/** word_number - a decimal or 0x number at w->start, which moves behind it. False: there is none, or above 2^64 - 1. */
bool word_number(struct word *w, u64 *out);

/** word_size - a number of bytes with an optional K, M, G or T in either case; otherwise as word_number(). */
bool word_size(struct word *w, u64 *out);

/** word_u32 - the word is a number up to limit, and nothing else. False leaves *out as it was. */
bool word_u32(struct word w, u64 limit, u32 *out);
