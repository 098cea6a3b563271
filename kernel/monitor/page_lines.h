/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `page` and `why` say about one frame, line by line. Whoever knows more about a frame (which call
 * site allocated it, which block of hot-added memory it lies in) adds a function of this
 * type to the array in page_lines.c.
 */
#pragma once

#include "mm/memmodel.h"

/**
 * One fact, as one line "  label      text\n" (label padded to 10 columns, 80 columns in all). Prints nothing
 * when there is nothing to say. page is NULL when the frame has no struct page, or none that
 * is initialised yet (deferred=demand).
 */
typedef void page_line(pfn_t pfn, const struct page *page);

/** page_lines_show - all of them, in their order. */
void page_lines_show(pfn_t pfn);
