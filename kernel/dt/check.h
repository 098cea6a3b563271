/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the check of a blob needs from libfdt, private to check.c and fdt.c: the judgement of the
 * header, and the tags of the structure block one after the other (devicetree specification
 * 0.4, 5.4). The blob's bytes may still be anything.
 */
#pragma once

#include "dt/fdt.h"

/** fdt_sizes_are_good - magic, totalsize, version. Otherwise false and the reason. */
bool fdt_sizes_are_good(const void *blob, u64 size, char why[DT_MAX_REASON]);

/** fdt_blocks_are_good - the three blocks lie inside the blob, aligned. After the sizes. */
bool fdt_blocks_are_good(const void *blob, char why[DT_MAX_REASON]);

/** fdt_find_blocks - fill in where nodes and names begin. After the blocks. */
void fdt_find_blocks(struct dt *dt);

enum {
	STEP_BEGIN = 1,
	STEP_END_NODE = 2,
	STEP_PROPERTY = 3,
	STEP_END = 9,
};

struct fdt_step {
	u32 tag;              /* one of the above, or a filler */
	u32 nameoff;          /* of a property, as read */
	struct dt_prop value; /* of a property; its size as read */
};

/** fdt_step - the tag at offset. Result: where the next one is, or -1 when the tag is broken. */
int fdt_step(const struct dt *dt, int offset, struct fdt_step *out);
