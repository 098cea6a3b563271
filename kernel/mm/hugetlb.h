/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pools of huge pages: contiguous, naturally aligned memory of 2 MiB or 1 GiB that is set aside
 * at boot, while it can still be had, and handed out whole. Names and counters are those of
 * Linux's hugetlb (Documentation/admin-guide/mm/hugetlbpage.rst):
 *
 *   nr       pages of the pool, wherever they are; surplus ones included
 *   free     of those, not handed out
 *   resv     of the free ones, promised: only hugetlb_alloc_reserved() takes them
 *   surplus  of nr, beyond the pool's size: they go back to the buddy allocator when freed
 *   persistent = nr - surplus: the size that was asked for, as far as it could be had
 *
 *   stage gigantic   boot arguments; 1 GiB pages from memblock: after hand-over no block is so large
 *   stage hugetlb    1 GiB pages become blocks; 2 MiB pages from the buddy allocator
 *
 * A page of a pool is a block with PG_HELD: nobody can free it past this interface. One hart at a time
 * may call what changes a pool: there is no lock.
 */
#pragma once

#include "mm/buddy.h"

enum hstate_size {
	HSTATE_2M, /* one megapage leaf */
	HSTATE_1G, /* one gigapage leaf; larger than any block: gigantic */
	NR_HSTATES,
};

/* The share of one node. */
struct hstate_node {
	u64 nr, free, surplus; /* huge pages, see above */
	u64 asked;             /* by the boot arguments: of this node, or its share */
	u64 got;               /* at boot */
	const char *why;       /* got is less: why; NULL */
	struct list_head list; /* the free ones, by struct page.lru */
};

struct hstate {
	u32 order; /* log2 of the frames of one page */
	u64 asked; /* by the boot arguments, all nodes; each node's share is settled by the stages */
	bool by_node; /* they name nodes: hugepages=0:2,1:3 */
	u64 resv;
	u64 overcommit; /* at most this many surplus pages are made when the pool is empty */
	u32 next_alloc; /* round robin: the node that gives the next page to the pool */
	u32 next_free;  /* and the one that takes the next back */
	struct hstate_node node[MAX_NUMNODES];
};

extern struct hstate hstates[NR_HSTATES];
/* The size that hugepages= means when no size was named before: default_hugepagesz=, or 2 MiB. */
extern struct hstate *default_hstate;

/** hugetlb_reserve_gigantic - the stage: read the boot arguments; take gigantic pages from memblock. */
void hugetlb_reserve_gigantic(void);

/** hugetlb_init - the stage: the pools as asked for, as far as possible; what is missing is warned of. */
void hugetlb_init(void);

/** hugetlb_cmdline - fill asked, by_node and default_hstate from machine.options.huge. Once, by the stage gigantic. */
void hugetlb_cmdline(void);

/** hugetlb_min_free - pages of the machine that no pool ever takes: 4 * sqrt(KiB of RAM) KiB, at least 128 KiB. */
u64 hugetlb_min_free(void);

/** hstate_of_size - bytes to pool; NULL when there are no huge pages of that size. */
struct hstate *hstate_of_size(u64 bytes);

static inline u64 hstate_bytes(const struct hstate *h)
{
	return PAGE_SIZE << h->order;
}

static inline bool hstate_is_gigantic(const struct hstate *h)
{
	return h->order > MAX_PAGE_ORDER;
}

/* Sums over nodes. */
struct hstate_sum {
	u64 nr, free, surplus, got;
};
struct hstate_sum hstate_sum(const struct hstate *h);

/**
 * hugetlb_alloc - a huge page from the pool, of the node or the nearest that has one; when all of
 * them are in use or promised, a surplus page as far as overcommit allows. NULL when there is none.
 */
struct page *hugetlb_alloc(struct hstate *h, u32 nid);

/** hugetlb_reserve - promise nr free pages of the pool; false, and nothing promised, when there are fewer. */
bool hugetlb_reserve(struct hstate *h, u64 nr);
/** hugetlb_unreserve - take nr promises back, at most as many as there are; surplus pages kept for them go. */
void hugetlb_unreserve(struct hstate *h, u64 nr);
/** hugetlb_alloc_reserved - the same as hugetlb_alloc(), from what was promised: never NULL while resv > 0. */
struct page *hugetlb_alloc_reserved(struct hstate *h, u32 nid);

/**
 * hugetlb_free - give a huge page back: to its pool, or when the pool has too many, to the buddy
 * allocator. A page that is no huge page, or is free, is refused: false, and a line.
 */
bool hugetlb_free(struct page *page);

/**
 * hugetlb_set_pool - make the persistent pool of all nodes (NUMA_NO_NODE), or of one, this large.
 * Growing takes free blocks, node by node in turn; shrinking gives free pages back, never promised
 * ones; pages in use beyond the new size become surplus. Result: the size it has now; *why says
 * what stood in the way, NULL when it is as asked.
 */
u64 hugetlb_set_pool(struct hstate *h, u32 nid, u64 count, const char **why);

/**
 * hugetlb_head_at - the huge page that holds the frame, in use or not; NULL when none does.
 * hugetlb_why_stays - why it cannot go back to the buddy allocator: in use, or promised; NULL when it can.
 * hugetlb_leave - it goes back, and its pool is smaller by one: its memory goes offline, as in Linux's
 * dissolve_free_hugetlb_folios(). False when there is no memory for struct pages that it shares.
 * hugetlb_return - the pools get back what left since the last call, as far as they can: it stays online.
 * hugetlb_left - they do not: what left is forgotten.
 */
struct page *hugetlb_head_at(pfn_t pfn);
const char *hugetlb_why_stays(const struct page *head);
bool hugetlb_leave(struct page *head);
void hugetlb_return(void);
void hugetlb_left(void);

/** hugetlb_next_range - pages of the pool that follow each other in memory, of one size and node; *cursor from 0. */
bool hugetlb_next_range(const struct hstate *h, u64 *cursor, struct range *range, u32 *nid);
