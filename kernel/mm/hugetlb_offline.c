/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Huge pages in memory that goes offline. One that is free in its pool goes back to the buddy allocator, and
 * the pool is smaller then; one that is in use or promised stays, and the memory with it. As in Linux 6.12
 * (dissolve_free_hugetlb_folios()), but that pages in use are not moved: nobody knows who uses them.
 */
#include "mm/hugetlb_internal.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "mm/owner.h"

/* What left, by size and node, until it is known whether the memory goes offline. */
static u32 left[NR_HSTATES][MAX_NUMNODES];

static struct hstate *hstate_of(const struct page *head)
{
	for (u32 i = 0; i < NR_HSTATES; i++)
		if (page_order(head) == hstates[i].order)
			return &hstates[i];
	return NULL;
}

struct page *hugetlb_head_at(pfn_t pfn)
{
	for (u32 i = 0; i < NR_HSTATES; i++) {
		const pfn_t head_pfn = ALIGN_DOWN(pfn, 1UL << hstates[i].order);
		struct page *head = pfn_valid(head_pfn) ? pfn_to_page(head_pfn) : NULL;

		if (head && buddy_is_held(head, OWN_HUGETLB) &&
		    page_order(head) == hstates[i].order)
			return head;
	}
	return NULL;
}

const char *hugetlb_why_stays(const struct page *head)
{
	const struct hstate *h = hstate_of(head);

	if (!head->lru.next)
		return "a huge page in use";
	return hstate_sum(h).free <= h->resv ? "a huge page that is promised" : NULL;
}

bool hugetlb_leave(struct page *head)
{
	struct hstate *h = hstate_of(head);
	const u32 nid = page_to_nid(head);
	struct hstate_node *node = &h->node[nid];

	assert_kernel(hugetlb_why_stays(head) == NULL, page_to_pfn(head), head->word);
	list_del(&head->lru);
	node->free--;
	if (!hugetlb_dissolve(h, head)) {
		hugetlb_enqueue(h, head);
		return false;
	}
	node->nr--;
	node->surplus = min_u64(node->surplus, node->nr);
	left[h - hstates][nid]++;
	return true;
}

void hugetlb_return(void)
{
	const char *why;
	struct page *page;

	for (u32 i = 0; i < NR_HSTATES; i++)
		for (u32 nid = 0; nid < MAX_NUMNODES; nid++)
			for (; left[i][nid] > 0; left[i][nid]--) {
				page = hugetlb_grow_one(&hstates[i], nid, &why);
				if (page)
					hugetlb_enqueue(&hstates[i], page);
			}
}

void hugetlb_left(void)
{
	memset(left, 0, sizeof(left));
}
