/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The monitor, typed at with any bytes: the line editor, completion, history and search, and every command
 * on a machine of two nodes with RAM that can be added. The first byte of an input says whether a
 * person types or a pipe does, and how the machine boots; the rest is what is typed.
 *
 * Findings: a sanitizer's, a fault in a window without rights, a failed assertion, a stop, an input that takes
 * too long; an end without a verdict; an audit or a ledger that does not hold afterwards; on the terminal
 * of a person a byte that is neither text nor one of the four sequences that the editor may send,
 * or a prompt whose line touches the last column and so would wrap.
 */
#include <string.h>

#include "arch/host/host.h"
#include "boot_fixture.h"
#include "fuzz.h"
#include "lib/log.h"
#include "mm/memtest_live.h"
#include "monitor/command.h"
#include "monitor/held.h"
#include "monitor/monitor.h"

#define COLUMNS 80
#define PROMPT  "pagewright> "

enum { WITH_PERSON = 1, DEFERRED = 2, HOLD = 4 }; /* bits of the first byte */

static u8 kind;

/* Up to 1000 passes are a right of people, and a matter of minutes. */
void __real_memtest_live(u64 bytes, u32 passes, void (*progress)(u64 done, u64 all),
			 struct memtest_live *out);
void __wrap_memtest_live(u64 bytes, u32 passes, void (*progress)(u64 done, u64 all),
			 struct memtest_live *out)
{
	__real_memtest_live(bytes, (u32)min_u64(passes, 2), progress, out);
}

/* The command provoke commits bugs on purpose: they would be findings. */
void __real_command_run(char *line);
void __wrap_command_run(char *line)
{
	if (!strstr(line, "provoke"))
		__real_command_run(line);
}

/*
 *   [== node 0 ==)[= node 1 =)   [ hotpluggable, node 1 )
 *   0            16M        24M  128M                  256M
 */
static void boot(void)
{
	given_virt(16 * MIB);
	machine.banks[0].nid = 0;
	given_node_bank(1, VIRT_BASE + 16 * MIB, 8 * MIB);
	given_node_bank(1, VIRT_BASE + 128 * MIB, 128 * MIB)->hotpluggable = true;
	machine.options.hold_hotpluggable = kind & HOLD;
	machine.options.deferred = kind & DEFERRED ? DEFERRED_ON : DEFERRED_OFF;
	machine.options.monitor = true;
	log_set_level(0);
	boot_to("harts");
}

static void session(void)
{
	monitor_run();
}

static void judge_memory(void)
{
	char give_back[] = "free all";

	command_run(give_back);
	ASSERT_EQ(held_pages(), 0);
	EXPECT_SOUND();
}

/* One of the sequences of the editor, behind ESC. Result: its last byte; *column moves with it. */
static const char *sequence(const char *at, u32 *column)
{
	u32 number = 0;

	if (strncmp(at, "[K", 2) == 0) /* erase to the end of the line */
		return at + 1;
	if (strncmp(at, "[H\x1b[2J", 6) == 0) { /* home, erase all */
		*column = 0;
		return at + 5;
	}
	ASSERT_EQ(*at, '[');
	for (at++; *at >= '0' && *at <= '9'; at++)
		number = number * 10 + (u32)(*at - '0');
	ASSERT_EQ(*at, 'D'); /* so many columns to the left */
	ASSERT_LE(number, *column);
	*column -= number;
	return at;
}

static bool begins(const char *row, const char *end, const char *text)
{
	return (size_t)(end - row) >= strlen(text) && memcmp(row, text, strlen(text)) == 0;
}

/* What a terminal makes of it. Lines of commands may wrap, the editor's may not. */
static void judge_terminal(const char *output)
{
	/* A long output has lost its beginning: from a whole line on. */
	const char *row = strlen(output) < FUZZ_OUTPUT_WHOLE ? output : strchr(output, '\n') + 1;
	u32 column = 0;

	for (const char *at = row; *at; at++) {
		if (*at == '\n' || *at == '\r') {
			column = 0;
			row = at + 1;
		} else if (*at == '\x1b') {
			at = sequence(at + 1, &column);
		} else {
			ASSERT(*at >= ' ' && *at < 0x7f);
			column++;
			ASSERT(column < COLUMNS || !begins(row, at, PROMPT));
		}
	}
}

void fuzz_init(void)
{
	fuzz_keep_state();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const char *output;

	if (size == 0)
		return 0;
	kind = data[0];
	ASSERT(fuzz_run(boot));
	fuzz_type(data + 1, size - 1, kind & WITH_PERSON);
	(void)fuzz_run(session); /* false: a command could not do its work */
	output = fuzz_output();
	if (strstr(output, "\nmm.verdict stop"))
		fuzz_finding("a command has stopped the machine");
	ASSERT(strstr(output, "mm.verdict ok\n") != NULL);
	if (kind & WITH_PERSON)
		judge_terminal(output);
	ASSERT(fuzz_run(judge_memory));
	host_forget_memory();
	fuzz_restore();
	return 0;
}
