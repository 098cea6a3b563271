/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of the devicetree stage, private to kernel/dt: each reads one corner of the tree
 * into its tables of `machine`. devicetree_init() finds the nodes and calls them in this order.
 * A table that is too small for the tree stops the boot with both numbers.
 */
#pragma once

#include "dt/value.h"
#include "machine.h"

/* The children of the root that matter, in one walk. */
struct dt_layout {
	struct dt_cells cells; /* of the root */
	struct range alias;    /* a second view of the board's DRAM; empty where none is known */
	dt_node chosen;
	dt_node distance_map;
	u32 nr_memory;   /* children with device_type "memory" */
	u32 nr_untyped;  /* children named memory without a device_type */
	u32 nr_reserved; /* children named reserved-memory */
};

/** devicetree_read - the whole stage for size bytes at blob, which lie at pa. */
void devicetree_read(phys_addr_t pa, const void *blob, u64 size);

/** dt_origin - the lasting text of "parent/name"; parent is "" for children of the root. */
const char *dt_origin(const struct dt *dt, const char *parent, dt_node node);

/** dt_read_memory - memory nodes -> machine.banks. Stops when there is no bank at all. */
void dt_read_memory(const struct dt *dt, const struct dt_layout *layout);

/** dt_alias_window - where a board of that name shows its DRAM a second time; empty for others. */
struct range dt_alias_window(const struct dt *dt);

/**
 * dt_alias_cut - end a bank where that window begins, with a warning ("bank-alias"). False when
 * nothing of it is left. What lies above the window's start is above all DRAM of such a board.
 */
bool dt_alias_cut(struct range window, struct machine_bank *bank);

/** dt_read_reservations - /memreserve/ and /reserved-memory -> machine.reservations, .dynamic. */
void dt_read_reservations(const struct dt *dt, const struct dt_layout *layout);

/** dt_read_chosen - bootargs and the initrd. After the reservations: the initrd is one. */
void dt_read_chosen(const struct dt *dt, const struct dt_layout *layout);

/** dt_read_cpus - harts and their node ids -> machine.harts. Before dt_read_numa(). */
void dt_read_cpus(const struct dt *dt);

/** dt_read_numa - the distance map. After banks and harts: it is judged by their ids. */
void dt_read_numa(const struct dt *dt, const struct dt_layout *layout);

/** dt_add_reservation - one more; the count goes on past the table so that a stop can name it. */
void dt_add_reservation(const struct machine_reservation *reservation);
