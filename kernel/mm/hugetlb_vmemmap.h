/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * HVO, the vmemmap optimisation: a huge page needs one struct page and has 512 or 262144. All but the
 * first page of them say the same, so one read-only page says it for all, and their memory is free.
 *
 *   window     | head page | tails | tails | ... | tails |      2 MiB: 8 pages, 1 GiB: 4096
 *   before     |   f + 0   | f + 1 | f + 2 |     | f + 7 |      rw-
 *   after      |     h     |   t   |   t   | ... |   t   |      h rw-, t r-- and one for the zone
 *
 * h is a new page, not f + 0: so the whole run f .. f + 7 goes back, and neighbours make large blocks.
 * Undone before the huge page is dissolved, with memory that is allocated first: when there is none,
 * the page stays in its pool. Linux: hugetlb_free_vmemmap= (Documentation/mm/vmemmap_dedup.rst).
 */
#pragma once

#include "mm/hugetlb.h"

/** hugetlb_vmemmap_why_not - why nothing is optimised; NULL when it is. */
const char *hugetlb_vmemmap_why_not(void);

/**
 * hugetlb_vmemmap_optimize - give back what the struct pages of a new huge page need not have. False,
 * and nothing changed, when it is switched off or memory does not suffice.
 */
bool hugetlb_vmemmap_optimize(const struct hstate *h, struct page *head);

/** hugetlb_vmemmap_restore - every struct page has its own memory again; false, and nothing changed, when there is none. */
bool hugetlb_vmemmap_restore(const struct hstate *h, struct page *head);

/** hugetlb_vmemmap_is_optimized - does the huge page share its tail pages? */
bool hugetlb_vmemmap_is_optimized(const struct page *head);

struct hugetlb_vmemmap_figures {
	u64 pages[NR_HSTATES]; /* huge pages that are optimised now */
	u64 released;  /* bytes that are free because of that: given back, less what came again */
	u64 spent;     /* of those, bytes taken for head pages, tail pages and page tables */
	u64 optimized; /* how often, and the instructions of all of them */
	u64 optimize_instret;
	u64 restored;
	u64 restore_instret;
};
extern struct hugetlb_vmemmap_figures hugetlb_vmemmap_figures;
