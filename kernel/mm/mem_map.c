/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arrays of struct pages, and the table that says which array has a frame.
 *
 * The lookup is by range, not by span: first every range of RAM goes to its own node, then
 * what is left of each array to the node of the array. So interleaved nodes are right, and a
 * hole between nodes belongs to none.
 */
#include "mm/mem_map.h"

#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/early.h"
#include "mm/memblock.h"
#include "mm/memmodel.h"

#define MAX_PIECES 1024

/* A kept part of a node's array. */
struct piece {
	pfn_t start_pfn;
	pfn_t end_pfn;
	u32 nid;
};

struct mem_map_figures mem_map_figures;

static u32 nr_pieces;
static struct piece pieces[MAX_PIECES];

/* pfn ranges (as addresses) -> nid: sorted, disjoint. */
static struct memblock_region lookup_regions[MAX_PIECES];
static struct memblock_type lookup = {
	.max = MAX_PIECES, .regions = lookup_regions, .name = "pfn lookup"};

bool mem_map_alloc(pg_data_t *node, pfn_t start_pfn, pfn_t end_pfn)
{
	TRACE_CALL(node->nid, start_pfn, end_pfn);
	phys_addr_t pa, types;
	u64 bytes, nr_pageblocks;

	node->mem_map_start_pfn = ALIGN_DOWN(start_pfn, MAX_ORDER_NR_PAGES);
	node->mem_map_end_pfn = ALIGN_UP(end_pfn, MAX_ORDER_NR_PAGES);
	bytes = ALIGN_UP((node->mem_map_end_pfn - node->mem_map_start_pfn) * sizeof(struct page),
			 PAGE_SIZE);
	nr_pageblocks = (node->mem_map_end_pfn - node->mem_map_start_pfn) >> PAGEBLOCK_ORDER;
	if (!early_alloc_memmap(bytes, PAGE_SIZE, node->nid, false, &pa))
		return false;
	if (!early_alloc(OWN_USAGE, nr_pageblocks, node->nid, &types)) {
		early_free(OWN_MEMMAP, pa, bytes);
		return false;
	}
	node->pageblock_types = phys_to_virt(types);
	memset(node->pageblock_types, MIGRATE_MOVABLE, nr_pageblocks);
	node->node_mem_map = phys_to_virt(pa);
	memmap_fill_poison(node->node_mem_map, bytes);
	return true;
}

static void add_piece(pfn_t start_pfn, pfn_t end_pfn, u32 nid)
{
	if (nr_pieces == MAX_PIECES)
		stop("more than %d pieces of memmap: the device tree's banks are in shreds",
		     MAX_PIECES);
	pieces[nr_pieces++] = (struct piece){start_pfn, end_pfn, nid};
	mem_map_figures.pages += end_pfn - start_pfn;
}

static void free_struct_pages(const pg_data_t *node, pfn_t start_pfn, pfn_t end_pfn)
{
	phys_addr_t map = virt_to_phys(node->node_mem_map);
	phys_addr_t start = ALIGN_UP(
		map + (start_pfn - node->mem_map_start_pfn) * sizeof(struct page), PAGE_SIZE);
	phys_addr_t end = ALIGN_DOWN(
		map + (end_pfn - node->mem_map_start_pfn) * sizeof(struct page), PAGE_SIZE);

	if (start >= end)
		return;
	early_free(OWN_MEMMAP, start, end - start);
	mem_map_figures.freed_bytes += end - start;
}

/* free_unused_memmap_node: struct pages of holes go back, whole largest blocks only. */
static void free_unused(const pg_data_t *node)
{
	TRACE_CALL(node->nid);
	pfn_t done = node->mem_map_start_pfn;
	pfn_t start_pfn, end_pfn;
	s64 i;

	for_each_mem_pfn_range (i, node->nid, &start_pfn, &end_pfn, NULL) {
		pfn_t keep_start = max_u64(ALIGN_DOWN(start_pfn, MAX_ORDER_NR_PAGES), done);
		pfn_t keep_end =
			min_u64(ALIGN_UP(end_pfn, MAX_ORDER_NR_PAGES), node->mem_map_end_pfn);

		if (keep_start >= keep_end)
			continue; /* behind what is kept already, or not in the array */
		if (keep_start > done)
			free_struct_pages(node, done, keep_start);
		add_piece(keep_start, keep_end, node->nid);
		done = keep_end;
	}
}

static void lookup_must(int result)
{
	if (result != 0)
		stop("the table of pfn ranges is full: the device tree's banks are in shreds");
}

static void lookup_add(pfn_t start_pfn, pfn_t end_pfn, u32 nid)
{
	if (start_pfn < end_pfn)
		lookup_must(memblock_type_add(&lookup, pfn_to_phys(start_pfn),
					      pfn_to_phys(end_pfn - start_pfn), nid,
					      MEMBLOCK_NONE));
}

static void lookup_remove(pfn_t start_pfn, pfn_t end_pfn)
{
	if (start_pfn < end_pfn)
		lookup_must(memblock_type_remove(&lookup, pfn_to_phys(start_pfn),
						 pfn_to_phys(end_pfn - start_pfn)));
}

/* The frames that the array of a node covers; none when it has no array. */
static pfn_t array_start(u32 nid)
{
	return NODE_DATA(nid)->node_mem_map ? NODE_DATA(nid)->mem_map_start_pfn : 0;
}

static pfn_t array_end(u32 nid)
{
	return NODE_DATA(nid)->node_mem_map ? NODE_DATA(nid)->mem_map_end_pfn : 0;
}

void mem_map_finish(void)
{
	TRACE_CALL();
	pfn_t start_pfn, end_pfn;
	u32 nid;
	s64 i;

	for_each_online_node (nid) {
		const pg_data_t *node = NODE_DATA(nid);

		if (!node->node_mem_map)
			continue;
		if (config_free_unused_memmap)
			free_unused(node);
		else
			add_piece(node->mem_map_start_pfn, node->mem_map_end_pfn, nid);
	}
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid)
		lookup_add(max_u64(start_pfn, array_start(nid)), min_u64(end_pfn, array_end(nid)),
			   nid);
	for (u32 n = 0; n < nr_pieces; n++)
		lookup_add(pieces[n].start_pfn, pieces[n].end_pfn, pieces[n].nid);
	/* RAM that the array of its node does not reach is in none, also where another node's array spans it. */
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, &nid) {
		lookup_remove(start_pfn, min_u64(end_pfn, array_start(nid)));
		lookup_remove(max_u64(start_pfn, array_end(nid)), end_pfn);
	}
}

/* The index of the first region of the lookup that ends above the frame. */
static inline u64 lookup_index(pfn_t pfn)
{
	const struct memblock_region *regions = lookup.regions;
	phys_addr_t pa = pfn_to_phys(pfn);
	u64 low = 0;
	u64 high = lookup.cnt;

	while (low < high) {
		u64 middle = (low + high) / 2;

		if (regions[middle].base + regions[middle].size <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

u32 mem_map_find(pfn_t pfn)
{
	const u64 at = lookup_index(pfn);

	return at < lookup.cnt && lookup.regions[at].base <= pfn_to_phys(pfn)
		       ? lookup.regions[at].nid
		       : MAX_NUMNODES;
}

pfn_t mem_map_valid_start(pfn_t end_pfn, pfn_t limit)
{
	const u64 at = lookup_index(end_pfn - 1);

	if (at == lookup.cnt || lookup.regions[at].base > pfn_to_phys(end_pfn - 1))
		return end_pfn;
	return max_u64(limit, PFN_DOWN(lookup.regions[at].base));
}

bool mem_map_next_run(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run)
{
	while (*cursor < nr_pieces) {
		const struct piece *piece = &pieces[(*cursor)++];
		const pg_data_t *node = NODE_DATA(piece->nid);
		pfn_t pfn = max_u64(piece->start_pfn, start_pfn);

		if (pfn >= min_u64(piece->end_pfn, end_pfn))
			continue;
		*run = (struct memmap_run){
			.page = node->node_mem_map + (pfn - node->mem_map_start_pfn),
			.start_pfn = pfn,
			.end_pfn = min_u64(piece->end_pfn, end_pfn),
			.nid = piece->nid,
		};
		return true;
	}
	return false;
}

void mem_map_report(struct memmap_report *report)
{
	struct ledger ledger;

	ledger_make(&ledger);
	*report = (struct memmap_report){
		.bytes = ledger.bytes[OWN_MEMMAP],
		.pages = mem_map_figures.pages,
		.freed = mem_map_figures.freed_bytes,
	};
}
