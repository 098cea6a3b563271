/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers that an attacker or a bug cannot foresee as long as the seed is good, and that repeat
 * exactly when the seed does. Not for keys: for stack guards and shuffled lists.
 *
 * The generator is splitmix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
 * Generators, OOPSLA 2014): one addition, two multiplications and three shifts a number.
 */
#pragma once

#include "lib/types.h"

/**
 * random_seed - start again from these bytes: each of them changes all numbers to come.
 * @bytes: size of them, any number; @salt: mixed in too, for when there are none
 */
void random_seed(const u8 *bytes, size_t size, u64 salt);

/** random_u64 - the next number, all 64 bits of it usable. */
u64 random_u64(void);
