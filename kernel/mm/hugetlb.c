/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools and their counters. Rules and names are those of Linux 6.12 (mm/hugetlb.c); what holds at
 * any time, for each size:
 *
 *   free <= nr, surplus <= nr of each node; resv <= free over all nodes
 */
#include "mm/hugetlb_internal.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/owner.h"

struct hstate hstates[NR_HSTATES] = {
	[HSTATE_2M] = {.order = MEGAPAGE_SHIFT - PAGE_SHIFT},
	[HSTATE_1G] = {.order = GIGAPAGE_SHIFT - PAGE_SHIFT},
};
struct hstate *default_hstate = &hstates[HSTATE_2M];

static_assert(MAX_PAGE_ORDER >= MEGAPAGE_SHIFT - PAGE_SHIFT, "a page of 2 MiB is one block");
static_assert(MAX_PAGE_ORDER < GIGAPAGE_SHIFT - PAGE_SHIFT, "a page of 1 GiB is gigantic");

struct hstate *hstate_of_size(u64 bytes)
{
	for (u32 i = 0; i < NR_HSTATES; i++)
		if (hstate_bytes(&hstates[i]) == bytes)
			return &hstates[i];
	return NULL;
}

struct hstate_sum hstate_sum(const struct hstate *h)
{
	struct hstate_sum sum = {0};

	for (u32 nid = 0; nid < MAX_NUMNODES; nid++) {
		sum.nr += h->node[nid].nr;
		sum.free += h->node[nid].free;
		sum.surplus += h->node[nid].surplus;
		sum.got += h->node[nid].got;
	}
	return sum;
}

static u64 persistent(const struct hstate *h)
{
	struct hstate_sum sum = hstate_sum(h);

	return sum.nr - sum.surplus;
}

void hugetlb_enqueue(struct hstate *h, struct page *page)
{
	struct hstate_node *node = &h->node[page_to_nid(page)];

	if (!node->list.next)
		list_init(&node->list);
	list_add_tail(&page->lru, &node->list);
	node->free++;
}

static struct page *dequeue(struct hstate *h, u32 nid)
{
	struct hstate_node *node = &h->node[nid];
	struct page *page;

	if (node->free == 0)
		return NULL;
	page = container_of(node->list.next, struct page, lru);
	list_del(&page->lru);
	node->free--;
	return page;
}

/* The nid-th node from the one whose turn it is, of those that have memory; false past the last. */
static bool next_in_turn(u32 turn, u32 i, u32 *nid)
{
	*nid = (turn + i) % MAX_NUMNODES;
	return node_is_online(*nid) && NODE_DATA(*nid)->node_present_pages > 0;
}

struct page *hugetlb_grow_one(struct hstate *h, u32 nid, const char **why)
{
	struct page *page = NULL;
	u32 at;

	*why = "no such node";
	if (nid != NUMA_NO_NODE) {
		if (next_in_turn(nid, 0, &at))
			page = hugetlb_make(h, nid, why);
	} else {
		for (u32 i = 0; i < MAX_NUMNODES && !page; i++)
			if (next_in_turn(h->next_alloc, i, &at))
				page = hugetlb_make(h, at, why);
		if (page)
			h->next_alloc = (page_to_nid(page) + 1) % MAX_NUMNODES;
	}
	if (page)
		h->node[page_to_nid(page)].nr++;
	return page;
}

/* A free page, of nid or of the node whose turn it is, back to the buddy allocator. */
static bool shrink_one(struct hstate *h, u32 nid)
{
	for (u32 i = 0; i < MAX_NUMNODES; i++) {
		u32 at = nid != NUMA_NO_NODE ? nid : (h->next_free + i) % MAX_NUMNODES;
		struct page *page = dequeue(h, at);

		if (!page)
			continue;
		if (!hugetlb_dissolve(h, page)) {
			hugetlb_enqueue(h, page);
			return false;
		}
		h->node[at].nr--;
		h->next_free = (at + 1) % MAX_NUMNODES;
		return true;
	}
	return false;
}

/* One page of nid or of any node becomes surplus (by = 1), or is none any more (by = -1). */
static bool adjust_surplus(struct hstate *h, u32 nid, s32 by)
{
	for (u32 at = 0; at < MAX_NUMNODES; at++) {
		struct hstate_node *node = &h->node[at];

		if (nid != NUMA_NO_NODE && at != nid)
			continue;
		if (by < 0 ? node->surplus == 0 : node->surplus == node->nr)
			continue;
		node->surplus += (u64)(s64)by;
		return true;
	}
	return false;
}

u64 hugetlb_set_pool(struct hstate *h, u32 nid, u64 count, const char **why)
{
	const u64 others =
		nid == NUMA_NO_NODE ? 0 : persistent(h) - (h->node[nid].nr - h->node[nid].surplus);
	struct hstate_sum sum = hstate_sum(h);
	struct page *page;
	u64 least;

	*why = NULL;
	if (__builtin_add_overflow(count, others, &count))
		count = ~0UL;
	while (sum.surplus > 0 && count > persistent(h) && adjust_surplus(h, nid, -1))
		sum = hstate_sum(h);
	while (count > persistent(h) && (page = hugetlb_grow_one(h, nid, why)) != NULL)
		hugetlb_enqueue(h, page);
	/* Neither a promised page nor one in use can go. */
	sum = hstate_sum(h);
	least = max_u64(count, h->resv + sum.nr - sum.free);
	while (least < persistent(h) && shrink_one(h, nid))
		continue;
	while (count < persistent(h) && adjust_surplus(h, nid, 1))
		continue;
	if (count == persistent(h))
		*why = NULL;
	else if (count < persistent(h))
		*why = "its pages are promised";
	return persistent(h) - others;
}

/* From the list of the nearest node that has a free page. */
static struct page *dequeue_nearest(struct hstate *h, u32 nid)
{
	const pg_data_t *node = nid == NUMA_NO_NODE ? this_hart()->home_node : NODE_DATA(nid);

	for (u32 i = 0; i < node->nr_zonelist; i++) {
		struct page *page = dequeue(h, node->node_zonelist[i]->node->nid);

		if (page)
			return page;
	}
	return NULL;
}

static struct page *alloc_surplus(struct hstate *h, u32 nid)
{
	struct page *page;
	const char *why;

	if (hstate_is_gigantic(h) || hstate_sum(h).surplus >= h->overcommit)
		return NULL;
	page = nid == NUMA_NO_NODE ? NULL : hugetlb_grow_one(h, nid, &why);
	if (!page)
		page = hugetlb_grow_one(h, NUMA_NO_NODE, &why);
	if (page)
		h->node[page_to_nid(page)].surplus++;
	return page;
}

struct page *hugetlb_alloc(struct hstate *h, u32 nid)
{
	if (hstate_sum(h).free > h->resv)
		return dequeue_nearest(h, nid);
	return alloc_surplus(h, nid);
}

bool hugetlb_reserve(struct hstate *h, u64 nr)
{
	u64 free = hstate_sum(h).free;

	if (nr > free - h->resv)
		return false;
	h->resv += nr;
	return true;
}

void hugetlb_unreserve(struct hstate *h, u64 nr)
{
	assert_kernel(nr <= h->resv, nr, h->resv);
	h->resv -= nr;
	/* Free surplus pages were kept for the promise alone. */
	for (u32 nid = 0; nid < MAX_NUMNODES; nid++) {
		struct hstate_node *node = &h->node[nid];

		for (; nr > 0 && node->surplus > 0 && shrink_one(h, nid); nr--)
			node->surplus--;
	}
}

struct page *hugetlb_alloc_reserved(struct hstate *h, u32 nid)
{
	if (h->resv == 0)
		return NULL;
	h->resv--;
	return dequeue_nearest(h, nid);
}

bool hugetlb_free(struct page *page)
{
	struct hstate_node *node;
	struct hstate *h = NULL;

	for (u32 i = 0; i < NR_HSTATES; i++)
		if (page_order(page) == hstates[i].order)
			h = &hstates[i];
	if (!h || !buddy_is_held(page, OWN_HUGETLB) || page->lru.next) {
		log_warn("bad-free",
			 "free of pfn 0x%lx as a huge page refused: it is no huge page in use",
			 page_to_pfn(page));
		return false;
	}
	node = &h->node[page_to_nid(page)];
	if (node->surplus == 0 || !hugetlb_dissolve(h, page)) {
		hugetlb_enqueue(h, page);
		return true;
	}
	node->surplus--;
	node->nr--;
	return true;
}

static bool is_of_pool(const struct hstate *h, pfn_t pfn, u32 nid)
{
	const struct page *page = pfn_valid(pfn) ? pfn_to_page(pfn) : NULL;

	return page && buddy_is_held(page, OWN_HUGETLB) && page_order(page) == h->order &&
	       (nid == NUMA_NO_NODE || page_to_nid(page) == nid);
}

bool hugetlb_next_range(const struct hstate *h, u64 *cursor, struct range *range, u32 *nid)
{
	const u64 nr = 1UL << h->order;
	const pfn_t end_pfn = PFN_DOWN(banks.bank[banks.nr - 1].range.end);
	pfn_t pfn = max_u64(*cursor, ALIGN_DOWN(PFN_DOWN(banks.phys_base), nr));

	while (pfn + nr <= end_pfn && !is_of_pool(h, pfn, NUMA_NO_NODE))
		pfn += nr;
	if (pfn + nr > end_pfn)
		return false;
	*nid = page_to_nid(pfn_to_page(pfn));
	range->start = pfn_to_phys(pfn);
	while (pfn + nr <= end_pfn && is_of_pool(h, pfn, *nid))
		pfn += nr;
	range->end = pfn_to_phys(pfn);
	*cursor = pfn;
	return true;
}
