/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judging half of the test framework: what a failed EXPECT or ASSERT says, output that is
 * compared, and statements that must stop. All of this runs in the process of one test.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit_internal.h"

int unit_report_fd = -1;

/* Standard output while it is captured: a copy of the real one, and the file. */
static int saved_stdout = -1;
static FILE *capture;
static char *captured;

static pid_t stop_child;
static FILE *stop_output;

u64 unit_random(u64 *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dUL;
}

const char *unit_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	return strncmp(name, "test_", 5) == 0 ? name + 5 : name;
}

static void report(const char *text)
{
	ssize_t n = write(unit_report_fd, text, strlen(text));

	/* Fails when the parent has heard enough: what counts is the first reason. */
	(void)n;
}

bool unit_check(bool ok, bool fatal, const char *file, int line, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	if (ok)
		return true;
	n = snprintf(text, sizeof(text), "%s:%d: ", unit_base_name(file), line);
	va_start(ap, fmt);
	n += vsnprintf(text + n, sizeof(text) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(text) - 2)
		n = (int)sizeof(text) - 2;
	text[n] = '\n';
	text[n + 1] = '\0';
	report(text);
	if (fatal) {
		fflush(stdout);
		_exit(STATUS_ASSERTED);
	}
	return false;
}

bool unit_check_values(bool ok, bool fatal, const char *file, int line, const char *text_a,
		       const char *relation, const char *text_b, u64 a, u64 b)
{
	return unit_check(ok, fatal, file, line,
			  "%s %s %s: left is %#lx (%ld), right is %#lx (%ld)", text_a, relation,
			  text_b, a, (long)a, b, (long)b);
}

bool unit_check_text(bool fatal, const char *file, int line, const char *text_a, const char *a,
		     const char *b)
{
	bool ok = a && b ? strcmp(a, b) == 0 : a == b;

	return unit_check(ok, fatal, file, line, "%s is \"%s\", not \"%s\"", text_a,
			  a ? a : "(null)", b ? b : "(null)");
}

void unit_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
}

FILE *unit_temporary_file(void)
{
	FILE *file = tmpfile();

	if (!file) {
		perror("tmpfile");
		exit(2);
	}
	return file;
}

char *unit_read_all(FILE *file)
{
	off_t size = lseek(fileno(file), 0, SEEK_END);
	char *text = calloc(1, (size_t)size + 1);

	if (!text || pread(fileno(file), text, (size_t)size, 0) != (ssize_t)size)
		abort();
	fclose(file);
	return text;
}

void unit_output_begin(void)
{
	fflush(stdout);
	capture = unit_temporary_file();
	saved_stdout = dup(STDOUT_FILENO);
	dup2(fileno(capture), STDOUT_FILENO);
}

const char *unit_output_end(void)
{
	fflush(stdout);
	dup2(saved_stdout, STDOUT_FILENO);
	close(saved_stdout);
	free(captured);
	captured = unit_read_all(capture);
	return captured;
}

bool unit_stop_begin(void)
{
	fflush(stdout);
	stop_output = unit_temporary_file();
	stop_child = fork();
	if (stop_child == 0)
		dup2(fileno(stop_output), STDOUT_FILENO);
	return stop_child == 0;
}

void unit_stop_missed(void)
{
	fflush(stdout);
	_exit(STATUS_MISSED);
}

void unit_stop_check(const char *file, int line, const char *expr, const char *text)
{
	static const char verdict[] = "mm.verdict stop phase=";
	const char *found, *reason, *end;
	char *output;
	int status;

	waitpid(stop_child, &status, 0);
	output = unit_read_all(stop_output);
	found = strstr(output, verdict);
	reason = found ? strstr(found, " reason=\"") : NULL;
	end = reason ? strchr(reason, '\n') : NULL;
	if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_MISSED)
		unit_check(false, false, file, line, "%s: did not stop", expr);
	else if (!WIFEXITED(status) || WEXITSTATUS(status) != STATUS_STOPPED)
		unit_check(false, false, file, line, "%s: ended with status %#x", expr,
			   (unsigned)status);
	else if (!end || end[1] != '\0' || end[-1] != '"' || strstr(found + 1, verdict) ||
		 (found > output && found[-1] != '\n'))
		unit_check(false, false, file, line, "%s: no verdict, or not one last line: %s",
			   expr, output);
	else if (!strstr(found, text))
		unit_check(false, false, file, line, "%s: no \"%s\" in %s", expr, text, found);
	free(output);
}
