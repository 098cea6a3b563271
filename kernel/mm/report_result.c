/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables about what became of it: the model's cost, nodes and zones, free blocks, the
 * ledger, the proof, and what each phase took.
 */
#include "mm/report.h"

#include "lib/log.h"
#include "mm/buddy.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/handover.h"
#include "mm/memmap_backing.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "stage.h"

void report_memmodel(void)
{
	struct memmap_report m;
	u32 nid;

	memmodel_report(&m);
	log_line("memmap", "%s: %lu struct pages in %s", memmodel_name, m.pages,
		 size_text(m.bytes).s);
	if (m.sections > 0) {
		log_line("", "%lu sections present, %lu with holes; mem_section: %lu roots, %s",
			 m.sections, m.mixed, m.roots,
			 config_section_extreme ? "extreme" : "static");
		log_line("", "%lu runs of one node; %s in blocks, %s used, %s returned", m.runs,
			 size_text(m.block).s, size_text(m.block_used).s,
			 size_text(m.block - m.block_used).s);
	}
	for_each_online_node (nid)
		if (memmap_remote(nid) > 0)
			log_line("",
				 "%s of the struct pages of node %u lie on other nodes: it has no "
				 "room that stays",
				 size_text(memmap_remote(nid)).s, nid);
	if (m.freed > 0)
		log_line("", "%s of struct pages of holes were given back", size_text(m.freed).s);
	if (m.leaves[0] + m.leaves[1] > 0)
		log_line("", "shown by %lu leaves of 4 KiB and %lu of 2 MiB, %lu more tables",
			 m.leaves[0], m.leaves[1], m.tables);
}

void report_nodes(void)
{
	u32 nid;

	for_each_online_node (nid) {
		const pg_data_t *n = NODE_DATA(nid);

		log_line("node", "%u pfn [%lu, %lu) spanned %lu present %lu in holes %lu", nid,
			 n->node_start_pfn, n->node_start_pfn + n->node_spanned_pages,
			 n->node_spanned_pages, n->node_present_pages,
			 n->node_spanned_pages - n->node_present_pages);
	}
}

void report_zones(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			log_line("zone", "%u %s pfn [%lu, %lu) spanned %lu present %lu", nid,
				 zone->name, zone->start_pfn, zone_end_pfn(zone),
				 zone->spanned_pages, zone->present_pages);
	if (memmap_init_figures.unavailable > 0)
		log_line("", "%lu struct pages in holes (%s) stay reserved",
			 memmap_init_figures.unavailable,
			 size_text(memmap_init_figures.unavailable * sizeof(struct page)).s);
	if (memmap_is_poisoned())
		log_line("",
			 "poison intact in %lu of %lu struct pages before they were initialised",
			 memmap_init_figures.poisoned, memmap_init_figures.pages);
}

void report_buddy(void)
{
	struct zone *zone;
	char text[160];
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			size_t at =
				format_text(text, sizeof(text), "node %u %-6s", nid, zone->name);

			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				at += format_text(text + at, sizeof(text) - at, " %3lu",
						  buddy_free_blocks(zone, order));
			log_line("buddy", "%s", text);
		}
}

void report_ledger(void)
{
	struct ledger ledger;

	ledger_make(&ledger);
	for (u32 owner = 0; owner < NR_OWNERS; owner++)
		if (ledger.bytes[owner] > 0)
			log_line(owner_name(owner), "%14lu bytes  %9s", ledger.bytes[owner],
				 size_text(ledger.bytes[owner]).s);
	log_line("sum", "%14lu bytes  %9s = RAM in the tree", ledger.ram, size_text(ledger.ram).s);
}

void report_audit(void)
{
	const struct audit *a = &check_last;

	log_line("handover", "%lu pages in %lu blocks; kept: %lu reserved, %lu holes",
		 handover_figures.pages, handover_figures.blocks,
		 handover_figures.rejected_reserved, handover_figures.rejected_hole);
	if (!config_audit)
		return;
	log_line("audit", "%lu of %lu usable pages are free exactly once",
		 a->free - a->duplicate - a->hole, a->expected - a->held);
	log_line("", "free twice %lu, free but no RAM %lu, missing %lu", a->duplicate, a->hole,
		 a->missing);
	if (a->held > 0)
		log_line("", "%lu pages are held: huge pages", a->held);
	log_line("", "page tables: writable and executable %lu, leaves over no-map %lu",
		 a->writable_exec, a->nomap_leaf);
}

void report_deferred(void)
{
	const struct deferred_figures *d = &deferred_figures;
	u64 late = deferred_late_pages();

	if (!memmap_is_deferred())
		return;
	log_line("deferred", "of %lu struct pages %lu initialised on demand, in %lu units of %s",
		 memmap_init_figures.pages, d->demand_pages, d->demand_units,
		 size_text(PAGE_SIZE << MAX_PAGE_ORDER).s);
	if (d->nr_shares == 0)
		log_line("", "%lu wait until they are needed",
			 memmap_init_figures.pages - d->demand_pages);
	for (u64 i = 0; i < d->nr_shares; i++)
		log_line("", "hart %lu: %lu of the other %lu, %lu instructions", d->share[i].hart,
			 d->share[i].pages, late, d->share[i].instret);
}

void report_phases(void)
{
	const struct stage_figures *stage;
	u64 sum = 0;

	if (arch_instret() == 0) {
		log_line("phases", "this machine does not count instructions");
		return;
	}
	for (u32 i = 0; (stage = stage_figures(i)) != NULL; i++) {
		log_line(i == 0 ? "phases" : "", "%-12s %12lu instructions", stage->name,
			 stage->instret);
		sum += stage->instret;
	}
	log_line("", "%-12s %12lu", "sum", sum);
}

void report_summary(void)
{
	report_picture();
	report_ledger();
	report_buddy();
	report_hugetlb();
	report_audit();
	report_deferred();
	report_phases();
}
