/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Testing free memory before anything lives there, on request (memtest=N): the stage is
 * early_memtest() (early.h); this is what became of it, and what its two halves share.
 */
#pragma once

#include "lib/range.h"

struct memtest_figures {
	u32 passes; /* 0: not asked for */
	u64 bytes;  /* tested */
	u64 bad;    /* pages of those that are reserved now */
};
extern struct memtest_figures memtest_figures;

/* A word that was not what had been written. */
struct memtest_word {
	phys_addr_t pa;
	u64 value;
};

/** memtest_is_tested - does the page that holds pa take part, and has not been found bad yet? */
bool memtest_is_tested(phys_addr_t pa);

/** memtest_write_page, memtest_page_keeps - a pattern into a page of RAM, and is it there? *bad: the first word that differs. */
void memtest_write_page(phys_addr_t page, u64 pattern);
bool memtest_page_keeps(phys_addr_t page, u64 pattern, struct memtest_word *bad);

/** memtest_suspect - a page did not keep the pattern. On any hart, several at once. */
void memtest_suspect(phys_addr_t page, u64 pattern, const struct memtest_word *bad);

/**
 * memtest_judge - which pages are to blame for what was noted since the last call? Those are reserved, with a
 * warning for each run. Boot hart only, while the others wait. Result: pages. Stops when there is no room
 * to note them.
 */
u64 memtest_judge(u64 pattern);
