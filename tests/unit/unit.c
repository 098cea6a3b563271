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

static _Noreturn void run_child(const struct unit_test *test, int fd, FILE *output)
{
	unit_report_fd = fd;
	dup2(fileno(output), STDOUT_FILENO);
	dup2(fileno(output), STDERR_FILENO);
	alarm(TEST_SECONDS);
	test->run();
	fflush(stdout);
	_exit(STATUS_DONE);
}

/** describe_end - add to reason why the process ended, when that itself is a failure. */
static void describe_end(int status, char *reason)
{
	size_t n = strlen(reason);

	if (WIFSIGNALED(status))
		snprintf(reason + n, REASON_BYTES - n, "%s\n",
			 WTERMSIG(status) == SIGALRM ? "takes too long"
						     : strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == STATUS_STOPPED)
		snprintf(reason + n, REASON_BYTES - n, "stopped or was ended by a sanitizer\n");
	else if (WEXITSTATUS(status) != STATUS_DONE && WEXITSTATUS(status) != STATUS_ASSERTED)
		snprintf(reason + n, REASON_BYTES - n, "exit status %d\n", WEXITSTATUS(status));
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

/** run_test - true when it passed. */
static bool run_test(const struct unit_test *test, bool verbose)
{
	char reason[REASON_BYTES] = "";
	FILE *output = unit_temporary_file();
	const char *file = unit_base_name(test->file);
	int fds[2], status;
	size_t used = 0, length;
	ssize_t n;
	char *text;
	pid_t pid;

	if (pipe(fds) < 0)
		abort();
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		run_child(test, fds[1], output);
	close(fds[1]);
	/* Read to the end, so that a child with much to say never waits; keep what fits. */
	while ((n = read(fds[0], reason + used, REASON_BYTES - 256 - used)) > 0 &&
	       used + (size_t)n < REASON_BYTES - 256)
		used += (size_t)n;
	close(fds[0]);
	waitpid(pid, &status, 0);
	describe_end(status, reason);
	printf("%s %.*s/%s%s", reason[0] ? "not ok" : "ok", (int)strcspn(file, "."), file,
	       test->name, reason[0] ? ": " : "\n");
	if (reason[0]) {
		length = strcspn(reason, "\n");
		printf("%.*s\n", (int)length, reason);
		print_commented(reason + length + (reason[length] == '\n'));
	}
	text = unit_read_all(output);
	length = strlen(text);
	if (reason[0] || verbose)
		print_commented(text + (length > SHOWN_BYTES ? length - SHOWN_BYTES : 0));
	free(text);
	return reason[0] == '\0';
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
