/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How many free blocks of each order are there, and is it as many as before?
 */
#include "mm/census.h"

#include "lib/string.h"

void census_take(struct census *out)
{
	struct zone *zone;
	u32 nid;

	buddy_drain();
	memset(out, 0, sizeof(*out));
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				out->blocks[nid][zone->type][order] =
					buddy_free_blocks(zone, order);
}

bool census_differs(const struct census *before, struct census_difference *out)
{
	struct zone *zone;
	u32 nid;

	buddy_drain();
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
				u64 then = before->blocks[nid][zone->type][order];
				u64 now = buddy_free_blocks(zone, order);

				if (now == then)
					continue;
				*out = (struct census_difference){zone, order, then, now};
				return true;
			}
	return false;
}
