/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the two halves of the test framework share: unit.c runs tests, unit_check.c judges.
 */
#pragma once

#include <stdio.h>

#include "unit.h"

/* How a test's process ends. */
enum {
	STATUS_STOPPED = 1,   /* arch_poweroff(false) */
	STATUS_DONE = 76,     /* the test came to its end; not 0, which arch_poweroff(true) gives */
	STATUS_MISSED = 77,   /* a statement that should stop did not */
	STATUS_ASSERTED = 78, /* an ASSERT ended the test */
};

/* In a test's process: where its failures are reported to. */
extern int unit_report_fd;

/** unit_base_name - "tests/unit/test_range.c" -> "range.c". */
const char *unit_base_name(const char *path);

/** unit_temporary_file - empty, without a name. */
FILE *unit_temporary_file(void);

/** unit_read_all - the text of a temporary file, closed afterwards. The caller frees it. */
char *unit_read_all(FILE *file);
