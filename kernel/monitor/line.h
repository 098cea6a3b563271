/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading one line from a person: a small editor in the manner of readline's emacs mode, for
 * terminals that understand ECMA-48 (ESC [ sequences). A line that is only typed or piped in,
 * without editing, produces no such sequence, so that transcripts stay clean. A line longer than
 * the window is shown in part, with < and > where more of it is: it never wraps.
 *
 *   ^A Home  ^E End  ^B Left  ^F Right     move        Alt-B Alt-F ^Left ^Right   by words
 *   ^P Up    ^N Down                       earlier lines       ^R   search in them
 *   ^H DEL   delete before; Delete key: at the cursor (^D too, on a line that is not empty)
 *   ^W ^U ^K Alt-D   cut the word before, all before, all from the cursor on, the word behind
 *   ^Y       put back what was cut last        ^T   swap the two letters before the cursor
 *   TAB      complete    ^L  clear the screen    ^C  start anew    ^D  on an empty line: end
 */
#pragma once

#include "lib/types.h"

#define LINE_MAX_BYTES 256 /* with the final NUL */

/**
 * A completer gets the text before the cursor and writes what may follow, NUL-terminated, to
 * out; an empty string when nothing fits or the choice is open. With list set it prints the
 * choices. Result: how many choices there are.
 */
typedef u32 line_completer(const char *before, char *out, size_t size, bool list);

/**
 * line_read - print the prompt and read a line into text. False at the end of input. The line
 * also goes to the history (history.h) unless it is empty or repeats the last one.
 */
bool line_read(const char *prompt, char text[LINE_MAX_BYTES], line_completer *complete);

/**
 * line_read_plain - read a line as it comes, from a file or a pipe: no prompt, no echo, no editing; what is
 * longer than text is cut, with a line that says so. False at the end of input.
 */
bool line_read_plain(char text[LINE_MAX_BYTES]);
