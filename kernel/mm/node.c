/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which nodes are there, and where do their zones lie?
 *
 * nodes_init() gives every online node its pg_data_t, in its own memory where it has any, and
 * its span; the memory model reads that. free_area_init() comes after the memory model: zones,
 * struct pages, zonelists. A zone spans from its first frame of RAM to its last, not further.
 */
#include "mm/node.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/buddy.h"
#include "mm/early.h"
#include "mm/memblock.h"
#include "mm/memmap_init.h"

pg_data_t *node_data[MAX_NUMNODES];
struct zone *zone_table[MAX_NUMNODES << LINKS_NID_SHIFT];
pg_data_t *home_node;
struct zone *home_zone;

static const char *const zone_names[MAX_NR_ZONES] = {
	[ZONE_DMA32] = "DMA32", [ZONE_NORMAL] = "Normal", [ZONE_MOVABLE] = "Movable"};

const char *zone_name(enum zone_type type)
{
	return zone_names[type];
}

static_assert(sizeof(pg_data_t) <= 2 * PAGE_SIZE,
	      "a node costs more than two pages: lower MAX_NUMNODES");
static_assert(MAX_NR_ZONES <= 1 << LINKS_ZONE_BITS, "a zone must fit into struct page");

static void node_span(pg_data_t *node)
{
	TRACE_CALL(node->nid);
	pfn_t start_pfn, end_pfn;
	pfn_t last = 0;
	s64 i;

	node->node_start_pfn = 0;
	for_each_mem_pfn_range (i, node->nid, &start_pfn, &end_pfn, NULL) {
		if (node->node_present_pages == 0)
			node->node_start_pfn = start_pfn;
		node->node_present_pages += end_pfn - start_pfn;
		last = end_pfn;
	}
	node->node_spanned_pages = last - (node->node_present_pages ? node->node_start_pfn : last);
}

void nodes_init(void)
{
	TRACE_CALL();
	u32 nid;

	for_each_online_node (nid) {
		phys_addr_t pa;

		if (!early_alloc(OWN_NODE_DATA, sizeof(pg_data_t), nid, &pa))
			stop("no page for the pg_data_t of node %u: this machine has too little "
			     "free RAM",
			     nid);
		node_data[nid] = phys_to_virt(pa);
		NODE_DATA(nid)->nid = nid;
		node_span(NODE_DATA(nid));
		if (NODE_DATA(nid)->node_present_pages == 0)
			log_line("nodes", "node %u has no memory: it allocates from the others",
				 nid);
	}
}

/* The zone from its first frame of RAM to its last. */
static void zone_span(struct zone *zone)
{
	pfn_t low = zone->type == ZONE_DMA32 ? 0 : ZONE_DMA32_END_PFN;
	pfn_t high = zone->type == ZONE_DMA32 ? ZONE_DMA32_END_PFN : ~0UL;
	pfn_t start_pfn, end_pfn;
	pfn_t last = 0;
	s64 i;

	for_each_mem_pfn_range (i, zone->node->nid, &start_pfn, &end_pfn, NULL) {
		start_pfn = max_u64(start_pfn, low);
		end_pfn = min_u64(end_pfn, high);
		if (start_pfn >= end_pfn)
			continue;
		if (zone->present_pages == 0)
			zone->start_pfn = start_pfn;
		zone->present_pages += end_pfn - start_pfn;
		last = end_pfn;
	}
	zone->spanned_pages = zone->present_pages ? last - zone->start_pfn : 0;
}

static void zone_init(pg_data_t *node, enum zone_type type)
{
	TRACE_CALL(node->nid, type);
	struct zone *zone = &node->node_zones[type];

	zone->name = zone_names[type];
	zone->node = node;
	zone->type = type;
	zone_table[page_links(0, node->nid, type)] = zone;
	buddy_init_zone(zone);
}

void node_add(u32 nid, pg_data_t *node)
{
	node->nid = nid;
	node_data[nid] = node;
	for (enum zone_type type = 0; type < MAX_NR_ZONES; type++)
		zone_init(node, type);
}

/*
 * How often a node was the first of those that are equally far: the next list that can choose takes
 * another, so that not all nodes fall back to the same one.
 */
static u32 node_load[MAX_NUMNODES];

static bool node_has_cpu(u32 nid)
{
	return nid < 64 && (machine.cpu_nodes >> nid & 1);
}

/*
 * The next node of a zonelist: the node itself, then the nearest. Of equally near ones those above
 * it, those without processors, and those that were chosen less often come first; the order and the
 * weights are those of Linux's find_next_best_node(). MAX_NUMNODES when all are used.
 */
static u32 next_best_node(u32 from, const bool *used)
{
	u32 best = MAX_NUMNODES;
	u32 least = ~0U;
	u32 nid;

	for_each_online_node (nid) {
		u32 value = node_distance(from, nid) + (nid < from) + node_has_cpu(nid);

		value = nid == from ? 0 : value * MAX_NUMNODES + node_load[nid];
		if (used[nid] || NODE_DATA(nid)->node_present_pages == 0 || value >= least)
			continue;
		least = value;
		best = nid;
	}
	return best;
}

/*
 * The zones of each node in that order, within a node from the top: the scarce DMA32 goes last. Other
 * harts may read the list while it changes: every entry is a zone at any moment, the length comes last.
 */
static void build_zonelist(pg_data_t *node)
{
	bool used[MAX_NUMNODES] = {false};
	u32 before = node->nid;
	u32 best;
	u32 nr = 0;

	while ((best = next_best_node(node->nid, used)) != MAX_NUMNODES) {
		used[best] = true;
		if (node_distance(node->nid, best) != node_distance(node->nid, before))
			node_load[best]++;
		before = best;
		for (u32 type = MAX_NR_ZONES; type-- > 0;)
			if (NODE_DATA(best)->node_zones[type].present_pages > 0)
				node->node_zonelist[nr++] = &NODE_DATA(best)->node_zones[type];
	}
	node->nr_zonelist = nr;
}

/* From now on the hart allocates from its own node first. */
static void set_home(struct hart *hart)
{
	pg_data_t *node = home_node;

	if (hart->nid < MAX_NUMNODES && node_is_online(hart->nid) &&
	    NODE_DATA(hart->nid)->nr_zonelist > 0)
		node = NODE_DATA(hart->nid);
	hart->home_node = node;
	hart->home_zone = node->node_zonelist[0];
	hart->home_cache = &hart->cache[zone_index(hart->home_zone)];
}

void zonelists_build(void)
{
	pg_data_t *first = NULL;
	u32 nid;

	memset(node_load, 0, sizeof(node_load));
	for_each_online_node (nid) {
		build_zonelist(NODE_DATA(nid));
		if (!first && NODE_DATA(nid)->node_present_pages > 0)
			first = NODE_DATA(nid);
	}
	home_node = first;
	home_zone = first->node_zonelist[0];
	for (u32 i = 0; i < nr_harts; i++)
		set_home(harts[i]);
}

void free_area_init(void)
{
	TRACE_CALL();
	u32 nid;

	for_each_online_node (nid)
		for (enum zone_type type = 0; type < MAX_NR_ZONES; type++) {
			zone_init(NODE_DATA(nid), type);
			if (type != ZONE_MOVABLE)
				zone_span(&NODE_DATA(nid)->node_zones[type]);
		}
	memmap_init();
	zonelists_build();
}
