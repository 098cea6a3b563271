/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The C string functions for the target, which has no C library.
 *
 * Filling and copying go eight bytes at a time where the alignment allows it, because
 * clearing struct pages and page tables is most of what bring-up does; the rest is plain.
 * Nothing here is state, so everything may be called from the first C line on. The host
 * uses its own library; tests/unit/test_string.c compiles this file under other names.
 */
#include "lib/string.h"

/*
 * GCC recognises the loops below as memset and memcpy and would replace them by calls to
 * the very functions they are in.
 */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC optimize("no-tree-loop-distribute-patterns")
#endif

/* A machine word that may lie over objects of any type. */
typedef u64 __attribute__((may_alias)) word_t;

#define WORD      sizeof(word_t)
#define WORD_MASK (sizeof(word_t) - 1)

static bool is_word_aligned(const void *p)
{
	return ((uintptr_t)p & WORD_MASK) == 0;
}

/** same_phase - can both pointers be word aligned at the same time? */
static bool same_phase(const void *a, const void *b)
{
	return (((uintptr_t)a ^ (uintptr_t)b) & WORD_MASK) == 0;
}

/*
 * Ascending copy; also right for overlapping ranges as long as dst is below src: every word
 * is read before the store that covers it, because loads of a group come before its stores.
 */
static void copy_up(u8 *dst, const u8 *src, size_t n)
{
	if (same_phase(dst, src)) {
		for (; n > 0 && !is_word_aligned(dst); n--)
			*dst++ = *src++;
		for (; n >= 4 * WORD; n -= 4 * WORD, dst += 4 * WORD, src += 4 * WORD) {
			const word_t *from = (const void *)src;
			word_t *to = (void *)dst;
			word_t w0 = from[0], w1 = from[1], w2 = from[2], w3 = from[3];

			to[0] = w0;
			to[1] = w1;
			to[2] = w2;
			to[3] = w3;
		}
		for (; n >= WORD; n -= WORD, dst += WORD, src += WORD)
			*(word_t *)(void *)dst = *(const word_t *)(const void *)src;
	}
	for (; n > 0; n--)
		*dst++ = *src++;
}

/* Descending copy: right for overlapping ranges with dst above src. */
static void copy_down(u8 *dst, const u8 *src, size_t n)
{
	if (same_phase(dst, src)) {
		for (; n > 0 && !is_word_aligned(dst + n); n--)
			dst[n - 1] = src[n - 1];
		for (; n >= WORD; n -= WORD)
			*(word_t *)(void *)(dst + n - WORD) =
				*(const word_t *)(const void *)(src + n - WORD);
	}
	for (; n > 0; n--)
		dst[n - 1] = src[n - 1];
}

void *memset(void *dst, int c, size_t n)
{
	u8 *d = dst;
	word_t word = (u8)c * 0x0101010101010101UL;

	for (; n > 0 && !is_word_aligned(d); n--)
		*d++ = (u8)c;
	for (; n >= 16 * WORD; n -= 16 * WORD, d += 16 * WORD) {
		word_t *w = (void *)d;

		w[0] = word;
		w[1] = word;
		w[2] = word;
		w[3] = word;
		w[4] = word;
		w[5] = word;
		w[6] = word;
		w[7] = word;
		w[8] = word;
		w[9] = word;
		w[10] = word;
		w[11] = word;
		w[12] = word;
		w[13] = word;
		w[14] = word;
		w[15] = word;
	}
	for (; n >= WORD; n -= WORD, d += WORD)
		*(word_t *)(void *)d = word;
	for (; n > 0; n--)
		*d++ = (u8)c;
	return dst;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	copy_up(dst, src, n);
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	if ((uintptr_t)dst <= (uintptr_t)src)
		copy_up(dst, src, n);
	else
		copy_down(dst, src, n);
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a;
	const u8 *y = b;

	for (; n > 0; n--, x++, y++) {
		if (*x != *y)
			return *x - *y;
	}
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	const u8 *p = s;

	for (; n > 0; n--, p++) {
		if (*p == (u8)c)
			return (void *)(uintptr_t)p;
	}
	return NULL;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n] != '\0')
		n++;
	return n;
}

size_t strnlen(const char *s, size_t max)
{
	size_t n = 0;

	while (n < max && s[n] != '\0')
		n++;
	return n;
}

int strcmp(const char *a, const char *b)
{
	while (*a != '\0' && *a == *b) {
		a++;
		b++;
	}
	return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n > 0; n--, a++, b++) {
		if (*a != *b || *a == '\0')
			return (u8)*a - (u8)*b;
	}
	return 0;
}

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++) {
		if (*s == '\0')
			return NULL;
	}
	return (char *)(uintptr_t)s;
}

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	for (;; s++) {
		if (*s == (char)c)
			last = s;
		if (*s == '\0')
			return (char *)(uintptr_t)last;
	}
}
