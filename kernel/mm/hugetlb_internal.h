/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the pool (hugetlb.c), where its pages come from and go to (hugetlb_page.c), the boot
 * arguments (hugetlb_cmdline.c) and the stages (hugetlb_boot.c).
 */
#pragma once

#include "mm/hugetlb.h"

/**
 * hugetlb_make - a new huge page of exactly that node: allocated and held, on no list and in no
 * counter. NULL with the reason.
 */
struct page *hugetlb_make(const struct hstate *h, u32 nid, const char **why);

/** hugetlb_make_gigantic - 1 GiB of frames that bring-up owns (reserved struct pages) become a block. */
struct page *hugetlb_make_gigantic(const struct hstate *h, pfn_t pfn);

/**
 * hugetlb_dissolve - the block goes back to the buddy allocator, a gigantic one in largest blocks. False,
 * and nothing changed, when its struct pages are shared and there is no memory to undo that.
 */
bool hugetlb_dissolve(const struct hstate *h, struct page *page);

/** hugetlb_enqueue - a new page, or one that comes back, joins its node's free list. */
void hugetlb_enqueue(struct hstate *h, struct page *page);

/**
 * hugetlb_grow_one - one more page for the pool, of nid, or of the node whose turn it is and the
 * next ones until one has it. NULL, with the reason of the last, when none has.
 */
struct page *hugetlb_grow_one(struct hstate *h, u32 nid, const char **why);
