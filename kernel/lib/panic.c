/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a boot that cannot go on: one reason for people, the verdict as the last line
 * for scripts, then off.
 *
 * Works before .bss is clear. A stop inside a stop (a console that faults, say) does not
 * recurse: the second one prints at most the verdict that the first still owes, the third
 * prints nothing.
 */
#include "lib/panic.h"

#include "arch/arch.h"
#include "stage.h"

#define MAX_REASON 384

/* How far a stop has come. In .data, because a stop may come before .bss is clear. */
static enum {
	STOP_NONE,
	STOP_REASON,  /* printing the reason */
	STOP_VERDICT, /* printing the verdict, or done */
} stopping __attribute__((section(".data"))) = STOP_NONE;

/* Whose stop it is. */
static const struct arch_hart *stopper __attribute__((section(".data"))) = NULL;

void stop_claim(void)
{
	const struct arch_hart *nobody = NULL;
	const struct arch_hart *me = arch_this_hart();

	if (!__atomic_compare_exchange_n(&stopper, &nobody, me, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_ACQUIRE) &&
	    nobody != me)
		for (;;)
			arch_hart_wait(0);
	log_seize();
}

/** flatten - make the reason one line: what it quotes of the tree may hold line ends. */
static void flatten(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ')
			*s = ' ';
}

/** quote - make it fit into double quotes in the record. */
static void quote(char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '"')
			*s = '\'';
}

static _Noreturn void end_boot(char *reason)
{
	stop_claim();
	flatten(reason);
	if (stopping == STOP_NONE) {
		stopping = STOP_REASON;
		log_fresh_line();
		print("%-11s %s\n", "stop", reason);
	}
	if (stopping == STOP_REASON) {
		stopping = STOP_VERDICT;
		log_fresh_line();
		quote(reason);
		print("mm.verdict stop phase=%s reason=\"%s\"\n", stage_name(), reason);
	}
	arch_poweroff(false);
}

void stop(const char *fmt, ...)
{
	char reason[MAX_REASON];
	va_list ap;

	va_start(ap, fmt);
	format_text_v(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	end_boot(reason);
}

void assert_failed(const char *expr, const char *file, int line, const char *name_a, u64 a,
		   const char *name_b, u64 b)
{
	char reason[MAX_REASON];

	format_text(reason, sizeof(reason),
		    "our own bug at %s:%d: %s does not hold; %s = 0x%lx (%lu), %s = 0x%lx (%lu)",
		    file, line, expr, name_a, a, a, name_b, b, b);
	end_boot(reason);
}
