/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Work for all harts: a range of units (pages, sections, bytes, blocks: the caller's choice) that is
 * done in chunks by whoever is free. Before the other harts have come up, and on a machine that
 * has one, the same calls do all of it here.
 *
 *   units   [start                                              end)
 *   chunks  [ hart 0 )[ hart 2 )[ hart 1 )[ hart 2 )[ hart 0 )[..)     each taken once, in order
 *
 * The boot hart hands out work, one piece at a time, and nothing else runs on it meanwhile. What
 * it wrote before is seen by every hart, page tables too; what they wrote is seen by it afterwards.
 */
#pragma once

#include "lib/types.h"

/** harts_init - the stage: start every hart that has data (percpu_init()), and wait for them, not for ever. */
void harts_init(void);

/** harts_start - the same, for a stage that wants them earlier; once, the second call does nothing. After percpu_init(). */
void harts_start(void);

struct harts_work {
	const char *name; /* of run, as the source has it: for trace and harts. A literal */
	u64 start;        /* units, half-open */
	u64 end;
	u64 chunk; /* units at a time, at least 1: large against 100 instructions, small against a second */
	/* Do [start, end), at most a chunk. On any hart, several at once; it may allocate, free and log. */
	void (*run)(u64 start, u64 end, void *arg);
	/* On the boot hart after each of its own chunks: so many units are done. May be NULL. */
	void (*progress)(u64 done, u64 all, void *arg);
	void *arg; /* for both */
	u64 next;  /* for harts_work.c: the first unit that nobody has taken */
	u64 done;  /* and how many are finished */
};

/** harts_begin - the other harts begin, and this one goes on at once. Boot hart only; *work stays until harts_finish(). */
void harts_begin(struct harts_work *work);

/** harts_finish - this hart helps, then waits for the others. All of [start, end) is done. Boot hart only. */
void harts_finish(struct harts_work *work);

/** harts_run - harts_begin() and harts_finish(). */
void harts_run(struct harts_work *work);

/** harts_each - fn(arg) once on every hart that is up, at the same time; wait for all. name: of fn. Boot hart only. */
void harts_each(const char *name, void (*fn)(void *arg), void *arg);

/* What one hart did of the last work. */
struct harts_share {
	u64 id;      /* as the tree and firmware count */
	u64 units;   /* of harts_run(); 1 of harts_each() */
	u64 instret; /* instructions it took, waiting left out; 0 where they cannot be counted */
};

/** harts_share - the share of the i-th hart that is up, the boot hart first; false past the last. */
bool harts_share(u32 i, struct harts_share *out);

/**
 * harts_fence - every other hart that is up sees the leaves as they are now; without one, nothing. On any
 * hart, also under a lock: firmware makes the others do it, whatever they are at.
 */
void harts_fence(void);

/** harts_at_work - is work handed out that is not finished? On a hart other than the boot hart always. */
bool harts_at_work(void);

/** harts_up - how many harts take work, this one included. */
u32 harts_up(void);
