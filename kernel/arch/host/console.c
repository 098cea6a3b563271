/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console on Linux: standard input and output. A terminal is read byte by byte and without
 * its own echo, since the kernel's line editor does both, and is as it was before when the
 * program ends, whichever way: exit, a signal, a crash.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "arch/host/host.h"

static struct termios found; /* as the terminal was */
static bool has_found;
static const char *script; /* input instead of standard input; NULL none */

void host_set_input(const char *text)
{
	script = text;
}

void arch_console_write(const char *text, size_t bytes)
{
	while (bytes > 0) {
		ssize_t written = write(STDOUT_FILENO, text, bytes);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		text += written;
		bytes -= (size_t)written;
	}
}

void host_restore_terminal(void)
{
	if (has_found)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &found);
}

/* Die of the signal as anybody would, but not before the terminal is as it was. */
static void on_death(int number)
{
	host_restore_terminal();
	signal(number, SIG_DFL);
	raise(number);
}

static void on_continue(int number)
{
	(void)number; /* read() returns, and sets the terminal again */
}

static void take_terminal(void)
{
	static const int deadly[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM,
				     SIGPIPE, SIGSEGV, SIGBUS,  SIGABRT};
	struct sigaction now;

	if (has_found || tcgetattr(STDIN_FILENO, &found) != 0)
		return;
	has_found = true;
	atexit(host_restore_terminal);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		/* What somebody else waits for (a sanitizer), or ignores (nohup), stays so. */
		if (sigaction(deadly[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			sigaction(deadly[i], &(struct sigaction){.sa_handler = on_death}, NULL);
	sigaction(SIGCONT, &(struct sigaction){.sa_handler = on_continue}, NULL);
}

/* Keys as they are typed; ^C is a key while one is waited for, and ends the program otherwise. */
static void set_terminal(bool reading)
{
	struct termios raw = found;

	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | IEXTEN | (reading ? ISIG : 0));
	raw.c_iflag &= ~(tcflag_t)(ICRNL | IXON | ISTRIP);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
}

int arch_console_read(void)
{
	const bool is_terminal = arch_console_is_interactive();
	unsigned char byte;
	ssize_t got;

	if (script)
		return *script != '\0' ? (unsigned char)*script++ : -1;
	if (is_terminal)
		take_terminal();
	do {
		if (is_terminal)
			set_terminal(true);
		got = read(STDIN_FILENO, &byte, 1);
	} while (got < 0 && errno == EINTR);
	if (is_terminal)
		set_terminal(false);
	return got == 1 ? byte : -1;
}

bool arch_console_is_interactive(void)
{
	return !script && isatty(STDIN_FILENO) != 0;
}
