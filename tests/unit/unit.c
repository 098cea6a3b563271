/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The test runner behind unit.h: a process per test, one line per result.
 *
 * The child's output, a sanitizer's report included, goes into a temporary file and is shown only
 * when the test fails; what failed travels to the parent through a pipe. A child that does not
 * reach its end (stop(), a signal, a sanitizer's exit) has failed whatever it said before.
 */
#define _GNU_SOURCE
#include "unit_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEST_SECONDS 120 /* a test that takes longer hangs */
#define REASON_BYTES 2048
#define SHOWN_BYTES  8192 /* of a failed test's output, the end */

static struct unit_test *tests, **tests_end = &tests;

__attribute__((weak)) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	/* Children end in the middle of whatever they do: leaks are not a question here. */
	return "detect_leaks=0";
}

void unit_register(struct unit_test *test)
{
	*tests_end = test;
	tests_end = &test->next;
}

static _Noreturn void run_child(const struct unit_test *test, const int fds[2], FILE *output)
{
	close(fds[0]);
	unit_report_fd = fds[1];
	dup2(fileno(output), STDOUT_FILENO);
	dup2(fileno(output), STDERR_FILENO);
	alarm(TEST_SECONDS);
	test->run();
	fflush(stdout);
	_exit(STATUS_DONE);
}

/** read_reasons - what the child reports until it ends or has said enough, as text. */
static void read_reasons(int fd, char *reason, size_t size)
{
	size_t used = 0;
	ssize_t n;

	while (used < size - 1 && (n = read(fd, reason + used, size - 1 - used)) > 0)
		used += (size_t)n;
	reason[used] = '\0';
	close(fd);
}

/** describe_end - why the process ended, when that itself is a failure; "" otherwise. */
static const char *describe_end(int status, const char *output)
{
	static char text[64];
	const char *verdict = strstr(output, "mm.verdict ");

	if (WIFEXITED(status) &&
	    (WEXITSTATUS(status) == STATUS_DONE || WEXITSTATUS(status) == STATUS_ASSERTED))
		return "";
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		return "takes too long\n";
	if (WIFEXITED(status) && verdict)
		return verdict;
	if (WIFSIGNALED(status))
		snprintf(text, sizeof(text), "%s\n", strsignal(WTERMSIG(status)));
	else
		snprintf(text, sizeof(text), "ended with status %d before its end\n",
			 WEXITSTATUS(status));
	return text;
}

/** print_commented - text, each line behind "# ". */
static void print_commented(const char *text)
{
	for (const char *line = text; *line != '\0';) {
		size_t n = strcspn(line, "\n");

		printf("# %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

/** print_result - one line, and after a failure everything that may help. */
static void print_result(const struct unit_test *test, const char *reasons, const char *end,
			 const char *output, bool verbose)
{
	const char *file = unit_base_name(test->file);
	const char *first = reasons[0] ? reasons : end;
	size_t length = strcspn(first, "\n");
	size_t all = strlen(output);

	printf("%s %.*s/%s%s%.*s\n", first[0] ? "not ok" : "ok", (int)strcspn(file, "."), file,
	       test->name, first[0] ? ": " : "", (int)length, first);
	if (first == reasons) {
		print_commented(first + length + (first[length] == '\n'));
		print_commented(end);
	}
	if (first[0] || verbose)
		print_commented(output + (all > SHOWN_BYTES ? all - SHOWN_BYTES : 0));
}

/** run_test - true when it passed. */
static bool run_test(const struct unit_test *test, bool verbose)
{
	FILE *file = unit_temporary_file();
	char reasons[REASON_BYTES];
	const char *end;
	int fds[2], status;
	char *output;
	bool passed;
	pid_t pid;

	if (pipe(fds) < 0)
		abort();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_child(test, fds, file);
	close(fds[1]);
	read_reasons(fds[0], reasons, sizeof(reasons));
	waitpid(pid, &status, 0);
	output = unit_read_all(file);
	end = describe_end(status, output);
	print_result(test, reasons, end, output, verbose);
	passed = reasons[0] == '\0' && end[0] == '\0';
	free(output);
	return passed;
}

static bool is_wanted(const struct unit_test *test, int nr_words, char **words)
{
	for (int i = 0; i < nr_words; i++) {
		if (strstr(test->name, words[i]))
			return true;
	}
	return nr_words == 0;
}

int main(int argc, char **argv)
{
	bool list = false, verbose = false;
	u32 passed = 0, failed = 0;
	int first = 1;

	for (; first < argc && argv[first][0] == '-'; first++) {
		list = list || strcmp(argv[first], "-l") == 0;
		verbose = verbose || strcmp(argv[first], "-v") == 0;
	}
	/* A child that dies while the parent no longer reads must not die of that. */
	signal(SIGPIPE, SIG_IGN);
	for (struct unit_test *test = tests; test; test = test->next) {
		if (!is_wanted(test, argc - first, argv + first))
			continue;
		if (list)
			printf("%s\n", test->name);
		else if (run_test(test, verbose))
			passed++;
		else
			failed++;
	}
	if (!list)
		printf("# %u passed, %u failed\n", passed, failed);
	return failed > 0 || (!list && passed == 0);
}
