/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the buddy allocator must answer, known from one byte for each frame: taken by nobody's allocation,
 * free, head of an allocated block, or inside of one. The random test and the fuzzer drive it.
 *
 * NULL is believed only when there is no such block here; a free that nobody may make must be refused;
 * oracle_compare() holds the free lists against it, block by block. A frame is counted from the
 * first bank on; the machine has booted to the stage check.
 */
#pragma once

#include "buddy_test.h"
#include "mm/owner.h"

#define ORACLE_MAX_FRAMES (256UL * MIB / PAGE_SIZE)

enum frame_state { TAKEN, FREE, HEAD, TAIL };

static struct {
	pfn_t first;
	u64 nr_frames;
	u8 state[ORACLE_MAX_FRAMES]; /* enum frame_state */
	u8 order[ORACLE_MAX_FRAMES]; /* of a head */
	bool seen[ORACLE_MAX_FRAMES];
	u32 heads[ORACLE_MAX_FRAMES]; /* allocated blocks, in any order */
	u32 nr_heads;
} oracle;

/** oracle_learn - the machine as it is now, nothing allocated: from banks and owners, not from the lists. */
static inline void oracle_learn(void)
{
	oracle.first = PFN_DOWN(banks.bank[0].range.start);
	oracle.nr_frames = PFN_DOWN(banks.bank[banks.nr - 1].range.end) - oracle.first;
	oracle.nr_heads = 0;
	ASSERT_LE(oracle.nr_frames, ORACLE_MAX_FRAMES);
	for (u64 i = 0; i < oracle.nr_frames; i++) {
		const phys_addr_t pa = pfn_to_phys(oracle.first + i);
		phys_addr_t end;
		bool is_free = banks_find(pa) && owner_at(pa, pa + PAGE_SIZE, &end) == OWN_FREE;

		oracle.state[i] = is_free ? FREE : TAKEN;
	}
}

static inline struct page *oracle_page(u64 frame)
{
	return pfn_to_page(oracle.first + frame);
}

/** oracle_is_free - is [frame, frame + 2^order) free, and of one zone? */
static inline bool oracle_is_free(u64 frame, u32 order)
{
	const struct zone *zone = NULL;

	for (u64 i = frame; i < frame + (1UL << order); i++) {
		if (i >= oracle.nr_frames || oracle.state[i] != FREE)
			return false;
		if (zone && page_zone(oracle_page(i)) != zone)
			return false;
		zone = page_zone(oracle_page(i));
	}
	return true;
}

/** oracle_has - is there an aligned, free block of that order in one zone? */
static inline bool oracle_has(u32 order)
{
	const pfn_t begin = ALIGN_UP(oracle.first, 1UL << order);

	for (u64 i = begin - oracle.first; i < oracle.nr_frames; i += 1UL << order)
		if (oracle_is_free(i, order))
			return true;
	return false;
}

/** oracle_allocated - the allocator's answer to a wish for 2^order pages: a free block, or rightly NULL. */
static inline void oracle_allocated(const struct page *page, u32 order)
{
	u64 frame;

	if (!page) {
		ASSERT(!oracle_has(order));
		return;
	}
	frame = page_to_pfn(page) - oracle.first;
	ASSERT(IS_ALIGNED(page_to_pfn(page), 1UL << order));
	ASSERT(oracle_is_free(frame, order));
	memset(oracle.state + frame, TAIL, 1UL << order);
	oracle.state[frame] = HEAD;
	oracle.order[frame] = (u8)order;
	oracle.heads[oracle.nr_heads++] = (u32)frame;
}

/** oracle_give_back - free the i-th allocated block: i < oracle.nr_heads. */
static inline void oracle_give_back(u32 i)
{
	const u32 frame = oracle.heads[i];

	oracle.heads[i] = oracle.heads[--oracle.nr_heads];
	ASSERT(free_pages(oracle_page(frame), oracle.order[frame]));
	memset(oracle.state + frame, FREE, 1UL << oracle.order[frame]);
}

/** oracle_free_anything - free a frame with an order, whatever it is: refused, unless it was allocated so. */
static inline void oracle_free_anything(u64 frame, u32 order)
{
	if (!pfn_valid(oracle.first + frame))
		return;
	if (oracle.state[frame] != HEAD || oracle.order[frame] != order) {
		ASSERT(!free_pages(oracle_page(frame), order));
		return;
	}
	for (u32 i = 0; i < oracle.nr_heads; i++)
		if (oracle.heads[i] == frame)
			return oracle_give_back(i);
}

static inline void oracle_see_block(struct zone *zone, struct page *page, u32 order, u32 type)
{
	const u64 frame = page_to_pfn(page) - oracle.first;

	judge_free_block(zone, page, order, type);
	ASSERT(oracle_is_free(frame, order));
	for (u64 i = frame; i < frame + (1UL << order); i++) {
		ASSERT(!oracle.seen[i]);
		oracle.seen[i] = true;
	}
}

/** oracle_compare - every free frame is in exactly one free block, no other is, and none is left unmerged. */
static inline void oracle_compare(void)
{
	u64 free = 0;

	memset(oracle.seen, 0, oracle.nr_frames);
	for_each_free_block(oracle_see_block);
	for (u64 i = 0; i < oracle.nr_frames; i++) {
		ASSERT_EQ(oracle.seen[i], oracle.state[i] == FREE);
		free += oracle.state[i] == FREE;
	}
	ASSERT_EQ(nr_free_pages(), free);
}
