/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools at boot. Both stages fill a pool the same way, from different sources:
 *
 *   before hand-over   1 GiB from memblock, aligned, of one node, with struct pages throughout
 *   after hand-over    2 MiB from the buddy allocator
 *
 * A request without nodes goes round: a page from each node that has memory, in turn, until the
 * number is reached or no node has one. What could not be had has a reason for each node.
 */
#include "mm/hugetlb_internal.h"
#include "mm/hugetlb_vmemmap.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/early.h"
#include "mm/memblock.h"

/* Largest r with r * r <= n. */
static u64 square_root(u64 n)
{
	u64 root = 0;

	for (u64 bit = 1UL << 31; bit > 0; bit >>= 1)
		if ((root + bit) * (root + bit) <= n)
			root += bit;
	return root;
}

u64 hugetlb_min_free(void)
{
	u64 ram = 0;

	for (u32 i = 0; i < banks.nr; i++)
		ram += range_size(banks.bank[i].range);
	return max_u64(square_root(ram / KIB * 16), 128) * KIB / PAGE_SIZE;
}

static bool has_memory(u32 nid)
{
	return node_is_online(nid) && NODE_DATA(nid)->node_present_pages > 0;
}

/* A request without nodes: the share of each, if all had enough. */
static void settle_shares(struct hstate *h)
{
	u64 nodes = 0;
	u64 nth = 0;

	for (u32 nid = 0; nid < MAX_NUMNODES; nid++)
		nodes += has_memory(nid);
	for (u32 nid = 0; nid < MAX_NUMNODES && !h->by_node; nid++)
		if (has_memory(nid))
			h->node[nid].asked = h->asked / nodes + (nth++ < h->asked % nodes);
}

/* One page of the node; false with the reason. */
typedef bool take_page(struct hstate *h, u32 nid, const char **why);

static bool fill_node(struct hstate *h, u32 nid, take_page *take)
{
	struct hstate_node *node = &h->node[nid];

	node->why = node_is_online(nid) ? "the node has no memory" : "there is no such node";
	if (!has_memory(nid) || !take(h, nid, &node->why))
		return false;
	node->why = NULL;
	node->got++;
	return true;
}

static void fill(struct hstate *h, take_page *take)
{
	u64 rest = h->asked;
	bool any = true;

	settle_shares(h);
	for (u32 nid = 0; nid < MAX_NUMNODES && h->by_node; nid++)
		while (h->node[nid].got < h->node[nid].asked && fill_node(h, nid, take))
			continue;
	while (!h->by_node && rest > 0 && any) {
		any = false;
		for (u32 nid = 0; nid < MAX_NUMNODES && rest > 0; nid++)
			if (has_memory(nid) && fill_node(h, nid, take)) {
				any = true;
				rest--;
			}
	}
}

static u64 free_bytes(void)
{
	phys_addr_t start, end;
	u64 bytes = 0;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL)
		bytes += end - start;
	return bytes;
}

/* Has every frame a struct page? They may have been left out, a largest block or more at a time. */
static bool has_memmap(phys_addr_t start, phys_addr_t end)
{
	for (pfn_t pfn = PFN_DOWN(start); pfn < PFN_DOWN(end); pfn += MAX_ORDER_NR_PAGES)
		if (!pfn_valid(pfn))
			return false;
	return true;
}

static bool take_from_memblock(struct hstate *h, u32 nid, const char **why)
{
	const u64 size = hstate_bytes(h);
	phys_addr_t limit = MEMBLOCK_ALLOC_ACCESSIBLE;
	phys_addr_t pa;

	if (free_bytes() < size + hugetlb_min_free() * PAGE_SIZE) {
		*why = "the rest of the free memory is kept for the system";
		return false;
	}
	while ((pa = memblock_alloc_range_nid(size, size, MEMBLOCK_LOW_LIMIT, limit, nid, true))) {
		if (has_memmap(pa, pa + size)) {
			owner_add(OWN_HUGETLB, (struct range){pa, pa + size});
			return true;
		}
		memblock_phys_free(pa, size);
		limit = pa + size - PAGE_SIZE;
	}
	*why = "the node has no free, aligned memory of that size";
	return false;
}

void hugetlb_reserve_gigantic(void)
{
	hugetlb_cmdline();
	for (u32 i = 0; i < NR_HSTATES; i++)
		if (hstate_is_gigantic(&hstates[i]))
			fill(&hstates[i], take_from_memblock);
}

/* The gigabytes that are owned become blocks. */
static void gather_gigantic(struct hstate *h)
{
	const u64 nr = 1UL << h->order;
	enum owner owner;
	struct range range;

	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		for (pfn_t pfn = PFN_DOWN(range.start);
		     owner == OWN_HUGETLB && pfn < PFN_DOWN(range.end); pfn += nr) {
			struct page *page = hugetlb_make_gigantic(h, pfn);

			hugetlb_vmemmap_optimize(h, page);
			h->node[page_to_nid(page)].nr++;
			hugetlb_enqueue(h, page);
		}
}

static bool take_from_buddy(struct hstate *h, u32 nid, const char **why)
{
	struct page *page = hugetlb_grow_one(h, nid, why);

	if (page)
		hugetlb_enqueue(h, page);
	return page != NULL;
}

/* One line for each node that got less than it was asked for, when the whole got less. */
static void warn_short(const struct hstate *h)
{
	for (u32 nid = 0; nid < MAX_NUMNODES && hstate_sum(h).got < h->asked; nid++) {
		const struct hstate_node *node = &h->node[nid];

		if (node->got < node->asked)
			log_warn("hugepages-short", "node %u has %lu of %lu huge pages of %s: %s",
				 nid, node->got, node->asked, size_text(hstate_bytes(h)).s,
				 node->why);
	}
}

void hugetlb_init(void)
{
	for (u32 i = 0; i < NR_HSTATES; i++) {
		struct hstate *h = &hstates[i];

		if (h->asked == 0)
			continue;
		if (hstate_is_gigantic(h))
			gather_gigantic(h);
		else
			fill(h, take_from_buddy);
		warn_short(h);
	}
}
