/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One question to the RAM itself, asked at many places at once. Private to bank_probe.c, which
 * cuts the banks, bank_probe_round.c, which asks, and bank_probe_where.c, which knows where.
 *
 * The places of a round are all pages at one offset from multiples of a step, in all banks:
 *
 *   banks   [================)        [================)
 *   step    |     |     |     |     |     |     |     |
 *   round      ^     ^     ^             ^     ^     ^      same offset everywhere
 *
 * An address line that is not decoded, a controller that wraps, or a second window on the same
 * DRAM moves an address by a multiple of a large power of two. So two places of RAM that are one
 * memory are places of the same round.
 *
 * What must not be touched is not: no place lies in it. Nor is it hit through an alias, as long as it
 * is no larger than a quarter of a step: a round that has a place in it is not asked at all. That
 * holds for the image, the blob and firmware. A word of a larger reservation that is aliased may
 * hold a pattern for the time of a round; it gets its own value back as all others do.
 */
#pragma once

#include "mm/bank_internal.h"

enum probe_answer {
	PROBE_UNKNOWN, /* not asked: no bank, or something lies there */
	PROBE_RAM,     /* keeps what is written, and nobody else shows it */
	PROBE_NOTHING, /* traps, or does not keep what is written */
	PROBE_ALIAS,   /* the same memory as another place, which keeps it */
};

#define PROBE_MAX_POINTS 1024 /* places of one round */

/** bank_probe_begin - first of all: work out the step, what must not be touched, and open a window. */
void bank_probe_begin(const struct bank_table *table);

/**
 * bank_probe_keep - for bank_probe_begin(): rounds have places every step bytes, a power of two; home
 * is where the bank of the image starts.
 */
void bank_probe_keep(u64 step, phys_addr_t home);

/** bank_probe_may_ask - may that page be written for a moment? */
bool bank_probe_may_ask(phys_addr_t page);

/** bank_probe_is_clear - does nothing that must not be touched lie in range itself? For reading. */
bool bank_probe_is_clear(struct range range);

/**
 * bank_probe_next_page - the first page in range that may be asked; false when there is none. Its
 * round touches nothing that is reserved, not even through an alias.
 */
bool bank_probe_next_page(struct range range, phys_addr_t *page);

/** bank_probe_last_page - the last such page. */
bool bank_probe_last_page(struct range range, phys_addr_t *page);

/**
 * bank_probe_page - ask the round of a page that may be asked, and give the page's answer; with
 * PROBE_ALIAS, *same is the place that keeps the memory. The words used are as before afterwards.
 */
enum probe_answer bank_probe_page(phys_addr_t page, phys_addr_t *same);

/**
 * bank_probe_point - the i-th place of the last round, ascending, and its answer; false past the
 * last.
 */
bool bank_probe_point(u32 i, phys_addr_t *page, enum probe_answer *answer);

/** bank_probe_rounds - how many rounds there were. */
u32 bank_probe_rounds(void);
