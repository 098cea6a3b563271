/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who owns a page of RAM, and the ledger that proves that every byte has one owner.
 *
 * Two sources: the reservations that are known before the first allocation (image, dtb,
 * firmware, initrd, the tree's own, frame 0), kept one by one with their names, and what
 * bring-up allocates for itself, kept as merged ranges per owner. Where two overlap, the
 * owner with the smaller number has the byte.
 */
#pragma once

#include "lib/range.h"
#include "machine.h"

enum owner {
	OWN_FIRMWARE_NOMAP, /* the firmware's; never mapped */
	OWN_KERNEL,
	OWN_DTB,
	OWN_INITRD,
	OWN_TREE, /* /reserved-memory and /memreserve/ */
	OWN_FRAME0,
	OWN_MEMMAP,      /* struct pages */
	OWN_TABLES,      /* page tables: direct map and vmemmap */
	OWN_MEM_SECTION, /* roots of mem_section */
	OWN_USAGE,       /* pageblock types and subsection maps */
	OWN_NODE_DATA,   /* pg_data_t */
	OWN_HUGETLB,     /* gigantic pages of the huge page pools */
	OWN_HARTS,       /* data and stacks of the other harts */
	OWN_MEMBLOCK,    /* grown tables of memblock itself */
	OWN_BADMEM,      /* found bad by memtest= */
	OWN_LOST,        /* RAM that got no struct page */
	OWN_FREE,        /* nobody: goes to the buddy allocator */
	NR_OWNERS,
};

struct reservation {
	struct range range; /* whole pages, rounded outward */
	enum owner owner;
	bool nomap;
	bool reusable;
	const char *
		name; /* kernel, dtb, initrd, firmware, memreserve, frame0, or the tree node's path */
};

#define MAX_RESERVATIONS (MACHINE_MAX_RESERVATIONS + MACHINE_MAX_DYNAMIC + 8)

struct reservation_table {
	u32 nr;
	struct reservation reservation[MAX_RESERVATIONS]; /* sorted by start, then end */
};

extern struct reservation_table reservations;

/**
 * reservations_init - the stage: machine, image, dtb -> reservations, before any allocation.
 * Rounds outward; protects the firmware even when the tree forgets it (everything from the
 * start of the image's bank up to the image, unless the tree lists a no-map or firmware range
 * there); drops an initrd that lies outside RAM or on something else; stops when a no-map
 * range covers the image.
 */
void reservations_init(void);

/** reservations_add - one more, in its sorted place; for dynamic reservations. Closed after the memtest stage. */
void reservations_add(struct range range, enum owner owner, bool nomap, const char *name);

/** reservations_drop - take entries out again: those for which which() is true. For whoever gives their pages away. */
void reservations_drop(bool (*which)(const struct reservation *r));

/**
 * reservations_add_badmem - these whole pages were found bad: from now on they are reserved, owner badmem. In the
 * memtest stage, and at any time after the boot. False when the table is full.
 */
bool reservations_add_badmem(struct range range);

/** reservations_is_nomap - does any no-map or firmware reservation touch the range? */
bool reservations_is_nomap(struct range range);

/** owner_add - bring-up allocated this (whole pages) for itself. */
void owner_add(enum owner owner, struct range range);
/** owner_has_room - can a range be taken out of the middle of an owner's, when no table can grow any more? */
bool owner_has_room(enum owner owner);
/** owner_remove - and gave it back before hand-over. */
void owner_remove(enum owner owner, struct range range);

/**
 * owner_at - who owns the page that holds pa; *end is set to where that answer stops being
 * the same (page aligned, at most limit). pa must lie in a bank.
 */
enum owner owner_at(phys_addr_t pa, phys_addr_t limit, phys_addr_t *end);

/** owner_reservation_at - the reservation that decides for pa (its name), or NULL. */
const struct reservation *owner_reservation_at(phys_addr_t pa);

/** owner_name - its word in report and record: "kernel", "memmap", ... */
const char *owner_name(enum owner owner);

/**
 * owner_early_range - the i-th range, ascending over all owners, that bring-up keeps or that the
 * live kernel took for itself; false past the last. Asking for 0, 1, 2, ... is quick.
 */
bool owner_early_range(u32 i, enum owner *owner, struct range *range);

/* Who answers for what was taken after hand-over: owned.c. */
struct owner_source {
	/* lower *end to the next edge above pa; is pa inside, and whose is it? */
	bool (*meet)(phys_addr_t pa, phys_addr_t *end, enum owner *owner);
	/* the first range that starts at or above pa */
	bool (*next)(phys_addr_t pa, enum owner *owner, struct range *range);
};

/** owner_set_source - the one source of run-time owners. */
void owner_set_source(const struct owner_source *source);

struct ledger {
	u64 ram;              /* bytes of RAM in the tree */
	u64 bytes[NR_OWNERS]; /* by owner, OWN_FREE included; dropped bytes are in OWN_LOST */
};

/** ledger_make - sweep all banks; the sum of bytes[] equals ram, or ledger_adds_up() says no. */
void ledger_make(struct ledger *out);
bool ledger_adds_up(const struct ledger *ledger);
