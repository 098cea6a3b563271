/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The console: SBI's DBCN where firmware has it, else the legacy calls, else the UART of the
 * device tree. The first byte printed decides between the first two, so printing works from
 * the first line of C on; the third has to wait for the tree. Terminals on a serial line want a
 * carriage return before every line feed; OpenSBI adds it itself (lib/sbi/sbi_console.c),
 * for everybody else it is added here.
 */
#include "console.h"

#include "arch/arch.h"
#include "counter.h"
#include "csr.h"
#include "dt/fdt.h"
#include "fixmap.h"
#include "layout.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "sbi.h"
#include "uart.h"

/*
 * Waiting for a key costs no processor: the timer wakes the hart to look again. 4000 ticks are
 * 1 ms of the JH7110's clock and 0.4 ms of QEMU's, less than a 16-byte FIFO takes to fill
 * at 115200 baud. While keys come in fast it does not sleep at all.
 */
#define IDLE_TICKS    4000
#define POLLS_AWAKE   10000
#define STALLED_CALLS 100000U

enum console_kind {
	CONSOLE_UNPROBED = 1,
	CONSOLE_DBCN,
	CONSOLE_LEGACY,
	CONSOLE_UART,
	CONSOLE_NONE,
};

static struct {
	enum console_kind kind;
	bool adds_return; /* firmware does it */
	bool may_sleep;
	struct uart uart;
} console __attribute__((section(".data"))) = {.kind = CONSOLE_UNPROBED};

static void probe(void)
{
	if (sbi_has_extension(SBI_DBCN))
		console.kind = CONSOLE_DBCN;
	else if (sbi_has_extension(SBI_LEGACY_PUTCHAR) || sbi_legacy_putchar('\0'))
		console.kind = CONSOLE_LEGACY;
	else
		console.kind = CONSOLE_NONE;
	console.adds_return = strcmp(sbi_name(), "opensbi") == 0;
	console.may_sleep = counter_has_time() && sbi_has_extension(SBI_TIME);
}

void console_has_tree(const void *blob, u32 size)
{
	struct dt_uart found;

	if (console.kind == CONSOLE_UNPROBED)
		probe();
	if (console.kind != CONSOLE_NONE || !dt_uart(blob, size, &found))
		return;
	console.uart = (struct uart){fixmap_show_device(FIXMAP_UART, found.base), found.reg_shift,
				     found.reg_io_width};
	console.kind = CONSOLE_UART;
	console.adds_return = false;
}

const char *console_name(void)
{
	static const char *const names[] = {
		[CONSOLE_UNPROBED] = "none",     [CONSOLE_DBCN] = "sbi dbcn",
		[CONSOLE_LEGACY] = "sbi legacy", [CONSOLE_UART] = "uart",
		[CONSOLE_NONE] = "none",
	};

	return names[console.kind];
}

/* Firmware takes as much as its UART has room for; one that takes nothing for long is left. */
static void write_dbcn(const char *text, size_t bytes)
{
	phys_addr_t pa = image_to_phys(text);
	u32 stalled = 0;

	while (bytes > 0 && stalled < STALLED_CALLS) {
		s64 taken = sbi_write(pa, bytes);

		if (taken < 0 || (u64)taken > bytes)
			return;
		stalled = taken == 0 ? stalled + 1 : 0;
		pa += (u64)taken;
		bytes -= (u64)taken;
	}
}

static void write_byte(char c)
{
	if (console.kind == CONSOLE_DBCN)
		sbi_write_byte(c);
	else if (console.kind == CONSOLE_LEGACY)
		sbi_legacy_putchar(c);
	else if (console.kind == CONSOLE_UART)
		uart_write(&console.uart, c);
}

/* A run of bytes without a line feed. DBCN wants a physical address, known for the image only. */
static void write_run(const char *text, size_t bytes)
{
	size_t i;

	if (bytes == 0)
		return;
	if (console.kind == CONSOLE_DBCN && layout_is_image(text)) {
		write_dbcn(text, bytes);
		return;
	}
	for (i = 0; i < bytes; i++)
		write_byte(text[i]);
}

void arch_console_write(const char *text, size_t bytes)
{
	static const char crlf[2] = "\r\n";
	size_t start = 0;
	size_t i;

	if (console.kind == CONSOLE_UNPROBED)
		probe();
	for (i = 0; i < bytes; i++) {
		if (text[i] != '\n' || console.adds_return)
			continue;
		write_run(text + start, i - start);
		write_run(crlf, sizeof(crlf));
		start = i + 1;
	}
	write_run(text + start, bytes - start);
}

/* The byte typed, or -1. */
static int poll(void)
{
	static u8 byte;

	switch (console.kind) {
	case CONSOLE_DBCN:
		return sbi_read(image_to_phys(&byte), 1) == 1 ? *(volatile u8 *)&byte : -1;
	case CONSOLE_LEGACY:
		return sbi_legacy_getchar();
	case CONSOLE_UART:
		return uart_read(&console.uart);
	default:
		return -1;
	}
}

/*
 * wfi ends when an interrupt is pending and enabled in sie, although sstatus.SIE = 0 keeps it
 * from being taken (Privileged 1.12, 3.3.3).
 */
static void sleep_a_moment(void)
{
	csr_set(sie, SIE_STIE);
	sbi_set_timer(arch_time() + IDLE_TICKS);
	__asm__ volatile("wfi" : : : "memory");
	sbi_set_timer(SBI_TIMER_NEVER);
}

int arch_console_read(void)
{
	u32 polls;
	int c;

	if (console.kind == CONSOLE_UNPROBED)
		probe();
	if (console.kind == CONSOLE_NONE)
		return -1;
	for (polls = 0; (c = poll()) < 0; polls++) {
		if (polls >= POLLS_AWAKE && console.may_sleep)
			sleep_a_moment();
	}
	return c;
}

bool arch_console_is_interactive(void)
{
	return true;
}
