/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own page tables: the direct map, the image, and later the vmemmap.
 *
 * Input: banks and reservations. Output, live at the end of the stage:
 *   - every byte of every bank at DIRECT_MAP_START + (pa - phys_base), with the largest
 *     leaves that touch no firmware or no-map byte and nothing that is not RAM
 *   - the image at KERNEL_START: text r-x, rodata r--, data rw-; in the direct map its text
 *     and rodata are read only too, so that no byte is writable and executable
 *
 *   bank     [firmware)[free)[text)[rodata)[data....free...)[no-map)[....free....)
 *   leaves             4K     4K    4K      4K 2M 2M 1G 2M 4K        4K 2M ...
 */
#pragma once

#include "arch/arch.h"

struct paging_figures {
	u64 leaves[3]; /* of the direct map: 4K, 2M, 1G */
	u64 tables;    /* all tables but those for the vmemmap, root included */
	phys_addr_t root;
};
extern struct paging_figures paging_figures;

/**
 * paging_init - the stage: build the tables and go live. Stops when the boot window is too small for
 * them, or when registers that the kernel uses itself lie in RAM.
 */
void paging_init(void);

/**
 * paging_add_vmemmap - show [pa, pa + size) at va inside the vmemmap window with leaves of
 * exactly size (page or megapage). False when a table could not be had; nothing is changed then.
 */
bool paging_add_vmemmap(va_t va, phys_addr_t pa, u64 size);

/** paging_add_vmemmap_run - the same with size / leaf leaves of leaf bytes, all of which lie in one table. */
bool paging_add_vmemmap_run(va_t va, phys_addr_t pa, u64 size, u64 leaf);

/**
 * paging_add_stack - show size bytes at pa, whole pages, at va inside the window of the harts' stacks.
 * False when a table could not be had. Before any other hart runs.
 */
bool paging_add_stack(va_t va, phys_addr_t pa, u64 size);

/** paging_has_leaf - is va shown by a leaf already? */
bool paging_has_leaf(va_t va);

/** paging_leaf_size - bytes of the leaf that shows va; 0 when none does. */
u64 paging_leaf_size(va_t va);

/** paging_is_clear - is there neither a leaf nor a table of base pages for the 2 MiB around va? */
bool paging_is_clear(va_t va);

/** paging_tables_missing - tables that leaves of that size (page or megapage) over [va, va + size) would make. */
u64 paging_tables_missing(va_t va, u64 size, u64 leaf);

/* After hand-over, paging_hotplug.c: tables come from and go to whoever is named here. */
struct paging_tables {
	bool (*alloc)(phys_addr_t *table); /* a zeroed page; false when there is none */
	bool (*is_ours)(
		phys_addr_t
			table); /* did alloc give it? Those of the boot stay when they are empty */
	void (*free)(phys_addr_t table);
	void (*fence_harts)(void); /* every other hart that runs sees the change */
};

/** paging_set_tables - from now on tables come from there. tables is kept. */
void paging_set_tables(const struct paging_tables *tables);

/** paging_direct_va - where the direct map shows pa. */
va_t paging_direct_va(phys_addr_t pa);

/* The leaves of RAM that was added: any 2 MiB can go again, with DEBUG_PAGEALLOC any page can be hidden. */
#define PAGING_ADDED_LEAF (config_debug_pagealloc ? PAGE_SIZE : MEGAPAGE_SIZE)

/**
 * paging_add_direct - RAM that was added, whole megapages, appears in the direct map, rw-, in leaves
 * of PAGING_ADDED_LEAF. False when a table could not be had; nothing is changed then.
 */
bool paging_add_direct(struct range range);

/** paging_remove_direct - the opposite. Nobody touches the range any more. Empty tables are freed. */
void paging_remove_direct(struct range range);

/**
 * paging_remove_vmemmap - take the leaf of size bytes at va out of the window; result: what it showed. That
 * may be used otherwise after paging_flush_removed().
 */
phys_addr_t paging_remove_vmemmap(va_t va, u64 size);

/** paging_flush_removed - no hart sees any more what was taken out; tables that are empty since then are freed. */
void paging_flush_removed(void);

/** paging_fence_harts - leaves that were added are seen by the other harts too, if there are any. */
void paging_fence_harts(void);

/** paging_vmemmap_leaf - the bytes that the leaf at va of the window shows at once, and where va lies. 0: no leaf. */
u64 paging_vmemmap_leaf(va_t va, phys_addr_t *pa);

/** paging_split_vmemmap - the megapage leaf at va becomes 512 of 4 KiB; table is an empty page. */
void paging_split_vmemmap(va_t va, phys_addr_t table);

/** paging_remap_vmemmap - the 4 KiB leaf at va shows pa from now on; other harts see it after arch_fence_harts(). */
void paging_remap_vmemmap(va_t va, phys_addr_t pa, enum map_rights rights);

/* Leaves of one size that follow each other in the window and in RAM. */
struct paging_run {
	va_t va;
	phys_addr_t pa;
	u64 size;    /* of all of them */
	u64 leaf;    /* of one: PAGE_SIZE or MEGAPAGE_SIZE */
	bool shared; /* read only, and all of them show the same page */
};

/** paging_for_each_vmemmap_run - call visit for every run of the window, ascending by va. */
void paging_for_each_vmemmap_run(void (*visit)(const struct paging_run *run));

/** paging_vmemmap_figures - leaves by level (3) and tables that paging_add_vmemmap() made. */
void paging_vmemmap_figures(u64 *leaves, u64 *tables);

/**
 * paging_show_direct - hide the pages [pa, pa + size) of the direct map from everybody, or show them
 * again. They have leaves of one page: only with DEBUG_PAGEALLOC.
 */
void paging_show_direct(phys_addr_t pa, u64 size, bool shown);

struct paging_check {
	u64 writable_exec; /* pages that can be written at one address and executed at another or the same */
	u64 nomap_leaf; /* leaves that touch a no-map or firmware byte, device registers apart */
	u64 unaligned;  /* leaves whose address is no multiple of their size */
	u64 accessed_clear; /* leaves without A, or writable without D */
	u64 leaves;
	u64 tables;
};

/** paging_check - walk the finished tables. Every member but the last two must be 0. */
void paging_check(struct paging_check *out);
