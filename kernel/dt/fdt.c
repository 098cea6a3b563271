/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The only file that includes libfdt.h: from the bytes of a blob to nodes and properties.
 *
 * Each step is checked against the block it is made in; what libfdt and the steps leave open is closed by
 * the walk in check.c, before any other function here is called. They rely on it and read names
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
	dt->nodes_size = fdt_version(dt->blob) >= DT_KNOWN_VERSION
				 ? fdt_size_dt_struct(dt->blob)
				 : fdt_totalsize(dt->blob) - fdt_off_dt_struct(dt->blob);
}

/*
 * As fdt_next_tag(), which checks every byte of a name by itself: that was a fifth of a deferred boot.
 * One comparison with what is left of the block does for each tag.
 */
int fdt_step(const struct dt *dt, int offset, struct fdt_step *out)
{
	const struct fdt_property *prop = (const void *)(dt->nodes + offset);
	const u64 left = (u64)offset < dt->nodes_size ? dt->nodes_size - (u64)offset : 0;
	u64 bytes = FDT_TAGSIZE;

	if (left < FDT_TAGSIZE)
		return -1;
	out->tag = fdt32_to_cpu(prop->tag);
	if (out->tag == FDT_PROP) {
		if (left < sizeof(*prop))
			return -1;
		out->nameoff = fdt32_to_cpu(prop->nameoff);
		out->value = (struct dt_prop){(const u8 *)prop->data, fdt32_to_cpu(prop->len)};
		bytes = sizeof(*prop) + (u64)out->value.size;
	} else if (out->tag == FDT_BEGIN_NODE) {
		bytes += strnlen(dt->nodes + offset + FDT_TAGSIZE, left - FDT_TAGSIZE) + 1;
	} else if (out->tag != FDT_END_NODE && out->tag != FDT_NOP && out->tag != FDT_END) {
		return -1;
	}
	return bytes <= left ? offset + (int)ALIGN_UP(bytes, FDT_TAGSIZE) : -1;
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

/* The node that begins at the first tag from offset on that says more than nothing, or DT_NONE. */
static dt_node node_at(const struct dt *dt, int offset)
{
	struct fdt_step step;
	int next;

	for (;; offset = next) {
		next = fdt_step(dt, offset, &step);
		if (step.tag == FDT_BEGIN_NODE)
			return offset;
		if (step.tag != FDT_NOP)
			return DT_NONE;
	}
}

dt_node dt_first_child(const struct dt *dt, dt_node parent)
{
	struct fdt_step step;
	int offset = fdt_step(dt, parent, &step);
	int next;

	for (;; offset = next) {
		next = fdt_step(dt, offset, &step);
		if (step.tag != FDT_PROP && step.tag != FDT_NOP)
			return node_at(dt, offset);
	}
}

dt_node dt_next_child(const struct dt *dt, dt_node child)
{
	struct fdt_step step;
	int offset = child;
	int depth = 0;

	do {
		offset = fdt_step(dt, offset, &step);
		depth += (step.tag == FDT_BEGIN_NODE) - (step.tag == FDT_END_NODE);
	} while (depth > 0);
	return node_at(dt, offset);
}

static bool is_named(const char *own, const char *name, size_t length)
{
	return strncmp(own, name, length) == 0 &&
	       (own[length] == 0 || (own[length] == '@' && !memchr(name, '@', length)));
}

dt_node dt_child(const struct dt *dt, dt_node parent, const char *name, size_t length)
{
	dt_node child;

	if (parent == DT_ROOT) {
		for (u32 i = 0; i < dt->nr_children; i++)
			if (is_named(dt_name(dt, dt->child[i].node), name, length))
				return dt->child[i].node;
		return DT_NONE;
	}
	child = dt_first_child(dt, parent);
	while (child != DT_NONE && !is_named(dt_name(dt, child), name, length))
		child = dt_next_child(dt, child);
	return child;
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
