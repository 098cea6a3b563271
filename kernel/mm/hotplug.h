/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that comes and goes while the machine runs. The SPARSE models can, because they decide
 * section by section which struct pages there are; FLAT and DISCONTIG say why they cannot.
 *
 *              add               online               offline             remove
 *   absent ----------> offline ----------> online ----------> offline ----------> absent
 *   RAM of the tree    mapped; struct      its pages are
 *   that nobody uses   pages, reserved     free or in use
 *
 * The unit of add and remove is the subsection, 2 MiB; sysfs and the prompt count in blocks of one
 * section. docs/hotplug.md has the whole of it: who owns what, and the order of changes.
 *
 * Every function either does all of what it says or leaves the machine as it was. The result is 0 or
 * a negative error number; hotplug_why() then has the reason in words. The boot hart only, after the
 * check stage; other harts may allocate and free meanwhile.
 */
#pragma once

#include "lib/log.h"
#include "lib/range.h"
#include "mm/mmzone.h"

/* The numbers that these errors have everywhere. */
enum hotplug_error {
	HOTPLUG_ENOMEM = -12, /* struct pages or tables cannot be paid; nothing was changed */
	HOTPLUG_EBUSY = -16,  /* something in the range is in use, or reserved */
	HOTPLUG_EEXIST = -17, /* is RAM in use already, or was added before */
	HOTPLUG_EINVAL = -22, /* not aligned, no RAM of the tree, or in the wrong state */
	HOTPLUG_ERANGE = -34, /* outside what direct map or section table reach */
	HOTPLUG_ENOSYS = -38, /* not in this memory model */
	HOTPLUG_EVETO = -1,   /* a notifier said no; EPERM */
};

/** hotplug_error_name - "EINVAL", ... */
const char *hotplug_error_name(int error);

/** hotplug_why - what was asked, which rule it broke and what to change. Valid after an error, until the next call. */
const char *hotplug_why(void);

/** hotplug_fail - note the reason, for hotplug_why(); result: error. */
int hotplug_fail(int error, const char *fmt, ...) PRINTF_LIKE(2, 3);

enum add_flags {
	ADD_PLAIN = 0,
	ADD_ALTMAP = 1, /* struct pages in the first pages of each block: costs the rest nothing */
	ADD_BASE_PAGES = 2,  /* show struct pages by 4 KiB leaves even where 2 MiB would do */
	ADD_NO_FALLBACK = 4, /* do not change to another backing when memory is short */
};

/**
 * add_memory - RAM of the tree that nobody uses gets leaves and struct pages; it is offline then.
 * @nid: its node, which may be new; NUMA_NO_NODE: as the tree says
 * @start, @size: bytes, multiples of 2 MiB; with ADD_ALTMAP of a section
 * Errors: EINVAL, EEXIST, EBUSY with the reservation's name, ERANGE, ENOMEM with both numbers.
 */
int add_memory(u32 nid, phys_addr_t start, u64 size, enum add_flags flags);

/** remove_memory - the opposite of add_memory(), of any part of what was added and is offline. EINVAL, EBUSY. */
int remove_memory(phys_addr_t start, u64 size);

/* Which zone pages go to. */
enum online_type {
	MMOP_ONLINE_KERNEL, /* DMA32 or Normal, as the frame says */
	MMOP_ONLINE_MOVABLE, /* Movable: only pages that can be moved, so that it can go offline again */
};

/** online_pages - offline memory, whole subsections, becomes free pages. EINVAL, EVETO. */
int online_pages(pfn_t start_pfn, u64 nr_pages, enum online_type type);

/**
 * offline_pages - online memory, whole subsections: what is in use there is moved away, and nothing of
 * it is free or in use afterwards. EINVAL; EBUSY with the frame that cannot move; EVETO.
 */
int offline_pages(pfn_t start_pfn, u64 nr_pages);

/* A block, as /sys/devices/system/memory/memoryN shows it. phys_index N is the section number. */
enum block_state {
	BLOCK_ABSENT,
	BLOCK_OFFLINE,
	BLOCK_ONLINE,
	BLOCK_MIXED, /* some subsections are offline */
};

struct block_info {
	u64 phys_index;
	enum block_state state;
	u32 nid;
	u64 present;    /* bytes that are RAM */
	u64 online;     /* of those, online */
	u64 added;      /* of those, added at run time */
	u64 altmap;     /* bytes of the block that hold its own struct pages */
	bool removable; /* could it go offline now? */
	char zones[32]; /* valid_zones: where it is, or could go */
};

/** memory_block_size_bytes - bytes of a block; 0 when the model has none. */
u64 memory_block_size_bytes(void);

/** memory_block_info - the first block at or above phys_index; false past the last. */
bool memory_block_info(u64 phys_index, struct block_info *out);

/** memory_block_online, _offline, _remove - all of a block that is offline, online, added and offline. */
int memory_block_online(u64 phys_index, enum online_type type);
int memory_block_offline(u64 phys_index);
int memory_block_remove(u64 phys_index);

/* auto_online_blocks: what add_memory() does at its end. */
enum online_policy {
	ONLINE_POLICY_OFFLINE, /* nothing */
	ONLINE_POLICY_KERNEL,
	ONLINE_POLICY_MOVABLE,
};
extern enum online_policy online_policy;
