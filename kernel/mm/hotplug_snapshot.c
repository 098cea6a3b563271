/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sums over the whole state. Each item is hashed with its place and the hashes are added, so that
 * the order in which a list is walked does not count.
 */
#include "mm/hotplug_snapshot.h"

#include "arch/riscv/sv39.h"
#include "mm/buddy.h"
#include "mm/handover.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/paging.h"

/* A well mixed word from three: the finaliser of MurmurHash3 (Appleby), applied to each. */
u64 snapshot_mix(u64 a, u64 b, u64 c)
{
	const u64 words[] = {a, b, c};
	u64 hash = 0x9e3779b97f4a7c15UL;

	for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
		hash ^= words[i];
		hash ^= hash >> 33;
		hash *= 0xff51afd7ed558ccdUL;
		hash ^= hash >> 33;
		hash *= 0xc4ceb9fe1a85ec53UL;
		hash ^= hash >> 33;
	}
	return hash;
}

static u64 free_blocks(void)
{
	struct zone *zone;
	struct page *page;
	u64 sum = 0;
	u32 nid;

	buddy_drain();
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u64 i = 0; i < (u64)NR_PAGE_ORDERS * NR_FREE_LISTS; i++) {
				const u64 order = i / NR_FREE_LISTS;
				const bool isolated = i % NR_FREE_LISTS == MIGRATE_ISOLATE;

				list_for_each_entry (
					page, &zone->free_area[order].free_list[i % NR_FREE_LISTS],
					lru)
					sum += snapshot_mix(page_to_pfn(page), order,
							    page->links << 1 | isolated);
			}
	return sum;
}

/* What lasts of a struct page: not its links in a list, nor who had it before. */
static u64 struct_pages(void)
{
	const u64 type_bits = ~0UL << PAGE_TYPE_SHIFT;
	struct memmap_run run;
	u64 cursor = 0;
	u64 sum = 0;

	while (memmodel_next_run(&cursor, &run))
		for (pfn_t pfn = run.start_pfn; pfn < run.end_pfn; pfn++)
			if (pfn_valid(pfn))
				sum += snapshot_mix(pfn, pfn_to_page(pfn)->word & ~type_bits,
						    pfn_to_page(pfn)->links);
	return sum;
}

static void add_leaf(const struct sv39_leaf *leaf, void *context)
{
	*(u64 *)context += snapshot_mix(leaf->va, leaf->pte.word, leaf->level);
}

static u64 page_tables(void)
{
	u64 sum = 0;
	u64 tables = sv39_for_each_leaf(paging_figures.root, add_leaf, &sum);

	return sum + snapshot_mix(tables, 0, 0);
}

static u64 zones(void)
{
	u64 sum = 0;
	u32 nid;

	for_each_online_node (nid) {
		const pg_data_t *node = NODE_DATA(nid);

		sum += snapshot_mix(nid, node->node_start_pfn, node->node_spanned_pages);
		sum += snapshot_mix(nid, node->node_present_pages, 1);
		for (u32 i = 0; i < node->nr_zonelist; i++)
			sum += snapshot_mix(nid, i, (u64)node->node_zonelist[i]);
		for (u32 i = 0; i < MAX_NR_ZONES; i++) {
			const struct zone *zone = &node->node_zones[i];

			sum += snapshot_mix(zone->start_pfn, zone->spanned_pages,
					    nid * MAX_NR_ZONES + i);
			sum += snapshot_mix(zone->present_pages, zone->managed_pages,
					    nid * MAX_NR_ZONES + i);
			sum += snapshot_mix(zone_free_pages(zone), zone->nr_isolated,
					    nid * MAX_NR_ZONES + i);
		}
	}
	return sum + snapshot_mix((u64)home_node, (u64)home_zone, 2);
}

static u64 bank_table(void)
{
	u64 sum = snapshot_mix(banks.nr, banks.nr_dropped, banks.ram);

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];

		sum += snapshot_mix(bank->range.start, bank->range.end, bank->nid);
		sum += snapshot_mix(i, (u64)bank->origin, bank->reg * 2 + bank->hotpluggable);
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		sum += snapshot_mix(i, banks.dropped[i].range.start, banks.dropped[i].range.end);
	return sum;
}

static u64 owners(void)
{
	struct ledger ledger;
	struct range range;
	enum owner owner;
	u64 sum = 0;

	ledger_make(&ledger);
	for (u32 i = 0; i < NR_OWNERS; i++)
		sum += snapshot_mix(i, ledger.bytes[i], ledger_adds_up(&ledger));
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		sum += snapshot_mix(range.start, range.end, owner);
	return sum;
}

static u64 figures(void)
{
	struct memmap_report memmap;
	struct range range;
	u64 sum = 0;

	memmodel_report(&memmap);
	sum += snapshot_mix(memmap.bytes, memmap.pages, memmap.tables);
	sum += snapshot_mix(memmap.leaves[0], memmap.leaves[1], memmap.leaves[2]);
	sum += snapshot_mix(memmap.sections, memmap.mixed, memmap.roots);
	sum += snapshot_mix(paging_figures.leaves[0], paging_figures.leaves[1],
			    paging_figures.leaves[2]);
	sum += snapshot_mix(paging_figures.tables, memmap_init_figures.pages,
			    memmap_init_figures.unavailable);
	for (u32 i = 0; handover_range(i, &range); i++)
		sum += snapshot_mix(i, range.start, range.end);
	return sum + handover_figures.pages;
}

void snapshot_take(struct snapshot *out)
{
	out->part[SNAPSHOT_FREE] = free_blocks();
	out->part[SNAPSHOT_PAGES] = struct_pages();
	out->part[SNAPSHOT_TABLES] = page_tables();
	out->part[SNAPSHOT_ZONES] = zones();
	out->part[SNAPSHOT_BANKS] = bank_table();
	out->part[SNAPSHOT_OWNERS] = owners();
	out->part[SNAPSHOT_SECTIONS] = snapshot_sections();
	out->part[SNAPSHOT_FIGURES] = figures();
}

const char *snapshot_differs(const struct snapshot *a, const struct snapshot *b)
{
	static const char *const names[NR_SNAPSHOT_PARTS] = {
		[SNAPSHOT_FREE] = "free blocks",   [SNAPSHOT_PAGES] = "struct pages",
		[SNAPSHOT_TABLES] = "page tables", [SNAPSHOT_ZONES] = "zones",
		[SNAPSHOT_BANKS] = "banks",        [SNAPSHOT_OWNERS] = "owners",
		[SNAPSHOT_SECTIONS] = "sections",  [SNAPSHOT_FIGURES] = "figures",
	};

	for (u32 i = 0; i < NR_SNAPSHOT_PARTS; i++)
		if (a->part[i] != b->part[i])
			return names[i];
	return NULL;
}
