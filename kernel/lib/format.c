/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The formatter: printf's language reduced to what lib/log.h lists. Pure text work, no state,
 * callable from the first C line on.
 *
 * A conversion is: % [flags - and 0] [width or *] [.precision or .*, for %s only] [l, ll, z]
 * letter. A letter that is not known ends the interpretation: the rest of the format is
 * written as it stands, because the arguments can no longer be matched.
 */
#include "lib/format.h"
#include "lib/log.h"
#include "lib/string.h"

/* What stands between the % and the letter. */
struct spec {
	bool left;      /* '-': pad on the right */
	bool zero;      /* '0': pad numbers with zeros */
	bool wide;      /* l, ll, z: the argument has 64 bits */
	size_t width;   /* at least so many bytes */
	size_t max_str; /* at most so many bytes of a %s */
};

#define PTR_DIGITS 16 /* %p prints 0x and all digits: columns line up */

void format_put(struct format_sink *sink, const char *text, size_t n)
{
	sink->total += n;
	while (n > 0) {
		size_t room = sink->size - sink->used;

		if (room == 0) {
			if (!sink->flush)
				return;
			sink->flush(sink);
			room = sink->size;
		}
		if (room > n)
			room = n;
		memcpy(sink->buf + sink->used, text, room);
		sink->used += room;
		text += room;
		n -= room;
	}
}

static void put_repeated(struct format_sink *sink, char c, size_t n)
{
	for (; n > 0; n--)
		format_put(sink, &c, 1);
}

/** put_padded - sign, then text, filled up to the width on the side that the flags say. */
static void put_padded(struct format_sink *sink, const struct spec *spec, const char *sign,
		       const char *text, size_t n)
{
	size_t sign_length = strlen(sign);
	size_t pad = spec->width > n + sign_length ? spec->width - n - sign_length : 0;
	bool zero = spec->zero && !spec->left;

	if (!spec->left && !zero)
		put_repeated(sink, ' ', pad);
	format_put(sink, sign, sign_length);
	if (zero)
		put_repeated(sink, '0', pad);
	format_put(sink, text, n);
	if (spec->left)
		put_repeated(sink, ' ', pad);
}

static void put_number(struct format_sink *sink, const struct spec *spec, const char *sign,
		       u64 value, u32 base)
{
	char digits[20]; /* 2^64 - 1 has 20 decimal digits */
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	put_padded(sink, spec, sign, digits + at, sizeof(digits) - at);
}

static void put_signed(struct format_sink *sink, const struct spec *spec, s64 value)
{
	if (value < 0)
		put_number(sink, spec, "-", -(u64)value, 10);
	else
		put_number(sink, spec, "", (u64)value, 10);
}

static void put_string(struct format_sink *sink, struct spec spec, const char *s)
{
	if (!s)
		s = "(null)";
	spec.zero = false;
	put_padded(sink, &spec, "", s, strnlen(s, spec.max_str));
}

/** read_number - decimal digits at *fmt, moving it behind them. */
static size_t read_number(const char **fmt)
{
	size_t n = 0;

	for (; **fmt >= '0' && **fmt <= '9'; (*fmt)++)
		n = n * 10 + (size_t)(**fmt - '0');
	return n;
}

/* va_list may be an array type: it travels in a struct so that callees can advance it. */
struct args {
	va_list ap;
};

static struct spec read_spec(const char **fmt, struct args *args)
{
	struct spec spec = {.max_str = SIZE_MAX};

	for (;; (*fmt)++) {
		if (**fmt == '-')
			spec.left = true;
		else if (**fmt == '0')
			spec.zero = true;
		else
			break;
	}
	if (**fmt == '*') {
		int width = va_arg(args->ap, int);

		spec.left = spec.left || width < 0;
		spec.width = width < 0 ? (size_t)0 - (size_t)width : (size_t)width;
		(*fmt)++;
	} else {
		spec.width = read_number(fmt);
	}
	if (**fmt == '.') {
		(*fmt)++;
		if (**fmt == '*') {
			int max = va_arg(args->ap, int);

			spec.max_str = max < 0 ? SIZE_MAX : (size_t)max;
			(*fmt)++;
		} else {
			spec.max_str = read_number(fmt);
		}
	}
	for (; **fmt == 'l' || **fmt == 'z'; (*fmt)++)
		spec.wide = true;
	return spec;
}

/** put_conversion - one letter with its argument; false when the letter is not known. */
static bool put_conversion(struct format_sink *sink, char letter, struct spec spec,
			   struct args *args)
{
	char c;

	switch (letter) {
	case 'd':
		put_signed(sink, &spec, spec.wide ? va_arg(args->ap, s64) : va_arg(args->ap, int));
		return true;
	case 'u':
	case 'x':
		put_number(sink, &spec, "",
			   spec.wide ? va_arg(args->ap, u64) : va_arg(args->ap, unsigned int),
			   letter == 'u' ? 10 : 16);
		return true;
	case 'p':
		spec = (struct spec){.zero = true, .width = PTR_DIGITS + 2};
		put_number(sink, &spec, "0x", (uintptr_t)va_arg(args->ap, void *), 16);
		return true;
	case 's':
		put_string(sink, spec, va_arg(args->ap, const char *));
		return true;
	case 'c':
		c = (char)va_arg(args->ap, int);
		spec.zero = false;
		put_padded(sink, &spec, "", &c, 1);
		return true;
	case '%':
		format_put(sink, "%", 1);
		return true;
	default:
		return false;
	}
}

void format_to(struct format_sink *sink, const char *fmt, va_list ap)
{
	struct args args;

	va_copy(args.ap, ap);
	while (*fmt != '\0') {
		const char *percent = fmt;
		struct spec spec;

		while (*fmt != '\0' && *fmt != '%')
			fmt++;
		format_put(sink, percent, (size_t)(fmt - percent));
		if (*fmt == '\0')
			break;
		percent = fmt++;
		spec = read_spec(&fmt, &args);
		if (!put_conversion(sink, *fmt, spec, &args)) {
			format_put(sink, percent, strlen(percent));
			break;
		}
		fmt++;
	}
	va_end(args.ap);
}

size_t format_text_v(char *buf, size_t size, const char *fmt, va_list ap)
{
	struct format_sink sink = {.buf = buf, .size = size > 0 ? size - 1 : 0};

	format_to(&sink, fmt, ap);
	if (size > 0)
		buf[sink.used] = '\0';
	return sink.total;
}

size_t format_text(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	va_start(ap, fmt);
	n = format_text_v(buf, size, fmt, ap);
	va_end(ap);
	return n;
}

struct size_text size_text(u64 bytes)
{
	static const char unit[][4] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	struct size_text out = {""};
	u32 shift = 0;
	u64 whole, rest;

	while (bytes >> shift >= KIB)
		shift += 10;
	whole = bytes >> shift;
	rest = bytes - (whole << shift);
	/* Tenths below 1000, cut not rounded: a size is never made larger than it is, nor longer than 8 characters. */
	if (rest == 0 || whole >= 1000)
		format_text(out.s, sizeof(out.s), "%lu %s", whole, unit[shift / 10]);
	else
		format_text(out.s, sizeof(out.s), "%lu.%lu %s", whole,
			    (rest >> (shift - 10)) * 10 / KIB, unit[shift / 10]);
	return out;
}
