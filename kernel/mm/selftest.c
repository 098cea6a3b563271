/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does the allocator give every page of RAM that nobody owns, and no other, and take all back?
 *
 * Every page is allocated, largest blocks first, until nothing is left, and chained through
 * its struct page. The set is compared with the expectation by marking: each page must be
 * expected and unmarked. Then all is freed, and the free lists must be as they were.
 */
#include "mm/selftest.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/census.h"
#include "mm/check.h"
#include "mm/owner.h"
#include "mm/selftest_lists.h"

static struct census before;
static u64 deferred_before;

static void expect_same(const struct census *then)
{
	struct census_difference d;

	if (census_differs(then, &d))
		stop("selftest: node %u zone %s order %u has %lu free blocks, %lu before",
		     d.zone->node->nid, d.zone->name, d.order, d.now, d.before);
}

/* Free pages whose struct pages are not initialised yet: the first to take all pages finds them on no list. */
static u64 deferred_pages(void)
{
	struct zone *zone;
	u64 pages = 0;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			pages += zone->nr_deferred;
	return pages;
}

void selftest_note_lists(void)
{
	deferred_before = deferred_pages();
	census_take(&before);
}

void selftest_same_lists(void)
{
	if (deferred_before == 0)
		expect_same(&before);
}

/* Every page of the block must be one that nobody owns. */
static void judge_block(const struct page *page, u32 order)
{
	phys_addr_t at = pfn_to_phys(page_to_pfn(page));
	phys_addr_t stop_at = at + (PAGE_SIZE << order);
	phys_addr_t end;

	for (; at < stop_at; at = end) {
		const struct bank *bank = banks_find(at);

		if (!bank)
			stop("selftest: the allocator gave 0x%lx, which is no RAM", at);
		end = min_u64(bank->range.end, stop_at);
		if (owner_at(at, end, &end) != OWN_FREE)
			stop("selftest: the allocator gave 0x%lx, which belongs to %s", at,
			     owner_name(owner_at(at, end, &end)));
	}
}

/* Allocate everything, blocks of at most max_order, large ones first; returns them chained. */
static struct page *allocate_all(u32 max_order, u64 *pages, u64 *blocks)
{
	struct page *chain = NULL;

	*pages = 0;
	*blocks = 0;
	for (u32 order = max_order + 1; order-- > 0;) {
		struct page *page;

		while ((page = alloc_pages(order)) != NULL) {
			judge_block(page, order);
			if (page->mapping == ~0UL)
				stop("selftest: pfn 0x%lx was given twice", page_to_pfn(page));
			page->mapping = ~0UL;
			page->private = (u64)chain;
			chain = page;
			*pages += 1UL << order;
			*blocks += 1;
		}
	}
	return chain;
}

/* Free the blocks whose frame number, in blocks, is even or odd; the others stay chained. */
static struct page *free_half(struct page *chain, u64 odd)
{
	struct page *kept = NULL;

	while (chain) {
		struct page *next = (struct page *)chain->private;
		u32 order = page_order(chain);

		if ((page_to_pfn(chain) >> order & 1) != odd) {
			chain->private = (u64)kept;
			kept = chain;
		} else {
			chain->mapping = 0;
			chain->private = 0;
			if (!free_pages(chain, order))
				stop("selftest: the allocator refused its own pfn 0x%lx",
				     page_to_pfn(chain));
		}
		chain = next;
	}
	return kept;
}

/*
 * All pages out, all pages back. First the even ones go back and nothing can merge, then the odd
 * ones, and everything must.
 */
static void out_and_back(u32 max_order, u64 expected)
{
	struct page *chain;
	u64 pages, blocks;

	selftest_note_lists();
	chain = allocate_all(max_order, &pages, &blocks);
	if (pages != expected)
		stop("selftest: %lu pages could be allocated, %lu are free", pages, expected);
	chain = free_half(chain, 0);
	chain = free_half(chain, 1);
	assert_kernel(chain == NULL, pages, blocks);
	selftest_same_lists();
	log_line("selftest", "%lu pages in %lu blocks of order <= %u allocated and freed: %s",
		 pages, blocks, max_order,
		 deferred_before == 0 ? "same free lists" : "the free lists have grown on demand");
}

static void must_refuse(struct page *page, u32 order, const char *what)
{
	if (free_pages(page, order))
		stop("selftest: a free of %s was accepted (pfn 0x%lx)", what, page_to_pfn(page));
}

/* What a broken caller may try; each is refused with one line, and nothing changes. */
static void refusals(void)
{
	const struct arch_image *image = &arch_handoff()->image;
	struct page *page = alloc_pages(1);

	if (!page)
		stop("selftest: no block of two pages is free");
	log_line("selftest", "four wrong frees follow, each must be refused with a warning:");
	must_refuse(page, 0, "a block with another order");
	must_refuse(page + 1, 0, "a tail page");
	if (!free_pages(page, 1))
		stop("selftest: the allocator refused its own block");
	must_refuse(page, 1, "a block that is free");
	if (pfn_valid(PFN_DOWN(image->text)))
		must_refuse(pfn_to_page(PFN_DOWN(image->text)), 0, "a page of the image");
}

void selftest_run(void)
{
	struct audit audit;

	audit_run(&audit); /* memory may have come or gone since the boot */
	out_and_back(MAX_PAGE_ORDER, audit.free);
	out_and_back(0, audit.free);
	census_take(&before);
	refusals();
	expect_same(&before);
	audit_run(&audit);
	if (!audit.ok)
		stop("selftest: the audit fails after all pages were allocated and freed");
	log_line("selftest", "4 wrong frees refused; the audit holds");
}
