/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of bench share.
 */
#pragma once

#include "lib/types.h"

/** bench_note - op, a literal, took so many instructions. */
void bench_note(const char *op, u64 instret);

/**
 * bench_hotplug - the life of a block that is held back, once for each kind of backing, and of its first 2 MiB:
 * add, online, offline, remove. Nothing when the model cannot, or no whole block is held back.
 */
void bench_hotplug(void);
