/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Struct pages after hand-over. Two halves: initialise() writes struct pages and nothing else, so
 * several harts may do different parts at a time; the free lists are one hart's work.
 *
 *   run of the model   [........................................)   one section, or one node's array
 *   part               [...............)                            a unit, or what a share has of the run
 *   pieces to be free      [=====)   [=========)                    from hand-over
 *   struct pages       rrrr000000rrrr00rrrrrrrrr                    r reserved, 0 free
 *
 * When nothing was allocated before, the lists are after deferred_complete() in the order that an eager
 * hand-over leaves: they start with the lowest block.
 */
#include "mm/deferred.h"

#include "arch/arch.h"
#include "harts.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/handover.h"
#include "mm/memmap_init.h"

struct deferred_figures deferred_figures;

/* Growing: one hart at a time. Outermost of all locks; guards nr_deferred, grow_pfn and what is below. */
static struct spinlock lock;

/* What has been initialised so far. */
static struct memmap_init_figures done;

static void add_figures(const struct memmap_init_figures *more)
{
	done.pages += more->pages;
	done.unavailable += more->unavailable;
	memmap_init_figures.poisoned += more->poisoned;
}

/* A part of a run: all reserved, then those of its frames that will be free are not. */
static void initialise(const struct memmap_run *part, struct memmap_init_figures *figures)
{
	struct handover_piece piece;

	memmap_init_run(part, figures);
	for (u32 i = handover_find(part->end_pfn);
	     handover_piece(i, part->start_pfn, part->end_pfn, &piece); i++)
		if (memmap_run_has(part, piece.start_pfn))
			handover_clear_reserved(part->page + (piece.start_pfn - part->start_pfn),
						piece.end_pfn - piece.start_pfn);
}

static void grow_unit(pfn_t start_pfn)
{
	const pfn_t end_pfn = start_pfn + MAX_ORDER_NR_PAGES;
	struct memmap_init_figures figures = {0};
	struct handover_piece piece;
	struct memmap_run part;
	u64 cursor = 0;

	while (memmodel_next_run_in(&cursor, start_pfn, end_pfn, &part))
		initialise(&part, &figures);
	add_figures(&figures);
	deferred_figures.demand_units++;
	deferred_figures.demand_pages += figures.pages;
	memmap_set_ready(start_pfn, end_pfn);
	for (u32 i = handover_find(end_pfn); handover_piece(i, start_pfn, end_pfn, &piece); i++)
		handover_donate(&piece);
}

static bool grow_locked(struct zone *zone)
{
	const pfn_t limit = zone_end_pfn(zone);
	struct handover_piece piece;

	/* Pieces go down, the zone grows upward: from the piece that begins at grow_pfn or last before it. */
	zone->grow_pfn = max_u64(zone->grow_pfn, zone->start_pfn);
	for (u32 i = handover_find(zone->grow_pfn + 1) + 1; i-- > 0;) {
		if (!handover_piece(i, zone->grow_pfn, limit, &piece) || piece.zone != zone)
			continue;
		zone->grow_pfn = memmap_first_pending(piece.start_pfn, piece.end_pfn);
		if (zone->grow_pfn == piece.end_pfn)
			continue;
		grow_unit(ALIGN_DOWN(zone->grow_pfn, MAX_ORDER_NR_PAGES));
		return true;
	}
	assert_kernel(zone->nr_deferred == 0, zone->nr_deferred, zone->grow_pfn);
	return false;
}

bool zone_grow(struct zone *zone)
{
	bool has_grown;

	spin_lock(&lock);
	has_grown = grow_locked(zone);
	spin_unlock(&lock);
	return has_grown;
}

void deferred_ready(pfn_t start_pfn, pfn_t end_pfn)
{
	spin_lock(&lock);
	while ((start_pfn = memmap_first_pending(start_pfn, end_pfn)) < end_pfn)
		grow_unit(ALIGN_DOWN(start_pfn, MAX_ORDER_NR_PAGES));
	spin_unlock(&lock);
}

/* What is pending of [start_pfn, end_pfn) of a run. */
static void initialise_pending(const struct memmap_run *run, pfn_t start_pfn, pfn_t end_pfn,
			       struct memmap_init_figures *figures)
{
	pfn_t stop_pfn;

	for (; memmap_next_pending(&start_pfn, end_pfn, &stop_pfn); start_pfn = stop_pfn) {
		struct memmap_run part = {
			.page = run->page + (start_pfn - run->start_pfn),
			.start_pfn = start_pfn,
			.end_pfn = stop_pfn,
			.nid = run->nid,
		};

		initialise(&part, figures);
	}
}

/* Of all struct pages, in the order of the runs, those from number first up to number last. */
static void initialise_numbers(u64 first, u64 last, struct memmap_init_figures *figures)
{
	struct memmap_run run;
	u64 cursor = 0;
	u64 at = 0;

	for (; at < last && memmodel_next_run(&cursor, &run); at += run.end_pfn - run.start_pfn) {
		u64 nr = run.end_pfn - run.start_pfn;
		u64 skip = max_u64(first, at) - at;
		u64 stop_at = min_u64(last - at, nr);

		if (skip < stop_at)
			initialise_pending(&run, run.start_pfn + skip, run.start_pfn + stop_at,
					   figures);
	}
}

static struct memmap_init_figures share_figures[MACHINE_MAX_HARTS];
static u64 next_share;

/*
 * One hart's share. Equal ones, fixed in advance: a struct page costs the same everywhere, and the same
 * boot has the same figures.
 */
static void do_share(void *arg)
{
	const u64 share = __atomic_fetch_add(&next_share, 1, __ATOMIC_RELAXED);
	const u64 nr_shares = *(const u64 *)arg;
	const u64 pages = memmap_init_figures.pages;
	const u64 start = arch_instret();

	initialise_numbers(pages * share / nr_shares, pages * (share + 1) / nr_shares,
			   &share_figures[share]);
	deferred_figures.share[share].hart = this_hart()->arch.id;
	deferred_figures.share[share].pages = share_figures[share].pages;
	deferred_figures.share[share].instret = arch_instret() - start;
}

/* What a piece has in pending units, from the top down. */
static void donate_pending(const struct handover_piece *piece)
{
	for (pfn_t end_pfn = piece->end_pfn; end_pfn > piece->start_pfn;) {
		struct handover_piece part = *piece;

		part.end_pfn = end_pfn;
		part.start_pfn =
			max_u64(piece->start_pfn, ALIGN_DOWN(end_pfn - 1, MAX_ORDER_NR_PAGES));
		if (!pfn_is_ready(part.start_pfn))
			handover_donate(&part);
		end_pfn = part.start_pfn;
	}
}

static void move_lists(struct free_area *from, struct free_area *to)
{
	for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
		for (u32 type = 0; type < MIGRATE_TYPES; type++)
			list_move_all(&from[order].free_list[type], &to[order].free_list[type]);
}

/*
 * Everything that is pending of a zone. What is on the lists already came from below, and is put
 * aside so that it comes first in the end.
 */
static void donate_zone(struct zone *zone)
{
	struct free_area aside[NR_PAGE_ORDERS];
	struct handover_piece piece;

	for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
		for (u32 type = 0; type < MIGRATE_TYPES; type++)
			list_init(&aside[order].free_list[type]);
	move_lists(zone->free_area, aside);
	for (u32 i = 0; handover_piece(i, 0, ~0UL, &piece); i++)
		if (piece.zone == zone)
			donate_pending(&piece);
	move_lists(aside, zone->free_area);
	assert_kernel(zone->nr_deferred == 0, zone->nr_deferred, zone->start_pfn);
}

static void donate_all(void)
{
	const u64 start = arch_instret();
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			donate_zone(zone);
	memset(memmap_pending, 0, sizeof(memmap_pending));
	buddy_judge_frees(NULL);
	deferred_figures.lists_instret = arch_instret() - start;
}

bool deferred_is_pending(void)
{
	return memmap_is_deferred() && deferred_figures.nr_shares == 0;
}

u64 deferred_late_pages(void)
{
	u64 pages = 0;

	for (u64 share = 0; share < deferred_figures.nr_shares; share++)
		pages += deferred_figures.share[share].pages;
	return pages;
}

void deferred_complete(void)
{
	if (!deferred_is_pending())
		return;
	harts_start();
	deferred_figures.nr_shares = harts_up();
	harts_each("do_share", do_share, &deferred_figures.nr_shares);
	donate_all();
	for (u64 share = 0; share < deferred_figures.nr_shares; share++)
		add_figures(&share_figures[share]);
	assert_kernel(done.pages == memmap_init_figures.pages, done.pages,
		      memmap_init_figures.pages);
	assert_kernel(done.unavailable == memmap_init_figures.unavailable, done.unavailable,
		      memmap_init_figures.unavailable);
	if (memmap_is_poisoned())
		assert_kernel(memmap_init_figures.poisoned == done.pages,
			      memmap_init_figures.poisoned, done.pages);
}

void deferred_init_memmap(void)
{
	if (machine.options.deferred == DEFERRED_ON)
		deferred_complete();
}
