/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hand-over: the moment when memblock's free memory becomes the buddy allocator's.
 *
 * The only place that clears PG_reserved. Given is exactly: memory of the banks, minus no-map,
 * minus reserved, minus frames without a struct page, split into the largest naturally aligned
 * blocks that stay inside one zone of one node.
 *
 *   free range  [..................................)
 *   blocks       0 1 2  3     10      10    ...  4 1
 */
#pragma once

#include "mm/mmzone.h"

struct handover_figures {
	u64 pages;             /* given to the buddy allocator; deferred ones are in it */
	u64 blocks;            /* put on lists until now */
	u64 rejected_reserved; /* struct pages of RAM that stay reserved */
	u64 rejected_hole;     /* struct pages of no RAM */
};
extern struct handover_figures handover_figures;

/**
 * memblock_free_all - the stage. Closes memblock. With deferred struct pages it only works out what
 * will be given, and gives the first unit of it.
 */
void memblock_free_all(void);

/* Neighbouring frames that were given to one zone, or will be. */
struct handover_piece {
	pfn_t start_pfn;
	pfn_t end_pfn;
	struct zone *zone;
};

/** handover_find - the index of the highest piece that begins below end_pfn; pieces go down from 0 on. */
u32 handover_find(pfn_t end_pfn);

/** handover_piece - what piece i has of [start_pfn, end_pfn); false when that is nothing. */
bool handover_piece(u32 i, pfn_t start_pfn, pfn_t end_pfn, struct handover_piece *out);

/** handover_note_given, handover_note_released - one piece more: below all others, or anywhere between them. */
void handover_note_given(const struct handover_piece *piece);
void handover_note_released(const struct handover_piece *piece);

/** handover_clear_reserved - nr struct pages that follow each other are neither reserved nor referenced. */
void handover_clear_reserved(struct page *page, u64 nr);

/** handover_donate - put a piece, or a part of one, whose pages are not reserved any more, on its zone's lists. */
void handover_donate(const struct handover_piece *piece);

/** handover_forget - all pieces leave the table. handover_has_room - does one more fit? */
void handover_forget(void);
bool handover_has_room(void);

/**
 * handover_renew - after memory was added or removed, or put on- or offline: what nobody owns now is
 * what was given. Works out anew what handover_range() tells.
 */
void handover_renew(void);

/** handover_range - the i-th coalesced range that was given, ascending; false past the last. */
bool handover_range(u32 i, struct range *out);

/**
 * handover_release - a range that was reserved until now becomes free: what of it has struct pages is
 * given and merged with its neighbours. range: physical, whole pages, in one bank of node nid, reserved
 * and owned by nobody any more. Result: pages given. After the stage; contents are left as they are.
 */
u64 handover_release(struct range range, u32 nid);

/**
 * handover_shuffle - with SHUFFLE_FREE_LISTS: the lists of the largest blocks in random order, every order equally
 * likely (Durstenfeld, CACM 7, algorithm 235, on the frames in place of an array). Blocks of pending struct pages are not on lists and stay out.
 */
void handover_shuffle(void);
