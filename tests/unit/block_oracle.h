/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The free blocks that there must be when nothing is allocated, worked out from banks and owners. The
 * blocks of a range are unique: from its start on, the largest that is aligned there and fits.
 */
#pragma once

#include "buddy_test.h"
#include "mm/owner.h"

#define MAX_BLOCKS 8192

static struct block {
	pfn_t pfn;
	u32 order;
	bool found;
} want_blocks[MAX_BLOCKS];
static u32 nr_want_blocks;

static inline void want_range(pfn_t pfn, pfn_t end)
{
	while (pfn < end) {
		u32 order = MAX_PAGE_ORDER;

		while (pfn % (1UL << order) != 0 || end - pfn < 1UL << order)
			order--;
		ASSERT_LT(nr_want_blocks, MAX_BLOCKS);
		want_blocks[nr_want_blocks++] = (struct block){pfn, order, false};
		pfn += 1UL << order;
	}
}

/* Ranges that nobody owns, cut at nodes and at 4 GiB; banks of one node that touch are one. */
static inline void work_out_blocks(void)
{
	pfn_t start = 0, last = 0;

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];
		phys_addr_t end;

		for (phys_addr_t at = bank->range.start; at < bank->range.end; at = end) {
			enum owner owner = owner_at(at, bank->range.end, &end);
			bool cut = PFN_DOWN(at) != last || last == ZONE_DMA32_END_PFN ||
				   (i > 0 && at == bank->range.start && bank->nid != bank[-1].nid);

			if (at < 4 * GIB && end > 4 * GIB)
				end = 4 * GIB;
			if (owner != OWN_FREE)
				continue;
			if (cut) {
				want_range(start, last);
				start = PFN_DOWN(at);
			}
			last = PFN_DOWN(end);
		}
	}
	want_range(start, last);
}

static inline void find_want_block(struct zone *zone, struct page *page, u32 order, u32 type)
{
	const pfn_t pfn = page_to_pfn(page);

	judge_free_block(zone, page, order, type);
	EXPECT_EQ(type, MIGRATE_MOVABLE);
	for (u32 i = 0; i < nr_want_blocks; i++)
		if (want_blocks[i].pfn == pfn && want_blocks[i].order == order &&
		    !want_blocks[i].found) {
			want_blocks[i].found = true;
			return;
		}
	EXPECT(!"a block that is not expected");
}

/* The lists hold exactly those. */
static inline void expect_expected_blocks(const char *file, int line)
{
	nr_want_blocks = 0;
	work_out_blocks();
	for_each_free_block(find_want_block);
	for (u32 i = 0; i < nr_want_blocks; i++)
		unit_check(want_blocks[i].found, false, file, line, "no block at pfn %#lx order %u",
			   want_blocks[i].pfn, want_blocks[i].order);
}
#define EXPECT_EXPECTED_BLOCKS() expect_expected_blocks(__FILE__, __LINE__)
