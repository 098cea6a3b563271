/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What libfdt needs from its surroundings: fixed-width types, byte order and our string
 * functions. It takes the place of the libfdt_env.h that comes with libfdt, and has the same
 * include guard so that it wins even if both are found.
 */
#ifndef LIBFDT_ENV_H
#define LIBFDT_ENV_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/string.h"

#define FDT_FORCE
#define FDT_BITWISE

typedef uint16_t fdt16_t;
typedef uint32_t fdt32_t;
typedef uint64_t fdt64_t;

/*
 * The blob is big endian, the machine little endian (both our architectures are). Shifts, because
 * without the Zbb extension __builtin_bswap32() is a call of a library function.
 */
static inline uint16_t fdt16_to_cpu(fdt16_t x)
{
	return (uint16_t)(x << 8 | x >> 8);
}

static inline uint32_t fdt32_to_cpu(fdt32_t x)
{
	return x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24;
}

static inline uint64_t fdt64_to_cpu(fdt64_t x)
{
	return (uint64_t)fdt32_to_cpu((fdt32_t)x) << 32 | fdt32_to_cpu((fdt32_t)(x >> 32));
}

static inline fdt16_t cpu_to_fdt16(uint16_t x)
{
	return fdt16_to_cpu(x);
}

static inline fdt32_t cpu_to_fdt32(uint32_t x)
{
	return fdt32_to_cpu(x);
}

static inline fdt64_t cpu_to_fdt64(uint64_t x)
{
	return fdt64_to_cpu(x);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the conversions above always swap");

#endif
