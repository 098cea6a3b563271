/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sv39 page tables (Privileged 1.12, 4.4): the format, and the few operations on a tree of
 * tables that lie in memory reachable through phys_to_virt(). Pure C: the host builds the same
 * file, so that tests read the real format.
 *
 *   virtual address     38      30 29      21 20      12 11         0
 *                      |  VPN[2]  |  VPN[1]  |  VPN[0]  |  offset   |   bits 63..39 copy bit 38
 *                        level 2    level 1    level 0
 *   a leaf there shows   1 GiB      2 MiB      4 KiB
 *                      gigapage    megapage    page
 *
 *   entry   63 62  61 60  54 53               10 9 8 7 6 5 4 3 2 1 0
 *          | 0 | PBMT|  0  |      pfn (44)      |RSW|D A G U X W R V|
 *
 * R = W = X = 0 with V = 1 points to the next table; A, D, U of such an entry are reserved
 * and stay 0. Leaves have A = 1, and D = 1 when writable, because hardware may fault instead
 * of setting them (Svade; the U74 does).
 */
#pragma once

#include "arch/arch.h"

#define SV39_LEVELS     3
#define SV39_ENTRIES    512
#define SV39_LEVEL_BITS 9

typedef struct {
	u64 word;
} pte_t;

#define PTE_V 0x01UL
#define PTE_R 0x02UL
#define PTE_W 0x04UL
#define PTE_X 0x08UL
#define PTE_U 0x10UL
#define PTE_G 0x20UL
#define PTE_A 0x40UL
#define PTE_D 0x80UL

#define PTE_PFN_SHIFT 10
#define PTE_PFN_MASK  ((1UL << 44) - 1)

/** sv39_shift - log2 of the bytes that one entry of this level shows: 12, 21, 30. */
static inline u32 sv39_shift(u32 level)
{
	return PAGE_SHIFT + SV39_LEVEL_BITS * level;
}

/** sv39_index - which of the 512 entries of a table of this level translates va. */
static inline u32 sv39_index(va_t va, u32 level)
{
	return (u32)(va >> sv39_shift(level)) & (SV39_ENTRIES - 1);
}

/** pte_table - an entry that points to the table in frame pfn. */
static inline pte_t pte_table(pfn_t pfn)
{
	return (pte_t){pfn << PTE_PFN_SHIFT | PTE_V};
}

/** pte_leaf - an entry that shows memory from frame pfn on. Writable and executable cannot be said. */
static inline pte_t pte_leaf(pfn_t pfn, enum map_rights rights)
{
	static const u64 bits[] = {
		[MAP_R] = PTE_R,
		[MAP_RX] = PTE_R | PTE_X,
		[MAP_RW] = PTE_R | PTE_W | PTE_D,
	};

	return (pte_t){pfn << PTE_PFN_SHIFT | bits[rights] | PTE_G | PTE_A | PTE_V};
}

static inline bool pte_is_valid(pte_t pte)
{
	return (pte.word & PTE_V) != 0;
}

static inline bool pte_is_leaf(pte_t pte)
{
	return (pte.word & (PTE_R | PTE_W | PTE_X)) != 0;
}

static inline pfn_t pte_pfn(pte_t pte)
{
	return (pte.word >> PTE_PFN_SHIFT) & PTE_PFN_MASK;
}

/* A tree of tables, where new tables come from, and what has been put in. */
struct sv39 {
	phys_addr_t root;
	/* one zeroed page for a table, as a physical address; false when there is none */
	bool (*table_alloc)(phys_addr_t *table);
	u64 nr_leaves[SV39_LEVELS]; /* by level */
	u64 nr_tables;              /* root included */
};

/** sv39_init - an empty tree with a root table. False when table_alloc has none. */
bool sv39_init(struct sv39 *tree, bool (*table_alloc)(phys_addr_t *table));

/**
 * sv39_map - show [pa, pa + size) at va with the largest leaves that alignment and size allow,
 * up to max_level. All three are page aligned; no byte of the range is mapped yet.
 * False when a table could not be had: what was mapped until then stays.
 */
bool sv39_map(struct sv39 *tree, va_t va, phys_addr_t pa, u64 size, enum map_rights rights,
	      u32 max_level);

/**
 * sv39_unmap - take every leaf of [va, va + size) away; each lies in it whole. Tables that have no
 * entry left are unhooked, the deepest first, and named to retire: whoever is called fences before
 * he uses such a page for anything else (Privileged 1.12, 4.2.1), or keeps it as a table for good
 * and says false: it then stays hooked. The root always stays.
 */
void sv39_unmap(struct sv39 *tree, va_t va, u64 size, bool (*retire)(phys_addr_t table));

/** sv39_tables_missing - exactly how many tables sv39_map() would make for leaves of that level over [va, va + size). */
u64 sv39_tables_missing(phys_addr_t root, va_t va, u64 size, u32 level);

/** sv39_tables_needed - an upper bound of the new tables that sv39_map() of one range takes. */
u64 sv39_tables_needed(va_t va, phys_addr_t pa, u64 size, u32 max_level);

/** sv39_walk - the entry that decides for va: a leaf or an invalid one; *level says where it stands. */
pte_t sv39_walk(phys_addr_t root, va_t va, u32 *level);

/**
 * sv39_page_entry - where the leaf of one page at va stands, valid or not; NULL when there is no table for
 * pages there.
 */
pte_t *sv39_page_entry(phys_addr_t root, va_t va);

/** sv39_split - the megapage leaf at va becomes table, an empty page, of leaves that show the same: one store. */
void sv39_split(struct sv39 *tree, va_t va, phys_addr_t table);

/** sv39_replace - the leaf of 4 KiB that shows va shows pa instead, with these rights. */
void sv39_replace(struct sv39 *tree, va_t va, phys_addr_t pa, enum map_rights rights);

/* One leaf, as a visitor sees it. */
struct sv39_leaf {
	va_t va;
	phys_addr_t pa;
	u64 size;
	pte_t pte;
	u32 level;
};

/** sv39_for_each_leaf - call visit for every leaf, ascending by va; counts the tables walked. */
u64 sv39_for_each_leaf(phys_addr_t root, void (*visit)(const struct sv39_leaf *leaf, void *context),
		       void *context);
