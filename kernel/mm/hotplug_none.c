/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory hotplug in the models that cannot: FLAT and DISCONTIG size the one array of struct pages of
 * a node at boot, from the node's first frame to its last. A frame outside of it has no place in the
 * array, and nothing can be put behind its end.
 */
#include "mm/hotplug.h"
#include "mm/hotplug_snapshot.h"
#include "mm/memmodel.h"

enum online_policy online_policy;

static int cannot(void)
{
	return hotplug_fail(HOTPLUG_ENOSYS,
			    "needs a SPARSE model: %s has one array of struct pages a node, whose "
			    "size was fixed at boot; build MODEL=sparse or MODEL=vmemmap",
			    memmodel_name);
}

int add_memory(u32 nid, phys_addr_t start, u64 size, enum add_flags flags)
{
	(void)nid;
	(void)start;
	(void)size;
	(void)flags;
	return cannot();
}

int remove_memory(phys_addr_t start, u64 size)
{
	(void)start;
	(void)size;
	return cannot();
}

int online_pages(pfn_t start_pfn, u64 nr_pages, enum online_type type)
{
	(void)start_pfn;
	(void)nr_pages;
	(void)type;
	return cannot();
}

int offline_pages(pfn_t start_pfn, u64 nr_pages)
{
	(void)start_pfn;
	(void)nr_pages;
	return cannot();
}

u64 memory_block_size_bytes(void)
{
	return 0;
}

bool memory_block_info(u64 phys_index, struct block_info *out)
{
	(void)phys_index;
	(void)out;
	return false;
}

int memory_block_online(u64 phys_index, enum online_type type)
{
	(void)phys_index;
	(void)type;
	return cannot();
}

int memory_block_offline(u64 phys_index)
{
	(void)phys_index;
	return cannot();
}

int memory_block_remove(u64 phys_index)
{
	(void)phys_index;
	return cannot();
}

u64 snapshot_sections(void)
{
	return 0;
}
