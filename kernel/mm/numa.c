/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which node owns which bank?
 *
 * Input: the bank table with raw ids (any value, or NUMA_NO_NODE), numa= options, the model's
 * policy. Output: ids below MAX_NUMNODES in every bank, the online nodes, the distances.
 * A configuration that cannot be right is dropped as a whole and said, never half used; only
 * a bank without id among banks with one is given to node 0 (Linux drops everything then).
 */
#include "mm/numa.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "memmodel_policy.h"
#include "mm/bank_internal.h"

static u8 distances[MAX_NUMNODES][MAX_NUMNODES];
static bool online[MAX_NUMNODES];

static void all_on_node_0(struct bank_table *table)
{
	for (u32 i = 0; i < table->nr; i++)
		table->bank[i].nid = 0;
}

/* The tree's ids, judged. */
static void nodes_from_tree(struct bank_table *table)
{
	for (u32 i = 0; i < table->nr; i++) {
		const struct bank *bank = &table->bank[i];

		if (bank->nid == NUMA_NO_NODE || bank->nid < MAX_NUMNODES)
			continue;
		log_warn("numa-id-range",
			 "%s: numa-node-id %u is not below %d: all memory goes to node 0; raise "
			 "MAX_NUMNODES in "
			 "menuconfig",
			 bank->origin, bank->nid, MAX_NUMNODES);
		all_on_node_0(table);
		return;
	}
	for (u32 i = 0; i < table->nr; i++) {
		if (table->bank[i].nid != NUMA_NO_NODE)
			continue;
		log_warn("numa-id-missing",
			 "%s has no numa-node-id although other banks have one: it goes to node 0",
			 table->bank[i].origin);
		table->bank[i].nid = 0;
	}
	for (u32 nid = 0; nid < MAX_NUMNODES && nid < 64; nid++)
		if (machine.cpu_nodes & 1UL << nid)
			online[nid] = true;
	for (u32 i = 0; i < machine.nr_distances; i++) {
		const struct machine_distance *d = &machine.distances[i];

		if (d->from < MAX_NUMNODES && d->to < MAX_NUMNODES && d->from != d->to &&
		    d->distance <= 255)
			distances[d->from][d->to] = (u8)d->distance;
	}
}

/*
 * One node per bank. When there are more banks than nodes, the neighbours with the smallest
 * gap between them share one, and its hole costs struct pages.
 */
static void node_per_bank(struct bank_table *table)
{
	bool joined[MAX_BANKS] = {false}; /* with the bank before */
	u32 too_many = table->nr > MAX_NUMNODES ? table->nr - MAX_NUMNODES : 0;
	u32 nid = 0;

	if (too_many > 0)
		log_warn("node-shared",
			 "%u banks for at most %d nodes: the nearest share one; raise MAX_NUMNODES "
			 "in menuconfig",
			 table->nr, MAX_NUMNODES);
	for (; too_many > 0; too_many--) {
		u64 smallest = ~0UL;
		u32 best = 1;

		for (u32 i = 1; i < table->nr; i++) {
			u64 gap = table->bank[i].range.start - table->bank[i - 1].range.end;

			if (!joined[i] && gap < smallest) {
				smallest = gap;
				best = i;
			}
		}
		joined[best] = true;
	}
	for (u32 i = 0; i < table->nr; i++) {
		if (i > 0 && !joined[i])
			nid++;
		table->bank[i].nid = nid;
	}
}

/* numa=fake=N: N nodes of equal size, cut at sections so that no two share one. */
static void fake_nodes(struct bank_table *table, u32 want)
{
	u64 section = 1UL << SECTION_SIZE_BITS;
	u64 total = 0;
	u64 share;
	u64 filled = 0;
	u32 nid = 0;

	for (u32 i = 0; i < table->nr; i++)
		total += range_size(table->bank[i].range);
	if (want > MAX_NUMNODES)
		want = MAX_NUMNODES;
	share = ALIGN_UP((total + want - 1) / want, section);
	for (u32 i = 0; i < table->nr; i++) {
		struct bank rest = table->bank[i];
		const phys_addr_t start = rest.range.start;
		phys_addr_t cut = ALIGN_DOWN(start + (share - min_u64(filled, share)), section);

		if (filled + section > share && nid + 1 < want) {
			/* Full: over at the next edge of a section, which may be here. */
			cut = ALIGN_UP(start, section);
			if (table->bank[i - 1].range.end <= ALIGN_DOWN(start, section)) {
				nid++;
				filled = 0;
				cut = ALIGN_DOWN(start + share, section);
			}
		}
		table->bank[i].nid = nid;
		if (nid + 1 < want && cut > start && cut < rest.range.end) {
			table->bank[i].range.end = cut;
			rest.range.start = cut;
			bank_insert(table, i + 1, &rest);
		}
		filled += range_size(table->bank[i].range);
	}
	log_line("numa", "numa=fake=%u: %u nodes of about %s", machine.options.numa_fake,
		 table->bank[table->nr - 1].nid + 1, size_text(share).s);
}

void numa_settle(struct bank_table *table)
{
	TRACE_CALL();
	for (u32 from = 0; from < MAX_NUMNODES; from++)
		for (u32 to = 0; to < MAX_NUMNODES; to++)
			distances[from][to] = from == to ? LOCAL_DISTANCE : REMOTE_DISTANCE;
	if (!memmodel_has_nodes && (machine.has_numa || machine.options.numa_fake > 0)) {
		log_warn("flat-numa-ignored",
			 "the %s model has one node: numa-node-id and numa= are ignored; choose "
			 "another model in "
			 "menuconfig",
			 memmodel_name);
		all_on_node_0(table);
	} else if (machine.options.numa_fake > 0) {
		fake_nodes(table, machine.options.numa_fake);
	} else if (machine.has_numa && !machine.options.numa_off) {
		nodes_from_tree(table);
	} else if (memmodel_node_per_bank) {
		node_per_bank(table);
	} else {
		all_on_node_0(table);
	}
	for (u32 i = 0; i < table->nr; i++)
		online[table->bank[i].nid] = true;
}

u32 node_distance(u32 from, u32 to)
{
	return distances[from][to];
}

bool node_is_online(u32 nid)
{
	return __atomic_load_n(&online[nid], __ATOMIC_ACQUIRE);
}

void numa_set_online(u32 nid, bool is_online)
{
	__atomic_store_n(&online[nid], is_online, __ATOMIC_RELEASE);
}
