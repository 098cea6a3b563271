/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proof that ends every boot: each usable page is free exactly once.
 *
 * The expectation is worked out anew from the banks and the owners (not from memblock, which
 * hand-over used), then compared with the free lists twice: every expected range must be
 * tiled by free blocks, or allocated ones that the kernel itself holds (PG_HELD), without gap or
 * overlap, and every block on a list must be one of them.
 */
#pragma once

#include "lib/types.h"

struct audit {
	u64 pages;     /* frames that are RAM */
	u64 free;      /* pages of the blocks on the lists, and deferred ones */
	u64 expected;  /* pages that no one owns */
	u64 duplicate; /* pages that are free more than once */
	u64 hole;      /* free pages that are no RAM, or owned */
	u64 held;      /* pages of allocated blocks that the kernel itself holds: huge pages */
	u64 missing;   /* expected pages that are in no free block */
	u64 deferred;  /* expected pages whose struct pages are not initialised yet */
	u64 writable_exec;
	u64 nomap_leaf;
	u64 bad_leaf; /* misaligned, or without A, or writable without D */
	bool ok;
};

/** audit_run - walk everything; drains the hot lists first. After hand-over, any number of times, while nothing is allocated. */
void audit_run(struct audit *out);

/** check_init - the stage: audit, ledger, zone identities. Stops when any of them fails. */
void check_init(void);

/** check_last - the result of the stage. */
extern struct audit check_last;
