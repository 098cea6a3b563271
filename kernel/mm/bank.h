/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Banks: from what the tree names to what we use.
 *
 * Input: machine.banks and the mem= options. Output, closed when the stage ends:
 *   banks    sorted, page aligned, disjoint, inside the direct map's reach. Banks that only
 *            touch stay separate. Of two that overlap, the first in the tree keeps the bytes.
 *   dropped  every byte of RAM that the tree names and that is in no bank, with the reason
 *   ram      bytes of the union of all banks that the tree names = sum of both
 *
 *   tree     [====A====)       [=B=)      [=======C=======)
 *                  [===D===)                          (reach)|
 *   banks    [====A====)[D-)  [=B=)      [=======C==========)
 *   dropped                                                  [C) "beyond the direct map"
 */
#pragma once

#include "machine.h"

struct bank {
	struct range range; /* whole pages */
	u32 nid;            /* as numa.h settled it; 0 without NUMA */
	u32 reg;
	bool hotpluggable;
	const char *origin;
};

/* Why RAM that the tree names is not used. */
enum bank_drop {
	DROP_SUB_PAGE,     /* a crumb at the edge of a bank */
	DROP_HELD,         /* hotpluggable, and hold_hotpluggable is said: may be added later */
	DROP_MEM,          /* mem= leaves it out: may be added later */
	DROP_BEYOND_REACH, /* of the direct map, or of a static section table */
	DROP_PROBE_NO_RAM, /* probe: nothing keeps what is written there */
	DROP_PROBE_ALIAS,  /* probe: the same RAM as elsewhere */
	DROP_HOLE_BUDGET,  /* FLAT: the struct pages of the hole before it cost too much */
	DROP_NO_MEMMAP,    /* no memory for its struct pages; stays a bank */
	DROP_OFFLINE,      /* added and not online; stays a bank */
	NR_BANK_DROPS
};

struct dropped {
	struct range range;
	enum bank_drop why;
};

#define MAX_BANKS   MACHINE_MAX_BANKS
#define MAX_DROPPED (2 * MACHINE_MAX_BANKS)

struct bank_table {
	u32 nr;
	struct bank bank[MAX_BANKS];
	u32 nr_dropped;
	struct dropped dropped[MAX_DROPPED];
	u64 ram;               /* bytes the tree names, each once */
	phys_addr_t phys_base; /* lowest bank rounded down to 1 GiB: DIRECT_MAP_START shows it */
};

extern struct bank_table banks;

/** banks_init - the stage: machine -> banks. Stops when no bank is left or none holds the image. */
void banks_init(void);

/** banks_find - the bank that holds byte pa, or NULL. Any time after banks_init(). */
const struct bank *banks_find(phys_addr_t pa);

/** bank_drop_text - the reason in the words of report and record: "mem=", "no memmap", ... */
const char *bank_drop_text(enum bank_drop why);

/** banks_hold - bytes of the range that are in a bank. Any time after banks_init(). */
u64 banks_hold(struct range range);

/** banks_drop - account a whole-page range of a bank as not used, after banks_init(): DROP_NO_MEMMAP. The bank stays. */
void banks_drop(struct range range, enum bank_drop why);

/* At run time, bank_hotplug.c. RAM that is no bank stands in dropped, with a reason. */

/** banks_tree_bank - the first tuple of the tree that names byte pa, or NULL. */
const struct machine_bank *banks_tree_bank(phys_addr_t pa);

/** banks_have_room - can the tables take what one more change may add to them? */
bool banks_have_room(void);

/**
 * banks_add - a whole-page range of RAM that the tree names and that is in no bank becomes one, of
 * that node, under the tree's names. It is not in use yet: dropped has it too, DROP_OFFLINE.
 * Entries that touch and agree are one, so the table depends only on what is in it.
 */
void banks_add(struct range range, u32 nid);

/** banks_remove - the opposite: no bank any more; dropped has it, with the reason of the boot. */
void banks_remove(struct range range);

/** banks_is_held_back - is it RAM that is unused on purpose, by mem= or hold_hotpluggable? Then it can be added. */
bool banks_is_held_back(const struct dropped *dropped);

/** banks_set_online - a range of banks is in use, or stands in dropped, DROP_OFFLINE. */
void banks_set_online(struct range range, bool is_online);
