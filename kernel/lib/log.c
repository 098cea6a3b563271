/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: puts formatted lines on the console, counts warnings by name, and measures itself.
 *
 * A line is put together on the stack and handed to the console in one piece, or in a few
 * when it is long: a firmware call per byte would cost more than the whole bring-up.
 * Before .bss is clear print(), log_line() and stop() work already: the little state they use
 * lies in .data, and what it holds at the start is right. log_warn() needs .bss.
 */
#include "lib/log.h"

#include "arch/arch.h"
#include "config.h"
#include "lib/format.h"
#include "lib/spinlock.h"
#include "lib/string.h"

#define LINE_BUFFER       256
#define LABEL_WIDTH       11
#define MAX_WARNING_NAMES 96

/* State that is used before .bss is clear: .data even when the first value is zero. */
#define EARLY_STATE __attribute__((section(".data")))

static u32 current_level EARLY_STATE = config_loglevel;

/* Held while a call prints. SEIZE_SPINS: far longer than a line takes at 9600 baud. */
#define SEIZE_SPINS 100000000U
static struct spinlock console_lock EARLY_STATE = {0};
static const struct arch_hart *holder EARLY_STATE = NULL; /* of the lock */
static const struct arch_hart *seizer EARLY_STATE = NULL; /* who prints alone from now on */

/* Did the last byte on the console end a line, and whose was it? */
static bool mid_line EARLY_STATE = false;
static const struct arch_hart *last_hart EARLY_STATE = NULL;

/* What the logger itself has cost so far. */
static struct log_cost {
	u64 instret;
	u64 time;
} spent EARLY_STATE = {0, 0};

static struct warning {
	const char *name;
	u32 count;
} warnings[MAX_WARNING_NAMES];
static u32 nr_warnings;

struct line {
	struct format_sink sink;
	struct log_cost begin;
	char buf[LINE_BUFFER];
};

static void line_flush(struct format_sink *sink)
{
	if (sink->used == 0)
		return;
	arch_console_write(sink->buf, sink->used);
	mid_line = sink->buf[sink->used - 1] != '\n';
	sink->used = 0;
}

/* Names come from the tree: a line end in one must not look like a line of the log, or as the verdict. */
static void text_flush(struct format_sink *sink)
{
	for (size_t i = 0; i < sink->used; i++)
		if ((unsigned char)sink->buf[i] < ' ')
			sink->buf[i] = ' ';
	line_flush(sink);
}

/* The seizer takes no lock: whoever held it will not come back. */
static void begin_alone(void)
{
	const struct arch_hart *me = arch_this_hart();

	if (__atomic_load_n(&seizer, __ATOMIC_ACQUIRE) != me) {
		spin_lock(&console_lock);
		while (__atomic_load_n(&seizer, __ATOMIC_ACQUIRE) != NULL)
			arch_relax();
	}
	__atomic_store_n(&holder, me, __ATOMIC_RELAXED);
	if (mid_line && last_hart != me)
		arch_console_write("\n", 1);
	last_hart = me;
}

static void end_alone(void)
{
	const struct arch_hart *me = arch_this_hart();

	__atomic_store_n(&holder, NULL, __ATOMIC_RELAXED);
	if (__atomic_load_n(&seizer, __ATOMIC_RELAXED) != me)
		spin_unlock(&console_lock);
}

static void line_begin(struct line *line)
{
	begin_alone();
	line->begin.time = arch_time();
	line->begin.instret = arch_instret();
	line->sink = (struct format_sink){line->buf, sizeof(line->buf), 0, 0, line_flush};
}

static void line_end(struct line *line)
{
	line_flush(&line->sink);
	if (arch_this_hart()->index == 0) {
		spent.instret += arch_instret() - line->begin.instret;
		spent.time += arch_time() - line->begin.time;
	}
	end_alone();
}

/* The rest of a line whose text is one line, whatever its arguments hold. */
static void put_one_line(struct line *line, const char *fmt, va_list ap)
{
	line->sink.flush = text_flush;
	format_to(&line->sink, fmt, ap);
	text_flush(&line->sink);
	line->sink.flush = line_flush;
	format_put(&line->sink, "\n", 1);
}

static void put_text(struct line *line, const char *text)
{
	format_put(&line->sink, text, strlen(text));
}

static void put_label(struct line *line, const char *label)
{
	size_t n = strlen(label);

	format_put(&line->sink, label, n);
	do {
		put_text(line, " ");
	} while (++n <= LABEL_WIDTH);
}

static void labelled(const char *label, const char *fmt, va_list ap)
{
	struct line line;

	line_begin(&line);
	put_label(&line, label);
	put_one_line(&line, fmt, ap);
	line_end(&line);
}

/** count_warning - one more of that name. When the table is full, the last entry takes the rest. */
static void count_warning(const char *name)
{
	u32 i;

	for (i = 0; i < nr_warnings; i++) {
		if (strcmp(warnings[i].name, name) == 0)
			break;
	}
	if (i == MAX_WARNING_NAMES) {
		i = MAX_WARNING_NAMES - 1;
		warnings[i].name = "more-warnings";
	} else if (i == nr_warnings) {
		warnings[nr_warnings++].name = name;
	}
	warnings[i].count++;
}

void log_set_level(u32 level)
{
	current_level = level;
}

void log_seize(void)
{
	const struct arch_hart *me = arch_this_hart();
	u32 spins = 0;

	while (__atomic_load_n(&holder, __ATOMIC_RELAXED) != NULL &&
	       __atomic_load_n(&holder, __ATOMIC_RELAXED) != me && spins++ < SEIZE_SPINS)
		arch_relax();
	__atomic_store_n(&seizer, me, __ATOMIC_RELEASE);
}

void print(const char *fmt, ...)
{
	struct line line;
	va_list ap;

	line_begin(&line);
	va_start(ap, fmt);
	format_to(&line.sink, fmt, ap);
	va_end(ap);
	line_end(&line);
}

void log_fresh_line(void)
{
	if (mid_line)
		print("\n");
}

void log_line(const char *label, const char *fmt, ...)
{
	va_list ap;

	if (current_level <= LOG_INFO)
		return;
	va_start(ap, fmt);
	labelled(label, fmt, ap);
	va_end(ap);
}

void log_debug(const char *label, const char *fmt, ...)
{
	va_list ap;

	if (current_level <= LOG_DEBUG)
		return;
	va_start(ap, fmt);
	labelled(label, fmt, ap);
	va_end(ap);
}

void log_warn(const char *name, const char *fmt, ...)
{
	struct line line;
	va_list ap;

	line_begin(&line);
	count_warning(name);
	if (current_level > LOG_WARN) {
		put_label(&line, "warning");
		put_text(&line, name);
		put_text(&line, ": ");
		va_start(ap, fmt);
		put_one_line(&line, fmt, ap);
		va_end(ap);
	}
	line_end(&line);
}

bool log_warning_count(u32 i, const char **name, u32 *count)
{
	if (i >= nr_warnings)
		return false;
	*name = warnings[i].name;
	*count = warnings[i].count;
	return true;
}

u64 log_instret(void)
{
	return spent.instret;
}

u64 log_time(void)
{
	return spent.time;
}
