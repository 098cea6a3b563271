/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One 64-bit state. A seed is absorbed byte by byte: added, then stirred by one step.
 */
#include "lib/random.h"

#define GOLDEN_GAMMA 0x9e3779b97f4a7c15UL /* 2^64 / the golden ratio, odd */

/* Harts may ask at once. Two that get the same number are no harm. */
static u64 state;

u64 random_u64(void)
{
	u64 z = __atomic_load_n(&state, __ATOMIC_RELAXED) + GOLDEN_GAMMA;

	__atomic_store_n(&state, z, __ATOMIC_RELAXED);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9UL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebUL;
	return z ^ z >> 31;
}

void random_seed(const u8 *bytes, size_t size, u64 salt)
{
	state = salt;
	for (size_t i = 0; i < size; i++) {
		state += bytes[i];
		state = random_u64();
	}
}
