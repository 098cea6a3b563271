/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of a line, and the numbers in them. Nothing is copied: a word points into its line.
 */
#include "lib/word.h"

#include "lib/string.h"

bool word_is(struct word w, const char *text)
{
	return strlen(text) == (size_t)(w.end - w.start) &&
	       memcmp(w.start, text, strlen(text)) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool word_next(const char **at, struct word *out)
{
	const char *c = *at;
	bool quoted = false;

	while (is_blank(*c))
		c++;
	out->start = c;
	for (; *c && (quoted || !is_blank(*c)); c++)
		if (*c == '"')
			quoted = !quoted;
	out->end = c;
	*at = c;
	return out->start != out->end && !word_is(*out, "--");
}

static u32 digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return (u32)(c - '0');
	c |= 0x20; /* lower case */
	return c >= 'a' && c <= 'f' ? (u32)(c - 'a') + 10 : 16;
}

bool word_number(struct word *w, u64 *out)
{
	u32 base = 10, digit;
	const char *first;
	u64 value = 0;

	if (w->end - w->start > 2 && w->start[0] == '0' && (w->start[1] | 0x20) == 'x') {
		base = 16;
		w->start += 2;
	}
	for (first = w->start; w->start < w->end; w->start++) {
		digit = digit_of(*w->start);
		if (digit >= base)
			break;
		if (__builtin_mul_overflow(value, (u64)base, &value) ||
		    __builtin_add_overflow(value, (u64)digit, &value))
			return false;
	}
	*out = value;
	return w->start != first;
}

bool word_size(struct word *w, u64 *out)
{
	static const char suffixes[] = "kmgt";
	const char *suffix;

	if (!word_number(w, out))
		return false;
	suffix = w->start < w->end ? strchr(suffixes, *w->start | 0x20) : NULL;
	if (!suffix || !*suffix)
		return true;
	w->start++;
	return !__builtin_mul_overflow(*out, 1UL << 10 * (suffix - suffixes + 1), out);
}

bool word_u32(struct word w, u64 limit, u32 *out)
{
	u64 value;

	if (!word_number(&w, &value) || w.start != w.end || value > limit)
		return false;
	*out = (u32)value;
	return true;
}
