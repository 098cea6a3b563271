/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Print the finished results as the record's lines. Nothing is worked out here that a stage
 * has not worked out; the grammar and every key are described in docs/record.md.
 */
#include "mm/record.h"

#include "lib/log.h"
#include "mm/buddy.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/handover.h"
#include "mm/initrd.h"
#include "mm/memmap_backing.h"
#include "mm/memmap_init.h"
#include "mm/memmodel.h"
#include "mm/memtest.h"
#include "mm/owner.h"
#include "mm/paging.h"
#include "mm/selftest.h"
#include "release.h"
#include "stage.h"

/* Names that are paths are quoted, words are not. */
static const char *quote(const char *name)
{
	return name[0] == '/' ? "\"" : "";
}

static void record_head(void)
{
	const struct arch_handoff *h = arch_handoff();

	print("mm.record version=1 project=pagewright release=%s model=%s config=%s\n", RELEASE,
	      memmodel_name, CONFIG_HASH);
	print("mm.build section_bits=%d page_struct=%lu max_order=%d deferred=%d\n",
	      SECTION_SIZE_BITS, sizeof(struct page), MAX_PAGE_ORDER, memmap_is_deferred());
	print("mm.handoff hart=%lu dtb=0x%016lx dtb_bytes=%u image=0x%016lx image_end=0x%016lx "
	      "mode=%s sbi=%s "
	      "sbi_version=%s image_rodata=0x%016lx image_data=0x%016lx\n",
	      h->hart, h->dtb, h->dtb_size, h->image.text, h->image.end, h->mode, h->sbi,
	      h->sbi_version, h->image.rodata, h->image.data);
}

static void record_initrd(void)
{
	const struct initrd initrd = initrd_now();

	if (initrd.state != INITRD_NONE)
		print("mm.initrd base=0x%016lx end=0x%016lx state=%s pages=%lu\n",
		      initrd.range.start, initrd.range.end,
		      initrd.state == INITRD_FREED ? "freed" : "kept", initrd.pages);
}

static void record_ranges(void)
{
	enum owner owner;
	struct range range;

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];

		print("mm.bank base=0x%016lx end=0x%016lx node=%u origin=\"%s\" reg=%u\n",
		      bank->range.start, bank->range.end, bank->nid, bank->origin, bank->reg);
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		print("mm.dropped base=0x%016lx end=0x%016lx why=\"%s\"\n",
		      banks.dropped[i].range.start, banks.dropped[i].range.end,
		      bank_drop_text(banks.dropped[i].why));
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		print("mm.reserved base=0x%016lx end=0x%016lx owner=%s%s%s nomap=%d\n",
		      r->range.start, r->range.end, quote(r->name), r->name, quote(r->name),
		      r->nomap);
	}
	record_initrd();
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		print("mm.early base=0x%016lx end=0x%016lx owner=%s\n", range.start, range.end,
		      owner_name(owner));
}

static void record_vmemmap(const struct paging_run *run)
{
	print("mm.vmemmap va=0x%016lx end=0x%016lx pa=0x%016lx leaf=%lu shared=%d\n", run->va,
	      run->va + run->size, run->pa, run->leaf, run->shared);
}

static void record_maps(void)
{
	const struct paging_figures *p = &paging_figures;
	struct memmap_report m;
	u64 remote = 0;
	u32 nid;

	memmodel_report(&m);
	for_each_online_node (nid)
		remote += memmap_remote(nid);
	print("mm.direct leaf_4k=%lu leaf_2m=%lu leaf_1g=%lu tables=%lu\n", p->leaves[0],
	      p->leaves[1], p->leaves[2], p->tables);
	print("mm.memmap bytes=%lu hole_bytes=%lu leaf_4k=%lu leaf_2m=%lu leaf_1g=%lu tables=%lu "
	      "sections=%lu "
	      "mixed=%lu remote=%lu\n",
	      m.bytes, memmap_init_figures.unavailable * sizeof(struct page), m.leaves[0],
	      m.leaves[1], m.leaves[2], m.tables, m.sections, m.mixed, remote);
	paging_for_each_vmemmap_run(record_vmemmap);
}

static u64 node_managed(const pg_data_t *node)
{
	u64 managed = 0;

	for (u32 type = 0; type < MAX_NR_ZONES; type++)
		managed += node->node_zones[type].managed_pages;
	return managed;
}

static void record_nodes(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid) {
		const pg_data_t *n = NODE_DATA(nid);

		print("mm.node id=%u start_pfn=%lu end_pfn=%lu spanned=%lu present=%lu "
		      "managed=%lu\n",
		      nid, n->node_start_pfn, n->node_start_pfn + n->node_spanned_pages,
		      n->node_spanned_pages, n->node_present_pages, node_managed(n));
	}
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			print("mm.zone node=%u name=%s start_pfn=%lu end_pfn=%lu spanned=%lu "
			      "present=%lu managed=%lu\n",
			      nid, zone->name, zone->start_pfn, zone_end_pfn(zone),
			      zone->spanned_pages, zone->present_pages, zone->managed_pages);
}

static void record_buddy(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
				u64 blocks = buddy_free_blocks(zone, order);

				if (blocks > 0)
					print("mm.buddy node=%u zone=%s order=%u blocks=%lu\n", nid,
					      zone->name, order, blocks);
			}
}

static void record_proof(void)
{
	const struct audit *a = &check_last;
	struct range range;
	struct ledger l;

	for (u32 i = 0; handover_range(i, &range); i++)
		print("mm.free base=0x%016lx end=0x%016lx\n", range.start, range.end);
	record_hugetlb();
	record_buddy();
	ledger_make(&l);
	print("mm.ledger ram=%lu free=%lu kernel=%lu firmware=%lu dtb=%lu initrd=%lu reserved=%lu "
	      "memmap=%lu "
	      "tables=%lu early=%lu frame0=%lu lost=%lu badmem=%lu hugetlb=%lu\n",
	      l.ram, l.bytes[OWN_FREE], l.bytes[OWN_KERNEL], l.bytes[OWN_FIRMWARE_NOMAP],
	      l.bytes[OWN_DTB], l.bytes[OWN_INITRD], l.bytes[OWN_TREE], l.bytes[OWN_MEMMAP],
	      l.bytes[OWN_TABLES],
	      l.bytes[OWN_MEM_SECTION] + l.bytes[OWN_USAGE] + l.bytes[OWN_NODE_DATA] +
		      l.bytes[OWN_HARTS] + l.bytes[OWN_MEMBLOCK],
	      l.bytes[OWN_FRAME0], l.bytes[OWN_LOST], l.bytes[OWN_BADMEM], l.bytes[OWN_HUGETLB]);
	print("mm.audit pages=%lu free=%lu expected=%lu duplicate=%lu hole=%lu missing=%lu "
	      "writable_exec=%lu "
	      "nomap_leaf=%lu result=%s held=%lu\n",
	      a->pages, a->free, a->expected, a->duplicate, a->hole, a->missing, a->writable_exec,
	      a->nomap_leaf, !config_audit ? "off" : (a->ok ? "ok" : "fail"), a->held);
}

/* Only where it was asked for. */
static void record_memtest(void)
{
	const struct memtest_figures *m = &memtest_figures;

	if (m->passes > 0)
		print("mm.memtest passes=%u bytes=%lu bad=%lu\n", m->passes, m->bytes, m->bad);
}

/* Only where anything is deferred: an eager boot has nothing to say here. */
static void record_deferred(void)
{
	const struct deferred_figures *d = &deferred_figures;

	if (!memmap_is_deferred())
		return;
	print("mm.deferred pages=%lu demand=%lu demand_units=%lu late=%lu harts=%lu "
	      "lists_insn=%lu\n",
	      memmap_init_figures.pages, d->demand_pages, d->demand_units, deferred_late_pages(),
	      d->nr_shares, d->lists_instret);
	for (u64 i = 0; i < d->nr_shares; i++)
		print("mm.deferred_share hart=%lu pages=%lu insn=%lu\n", d->share[i].hart,
		      d->share[i].pages, d->share[i].instret);
}

/* As the tree lists them; the boot hart first when it does not. */
static void record_harts(void)
{
	bool boot_seen = false;

	for (u32 i = 0; i < machine.nr_harts; i++)
		boot_seen = boot_seen || machine.harts[i].id == boot_hart.arch.id;
	if (!boot_seen)
		print("mm.hart id=%lu node=%u state=boot\n", boot_hart.arch.id, boot_hart.nid);
	for (u32 i = 0; i < machine.nr_harts; i++) {
		const struct machine_hart *h = &machine.harts[i];
		const struct hart *hart = percpu_of(h);

		print("mm.hart id=%lu node=%u state=%s", h->id, percpu_node(h),
		      hart ? hart_state_name(hart) : "unused");
		if (!hart)
			print(" why=\"%s\"", percpu_why_not(h));
		else if (hart != &boot_hart)
			print(" base=0x%016lx end=0x%016lx stack=0x%016lx",
			      percpu_block(hart).start, percpu_block(hart).end,
			      hart->arch.stack_end);
		print("\n");
	}
}

static void record_figures(void)
{
	const struct stage_figures *stage;
	const char *name;
	u32 count;
	u64 insn;

	for (u32 i = 0; log_warning_count(i, &name, &count); i++)
		print("mm.warn name=%s count=%u\n", name, count);
	for (u32 i = 0; (stage = stage_figures(i)) != NULL; i++)
		print("mm.phase name=%s insn=%lu time=%lu\n", stage->name, stage->instret,
		      stage->time);
	for (u32 i = 0; bench_cost(i, &name, &insn); i++)
		print("mm.cost op=%s insn=%lu.%02lu\n", name, insn / 100, insn % 100);
}

void record_print(void)
{
	record_head();
	record_ranges();
	record_maps();
	record_nodes();
	record_proof();
	record_memtest();
	selftest_record();
	record_deferred();
	record_harts();
	record_figures();
}

void record_verdict_ok(void)
{
	print("mm.verdict ok\n");
}
