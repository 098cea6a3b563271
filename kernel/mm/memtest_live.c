/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Take, write, read, give back. A taken block is known by a mark in the struct page of its head, so
 * that harts find their share by walking frames: a unit of work is one largest block's span.
 *
 *   frames   | span 0     | span 1     | span 2     |
 *   blocks   [  10        ][ 3 ][ 5  ]..[  10       ]     marked heads; others are left alone
 */
#include "mm/memtest_live.h"

#include "harts.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/memmap_init.h"
#include "mm/owner.h"

#define TAKEN 0x74736574UL /* page->private of a head that is being tested */
#define BAD   1UL          /* page->mapping of a page that failed */

static const u64 patterns[MEMTEST_LIVE_PASSES] = {0x5555555555555555, 0xaaaaaaaaaaaaaaaa,
						  0x00000000ffffffff, 0xffffffff00000000};

/* What the harts work on. */
struct test {
	pfn_t start_pfn; /* multiple of the largest block */
	u64 pattern;
	bool reading;
	u64 spans_before; /* of earlier sweeps */
	u64 sweeps;
	u64 spans;
	void (*progress)(u64 done, u64 all);
};

/* A word depends on its address: cells that are shared do not go unnoticed. */
static u64 word_at(phys_addr_t pa, u64 pattern)
{
	return pattern ^ pa;
}

static void write_block(phys_addr_t start, phys_addr_t end, u64 pattern)
{
	volatile u64 *word = phys_to_virt(start);

	for (phys_addr_t pa = start; pa < end; pa += sizeof(u64))
		*word++ = word_at(pa, pattern);
}

static void read_page(struct page *page, phys_addr_t start, u64 pattern)
{
	const volatile u64 *word = phys_to_virt(start);

	for (phys_addr_t pa = start; pa < start + PAGE_SIZE; pa += sizeof(u64))
		if (*word++ != word_at(pa, pattern) && page->mapping != BAD) {
			page->mapping = BAD;
			log_warn("badmem", "memtest: 0x%lx does not keep pattern 0x%lx", pa,
				 pattern);
		}
}

static bool is_taken(pfn_t pfn)
{
	return pfn_valid(pfn) && pfn_is_ready(pfn) && page_has(pfn_to_page(pfn), PG_HEAD) &&
	       pfn_to_page(pfn)->private == TAKEN;
}

/* Frames to go on by where nothing is taken: a block of somebody else's, or a span without struct pages. */
static u64 step_from(pfn_t pfn)
{
	const struct page *page = pfn_valid(pfn) && pfn_is_ready(pfn) ? pfn_to_page(pfn) : NULL;

	if (!page)
		return MAX_ORDER_NR_PAGES - (pfn & (MAX_ORDER_NR_PAGES - 1));
	return page_has(page, PG_BUDDY) || page_has(page, PG_HEAD) ? 1UL << page_order(page) : 1;
}

/* Call visit for every taken block that begins in [start_pfn, end_pfn). */
static void for_each_taken(pfn_t start_pfn, pfn_t end_pfn,
			   void (*visit)(struct page *page, pfn_t pfn, u32 order, void *arg),
			   void *arg)
{
	while (start_pfn < end_pfn) {
		const pfn_t pfn = start_pfn;

		start_pfn += step_from(pfn);
		if (is_taken(pfn))
			visit(pfn_to_page(pfn), pfn, page_order(pfn_to_page(pfn)), arg);
	}
}

static void test_block(struct page *page, pfn_t pfn, u32 order, void *arg)
{
	const struct test *test = arg;
	const phys_addr_t start = pfn_to_phys(pfn);

	if (!test->reading) {
		write_block(start, start + (PAGE_SIZE << order), test->pattern);
		return;
	}
	for (u64 i = 0; i < 1UL << order; i++)
		read_page(page + i, start + i * PAGE_SIZE, test->pattern);
}

static void run_spans(u64 start, u64 end, void *arg)
{
	const struct test *test = arg;

	for_each_taken(test->start_pfn + start * MAX_ORDER_NR_PAGES,
		       test->start_pfn + end * MAX_ORDER_NR_PAGES, test_block, arg);
}

static void show_progress(u64 done, u64 all, void *arg)
{
	const struct test *test = arg;

	if (test->progress)
		test->progress(test->spans_before + done, test->sweeps * all);
}

/* All frames that may be RAM, in spans of the largest block. */
static void sweep(struct test *test)
{
	struct harts_work work = {.name = "run_spans",
				  .end = test->spans,
				  .chunk = 1,
				  .run = run_spans,
				  .progress = show_progress,
				  .arg = test};

	harts_run(&work);
	test->spans_before += test->spans;
}

/* The largest blocks first, until there are bytes of them. Result: pages. */
static u64 take(u64 bytes)
{
	u64 pages = 0;

	for (u32 order = NR_PAGE_ORDERS; order-- > 0;)
		while (bytes - pages * PAGE_SIZE >= PAGE_SIZE << order) {
			struct page *page = alloc_pages(order);

			if (!page)
				break;
			page->private = TAKEN;
			for (u64 i = 0; i < 1UL << order; i++)
				page[i].mapping = 0;
			pages += 1UL << order;
		}
	return pages;
}

void buddy_split_page(struct page *page, u32 order)
{
	const u64 type = page_type(page);

	for (u64 i = 0; i < 1UL << order; i++) {
		page[i].alloc_site = page->alloc_site;
		page_set_word(&page[i], PAGE_WORD(PG_HEAD, 0, type, 1));
	}
}

/* A bad page is like a hole from now on: reserved, in no zone's managed pages, with an owner. */
static void take_out(struct page *page, pfn_t pfn, struct memtest_live *out)
{
	const phys_addr_t pa = pfn_to_phys(pfn);
	struct zone *zone = page_zone(page);

	if (out->bad++ == 0)
		out->first_bad = pa;
	if (!reservations_add_badmem((struct range){pa, pa + PAGE_SIZE})) {
		out->not_noted++;
		return;
	}
	page_set_word(page, PAGE_WORD_RESERVED);
	zone->managed_pages--;
}

static void give_back(struct page *page, pfn_t pfn, u32 order, void *arg)
{
	const u64 nr = 1UL << order;
	u64 bad = 0;

	page->private = 0;
	for (u64 i = 0; i < nr; i++)
		bad += page[i].mapping == BAD;
	if (bad == 0) {
		free_pages(page, order);
		return;
	}
	buddy_split_page(page, order);
	for (u64 i = 0; i < nr; i++) {
		bool is_bad = page[i].mapping == BAD;

		page[i].mapping = 0;
		if (is_bad)
			take_out(&page[i], pfn + i, arg);
		else
			free_pages(&page[i], 0);
	}
}

void memtest_live(u64 bytes, u32 passes, void (*progress)(u64 done, u64 all),
		  struct memtest_live *out)
{
	struct test test = {.sweeps = 2UL * passes, .progress = progress};
	pfn_t end_pfn = PFN_DOWN(banks.bank[banks.nr - 1].range.end);

	*out = (struct memtest_live){.pages = take(bytes)};
	test.start_pfn = ALIGN_DOWN(PFN_DOWN(banks.bank[0].range.start), MAX_ORDER_NR_PAGES);
	test.spans = (end_pfn - test.start_pfn + MAX_ORDER_NR_PAGES - 1) / MAX_ORDER_NR_PAGES;
	for (u32 pass = 0; pass < passes; pass++) {
		test.pattern = patterns[pass % MEMTEST_LIVE_PASSES];
		test.reading = false;
		sweep(&test);
		test.reading = true;
		sweep(&test);
	}
	for_each_taken(test.start_pfn, test.start_pfn + test.spans * MAX_ORDER_NR_PAGES, give_back,
		       out);
	buddy_drain();
}
