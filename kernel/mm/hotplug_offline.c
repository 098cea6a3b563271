/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory goes offline: nothing of it is free or in use any more.
 *
 *   memory_block_offline -> offline_pages -> isolate -> (notifiers) -> migrate -> all free? -> reserved
 *
 * What cannot move is found before anything is changed, and again at every pass. A refusal names the
 * first frame that stands in the way, and whose it is.
 */
#include "mm/hotplug_internal.h"

#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/deferred.h"
#include "mm/hotplug_notify.h"
#include "mm/hugetlb.h"
#include "mm/isolate.h"
#include "mm/migrate.h"
#include "mm/owner.h"

/* Looks at the range until all of it is free: when nobody else allocates or frees, two do. */
#define MAX_PASSES 16
/* While other harts are at work, until their blocks are back, or can be moved. */
#define PATIENT_PASSES 512

enum look {
	LOOK,     /* is there anything that can never move? */
	MOVE,     /* move what can be moved; for what other harts have in hand another pass comes */
	DISSOLVE, /* the same, and free huge pages leave their pools */
	LAST_MOVE, /* the same, but no other pass comes */
};

static int busy(pfn_t pfn, const struct page *head)
{
	phys_addr_t end;
	enum owner owner = owner_at(pfn_to_phys(pfn), pfn_to_phys(pfn + 1), &end);
	const struct reservation *r = owner_reservation_at(pfn_to_phys(pfn));

	if (owner != OWN_FREE)
		return hotplug_fail(HOTPLUG_EBUSY, "pfn 0x%lx belongs to %s and cannot move", pfn,
				    r ? r->name : owner_name(owner));
	if (!head)
		return hotplug_fail(HOTPLUG_EBUSY, "pfn 0x%lx is reserved", pfn);
	if (page_has(head, PG_HELD))
		return hotplug_fail(HOTPLUG_EBUSY, "pfn 0x%lx is held for %s and cannot move",
				    page_to_pfn(head),
				    owner_name((enum owner)(head->mapping >> 2)));
	return hotplug_fail(HOTPLUG_EBUSY,
			    "pfn 0x%lx, order %u, allocated from 0x%lx, cannot move: %s",
			    page_to_pfn(head), page_order(head), head->alloc_site,
			    page_movable_ops(head) ? "its owner refuses, or nothing else is free"
						   : "no owner registered it as movable");
}

/*
 * An allocated block. A movable one that no owner has registered is on its way when other harts are at
 * work: just allocated, or about to be freed.
 */
static int look_at(struct page *head, u64 word, enum look look)
{
	const bool on_its_way = look != LAST_MOVE && buddy_others_work() && !(word & PG_HELD) &&
				word >> PAGE_TYPE_SHIFT == MIGRATE_MOVABLE;

	if (!page_movable_ops(head))
		return on_its_way ? 0 : busy(page_to_pfn(head), head);
	if (look == LOOK || migrate_page(head) || on_its_way)
		return 0;
	return busy(page_to_pfn(head), head);
}

/* Free huge pages go last, when nothing else is in the way any more. */
static int look_at_huge(struct page *head, enum look look)
{
	const char *why = hugetlb_why_stays(head);

	if (why)
		return hotplug_fail(HOTPLUG_EBUSY, "pfn 0x%lx is %s: see hugepages",
				    page_to_pfn(head), why);
	if (look < DISSOLVE || hugetlb_leave(head))
		return 0;
	return hotplug_fail(HOTPLUG_ENOMEM,
			    "the huge page at pfn 0x%lx shares its struct pages, and there is no "
			    "memory for its own",
			    page_to_pfn(head));
}

/*
 * Look at every block of the range: what is free or movable is fine. Pages on hot lists are in no block;
 * nor is what bring-up set aside, which its owner tells from them.
 */
static int scan(pfn_t start_pfn, pfn_t end_pfn, enum look look)
{
	int failed = 0;
	u64 word;

	for (pfn_t pfn = start_pfn; !failed && pfn < end_pfn;) {
		const u64 altmap_pages = hotplug_altmap_pages_at(pfn);
		struct page *head = block_head(pfn, &word);
		struct page *huge = hugetlb_head_at(pfn);
		phys_addr_t end;

		if (altmap_pages > 0) {
			pfn += altmap_pages;
		} else if (huge) {
			pfn = page_to_pfn(huge) + (1UL << page_order(huge));
			failed = look_at_huge(huge, look);
		} else if (head) {
			if (!(word & PG_BUDDY))
				failed = look_at(head, word, look);
			pfn = page_to_pfn(head) + (1UL << (u8)(word >> PAGE_ORDER_SHIFT));
		} else {
			if (word & PG_RESERVED ||
			    owner_at(pfn_to_phys(pfn), pfn_to_phys(pfn + 1), &end) != OWN_FREE)
				failed = busy(pfn, NULL);
			pfn++;
		}
	}
	return failed;
}

/* Frames of the range that the allocator has or gave out: all but altmaps; of one section and zone. */
static bool next_own_range(pfn_t *at, pfn_t end_pfn, pfn_t *start_pfn, pfn_t *stop_pfn)
{
	*start_pfn = *at + hotplug_altmap_pages_at(*at);
	if (*start_pfn >= end_pfn)
		return false;
	*stop_pfn = min_u64(end_pfn, ALIGN_DOWN(*start_pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION);
	for (pfn_t pfn = *start_pfn; pfn < *stop_pfn; pfn += PAGES_PER_SUBSECTION)
		if (page_zone(pfn_to_page(pfn)) != page_zone(pfn_to_page(*start_pfn)))
			*stop_pfn = pfn;
	*at = *stop_pfn;
	return true;
}

static void for_own_ranges(pfn_t start_pfn, pfn_t end_pfn, void (*action)(pfn_t, pfn_t))
{
	pfn_t first, last;

	while (next_own_range(&start_pfn, end_pfn, &first, &last))
		action(first, last);
}

static bool all_free(pfn_t start_pfn, pfn_t end_pfn)
{
	pfn_t first, last;

	while (next_own_range(&start_pfn, end_pfn, &first, &last))
		if (isolated_busy(first, last) < last)
			return false;
	return true;
}

/* Let the others get on with what they have in hand. */
static void wait_a_little(void)
{
	for (u32 i = 0; i < 1024 && buddy_others_work(); i++) {
		buddy_serve();
		arch_relax();
	}
}

static int empty_range(pfn_t start_pfn, pfn_t end_pfn)
{
	const u32 passes = buddy_others_work() ? PATIENT_PASSES : MAX_PASSES;
	int failed = 0;

	for (u32 pass = 1; !failed && pass <= passes; pass++) {
		buddy_drain();
		if (all_free(start_pfn, end_pfn))
			return 0;
		failed = scan(start_pfn, end_pfn,
			      pass == 1       ? MOVE
			      : pass < passes ? DISSOLVE
					      : LAST_MOVE);
		wait_a_little();
	}
	if (failed || all_free(start_pfn, end_pfn))
		return failed;
	return hotplug_fail(HOTPLUG_EBUSY,
			    "pages of [0x%lx, 0x%lx) are allocated faster than they move",
			    pfn_to_phys(start_pfn), pfn_to_phys(end_pfn));
}

/* Blocks that say which subsections are offline; those of boot sections are made here. */
static int make_blocks(pfn_t start_pfn, pfn_t end_pfn)
{
	struct piece piece;

	for (pfn_t at = start_pfn; next_piece(&at, end_pfn, &piece);)
		if (!memory_block_make(piece.nr, page_to_nid(pfn_to_page(piece.start_pfn))))
			return hotplug_fail(HOTPLUG_ENOMEM, "no page for the state of block %lu",
					    piece.nr);
	return 0;
}

static void put_blocks(pfn_t start_pfn, pfn_t end_pfn)
{
	struct piece piece;

	for (pfn_t at = start_pfn; next_piece(&at, end_pfn, &piece);)
		if (memory_block_find(piece.nr))
			memory_block_put(memory_block_find(piece.nr));
}

static void leave(pfn_t start_pfn, pfn_t end_pfn)
{
	isolated_take(start_pfn, end_pfn);
	for (pfn_t pfn = start_pfn; pfn < end_pfn; pfn += PAGEBLOCK_NR_PAGES) {
		const struct page *page = pfn_to_page(pfn);

		page_zone(page)->managed_pages -= PAGEBLOCK_NR_PAGES;
		memmap_init_range(pfn, PAGEBLOCK_NR_PAGES, page_to_nid(page), zone_type_of(pfn));
	}
}

/* The range is isolated and no cache keeps pages: everything that can fail. */
static int vacate(pfn_t start_pfn, u64 nr_pages)
{
	const pfn_t end_pfn = start_pfn + nr_pages;
	int failed = make_blocks(start_pfn, end_pfn);

	failed = failed ? failed : memory_notify_going(MEM_GOING_OFFLINE, start_pfn, nr_pages);
	if (failed)
		return failed;
	failed = empty_range(start_pfn, end_pfn);
	if (failed)
		memory_notify(MEM_CANCEL_OFFLINE, start_pfn, nr_pages);
	return failed;
}

int offline_pages(pfn_t start_pfn, u64 nr_pages)
{
	TRACE_CALL(start_pfn, nr_pages);
	const pfn_t end_pfn = start_pfn + nr_pages;
	int failed = hotplug_check_state(start_pfn, nr_pages, true);

	deferred_complete();
	failed = failed ? failed : scan(start_pfn, end_pfn, LOOK);
	if (failed)
		return failed;
	for_own_ranges(start_pfn, end_pfn, isolate_pages);
	buddy_caches_off(true);
	failed = vacate(start_pfn, nr_pages);
	if (failed) {
		for_own_ranges(start_pfn, end_pfn, unisolate_pages);
		buddy_caches_off(false);
		hugetlb_return();
		put_blocks(start_pfn, end_pfn);
		return failed;
	}
	for_own_ranges(start_pfn, end_pfn, leave);
	buddy_caches_off(false);
	hugetlb_left();
	hotplug_set_state(start_pfn, nr_pages, false, false);
	hotplug_respan();
	memory_notify(MEM_OFFLINE, start_pfn, nr_pages);
	return 0;
}

bool memory_block_is_removable(u64 nr)
{
	const pfn_t start_pfn = section_nr_to_pfn(nr);

	for (pfn_t pfn = start_pfn; pfn < start_pfn + PAGES_PER_SECTION;
	     pfn += PAGES_PER_SUBSECTION) {
		const struct range range = pfn_range(pfn, PAGES_PER_SUBSECTION);

		if (banks_hold(range) == 0 || !subsection_is_online(pfn))
			continue;
		if (banks_hold(range) != range_size(range) ||
		    scan(pfn, pfn + PAGES_PER_SUBSECTION, LOOK))
			return false;
	}
	return true;
}
