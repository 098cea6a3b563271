/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools of huge pages, for programs and for people. A size that nobody asked for and that has no
 * page has no line.
 */
#include "lib/log.h"
#include "mm/hugetlb.h"
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

void record_hugetlb(void)
{
	void (*const topics[])(const struct hstate *h) = {record_pool, record_pool_nodes,
							  record_pool_ranges};

	for (u32 topic = 0; topic < ARRAY_SIZE(topics); topic++)
		for (u32 i = 0; i < NR_HSTATES; i++)
			if (is_used(&hstates[i]))
				topics[topic](&hstates[i]);
}

void report_hugetlb(void)
{
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
