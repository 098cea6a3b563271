/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files that shape the bank table share: bank.c (union, rounding), bank_drop.c (what is not
 * used), bank_limit.c (mem=, reach) and numa.c (splitting for fake nodes).
 */
#pragma once

#include "mm/bank.h"

/** bank_insert - at index at, later ones move up. Stops when the table is full. */
void bank_insert(struct bank_table *table, u32 at, const struct bank *bank);

/** bank_delete - the bank at index at leaves, later ones move down. */
void bank_delete(struct bank_table *table, u32 at);

/**
 * bank_note_dropped - account a range (any bytes, dropped by nobody yet) as dropped; an empty one is
 * ignored. Stops when the table is full.
 */
void bank_note_dropped(struct bank_table *table, struct range range, enum bank_drop why);

/**
 * bank_take_dropped - the part of a range that is dropped is used after all, and leaves that
 * table. Result: its bytes, which table->ram counts already.
 */
u64 bank_take_dropped(struct bank_table *table, struct range range);

/**
 * bank_apply_hold - with the boot argument hold_hotpluggable: no bank that is hotpluggable is used, but for the
 * one that the image lies in, with a warning. Accounted as DROP_HELD. Before bank_apply_mem().
 */
void bank_apply_hold(struct bank_table *table);

/** bank_apply_mem - keep only what mem= names. Each cut is accounted as DROP_MEM. */
void bank_apply_mem(struct bank_table *table);

/**
 * bank_probe - with the boot argument probe: cut away what is no RAM, and what is the same RAM
 * under another address. Each cut is a warning and is accounted. Nothing may be in use but what
 * firmware handed over; after arch_set_phys_base().
 */
void bank_probe(struct bank_table *table);

/** bank_apply_reach - fix phys_base and cut what the direct map or the model cannot reach. */
void bank_apply_reach(struct bank_table *table);
