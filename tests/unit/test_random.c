/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/random.c: repeats when the seed does, and every bit of the seed matters. */
#include "unit.h"

#include "lib/random.h"

TEST(known_numbers)
{
	/* splitmix64 from 0: the reference generator's first numbers */
	random_seed(NULL, 0, 0);
	EXPECT_EQ(random_u64(), 0xe220a8397b1dcdafUL);
	EXPECT_EQ(random_u64(), 0x6e789e6aa1b965f4UL);
	EXPECT_EQ(random_u64(), 0x06c45d188009454fUL);
}

TEST(every_bit_of_the_seed_matters)
{
	u8 seed[32] = {0};
	u64 first;

	random_seed(seed, sizeof(seed), 0);
	first = random_u64();
	random_seed(seed, sizeof(seed), 0);
	EXPECT_EQ(random_u64(), first);
	for (u32 bit = 0; bit < sizeof(seed) * 8; bit++) {
		seed[bit / 8] ^= (u8)(1U << bit % 8);
		random_seed(seed, sizeof(seed), 0);
		EXPECT(random_u64() != first);
		seed[bit / 8] ^= (u8)(1U << bit % 8);
	}
	random_seed(seed, sizeof(seed) - 1, 0);
	EXPECT(random_u64() != first);
	random_seed(seed, sizeof(seed), 1);
	EXPECT(random_u64() != first);
}

/* Counting bits: each is 1 about half of the time. */
TEST(bits_are_balanced)
{
	u32 ones[64] = {0};

	random_seed(NULL, 0, 12345);
	for (u32 i = 0; i < 4096; i++) {
		u64 number = random_u64();

		for (u32 bit = 0; bit < 64; bit++)
			ones[bit] += (u32)(number >> bit & 1);
	}
	for (u32 bit = 0; bit < 64; bit++)
		EXPECT(ones[bit] > 1850 && ones[bit] < 2250);
}
