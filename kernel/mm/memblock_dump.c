/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: both tables for people, one region per line. The regions are in normal form, so a
 * line that splits where the banks did not shows a difference in node or flags.
 */
#include "lib/log.h"
#include "mm/memblock_internal.h"

#define NAME_TEXT  24
#define NID_TEXT   8
#define FLAGS_TEXT 24

struct flags_text {
	char s[FLAGS_TEXT];
};

static struct flags_text flags_text(enum memblock_flags flags)
{
	static const struct {
		enum memblock_flags flag;
		const char *name;
	} names[] = {
		{MEMBLOCK_HOTPLUG, "hotplug"},
		{MEMBLOCK_MIRROR, "mirror"},
		{MEMBLOCK_NOMAP, "nomap"},
	};
	struct flags_text text = {"none"};
	size_t n = 0;

	for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
		if (flags & names[i].flag)
			n += format_text(text.s + n, sizeof(text.s) - n, "%s%s", n > 0 ? "|" : "",
					 names[i].name);
	}
	return text;
}

static void dump_region(const struct memblock_type *type, u64 i)
{
	const struct memblock_region *r = type->regions + i;
	char name[NAME_TEXT];
	char nid[NID_TEXT] = "none";

	format_text(name, sizeof(name), "%s[%lu]", type->name, i);
	if (r->nid != NUMA_NO_NODE)
		format_text(nid, sizeof(nid), "%u", r->nid);
	log_line("memblock", "%-11s [0x%016lx, 0x%016lx) %s node %s flags %s", name, r->base,
		 memblock_region_end(r), size_text(r->size).s, nid, flags_text(r->flags).s);
}

static void dump_type(const struct memblock_type *type)
{
	log_line("memblock", "%-11s %lu of %lu regions, %s", type->name, type->cnt, type->max,
		 size_text(type->total_size).s);
	for (u64 i = 0; i < type->cnt; i++)
		dump_region(type, i);
}

void memblock_dump(void)
{
	dump_type(&memblock.memory);
	dump_type(&memblock.reserved);
}

void memblock_dump_all(void)
{
	if (memblock_state.debug)
		memblock_dump();
}
