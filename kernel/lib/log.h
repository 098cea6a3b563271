/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that Pagewright prints. One fact per line, a fixed label column, half-open
 * ranges: a person reads it first, and a diff of two boots is readable too.
 *
 * The format language is printf's, reduced to %c %s %d %u %x %p %% with the flags '-' and '0',
 * a width or '*', "%.*s" and the lengths l, ll and z; -Wformat checks every call. %p prints
 * 0x and 16 digits. Output goes through arch_console_write(). May be called from the first C
 * line on, also before .bss is clear: the logger keeps no state there. What the boot hart spends here
 * is counted in log_instret() and log_time() so that phases can leave it out.
 *
 * Every hart may call everything here. What one call prints stays together, and lines of two harts
 * never mix: a hart that finds another's line unfinished begins a new one.
 */
#pragma once

#include <stdarg.h>

#include "lib/range.h"
#include "lib/types.h"

#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

enum log_level {
	LOG_ERROR = 3, /* numbers as Linux's loglevel= uses them: a line shows when its */
	LOG_WARN = 4,  /* level is below the current one */
	LOG_INFO = 6,
	LOG_DEBUG = 7,
};

/** log_set_level - lines with a level >= level are not printed; default CONFIG_LOGLEVEL (7). */
void log_set_level(u32 level);

/** print - formatted text as it is: records, tables, the monitor. Always printed. */
void print(const char *fmt, ...) PRINTF_LIKE(1, 2);

/**
 * log_fresh_line - end the current line if print() left one unfinished: what follows is a line of
 * its own.
 */
void log_fresh_line(void);

/**
 * log_seize - from now on only this hart prints; every other one that tries waits for ever. For the
 * end of a boot: also when another hart was stopped in the middle of a line.
 */
void log_seize(void);

/** log_line - "label       text\n" at LOG_INFO. label at most 11 characters. */
void log_line(const char *label, const char *fmt, ...) PRINTF_LIKE(2, 3);

/** log_debug - the same at LOG_DEBUG. */
void log_debug(const char *label, const char *fmt, ...) PRINTF_LIKE(2, 3);

/**
 * log_warn - "warning     name: text\n" at LOG_WARN, and the name is counted.
 * @name: a literal such as "bank-trimmed"; the same name always means the same kind of
 *        finding. The text says what was read, which rule it broke and what to change.
 * The names and counts appear in the record as mm.warn lines. Not before .bss is clear.
 */
void log_warn(const char *name, const char *fmt, ...) PRINTF_LIKE(2, 3);

/**
 * log_warning_count - the i-th warning name seen and how often, in order of first use; false past
 * the last.
 */
bool log_warning_count(u32 i, const char **name, u32 *count);

/** log_instret - instructions retired inside the logger so far; monotonic. */
u64 log_instret(void);

/** log_time - ticks of the time CSR spent inside the logger so far; monotonic. */
u64 log_time(void);

/**
 * format_text - the formatter alone: writes at most size bytes with the final NUL, returns the
 * length the text has.
 */
size_t format_text(char *buf, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);
size_t format_text_v(char *buf, size_t size, const char *fmt, va_list ap);

/* A size for people: "512 KiB", "1.5 GiB", "17 B". Use as size_text(n).s in an argument. */
struct size_text {
	char s[16];
};
struct size_text size_text(u64 bytes);
