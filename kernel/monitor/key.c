/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoding keys. Terminals send cursor keys as ESC [ letter (ECMA-48, 5.4), or ESC O letter in
 * application mode, the others as ESC [ number ~ (DEC VT220); with Control or Alt held a second
 * number says so: ESC [ 1 ; 5 C. Alt with a letter is ESC letter. A sequence is read to its end
 * whatever it is, so that none of it is taken for text; an endless one is given up.
 */
#include "monitor/key.h"

#include "arch/arch.h"

#define MAX_SEQUENCE 32

enum {
	DEL = 0x7f,
	FIRST_INTERMEDIATE = 0x20,
	FIRST_FINAL = 0x40,
	LAST_FINAL = 0x7e,
};

static int letter_key(int letter, bool with_modifier)
{
	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return with_modifier ? KEY_WORD_RIGHT : KEY_RIGHT;
	case 'D':
		return with_modifier ? KEY_WORD_LEFT : KEY_LEFT;
	case 'F':
		return KEY_END;
	case 'H':
		return KEY_HOME;
	default:
		return KEY_NONE;
	}
}

static int number_key(u32 number)
{
	switch (number) {
	case 1:
	case 7:
		return KEY_HOME;
	case 3:
		return KEY_DELETE;
	case 4:
	case 8:
		return KEY_END;
	default:
		return KEY_NONE;
	}
}

/* Behind ESC [: parameters, intermediates, the final byte that says which sequence it is. */
static int control_sequence(void)
{
	bool with_modifier = false;
	u32 number = 0;

	for (u32 i = 0; i < MAX_SEQUENCE; i++) {
		int c = arch_console_read();

		if (c < 0)
			return KEY_END_OF_INPUT;
		if (c == '~')
			return number_key(number);
		if (c >= FIRST_FINAL && c <= LAST_FINAL)
			return letter_key(c, with_modifier);
		if (c < FIRST_INTERMEDIATE || c > LAST_FINAL)
			return KEY_NONE; /* not a sequence any more */
		if (c == ';')
			with_modifier = true;
		else if (c >= '0' && c <= '9' && !with_modifier && number < 100)
			number = number * 10 + (u32)(c - '0');
	}
	return KEY_NONE;
}

/* After ESC. */
static int escape_key(void)
{
	int c = arch_console_read();

	switch (c) {
	case '[':
		return control_sequence();
	case 'O':
		c = arch_console_read();
		return c < 0 ? KEY_END_OF_INPUT : letter_key(c, false);
	case 'b':
		return KEY_WORD_LEFT;
	case 'f':
		return KEY_WORD_RIGHT;
	case 'd':
		return KEY_KILL_NEXT_WORD;
	case DEL:
	case KEY_BACKSPACE:
		return KEY_KILL_WORD;
	default:
		return c < 0 ? KEY_END_OF_INPUT : KEY_NONE;
	}
}

int key_read(void)
{
	static bool after_return;
	int c = arch_console_read();

	/* Enter is CR on a terminal, LF in a pipe, both in some files: one line in each case. */
	if (c == '\n' && after_return)
		c = arch_console_read();
	after_return = c == '\r';
	if (c < 0)
		return KEY_END_OF_INPUT;
	if (c == '\r')
		return KEY_ENTER;
	if (c == DEL)
		return KEY_BACKSPACE;
	if (c == KEY_ESCAPE)
		return escape_key();
	return c;
}
