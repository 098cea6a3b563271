/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SHUFFLE_FREE_LISTS: nobody can foresee which page the next allocation gets (mm/shuffle.c of Linux
 * has the same idea). Random numbers come from lib/random.h, seeded at boot.
 */
#pragma once

#include "lib/random.h"
#include "mm/mmzone.h"

/** page_shuffle_last - by chance: shall the block that becomes free go to the end of its list? */
static inline bool page_shuffle_last(void)
{
	return config_shuffle && random_u64() >> 63 != 0;
}
