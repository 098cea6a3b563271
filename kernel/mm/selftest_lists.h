/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The free lists before and after a self-test. Free buddies have always merged, so the same free
 * pages make the same number of blocks of each order.
 */
#pragma once

/** selftest_note_lists - count the free blocks of each zone and order; drains all caches. Boot hart only. */
void selftest_note_lists(void);

/** selftest_same_lists - count again; stops on a difference, unless struct pages were still deferred before. */
void selftest_same_lists(void);
