/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arguments of commands: from text to values. Each function complains with one line when the text
 * is no such value, saying what was read, what is expected and what the limits are here.
 */
#pragma once

#include "lib/types.h"

/** command_number - a decimal or 0x number. False, with a line, when text is none or above 2^64 - 1. */
bool command_number(const char *text, u64 *out);

/** command_number_below - the same, and less than limit; what names it in the complaint: "order". */
bool command_number_below(const char *text, const char *what, u64 limit, u64 *out);

/** command_size - bytes: a number with K, M, G or T behind it, or none. */
bool command_size(const char *text, u64 *out);

/** command_pfn - a page frame number, below 2^52: an address that was meant is told from it. */
bool command_pfn(const char *text, u64 *pfn);

/** command_node - the id of an online node. */
bool command_node(const char *text, u32 *nid);

/**
 * command_choice - which of the nr words text is. Complains with the list of them when it is none.
 * what names the argument: "type".
 */
bool command_choice(const char *text, const char *what, const char *const *words, u32 nr, u32 *out);
