/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is each usable page free exactly once?
 *
 *   expected   [=========)   [=====================)     banks minus every owner
 *   tiling     [10][5][3]    [10][10][10][..missing.)    free (or held) blocks found by walking frames
 *   lists       each block on a list must be one of the tiling, once
 *
 * Three passes: tile and mark; walk the lists and unmark; what is still marked is on no list. Where
 * struct pages are not initialised yet, hand-over's ranges stand for the free blocks.
 */
#include "mm/check.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "mm/buddy.h"
#include "mm/handover.h"
#include "mm/memmap_init.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/paging.h"

struct audit check_last;

/* Call piece for every range of frames that nobody owns, ascending. */
static void for_each_expected(struct audit *audit,
			      void (*piece)(struct audit *audit, pfn_t start_pfn, pfn_t end_pfn))
{
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		phys_addr_t start = bank.start;
		phys_addr_t end;

		for (phys_addr_t at = bank.start; at < bank.end; at = end) {
			if (owner_at(at, bank.end, &end) == OWN_FREE)
				continue;
			if (start < at)
				piece(audit, PFN_DOWN(start), PFN_DOWN(at));
			start = end;
		}
		if (start < bank.end)
			piece(audit, PFN_DOWN(start), PFN_DOWN(bank.end));
	}
}

/* A head whose word has an order that there is not heads nothing. */
static bool is_free_head(pfn_t pfn)
{
	return pfn_valid(pfn) && page_has(pfn_to_page(pfn), PG_BUDDY) &&
	       page_order(pfn_to_page(pfn)) <= MAX_PAGE_ORDER;
}

/* An allocated block that the kernel itself holds: it is where it should be, though not free. */
static bool is_held_head(pfn_t pfn)
{
	return pfn_valid(pfn) && page_has(pfn_to_page(pfn), PG_HEAD) &&
	       page_has(pfn_to_page(pfn), PG_HELD) &&
	       page_order(pfn_to_page(pfn)) <= MAX_PAGE_ORDER;
}

/* Struct pages that are not initialised say nothing: where the next one is that does. */
static pfn_t skip_pending(pfn_t pfn, pfn_t end_pfn)
{
	pfn_t stop_pfn;

	(void)memmap_next_pending(&pfn, end_pfn, &stop_pfn);
	return stop_pfn;
}

/*
 * A block may run on beyond the end of its piece, when banks touch; never into the middle of
 * one: the next piece then begins inside the block, which its first frames show as missing.
 */
static pfn_t tiled_to;

static void tile(struct audit *audit, pfn_t start_pfn, pfn_t end_pfn)
{
	audit->expected += end_pfn - start_pfn;
	for (pfn_t pfn = max_u64(start_pfn, min_u64(tiled_to, end_pfn)); pfn < end_pfn;) {
		if (!pfn_is_ready(pfn)) {
			pfn_t stop_pfn = skip_pending(pfn, end_pfn);

			audit->deferred += stop_pfn - pfn;
			pfn = stop_pfn;
			continue;
		}
		if (is_free_head(pfn)) {
			pfn_to_page(pfn)->word |= PG_AUDIT;
		} else if (is_held_head(pfn)) {
			audit->held += 1UL << page_order(pfn_to_page(pfn));
		} else {
			audit->missing++;
			pfn++;
			continue;
		}
		pfn += 1UL << page_order(pfn_to_page(pfn));
		tiled_to = pfn;
	}
}

/* What of a block that tiles nothing is expected anyway is free twice; the rest is no free RAM. */
static void judge_stray(struct audit *audit, pfn_t pfn, u32 order)
{
	for (pfn_t end_pfn = pfn + (1UL << order); pfn < end_pfn; pfn++) {
		phys_addr_t end;

		if (pfn_is_ram(pfn) &&
		    owner_at(pfn_to_phys(pfn), pfn_to_phys(pfn + 1), &end) == OWN_FREE)
			audit->duplicate++;
		else
			audit->hole++;
	}
}

/* Pages of [start_pfn, end_pfn) that are no RAM, or owned. */
static u64 count_holes(pfn_t start_pfn, pfn_t end_pfn)
{
	phys_addr_t stop_at = pfn_to_phys(end_pfn);
	phys_addr_t end;
	u64 holes = 0;

	for (phys_addr_t at = pfn_to_phys(start_pfn); at < stop_at; at = end) {
		const struct bank *bank = banks_find(at);

		end = bank ? min_u64(bank->range.end, stop_at) : at + PAGE_SIZE;
		if (!bank || owner_at(at, end, &end) != OWN_FREE)
			holes += (end - at) / PAGE_SIZE;
	}
	return holes;
}

static void walk_list(struct audit *audit, struct zone *zone, u32 order, u32 type)
{
	struct list_head *head = &zone->free_area[order].free_list[type];
	/* More than there can be, strays included: a list that runs in a circle ends here. */
	u64 limit = 2 * (zone->spanned_pages >> order) + 64;
	struct page *page;

	list_for_each_entry (page, head, lru) {
		pfn_t pfn = page_to_pfn(page);

		assert_kernel(limit-- > 0, pfn, order);
		audit->free += 1UL << order;
		if (!pfn_is_ready(pfn) || !page_has(page, PG_AUDIT) || page_order(page) != order ||
		    page_type(page) != type) {
			judge_stray(audit, pfn, order);
			continue;
		}
		page->word &= ~(u64)PG_AUDIT;
		/* A block that crosses into an owned range: that part is a hole. */
		audit->hole += count_holes(pfn, pfn + (1UL << order));
	}
}

/*
 * Frames that hand-over will give when their struct pages are initialised, against those that are
 * expected in pending units: equal, range by range, when none is a hole, none comes twice and there
 * are as many. The zones have counted them too.
 */
static void judge_deferred(struct audit *audit)
{
	struct handover_piece piece;
	pfn_t above = ~0UL;
	u64 counted = 0;
	u64 pages = 0;
	u64 holes = 0;
	u64 twice = 0;
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			counted += zone->nr_deferred;
	for (u32 i = 0; handover_piece(i, 0, ~0UL, &piece); i++) {
		pfn_t stop_pfn;

		for (pfn_t pfn = piece.start_pfn;
		     memmap_next_pending(&pfn, piece.end_pfn, &stop_pfn); pfn = stop_pfn) {
			pages += stop_pfn - pfn;
			holes += count_holes(pfn, stop_pfn);
			twice += stop_pfn > above ? stop_pfn - max_u64(pfn, above) : 0;
		}
		above = piece.start_pfn;
	}
	assert_kernel(counted == pages, counted, pages);
	audit->free += pages;
	audit->hole += holes;
	audit->duplicate += twice;
	if (audit->deferred > pages - holes - twice)
		audit->missing += audit->deferred - (pages - holes - twice);
}

static void unmark(struct audit *audit, pfn_t start_pfn, pfn_t end_pfn)
{
	for (pfn_t pfn = start_pfn; pfn < end_pfn;) {
		struct page *page;

		if (!pfn_is_ready(pfn)) {
			pfn = skip_pending(pfn, end_pfn);
			continue;
		}
		if (!is_free_head(pfn)) {
			pfn++;
			continue;
		}
		page = pfn_to_page(pfn);
		pfn += 1UL << page_order(page);
		if (!page_has(page, PG_AUDIT))
			continue;
		page->word &= ~(u64)PG_AUDIT;
		audit->missing += 1UL << page_order(page);
	}
}

void audit_run(struct audit *out)
{
	TRACE_CALL();
	struct paging_check tables;
	struct zone *zone;
	u32 nid;

	*out = (struct audit){0};
	buddy_drain();
	for (u32 i = 0; i < banks.nr; i++)
		out->pages += range_size(banks.bank[i].range) / PAGE_SIZE;
	tiled_to = 0;
	for_each_expected(out, tile);
	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++)
				for (u32 type = 0; type < MIGRATE_TYPES; type++)
					walk_list(out, zone, order, type);
	judge_deferred(out);
	for_each_expected(out, unmark);
	paging_check(&tables);
	out->writable_exec = tables.writable_exec;
	out->nomap_leaf = tables.nomap_leaf;
	out->bad_leaf = tables.unaligned + tables.accessed_clear;
	out->ok = out->free + out->held == out->expected && out->duplicate == 0 && out->hole == 0 &&
		  out->missing == 0 && out->writable_exec == 0 && out->nomap_leaf == 0 &&
		  out->bad_leaf == 0;
}

/* spanned >= present >= managed for every zone, and the sums over zones are those of the machine. */
static void check_identities(void)
{
	TRACE_CALL();
	u64 present = 0;
	u64 managed = 0;
	struct zone *zone;
	u64 ram = 0;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			assert_kernel(zone->spanned_pages >= zone->present_pages, nid, zone->type);
			assert_kernel(zone->present_pages >= zone->managed_pages, nid, zone->type);
			present += zone->present_pages;
			managed += zone->managed_pages;
		}
	for (u32 i = 0; i < banks.nr; i++)
		ram += range_size(banks.bank[i].range) / PAGE_SIZE;
	assert_kernel(present == ram, present, ram);
	assert_kernel(managed == handover_figures.pages, managed, handover_figures.pages);
}

void check_init(void)
{
	TRACE_CALL();
	struct ledger ledger;

	check_identities();
	ledger_make(&ledger);
	if (!ledger_adds_up(&ledger))
		stop("the ledger does not add up: the owners have other bytes than the %lu of RAM "
		     "in the tree",
		     ledger.ram);
	if (!config_audit)
		return;
	audit_run(&check_last);
	if (!check_last.ok)
		stop("audit: %lu pages are free, %lu should be; %lu twice, %lu not RAM or owned, "
		     "%lu missing; %lu writable and executable, %lu leaves over no-map memory, %lu "
		     "leaves misaligned or without A or D",
		     check_last.free, check_last.expected - check_last.held, check_last.duplicate,
		     check_last.hole, check_last.missing, check_last.writable_exec,
		     check_last.nomap_leaf, check_last.bad_leaf);
}
