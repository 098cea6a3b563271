/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 16550 and its relatives, polled: for firmware without a console call. The firmware has
 * set speed and format already; nothing is programmed here.
 */
#pragma once

#include "lib/types.h"

struct uart {
	volatile void *base;
	u32 reg_shift; /* register n at base + (n << reg_shift): 0 on QEMU virt, 2 on the JH7110 */
	u32 reg_io_width; /* 1, or 4: some designs answer word accesses only */
};

/**
 * uart_write - one byte, after a bounded wait for room; a line that never has room loses the
 * byte.
 */
void uart_write(const struct uart *uart, char c);

/** uart_read - a byte that has come in, or -1. */
int uart_read(const struct uart *uart);
