/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The blocks that the command alloc holds: proofs that need all memory to be free ask first.
 */
#pragma once

#include "lib/types.h"

/** held_pages - pages in all blocks that alloc holds. */
u64 held_pages(void);

/** held_refuses - does alloc hold any? Then one line says that what cannot run. */
bool held_refuses(const char *what);
