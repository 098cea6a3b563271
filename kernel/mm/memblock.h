/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock: the allocator of the time before the buddy allocator.
 *
 * Two sorted tables of half-open ranges: memory (what exists) and reserved (what is taken).
 * Free memory is memory minus reserved minus regions flagged NOMAP. Names, arguments, merge
 * rules, defaults and return values are those that kernel developers know from Linux 6.12
 * (include/linux/memblock.h); the text and the code are ours. Differences, each on purpose:
 *   - nothing is allocated before memblock_allow_alloc() has said that all reservations are known;
 *   - hotpluggable regions are always avoided, not only under movable_node: walks and searches
 *     leave them out unless flags has MEMBLOCK_HOTPLUG, allocations take them last;
 *   - after memblock_close() every writer stops the boot;
 *   - memblock_discard() does not exist: the ledger needs the tables.
 *
 * Units: bytes. Ranges: [base, base + size). size may run to the end of the address space:
 * base + size is capped at PHYS_ADDR_MAX. An allocation returns the physical address, 0 for
 * none: address 0 is never handed out.
 */
#pragma once

#include "lib/types.h"

#define INIT_MEMBLOCK_REGIONS     128
#define MEMBLOCK_LOW_LIMIT        0
#define MEMBLOCK_ALLOC_ANYWHERE   PHYS_ADDR_MAX
#define MEMBLOCK_ALLOC_ACCESSIBLE 0 /* end: up to current_limit */

enum memblock_flags {
	MEMBLOCK_NONE = 0x0,
	MEMBLOCK_HOTPLUG = 0x1, /* may go away at run time: kernel data comes here last */
	MEMBLOCK_MIRROR = 0x2,  /* preferred when any region is mirrored */
	MEMBLOCK_NOMAP = 0x4,   /* exists, is never mapped and never allocated */
};

struct memblock_region {
	phys_addr_t base;
	phys_addr_t size;
	enum memblock_flags flags;
	u32 nid;
};

struct memblock_type {
	u64 cnt;        /* regions in use */
	u64 max;        /* regions there is room for */
	u64 total_size; /* bytes of all regions */
	struct memblock_region *regions;
	const char *name;
};

struct memblock {
	bool bottom_up;
	phys_addr_t current_limit;
	struct memblock_type memory;
	struct memblock_type reserved;
};

extern struct memblock memblock;

/*
 * ---- what exists, what is taken ----
 * All return 0, or -12 when the table is full and cannot grow; the table then is as it was. What
 * a region has (node, flags) it keeps when an added range overlaps it. memblock_add() and
 * memblock_reserve() give NUMA_NO_NODE and MEMBLOCK_NONE. An empty range changes nothing.
 */
int memblock_add(phys_addr_t base, phys_addr_t size);
int memblock_add_node(phys_addr_t base, phys_addr_t size, u32 nid, enum memblock_flags flags);
int memblock_remove(phys_addr_t base, phys_addr_t size);
int memblock_reserve(phys_addr_t base, phys_addr_t size);
int memblock_phys_free(phys_addr_t base, phys_addr_t size);
int memblock_set_node(phys_addr_t base, phys_addr_t size, struct memblock_type *type, u32 nid);
int memblock_mark_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_clear_hotplug(phys_addr_t base, phys_addr_t size);
int memblock_mark_mirror(phys_addr_t base, phys_addr_t size);
int memblock_mark_nomap(phys_addr_t base, phys_addr_t size);
int memblock_clear_nomap(phys_addr_t base, phys_addr_t size);
/**
 * memblock_trim_memory - each memory region shrinks inward to align (a power of two); empty ones
 * go.
 */
void memblock_trim_memory(phys_addr_t align);
/**
 * memblock_enforce_memory_limit - keep the first limit bytes of memory, cut the rest from both
 * tables.
 */
void memblock_enforce_memory_limit(phys_addr_t limit);
/** memblock_cap_memory_range - keep [base, base + size) and NOMAP regions, cut the rest. */
void memblock_cap_memory_range(phys_addr_t base, phys_addr_t size);

/* ---- any sorted range table of this kind: also used for owners ---- */
int memblock_type_add(struct memblock_type *type, phys_addr_t base, phys_addr_t size, u32 nid,
		      enum memblock_flags flags);
int memblock_type_remove(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
/** memblock_type_search - index of the region that holds addr, or -1. */
s64 memblock_type_search(const struct memblock_type *type, phys_addr_t addr);

/* ---- policy ---- */
void memblock_set_bottom_up(bool enable);
bool memblock_bottom_up(void);
void memblock_set_current_limit(phys_addr_t limit);
phys_addr_t memblock_get_current_limit(void);
/** memblock_allow_alloc - all reservations are known: allocations may begin. */
void memblock_allow_alloc(void);
/** memblock_allow_resize - free memory can be touched: full tables may double. */
void memblock_allow_resize(void);
/** memblock_close - hand-over has begun: any later change or allocation stops the boot. */
void memblock_close(void);

/* ---- allocation ---- */
/**
 * memblock_find_in_range_node - free, aligned [base, base+size) in [start, end), on nid unless
 * NUMA_NO_NODE; 0 when none.
 */
phys_addr_t memblock_find_in_range_node(phys_addr_t size, phys_addr_t align, phys_addr_t start,
					phys_addr_t end, u32 nid, enum memblock_flags flags);
/**
 * memblock_alloc_range_nid - find and reserve; falls back to other nodes unless exact_nid. Not
 * zeroed.
 */
phys_addr_t memblock_alloc_range_nid(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				     phys_addr_t end, u32 nid, bool exact_nid);
phys_addr_t memblock_phys_alloc_range(phys_addr_t size, phys_addr_t align, phys_addr_t start,
				      phys_addr_t end);
phys_addr_t memblock_phys_alloc_try_nid(phys_addr_t size, phys_addr_t align, u32 nid);
/*
 * The next four return a pointer through phys_to_virt(), or NULL. min_addr is a wish that is
 * given up last.
 */
void *memblock_alloc(phys_addr_t size, phys_addr_t align);
void *memblock_alloc_try_nid(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
			     phys_addr_t max_addr, u32 nid);
void *memblock_alloc_try_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				 phys_addr_t max_addr, u32 nid);
void *memblock_alloc_exact_nid_raw(phys_addr_t size, phys_addr_t align, phys_addr_t min_addr,
				   phys_addr_t max_addr, u32 nid);

/* ---- questions ---- */
phys_addr_t memblock_phys_mem_size(void);
phys_addr_t memblock_reserved_size(void);
phys_addr_t memblock_start_of_DRAM(void);
phys_addr_t memblock_end_of_DRAM(void);
bool memblock_is_memory(phys_addr_t addr);
bool memblock_is_map_memory(phys_addr_t addr);
bool memblock_is_reserved(phys_addr_t addr);
bool memblock_is_region_memory(phys_addr_t base, phys_addr_t size);
bool memblock_is_region_reserved(phys_addr_t base, phys_addr_t size);
bool memblock_overlaps_region(struct memblock_type *type, phys_addr_t base, phys_addr_t size);
/**
 * memblock_search_pfn_nid - the memory region around pfn: its frames and its node. -1 when there is
 * none (the frames are left alone), or when it has no node.
 */
s64 memblock_search_pfn_nid(pfn_t pfn, pfn_t *start_pfn, pfn_t *end_pfn);

/**
 * memblock_dump_all - both tables to the log, when memblock=debug (memblock_set_debug) asked for
 * it.
 */
void memblock_dump_all(void);
void memblock_dump(void); /* unconditionally: the monitor */
void memblock_set_debug(bool on);
void memblock_set_fail_alloc(u32 nr); /* failalloc=: allocation nr, from 1, finds nothing; 0 none */

/* ---- iteration: for_each_mem_region() and its kin ---- */
#include "mm/memblock_iter.h"
