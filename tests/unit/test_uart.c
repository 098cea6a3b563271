/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UART's registers, as designs space them: bytes on QEMU's virt, words on the JH7110 and JH7100.
 * With the wrong stride the line status is read from nowhere, and output waits for ever.
 */
#include "unit.h"

#include "lib/string.h"

#include "../../kernel/arch/riscv/uart.c"

/* A register block in memory, every byte 0xee until it is written. */
static u32 block[64];
static u8 *const bytes = (u8 *)block;

static struct uart fresh(u32 reg_shift, u32 reg_io_width)
{
	memset(block, 0xee, sizeof(block));
	return (struct uart){block, reg_shift, reg_io_width};
}

static u32 bytes_changed(void)
{
	u32 nr = 0;

	for (u32 i = 0; i < sizeof(block); i++)
		nr += bytes[i] != 0xee;
	return nr;
}

/* 0 data, 5 line status: one byte after the other. */
TEST(stride_of_virt)
{
	struct uart uart = fresh(0, 1);

	bytes[5] = TRANSMIT_EMPTY | DATA_READY;
	uart_write(&uart, 'x');
	EXPECT_EQ(bytes[0], 'x');
	EXPECT_EQ(bytes_changed(), 2);
	bytes[0] = 'y';
	EXPECT_EQ(uart_read(&uart), 'y');
	bytes[5] = TRANSMIT_EMPTY;
	EXPECT_EQ(uart_read(&uart), -1);
}

/* reg-shift 2, reg-io-width 4: line status at 0x14, in words; the upper bytes are not data. */
TEST(stride_of_jh7110)
{
	struct uart uart = fresh(2, 4);

	block[5] = 0xabcdef00 | TRANSMIT_EMPTY | DATA_READY;
	uart_write(&uart, 'x');
	EXPECT_EQ(block[0], 'x');
	EXPECT_EQ(bytes_changed(), 8);
	block[0] = 0xabcdef00 | 'y';
	EXPECT_EQ(uart_read(&uart), 'y');
	block[5] = 0xabcdef00 | TRANSMIT_EMPTY;
	EXPECT_EQ(uart_read(&uart), -1);
}

/* Words apart, but bytes wide. */
TEST(bytes_four_apart)
{
	struct uart uart = fresh(2, 1);

	bytes[0x14] = TRANSMIT_EMPTY;
	uart_write(&uart, 'x');
	EXPECT_EQ(bytes[0], 'x');
	EXPECT_EQ(bytes_changed(), 2);
}

/* A line that never has room loses the byte, and does not hang. */
TEST(never_empty)
{
	struct uart uart = fresh(2, 4);

	block[5] = 0;
	uart_write(&uart, 'x');
	EXPECT_EQ(block[0], 0xeeeeeeee);
}
