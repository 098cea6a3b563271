/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools of huge pages, for programs and for people. A size that nobody asked for and that has no
 * page has no line.
 */
#include "lib/log.h"
#include "mm/hugetlb_vmemmap.h"
#include "mm/owner.h"
#include "mm/record.h"
#include "mm/report.h"

static bool is_used(const struct hstate *h)
{
	return h->asked > 0 || hstate_sum(h).nr > 0;
}

static bool node_is_used(const struct hstate_node *node)
{
	return node->asked > 0 || node->nr > 0;
}

static void record_pool(const struct hstate *h)
{
	const struct hstate_sum sum = hstate_sum(h);

	print("mm.hugetlb size=%lu asked=%lu got=%lu nr=%lu free=%lu resv=%lu surplus=%lu "
	      "overcommit=%lu\n",
	      hstate_bytes(h), h->asked, sum.got, sum.nr, sum.free, h->resv, sum.surplus,
	      h->overcommit);
}

static void record_pool_nodes(const struct hstate *h)
{
	for (u32 nid = 0; nid < MAX_NUMNODES; nid++) {
		const struct hstate_node *node = &h->node[nid];

		if (node_is_used(node))
			print("mm.hugetlb_node size=%lu node=%u asked=%lu got=%lu nr=%lu free=%lu "
			      "surplus=%lu why=\"%s\"\n",
			      hstate_bytes(h), nid, node->asked, node->got, node->nr, node->free,
			      node->surplus, node->why ? node->why : "");
	}
}

static void record_pool_ranges(const struct hstate *h)
{
	struct range range;
	u64 cursor = 0;
	u32 nid;

	while (hugetlb_next_range(h, &cursor, &range, &nid))
		print("mm.hugepage base=0x%016lx end=0x%016lx node=%u size=%lu\n", range.start,
		      range.end, nid, hstate_bytes(h));
}

/* Blocks that were allocated for good, besides huge pages. */
static void record_held(enum owner owner)
{
	pfn_t start_pfn, end_pfn;
	pfn_t cursor = 0;

	while (buddy_next_held(&cursor, owner, &start_pfn, &end_pfn))
		print("mm.held base=0x%016lx end=0x%016lx owner=%s\n", pfn_to_phys(start_pfn),
		      pfn_to_phys(end_pfn), owner_name(owner));
}

static void record_hvo(void)
{
	const struct hugetlb_vmemmap_figures *f = &hugetlb_vmemmap_figures;

	if (hugetlb_vmemmap_why_not())
		return;
	print("mm.hvo pages_2m=%lu pages_1g=%lu released=%lu spent=%lu\n", f->pages[HSTATE_2M],
	      f->pages[HSTATE_1G], f->released, f->spent);
	record_held(OWN_MEMMAP);
	record_held(OWN_TABLES);
}

void record_hugetlb(void)
{
	void (*const topics[])(const struct hstate *h) = {record_pool, record_pool_nodes,
							  record_pool_ranges};

	for (u32 topic = 0; topic < ARRAY_SIZE(topics); topic++)
		for (u32 i = 0; i < NR_HSTATES; i++)
			if (is_used(&hstates[i]))
				topics[topic](&hstates[i]);
	record_hvo();
}

/* What sharing the tail struct pages has brought and cost; why there is none is of interest only on request. */
void report_hugetlb_vmemmap(void)
{
	const struct hugetlb_vmemmap_figures *f = &hugetlb_vmemmap_figures;

	log_line("hvo", "%lu + %lu huge pages share their tail struct pages: %s released, %s spent",
		 f->pages[HSTATE_2M], f->pages[HSTATE_1G], size_text(f->released).s,
		 size_text(f->spent).s);
	log_line("", "%lu instructions for each of %lu optimised, %lu for each of %lu restored",
		 f->optimized ? f->optimize_instret / f->optimized : 0, f->optimized,
		 f->restored ? f->restore_instret / f->restored : 0, f->restored);
}

void report_hugetlb(void)
{
	if (machine.options.free_vmemmap && hugetlb_vmemmap_why_not())
		log_line("hvo", "not possible: %s", hugetlb_vmemmap_why_not());
	else if (machine.options.free_vmemmap)
		report_hugetlb_vmemmap();
	for (u32 i = 0; i < NR_HSTATES; i++) {
		const struct hstate *h = &hstates[i];
		const struct hstate_sum sum = hstate_sum(h);

		if (!is_used(h))
			continue;
		log_line("hugepages",
			 "%s%s: asked %lu, got %lu; nr %lu, free %lu, resv %lu, surplus %lu",
			 size_text(hstate_bytes(h)).s, h == default_hstate ? " (default)" : "",
			 h->asked, sum.got, sum.nr, sum.free, h->resv, sum.surplus);
		for (u32 nid = 0; nid < MAX_NUMNODES; nid++) {
			const struct hstate_node *node = &h->node[nid];

			if (node_is_used(node))
				log_line("",
					 "node %u: asked %lu, got %lu%s%s; nr %lu, free %lu, "
					 "surplus %lu",
					 nid, node->asked, node->got, node->why ? ", " : "",
					 node->why ? node->why : "", node->nr, node->free,
					 node->surplus);
		}
	}
}
