/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keep and restore, the ways out of the kernel, and the far end of the macros of unit.h: a failed
 * EXPECT is a finding like a failed ASSERT.
 */
#define _GNU_SOURCE
#include "fuzz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch/arch.h"
#include "lib/panic.h"
#include "machine.h"
#include "unit.h"

#define MAX_KEPT     64
#define OUTPUT_BYTES (2 * FUZZ_OUTPUT_WHOLE)

/* The linker's names for the ends of the section. */
extern u64 __start_kernel_state[], __stop_kernel_state[];

static struct {
	u64 *at, *copy;
	size_t words;
} kept[MAX_KEPT];
static u32 nr_kept;
static struct range state_pages;

static jmp_buf way_out;
static char output[OUTPUT_BYTES + 1];
static size_t output_used;
static struct fuzz_bytes typed;
static bool typed_by_person;

/* Not memcpy(): between the kernel's variables lie the red zones of the address sanitizer. */
__attribute__((no_sanitize("address", "undefined", "coverage"))) static void
copy_words(volatile u64 *to, const volatile u64 *from, size_t words)
{
	for (size_t i = 0; i < words; i++)
		to[i] = from[i];
}

void fuzz_keep(void *at, size_t size)
{
	if (nr_kept == MAX_KEPT || (u64)at % 8 != 0 || size % 8 != 0)
		fuzz_finding("fuzz_keep: %p, %zu bytes", at, size);
	kept[nr_kept].at = at;
	kept[nr_kept].words = size / 8;
	kept[nr_kept].copy = malloc(size);
	copy_words(kept[nr_kept].copy, at, size / 8);
	nr_kept++;
}

/*
 * The whole pages of the section become a private mapping of a file with the same bytes: to put them
 * back is to drop what was written, which costs as much as an input has touched. Not through
 * mmap(), with which the address sanitizer would forget the red zones.
 */
void fuzz_keep_state(void)
{
	u64 start = (u64)__start_kernel_state, end = (u64)__stop_kernel_state & ~7UL;
	u64 first = ALIGN_UP(start, PAGE_SIZE), last = ALIGN_DOWN(end, PAGE_SIZE);
	int fd = memfd_create("state", 0);

	/* Had the section another name in the objects, nothing would be put back. */
	if ((u64)&machine < start || (u64)&machine >= end)
		fuzz_finding("the kernel's variables are not in kernel_state");
	fuzz_keep((void *)start, first - start);
	fuzz_keep((void *)last, end - last);
	if (syscall(SYS_write, fd, first, last - first) != (long)(last - first) ||
	    syscall(SYS_mmap, first, last - first, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED,
		    fd, 0L) != (long)first)
		fuzz_finding("the kernel's state cannot be mapped");
	state_pages = (struct range){first, last};
}

void fuzz_restore(void)
{
	if (madvise((void *)state_pages.start, range_size(state_pages), MADV_DONTNEED) != 0)
		fuzz_finding("madvise");
	for (u32 i = 0; i < nr_kept; i++)
		copy_words(kept[i].at, kept[i].copy, kept[i].words);
}

void fuzz_type(const u8 *data, size_t size, bool by_person)
{
	typed = (struct fuzz_bytes){data, data + size};
	typed_by_person = by_person;
}

const char *fuzz_output(void)
{
	output[output_used] = '\0';
	return output;
}

void fuzz_finding(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s\nFINDING: ", fuzz_output());
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

bool fuzz_run(void (*run)(void))
{
	int way;

	output_used = 0;
	way = _setjmp(way_out);
	if (way == 0)
		run();
	if (getenv("FUZZ_SHOW"))
		fputs(fuzz_output(), stderr);
	return way != 2;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	fuzz_init();
	return 0;
}

/* ---- --wrap: the kernel calls these instead ---- */
_Noreturn void __wrap_arch_poweroff(bool ok)
{
	_longjmp(way_out, ok ? 1 : 2);
}

_Noreturn void __wrap_arch_fault(void) /* asked for by fault=: no finding */
{
	_longjmp(way_out, 1);
}

_Noreturn void __wrap_assert_failed(const char *expr, const char *file, int line,
				    const char *name_a, u64 a, const char *name_b, u64 b)
{
	fuzz_finding("%s:%d: %s does not hold; %s = %#lx, %s = %#lx", file, line, expr, name_a, a,
		     name_b, b);
}

/*
 * All inputs run in one process whose memory is put back after each: a thread of an earlier one would
 * go on in the memory of a later one. So firmware refuses every hart but the first.
 */
const char *__wrap_arch_hart_start(struct arch_hart *hart, void (*fn)(void))
{
	(void)hart;
	(void)fn;
	return "one hart is fuzzed at a time";
}

void __wrap_arch_console_write(const char *text, size_t bytes)
{
	bytes = min_u64(bytes, OUTPUT_BYTES / 2);
	if (output_used + bytes > OUTPUT_BYTES) {
		memmove(output, output + OUTPUT_BYTES / 2, output_used - OUTPUT_BYTES / 2);
		output_used -= OUTPUT_BYTES / 2;
	}
	memcpy(output + output_used, text, bytes);
	output_used += bytes;
}

int __wrap_arch_console_read(void)
{
	return typed.at < typed.end ? *typed.at++ : -1;
}

bool __wrap_arch_console_is_interactive(void)
{
	return typed_by_person;
}

void __wrap_arch_reboot(void)
{
	/* A machine that has no way to. */
}

/* ---- unit.h ---- */
bool unit_check(bool ok, bool fatal, const char *file, int line, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	(void)fatal;
	if (ok)
		return true;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fuzz_finding("%s:%d: %s", file, line, text);
}

bool unit_check_values(bool ok, bool fatal, const char *file, int line, const char *text_a,
		       const char *relation, const char *text_b, u64 a, u64 b)
{
	return unit_check(ok, fatal, file, line, "%s %s %s: %#lx and %#lx", text_a, relation,
			  text_b, a, b);
}

bool unit_check_text(bool fatal, const char *file, int line, const char *text_a, const char *a,
		     const char *b)
{
	return unit_check(a == b || (a && b && strcmp(a, b) == 0), fatal, file, line,
			  "%s is \"%s\", not \"%s\"", text_a, a ? a : "", b ? b : "");
}
