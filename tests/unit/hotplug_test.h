/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests of memory hotplug: FLAT and DISCONTIG have only the answer why not, so what the tests
 * look into is weak there, as in sections_test.h.
 */
#pragma once

#include "mm/check.h"
#include "mm/hotplug_internal.h"
#include "mm/hotplug_notify.h"
#include "mm/hotplug_snapshot.h"
#include "mm/migrate.h"
#include "mm/owned.h"
#include "mm/paging.h"
#include "sections_test.h"

#pragma weak hotplug_respan

#define SUBSECTION    (2 * MIB)
#define SECTION_NR(n) (BASE_NR + (n))

/* Sections 0 and 1 are of the boot, those up to n are held back by mem=. */
static inline void boot_with_held_back(u32 n)
{
	given_virt(n * SECTION);
	given_mem(2 * SECTION);
	boot_to("check");
}

static inline void expect_same(const char *file, int line, const struct snapshot *before)
{
	struct snapshot now;

	snapshot_take(&now);
	unit_check(snapshot_differs(before, &now) == NULL, false, file, line,
		   "%s differ from before", snapshot_differs(before, &now) ?: "");
}
#define EXPECT_SAME(before) expect_same(__FILE__, __LINE__, before)

/* The call fails so, and the reason has that text. */
#define EXPECT_FAILS(call, error, text)                                                    \
	do {                                                                               \
		EXPECT_EQ(call, error);                                                    \
		unit_check(strstr(hotplug_why(), text) != NULL, false, __FILE__, __LINE__, \
			   "the reason is \"%s\"", hotplug_why());                         \
	} while (0)
