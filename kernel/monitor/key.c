/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decoding keys. Terminals send cursor keys as ESC [ letter (ECMA-48), or ESC O letter in
 * application mode, the others as ESC [ number ~ (DEC VT220).
 */
#include "monitor/key.h"

#include "arch/arch.h"

enum {
	ESC = 0x1b,
	DEL = 0x7f,
	FIRST_PRINTABLE = 0x20,
};

static int letter_key(int letter)
{
	switch (letter) {
	case 'A':
		return KEY_UP;
	case 'B':
		return KEY_DOWN;
	case 'C':
		return KEY_RIGHT;
	case 'D':
		return KEY_LEFT;
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

/* After ESC: up to the byte that ends the sequence. */
static int escape_key(void)
{
	u32 number = 0;
	int c = arch_console_read();

	if (c != '[' && c != 'O')
		return c < 0 ? KEY_END_OF_INPUT : KEY_NONE;
	do {
		c = arch_console_read();
		if (c >= '0' && c <= '9')
			number = number * 10 + (u32)(c - '0');
	} while ((c >= '0' && c <= '9') || c == ';');
	if (c < 0)
		return KEY_END_OF_INPUT;
	return c == '~' ? number_key(number) : letter_key(c);
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
	if (c == ESC)
		return escape_key();
	return c;
}
