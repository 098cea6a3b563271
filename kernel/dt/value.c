/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values of properties. Everything here works on the bytes that dt_prop() gives, one byte
 * at a time: a property starts at a multiple of 4 only, so that a 64-bit number in it may not
 * be aligned.
 */

#include "dt/value.h"

#include "lib/string.h"

#define CELL_BYTES 4U

bool dt_name_is(const struct dt *dt, dt_node node, const char *name)
{
	const char *own = dt_name(dt, node);
	size_t length = strlen(name);

	return strncmp(own, name, length) == 0 && (own[length] == 0 || own[length] == '@');
}

bool dt_has(const struct dt *dt, dt_node node, const char *name)
{
	return dt_prop(dt, node, name).data != NULL;
}

const char *dt_string(const struct dt *dt, dt_node node, const char *name)
{
	struct dt_prop prop = dt_prop(dt, node, name);

	if (!prop.data || !memchr(prop.data, 0, prop.size))
		return NULL;
	return (const char *)prop.data;
}

static u32 cell(const u8 *bytes)
{
	return (u32)bytes[0] << 24 | (u32)bytes[1] << 16 | (u32)bytes[2] << 8 | bytes[3];
}

/* Big-endian cells as one number; false when a cell above the low 64 bits is not zero. */
static bool cells_value(const u8 *bytes, u32 nr_cells, u64 *out)
{
	u64 value = 0;
	u32 i;

	for (i = 0; i < nr_cells; i++) {
		if (value >> 32)
			return false;
		value = value << 32 | cell(bytes + i * CELL_BYTES);
	}
	*out = value;
	return true;
}

bool dt_cell(struct dt_prop prop, u32 *out)
{
	if (!prop.data || prop.size != CELL_BYTES)
		return false;
	*out = cell(prop.data);
	return true;
}

bool dt_u32(const struct dt *dt, dt_node node, const char *name, u32 *out)
{
	return dt_cell(dt_prop(dt, node, name), out);
}

bool dt_number(struct dt_prop prop, u64 *out)
{
	if (!prop.data || prop.size == 0 || prop.size % CELL_BYTES)
		return false;
	return cells_value(prop.data, prop.size / CELL_BYTES, out);
}

bool dt_status_is_okay(struct dt_prop status)
{
	if (!status.data)
		return true;
	return (status.size == sizeof("okay") && memcmp(status.data, "okay", status.size) == 0) ||
	       (status.size == sizeof("ok") && memcmp(status.data, "ok", status.size) == 0);
}

bool dt_is_enabled(const struct dt *dt, dt_node node)
{
	return dt_status_is_okay(dt_prop(dt, node, "status"));
}

bool dt_is_compatible(const struct dt *dt, dt_node node, const char *name)
{
	struct dt_prop prop = dt_prop(dt, node, "compatible");
	const u8 *next = prop.data, *end;
	size_t left = prop.size;

	while (next && left && (end = memchr(next, 0, left)) != NULL) {
		if (strcmp((const char *)next, name) == 0)
			return true;
		left -= (size_t)(end + 1 - next);
		next = end + 1;
	}
	return false;
}

bool dt_cells(const struct dt *dt, dt_node parent, struct dt_cells *out)
{
	static const char *const names[2] = {"#address-cells", "#size-cells"};
	struct dt_prop prop[2];

	dt_props(dt, parent, 2, names, prop);
	*out = (struct dt_cells){.address = 2, .size = 1};
	out->given = dt_cell(prop[0], &out->address) & dt_cell(prop[1], &out->size);
	return out->address <= DT_MAX_CELLS && out->size <= DT_MAX_CELLS;
}

u32 dt_reg_count(struct dt_prop prop, struct dt_cells cells, u32 *rest)
{
	u32 tuple = (cells.address + cells.size) * CELL_BYTES;

	*rest = tuple ? prop.size % tuple : prop.size;
	return tuple ? prop.size / tuple : 0;
}

bool dt_reg(struct dt_prop prop, struct dt_cells cells, u32 i, u64 *base, u64 *size)
{
	const u8 *tuple = prop.data + i * ((cells.address + cells.size) * CELL_BYTES);

	return cells_value(tuple, cells.address, base) &&
	       cells_value(tuple + cells.address * CELL_BYTES, cells.size, size);
}
