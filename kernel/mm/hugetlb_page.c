/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One huge page: where it comes from, and how it goes back.
 *
 *   2 MiB   a block of the buddy allocator, allocated and held
 *   1 GiB   larger than any block: of memblock before hand-over; later 1 GiB of free largest blocks,
 *           where such a range happens to be free. The head's word says order 18, the other words
 *           are 0, as in every allocated block. Bring-up owns it (OWN_HUGETLB); the buddy
 *           allocator does not manage its frames until it is dissolved.
 */
#include "mm/hugetlb_internal.h"
#include "mm/hugetlb_vmemmap.h"

#include "lib/panic.h"
#include "mm/deferred.h"
#include "mm/owner.h"

static struct range gigantic_range(const struct hstate *h, pfn_t pfn)
{
	return (struct range){pfn_to_phys(pfn), pfn_to_phys(pfn + (1UL << h->order))};
}

struct page *hugetlb_make_gigantic(const struct hstate *h, pfn_t pfn)
{
	struct page *head = pfn_to_page(pfn);

	deferred_ready(pfn, pfn + (1UL << h->order));
	/* In SPARSE only the struct pages of one largest block are sure to follow each other. */
	for (pfn_t at = pfn; at < pfn + (1UL << h->order); at += MAX_ORDER_NR_PAGES) {
		struct page *page = pfn_to_page(at);

		for (u64 i = 0; i < MAX_ORDER_NR_PAGES; i++)
			page[i].word = 0;
	}
	head->word = PAGE_WORD(PG_HEAD, h->order, MIGRATE_MOVABLE, 1);
	buddy_hold(head, OWN_HUGETLB);
	return head;
}

/* 1 GiB of a zone that is free as a whole, the highest there is. */
static struct page *make_gigantic_from(const struct hstate *h, struct zone *zone)
{
	const u64 nr = 1UL << h->order;
	pfn_t at = ALIGN_DOWN(zone_end_pfn(zone), nr);

	for (; at >= zone->start_pfn + nr; at -= nr) {
		pfn_t pfn = at - nr;

		deferred_ready(pfn, at);
		if (!buddy_take_range(pfn, at))
			continue;
		zone->managed_pages -= nr;
		owner_add(OWN_HUGETLB, gigantic_range(h, pfn));
		return hugetlb_make_gigantic(h, pfn);
	}
	return NULL;
}

static struct page *make_gigantic(const struct hstate *h, u32 nid)
{
	struct zone *zone;

	for_each_node_zone (zone, nid) {
		struct page *page = make_gigantic_from(h, zone);

		if (page)
			return page;
	}
	return NULL;
}

struct page *hugetlb_make(const struct hstate *h, u32 nid, const char **why)
{
	struct page *page;

	if (nr_free_pages() < hugetlb_min_free() + (1UL << h->order)) {
		*why = "the rest of the free memory is kept for the system";
		return NULL;
	}
	page = hstate_is_gigantic(h) ? make_gigantic(h, nid)
				     : alloc_pages_exact_node(nid, h->order, MIGRATE_MOVABLE);
	if (!page) {
		*why = "the node has no free, aligned memory of that size";
		return NULL;
	}
	buddy_hold(page, OWN_HUGETLB);
	hugetlb_vmemmap_optimize(h, page);
	return page;
}

/* Highest block first, so that the lists begin with the lowest. */
static void dissolve_gigantic(const struct hstate *h, struct page *head)
{
	const pfn_t pfn = page_to_pfn(head);
	struct zone *zone = page_zone(head);
	const u64 nr = 1UL << h->order;

	head->word = 0;
	owner_remove(OWN_HUGETLB, gigantic_range(h, pfn));
	zone->managed_pages += nr;
	for (pfn_t at = pfn + nr; at > pfn; at -= MAX_ORDER_NR_PAGES)
		buddy_donate(zone, pfn_to_page(at - MAX_ORDER_NR_PAGES), at - MAX_ORDER_NR_PAGES,
			     MAX_PAGE_ORDER);
}

bool hugetlb_dissolve(const struct hstate *h, struct page *page)
{
	bool freed = true;

	assert_kernel(buddy_is_held(page, OWN_HUGETLB) && page_order(page) == h->order, page->word,
		      h->order);
	if (!hugetlb_vmemmap_restore(h, page))
		return false;
	buddy_unhold(page);
	if (hstate_is_gigantic(h))
		dissolve_gigantic(h, page);
	else
		freed = free_pages(page, h->order);
	assert_kernel(freed, page_to_pfn(page), h->order);
	return true;
}
