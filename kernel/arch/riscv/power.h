/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Switching off (arch_poweroff()), and the device that can say with which exit status.
 */
#pragma once

#include "lib/types.h"

/** power_has_tree - the blob may be searched for the test device from now on. */
void power_has_tree(const void *blob, u32 size);

/** power_find_device - search once, and show the device in the fixmap. Under the boot tables. */
void power_find_device(void);

/** power_is_going_off - has arch_poweroff() been called? A trap from then on is no news: the verdict is said. */
bool power_is_going_off(void);
