/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Positions of bits in a word. rv64imac has no instruction for it and the compiler would call
 * a library; a multiplication by a de Bruijn sequence finds the lowest bit in six instructions
 * (Leiserson, Prokop, Randall, "Using de Bruijn Sequences to Index a 1 in a Computer Word", 1998).
 */
#pragma once

#include "lib/types.h"

extern const u8 bits_de_bruijn[64];

/** lowest_bit - number of the lowest set bit of word, 0 to 63; word is not 0. */
static inline u32 lowest_bit(u64 word)
{
	return bits_de_bruijn[((word & -word) * 0x03f79d71b4cb0a89UL) >> 58];
}
