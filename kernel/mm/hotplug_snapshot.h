/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the machine what it was? Everything that adding and removing memory touches, as one number for
 * each kind, so that a difference has a name.
 *
 * Normalised, because it is not part of the state: where a free block stands in its list, which
 * migratetype a free block and its pageblock have, and which pages wait on hot lists.
 */
#pragma once

#include "lib/types.h"

enum snapshot_part {
	SNAPSHOT_FREE,     /* free blocks: zone, order, frame */
	SNAPSHOT_PAGES,    /* struct pages: state and links */
	SNAPSHOT_TABLES,   /* page tables: every leaf, and how many tables */
	SNAPSHOT_ZONES,    /* nodes, zones, zonelists */
	SNAPSHOT_BANKS,    /* banks and dropped ranges */
	SNAPSHOT_OWNERS,   /* who owns what, and the ledger */
	SNAPSHOT_SECTIONS, /* words, subsection maps, roots */
	SNAPSHOT_FIGURES,  /* of the memmap, the direct map, hand-over */
	NR_SNAPSHOT_PARTS,
};

struct snapshot {
	u64 part[NR_SNAPSHOT_PARTS];
};

/** snapshot_mix - a well mixed word from three, to be added up. */
u64 snapshot_mix(u64 a, u64 b, u64 c);

/** snapshot_sections - the sum of SNAPSHOT_SECTIONS: the memory model's. */
u64 snapshot_sections(void);

/** snapshot_take - after hand-over; drains the hot lists. */
void snapshot_take(struct snapshot *out);

/** snapshot_differs - the name of the first part that differs; NULL when none does. */
const char *snapshot_differs(const struct snapshot *a, const struct snapshot *b);
