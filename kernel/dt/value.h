/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the properties of an opened tree mean: strings, numbers, cells and (address, size)
 * tuples (devicetree specification 0.4, chapter 2). A length that does not fit the type is
 * answered with "no value", never with a guess.
 */
#pragma once

#include "dt/fdt.h"

#define DT_MAX_CELLS 8 /* 32-bit cells in one address or one size */

/* What #address-cells and #size-cells of a node say about its children's reg. */
struct dt_cells {
	u32 address;
	u32 size;
	bool given; /* both properties are there */
};

/** dt_name_is - is the part of the node's name before '@' equal to this one? */
bool dt_name_is(const struct dt *dt, dt_node node, const char *name);
bool dt_has(const struct dt *dt, dt_node node, const char *name);
/** dt_string - the property's first string; NULL when absent or not terminated. */
const char *dt_string(const struct dt *dt, dt_node node, const char *name);
/** dt_cell, dt_u32 - a property of exactly one cell; otherwise false, and *out as it was. */
bool dt_cell(struct dt_prop prop, u32 *out);
bool dt_u32(const struct dt *dt, dt_node node, const char *name, u32 *out);
/** dt_number - a property of whole cells as one number; false when empty or above 64 bits. */
bool dt_number(struct dt_prop prop, u64 *out);
/** dt_status_is_okay, dt_is_enabled - status is absent, "okay" or "ok". */
bool dt_status_is_okay(struct dt_prop status);
bool dt_is_enabled(const struct dt *dt, dt_node node);
/** dt_is_compatible - one of the strings of compatible equals name. */
bool dt_is_compatible(const struct dt *dt, dt_node node, const char *name);

/** dt_cells - of a parent; absent means the spec's 2 and 1. False when above DT_MAX_CELLS. */
bool dt_cells(const struct dt *dt, dt_node parent, struct dt_cells *out);
/** dt_reg_count - whole (address, size) tuples in a property; *rest: bytes left over. */
u32 dt_reg_count(struct dt_prop prop, struct dt_cells cells, u32 *rest);
/** dt_reg - the i-th tuple; false when one of its numbers needs more than 64 bits. */
bool dt_reg(struct dt_prop prop, struct dt_cells cells, u32 i, u64 *base, u64 *size);

/** dt_first_hart - dt/cpus.c: the id of the first hart of the tree that may be started; 0 without. */
u64 dt_first_hart(const struct dt *dt);
