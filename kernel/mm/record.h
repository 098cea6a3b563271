/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The record: the boot in lines that programs read. Grammar in docs/record.md: one fact a
 * line, "mm.topic key=value ...", order fixed, ranges ascending and half-open.
 */
#pragma once

/** record_print - all lines but the verdict. After the check stage. */
void record_print(void);

/** record_hugetlb - the lines of the pools of huge pages, part of record_print(). */
void record_hugetlb(void);

/** record_verdict_ok - the line that ends a good boot. */
void record_verdict_ok(void);
