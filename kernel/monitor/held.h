/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The blocks that the command alloc holds: proofs that need all memory to be free ask first.
 */
#pragma once

#include "lib/types.h"

struct page;

/** held_pages - pages in all blocks that alloc holds. */
u64 held_pages(void);

/** held_refuses - does alloc hold any? Then one line says that what cannot run. */
bool held_refuses(const char *what);

/** held_add - one more block: just allocated, not held by anybody else. */
void held_add(struct page *page);

/** alloc_interleave - the command alloc interleave; args: the words behind it, NULL after the last. */
void alloc_interleave(const char *const *args);
