/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * NUMA as the tree describes it, besides the banks' and the harts' own ids: the distance map
 * (numa.txt of the Linux bindings, "numa-distance-map-v1").
 *
 * The map is used whole or not at all. It must consist of (from, to, distance) triples with
 * known ids; 10 from a node to itself and 11 to 255 otherwise; the same in both directions where
 * both are given; and a distance for each two nodes that exist. A map that breaks a rule is
 * left out with the warning "numa-distance", and mm fills in 10 and 20. A pair given in one
 * direction counts for both: machine.distances always holds the two.
 */

#include "dt/tables.h"

#include "lib/log.h"
#include "lib/string.h"

#define SELF_DISTANCE 10U
#define MAX_DISTANCE  255U
#define TRIPLE_BYTES  12U

/* Distance by [from][to], 0 where the map says nothing. */
static u8 distance[MAX_NUMNODES][MAX_NUMNODES];

#define REFUSE(...) (format_text(why, DT_MAX_REASON, __VA_ARGS__), false)

static bool read_triple(u32 i, u32 from, u32 to, u32 value, char *why)
{
	if (from >= MAX_NUMNODES || to >= MAX_NUMNODES)
		return REFUSE("entry %u names nodes %u and %u, ids end at %u", i, from, to,
			      MAX_NUMNODES - 1);
	if (value > MAX_DISTANCE || (from == to) != (value == SELF_DISTANCE) ||
	    value < SELF_DISTANCE)
		return REFUSE("entry %u says %u from node %u to %u; it is %u to itself and %u to "
			      "%u to others",
			      i, value, from, to, SELF_DISTANCE, SELF_DISTANCE + 1, MAX_DISTANCE);
	if (distance[from][to] && distance[from][to] != value)
		return REFUSE("entry %u says %u from node %u to %u, an earlier one %u", i, value,
			      from, to, distance[from][to]);
	distance[from][to] = (u8)value;
	return true;
}

static bool has_node(u32 id)
{
	u32 i;

	if (id < 64 && (machine.cpu_nodes & 1UL << id))
		return true;
	for (i = 0; i < machine.nr_banks; i++)
		if (machine.banks[i].nid == id)
			return true;
	return false;
}

/* Both directions agree, and no pair of existing nodes is missing. */
static bool complete_pairs(char *why)
{
	u32 a, b;

	for (a = 0; a < MAX_NUMNODES; a++) {
		bool exists = has_node(a);

		if (exists && !distance[a][a])
			distance[a][a] = SELF_DISTANCE;
		for (b = 0; b < a; b++) {
			u8 *there = &distance[a][b], *back = &distance[b][a];

			if (*there && *back && *there != *back)
				return REFUSE("node %u to %u is %u, and back %u", a, b, *there,
					      *back);
			if (!*there)
				*there = *back;
			if (!*back)
				*back = *there;
			if (!*there && exists && has_node(b))
				return REFUSE("nodes %u and %u have no distance", a, b);
		}
	}
	return true;
}

static bool read_matrix(const struct dt *dt, dt_node node, char *why)
{
	const struct dt_cells pair = {.address = 1, .size = 2};
	struct dt_prop matrix = dt_prop(dt, node, "distance-matrix");
	u32 i, rest, nr = dt_reg_count(matrix, pair, &rest);

	if (!nr || rest)
		return REFUSE("distance-matrix has %u bytes, not a multiple of %u", matrix.size,
			      TRIPLE_BYTES);
	for (i = 0; i < nr; i++) {
		u64 from, to_value;

		/* (to, distance) are two cells: read as one number, then split */
		if (!dt_reg(matrix, pair, i, &from, &to_value))
			return REFUSE("entry %u cannot be read", i);
		if (!read_triple(i, (u32)from, (u32)(to_value >> 32), (u32)to_value, why))
			return false;
	}
	return complete_pairs(why);
}

static void store_distances(void)
{
	u32 a, b;

	for (a = 0; a < MAX_NUMNODES; a++)
		for (b = 0; b < MAX_NUMNODES; b++)
			if (distance[a][b])
				machine.distances[machine.nr_distances++] =
					(struct machine_distance){a, b, distance[a][b]};
}

void dt_read_numa(const struct dt *dt, const struct dt_layout *layout)
{
	char why[DT_MAX_REASON];
	bool good;

	if (layout->distance_map == DT_NONE)
		return;
	memset(distance, 0, sizeof(distance));
	if (!dt_is_compatible(dt, layout->distance_map, "numa-distance-map-v1"))
		good = REFUSE("compatible is not \"numa-distance-map-v1\"");
	else
		good = read_matrix(dt, layout->distance_map, why);
	if (good)
		store_distances();
	else
		log_warn("numa-distance",
			 "/distance-map: %s; the map is ignored, distances are %u and 20", why,
			 SELF_DISTANCE);
}
