/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only file that includes libfdt.h: from the bytes of a blob to nodes and properties.
 *
 * libfdt checks each read against the block it is made in; what it leaves open is closed by the
 * walk in check.c, before any other function here is called. They rely on it and read names
 * without a second check.
 */

#include "dt/check.h"

#include "lib/log.h"
#include "lib/string.h"

#include <libfdt.h>

#define DT_OLDEST_VERSION 16U
#define DT_KNOWN_VERSION  17U
#define DT_HEADER_BYTES   40U /* of version 17; a blob of version 16 is never smaller */

#define REFUSE(...) (format_text(why, DT_MAX_REASON, __VA_ARGS__), false)

bool fdt_sizes_are_good(const void *blob, u64 size, char why[DT_MAX_REASON])
{
	u32 total;

	if (!IS_ALIGNED((uintptr_t)blob, sizeof(u64)))
		return REFUSE("it is not 8-byte aligned (devicetree specification 0.4, 5.6)");
	if (size < DT_HEADER_BYTES)
		return REFUSE("it has %lu bytes, a header has %u", size, DT_HEADER_BYTES);
	if (fdt_magic(blob) != FDT_MAGIC)
		return REFUSE("its magic word is 0x%08x, a device tree has 0x%08x", fdt_magic(blob),
			      FDT_MAGIC);
	total = fdt_totalsize(blob);
	if (total < DT_HEADER_BYTES || total > size || total > DT_MAX_SIZE)
		return REFUSE("totalsize is %u, readable are %lu bytes, the limit is %lu", total,
			      size, DT_MAX_SIZE);
	if (fdt_version(blob) < DT_OLDEST_VERSION ||
	    fdt_last_comp_version(blob) > DT_KNOWN_VERSION ||
	    fdt_version(blob) < fdt_last_comp_version(blob))
		return REFUSE("its version is %u, compatible down to %u; versions %u and %u can "
			      "be read",
			      fdt_version(blob), fdt_last_comp_version(blob), DT_OLDEST_VERSION,
			      DT_KNOWN_VERSION);
	return true;
}

bool fdt_blocks_are_good(const void *blob, char why[DT_MAX_REASON])
{
	bool sized = fdt_version(blob) >= DT_KNOWN_VERSION;
	u32 tree = fdt_off_dt_struct(blob);
	u32 reserve = fdt_off_mem_rsvmap(blob);

	if (tree % sizeof(fdt32_t) || reserve % sizeof(fdt64_t))
		return REFUSE("its structure block is at offset %u and its memory reservation "
			      "block at %u; they need 4- and 8-byte alignment",
			      tree, reserve);
	if (fdt_check_header(blob))
		return REFUSE("a block lies outside its %u bytes: structure %u + %u, strings "
			      "%u + %u, memory reservations %u",
			      fdt_totalsize(blob), tree, sized ? fdt_size_dt_struct(blob) : 0,
			      fdt_off_dt_strings(blob), fdt_size_dt_strings(blob), reserve);
	return true;
}

void fdt_find_blocks(struct dt *dt)
{
	dt->nodes = (const char *)dt->blob + fdt_off_dt_struct(dt->blob);
	dt->names = (const char *)dt->blob + fdt_off_dt_strings(dt->blob);
	dt->names_size = fdt_size_dt_strings(dt->blob);
}

int fdt_step(const struct dt *dt, int offset, struct fdt_step *out)
{
	const struct fdt_property *prop = (const void *)(dt->nodes + offset);
	int next;

	out->tag = fdt_next_tag(dt->blob, offset, &next);
	if (next <= offset)
		return -1;
	if (out->tag != FDT_PROP)
		return next;
	if (next - offset < (int)sizeof(*prop))
		return -1;
	out->nameoff = fdt32_to_cpu(prop->nameoff);
	out->value = (struct dt_prop){(const u8 *)prop->data, fdt32_to_cpu(prop->len)};
	return next;
}

_Static_assert(STEP_BEGIN == FDT_BEGIN_NODE && STEP_END_NODE == FDT_END_NODE &&
		       STEP_PROPERTY == FDT_PROP && STEP_END == FDT_END,
	       "check.c sees libfdt's tags under these names");

bool dt_memreserve(const struct dt *dt, u32 i, u64 *base, u64 *size, bool *terminated)
{
	u32 first = fdt_off_mem_rsvmap(dt->blob);
	u32 end = fdt_totalsize(dt->blob);
	u32 nodes = fdt_off_dt_struct(dt->blob), strings = fdt_off_dt_strings(dt->blob);

	/* A list without its terminator must not run on into the next block. */
	if (nodes >= first && nodes < end)
		end = nodes;
	if (strings >= first && strings < end)
		end = strings;
	*terminated = false;
	if (i >= (end - first) / sizeof(struct fdt_reserve_entry) ||
	    fdt_get_mem_rsv(dt->blob, (int)i, base, size))
		return false;
	*terminated = *base == 0 && *size == 0;
	return !*terminated;
}

dt_node dt_first_child(const struct dt *dt, dt_node parent)
{
	int child = fdt_first_subnode(dt->blob, parent);

	return child < 0 ? DT_NONE : child;
}

dt_node dt_next_child(const struct dt *dt, dt_node child)
{
	int next = fdt_next_subnode(dt->blob, child);

	return next < 0 ? DT_NONE : next;
}

static bool is_named(const char *own, const char *name, size_t length)
{
	return strncmp(own, name, length) == 0 &&
	       (own[length] == 0 || (own[length] == '@' && !memchr(name, '@', length)));
}

dt_node dt_child(const struct dt *dt, dt_node parent, const char *name, size_t length)
{
	int child;
	u32 i;

	if (parent == DT_ROOT) {
		for (i = 0; i < dt->nr_children; i++)
			if (is_named(dt_name(dt, dt->child[i].node), name, length))
				return dt->child[i].node;
		return DT_NONE;
	}
	child = fdt_subnode_offset_namelen(dt->blob, parent, name, (int)length);

	return child < 0 ? DT_NONE : child;
}

const char *dt_name(const struct dt *dt, dt_node node)
{
	return dt->nodes + node + FDT_TAGSIZE;
}

void dt_path(const struct dt *dt, dt_node node, char buf[DT_MAX_PATH])
{
	if (fdt_get_path(dt->blob, node, buf, DT_MAX_PATH))
		format_text(buf, DT_MAX_PATH, ".../%s", dt_name(dt, node));
}

void dt_props(const struct dt *dt, dt_node node, u32 nr, const char *const names[],
	      struct dt_prop out[])
{
	struct fdt_step step;
	int offset;
	u32 i;

	for (i = 0; i < nr; i++)
		out[i] = (struct dt_prop){NULL, 0};
	offset = fdt_step(dt, node, &step);
	for (;;) {
		offset = fdt_step(dt, offset, &step);
		if (step.tag == FDT_NOP)
			continue;
		if (step.tag != FDT_PROP)
			return;
		for (i = 0; i < nr; i++)
			if (!out[i].data && strcmp(dt->names + step.nameoff, names[i]) == 0)
				out[i] = step.value;
	}
}

struct dt_prop dt_prop(const struct dt *dt, dt_node node, const char *name)
{
	struct dt_prop prop;

	dt_props(dt, node, 1, &name, &prop);
	return prop;
}
