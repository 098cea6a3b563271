/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From bytes on the wire to keys. Escape sequences are folded onto the control characters that mean
 * the same, so that the editor knows each key once.
 */
#pragma once

#include "lib/types.h"

#define CTRL(letter) ((letter)&0x1f)

enum key {
	KEY_END_OF_INPUT = -1,
	KEY_NONE = 0, /* a sequence that means nothing here */
	KEY_HOME = CTRL('A'),
	KEY_LEFT = CTRL('B'),
	KEY_CANCEL = CTRL('C'),
	KEY_EOF = CTRL('D'),
	KEY_END = CTRL('E'),
	KEY_RIGHT = CTRL('F'),
	KEY_ABORT = CTRL('G'),
	KEY_BACKSPACE = CTRL('H'),
	KEY_TAB = CTRL('I'),
	KEY_ENTER = CTRL('J'),
	KEY_KILL_AFTER = CTRL('K'),
	KEY_CLEAR = CTRL('L'),
	KEY_DOWN = CTRL('N'),
	KEY_UP = CTRL('P'),
	KEY_SEARCH = CTRL('R'),
	KEY_SWAP = CTRL('T'),
	KEY_KILL_BEFORE = CTRL('U'),
	KEY_KILL_WORD = CTRL('W'),
	KEY_YANK = CTRL('Y'),
	KEY_ESCAPE = CTRL('['), /* never returned: the sequence behind it is */
	KEY_DELETE = 0x100,     /* the key, not ^D: it never ends the session */
	KEY_WORD_LEFT,
	KEY_WORD_RIGHT,
	KEY_KILL_NEXT_WORD,
};

/** key_read - the next key: printable characters as they are, the rest as enum key. Waits. */
int key_read(void);
