/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two registers of a 16550: data, and the line status that says when it may be touched.
 */
#include "uart.h"

enum {
	DATA = 0, /* receive buffer on read, transmit holding on write */
	LINE_STATUS = 5,
	DATA_READY = 0x01,
	TRANSMIT_EMPTY = 0x20, /* THRE: the transmitter takes a byte */
};

/*
 * A byte at 9600 baud takes about a millisecond. With the wrong register stride the status never
 * says empty; the bound turns an endless wait into a slow, silent console.
 */
#define WRITE_POLLS 1000000U

static volatile void *reg(const struct uart *uart, u32 n)
{
	return (volatile u8 *)uart->base + ((size_t)n << uart->reg_shift);
}

static u32 read_reg(const struct uart *uart, u32 n)
{
	volatile void *r = reg(uart, n);

	return uart->reg_io_width == sizeof(u32) ? *(volatile u32 *)r & 0xff : *(volatile u8 *)r;
}

void uart_write(const struct uart *uart, char c)
{
	u32 polls;

	for (polls = 0; !(read_reg(uart, LINE_STATUS) & TRANSMIT_EMPTY); polls++) {
		if (polls == WRITE_POLLS)
			return;
	}
	if (uart->reg_io_width == sizeof(u32))
		*(volatile u32 *)reg(uart, DATA) = (u8)c;
	else
		*(volatile u8 *)reg(uart, DATA) = (u8)c;
}

int uart_read(const struct uart *uart)
{
	return read_reg(uart, LINE_STATUS) & DATA_READY ? (int)read_reg(uart, DATA) : -1;
}
