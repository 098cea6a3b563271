/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/selftest_stamp.h"

#include "arch/arch.h"
#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/percpu.h"

#define SMALL \
	8 /* blocks of so many pages are stamped in every page, larger ones in the outer two */

/*
 * A stamp: | mark 8 | index of the hart 16 | sequence 30 | order 8 | 00 |. The lowest two bits are clear,
 * because in page->mapping they say that the block is movable (migrate.h).
 */
#define STAMP_MARK        0x57UL
#define STAMP_MARK_SHIFT  56
#define STAMP_HART_SHIFT  40
#define STAMP_SEQ_SHIFT   10
#define STAMP_SEQ_MASK    0x3fffffffUL
#define STAMP_ORDER_SHIFT 2

struct hand hand_of(u64 hart)
{
	return (struct hand){.random = hart + 1, .hart = hart};
}

/* Knuth, TAOCP 2, 3.3.4: MMIX's generator; its high bits are the good ones. */
u64 random_below(struct hand *hand, u64 limit)
{
	hand->random = hand->random * 6364136223846793005UL + 1442695040888963407UL;
	return (hand->random >> 33) % limit;
}

static bool is_stamp(u64 word)
{
	return word >> STAMP_MARK_SHIFT == STAMP_MARK;
}

static u32 stamp_order(u64 stamp)
{
	return (u8)(stamp >> STAMP_ORDER_SHIFT);
}

static u64 stamp_hart(u64 stamp)
{
	return (u16)(stamp >> STAMP_HART_SHIFT);
}

bool is_stamp_of(u64 word, u64 hart)
{
	return is_stamp(word) && stamp_hart(word) == hart;
}

static u64 next_stamped(u64 page, u64 pages)
{
	return pages <= SMALL || page + 1 == pages ? page + 1 : pages - 1;
}

static __attribute__((cold)) _Noreturn void stamp_found(const struct page *page, u64 stamp,
							u64 instead)
{
	stop("selftest: pfn 0x%lx has the stamp 0x%lx, and hart %lu wrote 0x%lx: two harts hold "
	     "it, "
	     "or it was written to while it was free",
	     page_to_pfn(page), instead, harts[stamp_hart(stamp)]->arch.id, stamp);
}

static u64 *words_of(const struct page *page)
{
	return phys_to_virt(pfn_to_phys(page_to_pfn(page)));
}

#define LAST_WORD (PAGE_SIZE / sizeof(u64) - 1)

u64 stamp_block(struct hand *hand, struct page *page, u32 order)
{
	const u64 pages = 1UL << order;
	const u64 stamp = STAMP_MARK << STAMP_MARK_SHIFT | hand->hart << STAMP_HART_SHIFT |
			  (hand->sequence++ & STAMP_SEQ_MASK) << STAMP_SEQ_SHIFT |
			  (u64)order << STAMP_ORDER_SHIFT;

	if (is_stamp(page->mapping))
		stamp_found(page, stamp, page->mapping);
	page->mapping = stamp;
	for (u64 i = 0; i < pages; i = next_stamped(i, pages)) {
		words_of(page + i)[0] = stamp;
		words_of(page + i)[LAST_WORD] = stamp;
	}
	return stamp;
}

void give_back(struct hand *hand, struct page *page, u64 stamp)
{
	const u64 pages = 1UL << stamp_order(stamp);

	if (page->mapping != stamp)
		stamp_found(page, stamp, page->mapping);
	for (u64 i = 0; i < pages; i = next_stamped(i, pages)) {
		const u64 *words = words_of(page + i);

		if (words[0] != stamp || words[LAST_WORD] != stamp)
			stamp_found(page + i, stamp,
				    words[0] != stamp ? words[0] : words[LAST_WORD]);
	}
	page->mapping = 0;
	page->private = 0;
	hand->crossed += stamp_hart(stamp) != hand->hart;
	if (!free_pages(page, stamp_order(stamp)))
		stop("selftest: the allocator refused its own pfn 0x%lx, stamp 0x%lx",
		     page_to_pfn(page), stamp);
}
