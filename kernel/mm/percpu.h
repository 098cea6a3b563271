/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each hart has for itself. tp points to it, so that a hart reaches its own without a lock
 * and without knowing its number.
 *
 * The first member is the machine's part (arch.h). Only the hart itself touches its page caches;
 * another hart that needs the pages in them asks: buddy_drain().
 */
#pragma once

#include "machine.h"
#include "mm/page.h"

struct zone;
struct pglist_data;

#define MIGRATE_PCPTYPES 3 /* migratetypes that a cache keeps; the first of enum migratetype */

/*
 * The hot list of one zone: single pages that were just freed, handed out again without a lock and
 * without touching the free lists. A stack per migratetype, threaded through lru.next.
 *
 * given is also what numastat needs to know of single pages, so that counting allocations costs the
 * fast path nothing; node_stat() puts the figures of all harts together.
 */
struct page_cache {
	struct page *top[MIGRATE_PCPTYPES];
	u64 put;     /* single pages that came here, less those that went back to the free lists */
	u64 given;   /* of those, allocated: the rest is here */
	u64 blocks;  /* larger blocks of the zone that this hart allocated */
	u64 miss;    /* of given and blocks: another node was preferred */
	u64 foreign; /* allocations that preferred this zone and got one of another node */
};

static_assert(sizeof(struct page_cache) == 64, "an index into a hart's caches is one shift");

/** page_cache_count - single pages in it. */
static inline u64 page_cache_count(const struct page_cache *cache)
{
	return cache->put - cache->given;
}

#define PCP_BATCH 16 /* pages moved at a time */
#define PCP_HIGH  64 /* more than this: a batch goes back */

enum hart_state {
	HART_STOPPED,  /* was not started */
	HART_REFUSED,  /* firmware would not start it */
	HART_STARTING, /* was started, and has not said anything */
	HART_LATE,     /* said nothing in time: if it comes now, it sleeps */
	HART_UP,       /* takes work */
};

struct harts_work;

/* What a hart has done of the work that was handed out. */
struct hart_share {
	u64 units;
	u64 chunks; /* calls of the work's function */
	u64 instret;
};

struct hart {
	struct arch_hart arch;
	enum hart_state state;
	u32 nid;      /* its node, as the tree says; 0 when it says nothing */
	u64 pcp_high; /* PCP_HIGH, or 0: the next free must look at asked, or the caches are off */
	u32 at_work;  /* 0: its caches are empty, and nobody needs to ask */
	u32 asked;    /* 1: another hart waits for the pages in the caches (buddy_cache.c) */
	struct page_cache *home_cache; /* the cache of home_zone */
	struct zone *home_zone;        /* where alloc_pages() looks first */
	struct pglist_data *home_node; /* and whose zonelist it follows then */
	struct harts_work *work;       /* what it was given and has not finished (harts.h) */
	struct hart_share last;        /* its part of the last work */
	struct hart_share all;         /* and of all */
	u64 works;                     /* works that it did a part of */
	const char *last_work;         /* the name of the last of those; NULL none */
	const char *why;               /* refused: what firmware said */
	struct page_cache cache[MAX_NUMNODES << LINKS_NID_SHIFT]; /* as zone_table */
	u32 interleave_next;              /* the first node that may have the next turn */
	u64 interleave_hit[MAX_NUMNODES]; /* interleaved allocations that got what the turn was */
};

/* The boot hart: head.S puts its address into tp. */
extern struct hart boot_hart;

/* All harts that have data, by index; the boot hart is the first. */
extern struct hart *harts[MACHINE_MAX_HARTS];
extern u32 nr_harts;

/**
 * percpu_init - the stage: data, a stack and a stack for traps for every usable hart of the tree, near
 * its node. A hart that gets none is left out with a warning.
 */
void percpu_init(void);

/** percpu_of - the data of a hart of the tree, or NULL; an id that the tree has twice has it once. */
struct hart *percpu_of(const struct machine_hart *from);

/** percpu_why_not - why percpu_of() is NULL for it. */
const char *percpu_why_not(const struct machine_hart *from);

/** percpu_stack_used - bytes of the stack of a hart other than the boot hart that were ever written to, from its top down. */
u64 percpu_stack_used(const struct hart *hart);

/** percpu_node - the node of a hart of the tree: the lowest that exists when it names none that does. */
u32 percpu_node(const struct machine_hart *from);

/** hart_state_name - "boot", "up", "stopped", "refused", "late", "starting". */
const char *hart_state_name(const struct hart *hart);

/** percpu_block - where the data and stacks of a hart other than the boot hart lie. */
struct range percpu_block(const struct hart *hart);

/** this_hart - the hart that runs this. */
static inline struct hart *this_hart(void)
{
	return (struct hart *)arch_this_hart();
}
