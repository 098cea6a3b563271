/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A node that has no pg_data_t yet gets one with its first memory, and loses it with its last. A node
 * of the boot stays, without memory if need be: it then allocates from the others.
 */
#include "mm/hotplug_internal.h"

#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/owned.h"

static u32 node_order(void)
{
	u32 order = 0;

	while (PAGE_SIZE << order < sizeof(pg_data_t))
		order++;
	return order;
}

int try_online_node(u32 nid)
{
	TRACE_CALL(nid);
	phys_addr_t pa;

	if (node_is_online(nid))
		return 0;
	if (!owned_alloc_zeroed(OWN_NODE_DATA, home_node->nid, node_order(), &pa))
		return hotplug_fail(HOTPLUG_ENOMEM, "no %s for the pg_data_t of node %u",
				    size_text(PAGE_SIZE << node_order()).s, nid);
	node_add(nid, phys_to_virt(pa));
	numa_set_online(nid, true);
	zonelists_build();
	return 0;
}

void try_offline_node(u32 nid)
{
	TRACE_CALL(nid);
	const phys_addr_t pa = virt_to_phys(NODE_DATA(nid));

	for (u32 i = 0; i < banks.nr; i++)
		if (banks.bank[i].nid == nid)
			return;
	/* Another hart may be looking through its zones: it goes with the next change, then. */
	if (!owned_has(pa) || buddy_others_work())
		return;
	buddy_drain();
	numa_set_online(nid, false);
	for (enum zone_type type = 0; type < MAX_NR_ZONES; type++)
		zone_table[page_links(0, nid, type)] = NULL;
	node_data[nid] = NULL;
	zonelists_build();
	owned_free(pa);
}
