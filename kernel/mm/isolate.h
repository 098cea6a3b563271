/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pageblocks that nobody may allocate from, because they are about to go offline. What is free there
 * moves to lists of its own, and what is freed there later joins it; nothing merges across the edge.
 *
 *   before   [ 10 ][ 10 ][  9 | 9 ]...      range: whole pageblocks
 *   during   [ 10 ][ 10'][  9'| 9 ]...      ' on a list of MIGRATE_ISOLATE
 *
 * Ranges are of frames, half-open, whole pageblocks of one zone, all with struct pages; each call takes
 * the zone's lock.
 */
#pragma once

#include "mm/buddy.h"

/** isolate_pages - blocks that cross the edges are cut there; then drain the hot lists (buddy_drain). */
void isolate_pages(pfn_t start_pfn, pfn_t end_pfn);

/** unisolate_pages - free pages join the others again, as movable ones, merged as far as they can be. */
void unisolate_pages(pfn_t start_pfn, pfn_t end_pfn);

/**
 * isolated_busy - the first frame of the range that is not free; at or above end_pfn when all are. What is free
 * there stays so, whatever other harts do, once buddy_caches_off() keeps it out of their caches.
 */
pfn_t isolated_busy(pfn_t start_pfn, pfn_t end_pfn);

/** isolated_take - all of the range is free: it leaves the allocator; its words are the caller's to set. */
void isolated_take(pfn_t start_pfn, pfn_t end_pfn);

/**
 * block_head - the head of the block that holds pfn, free or allocated, or NULL when it is in none: reserved, on
 * a hot list, or between the two for a moment. *word is the word that was read there, else that of pfn: other
 * harts may have changed it meanwhile.
 */
struct page *block_head(pfn_t pfn, u64 *word);
