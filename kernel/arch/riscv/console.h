/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which console is behind arch_console_write() and arch_console_read().
 */
#pragma once

#include "lib/types.h"

/**
 * console_has_tree - firmware without a console call: take the UART the tree names. Under the
 * boot tables.
 */
void console_has_tree(const void *blob, u32 size);

/** console_name - "sbi dbcn", "sbi legacy", "uart" or "none". */
const char *console_name(void);
