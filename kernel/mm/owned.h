/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the live kernel takes from the buddy allocator for itself and keeps: struct pages, page
 * tables and node data of memory that was added at run time. The counterpart of early.h after
 * hand-over: nothing is allocated without an owner, so ledger, audit and record stay exact.
 *
 *   table   | pfn, pages, owner | ... ascending by pfn; pages of 512 entries, made and freed as needed
 *
 * Blocks are unmovable. The table's own pages are in it, as OWN_MEMBLOCK.
 */
#pragma once

#include "mm/buddy.h"
#include "mm/owner.h"

/**
 * owned_alloc - a block of 2^order pages for an owner, from nid or the nearest node that has it. Not
 * zeroed. False, and nothing changed, when there is none, or none for the table.
 */
bool owned_alloc(enum owner owner, u32 nid, u32 order, phys_addr_t *pa);

/** owned_alloc_zeroed - the same, filled with zeros. */
bool owned_alloc_zeroed(enum owner owner, u32 nid, u32 order, phys_addr_t *pa);

/** owned_free - give back what owned_alloc() gave at pa. */
void owned_free(phys_addr_t pa);

/** owned_claim - a range that is not the buddy allocator's has this owner. False when the table cannot grow. */
bool owned_claim(enum owner owner, u32 nid, struct range range);

/** owned_release - take a claim back. */
void owned_release(struct range range);

/** owned_has - does a range of the table begin at pa? */
bool owned_has(phys_addr_t pa);

/** owned_covers - does pa lie in a range of the table? */
bool owned_covers(phys_addr_t pa);

/**
 * owned_set_fail - the n-th allocation from now on, counted from 1, finds nothing; 0 none. Result: how many
 * were asked for since the last call.
 */
u64 owned_set_fail(u64 n);
