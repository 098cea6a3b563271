/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sentences for a terminal of 80 columns.
 */
#pragma once

/**
 * wrap_print - print text with its lines broken at blanks. A line end in the text counts as a blank, but
 * for one at the end of it and one before "Example:" or "See also:". A text with three blanks in a row is a
 * table and printed as it stands.
 */
void wrap_print(const char *text);
