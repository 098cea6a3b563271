/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory goes online: its struct pages move to a zone, its pages to the free lists.
 *
 *   memory_block_online -> online_pages -> (notifiers) -> move_pfn_range_to_zone -> online_pages_range
 *
 * Nothing is allocated, so only a notifier can say no, and then nothing has been changed.
 */
#include "mm/hotplug_internal.h"

#include "lib/bits.h"
#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/buddy.h"
#include "mm/hotplug_notify.h"

/* Whole subsections, all of them RAM, all online or all offline. */
int hotplug_check_state(pfn_t start_pfn, u64 nr_pages, bool is_online)
{
	if (nr_pages == 0 || !IS_ALIGNED(start_pfn | nr_pages, PAGES_PER_SUBSECTION))
		return hotplug_fail(
			HOTPLUG_EINVAL,
			"pfn 0x%lx and %lu pages must be multiples of a subsection, %lu "
			"pages",
			start_pfn, nr_pages, PAGES_PER_SUBSECTION);
	for (pfn_t pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SUBSECTION) {
		const struct range range = pfn_range(pfn, PAGES_PER_SUBSECTION);

		if (banks_hold(range) != range_size(range) || !pfn_valid(pfn))
			return hotplug_fail(HOTPLUG_EINVAL,
					    "[0x%lx, 0x%lx) is not all RAM: a hole can go neither "
					    "online nor offline",
					    range.start, range.end);
		if (subsection_is_online(pfn) != is_online)
			return hotplug_fail(HOTPLUG_EINVAL, "[0x%lx, 0x%lx) is %s already",
					    range.start, range.end,
					    is_online ? "offline" : "online");
	}
	return 0;
}

void hotplug_set_state(pfn_t start_pfn, u64 nr_pages, bool is_online, bool is_movable)
{
	struct piece piece;

	for (pfn_t at = start_pfn; next_piece(&at, start_pfn + nr_pages, &piece);) {
		struct memory_block *block = memory_block_find(piece.nr);
		struct mem_section *section = nr_to_section(piece.nr);
		u64 word = section->section_mem_map & ~SECTION_IS_ONLINE;

		subsections_set(block->offline, piece.first, piece.end, !is_online);
		subsections_set(block->movable, piece.first, piece.end, is_movable);
		for (u64 i = 0; i < SUBSECTIONS_PER_SECTION; i++)
			if (subsection_bit(section->usage->subsection_map, i) &&
			    !subsection_bit(block->offline, i))
				word |= SECTION_IS_ONLINE;
		section_set_word(piece.nr, word);
		memory_block_put(block);
	}
	banks_set_online(pfn_range(start_pfn, nr_pages), is_online);
}

/* Struct pages of the range say which zone they belong to. */
static void move_pfn_range_to_zone(pfn_t start_pfn, u64 nr_pages, enum online_type type)
{
	TRACE_CALL(start_pfn, nr_pages, (u64)type);
	for (pfn_t pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SUBSECTION)
		memmap_init_range(pfn, PAGES_PER_SUBSECTION, page_to_nid(pfn_to_page(pfn)),
				  type == MMOP_ONLINE_MOVABLE ? ZONE_MOVABLE : zone_type_of(pfn));
}

/* Pages of the range that hold struct pages of it: they stay reserved. */
u64 hotplug_altmap_pages_at(pfn_t pfn)
{
	const struct memory_block *block = memory_block_find(pfn_to_section_nr(pfn));
	const pfn_t end_pfn =
		section_nr_to_pfn(pfn_to_section_nr(pfn)) + (block ? block->altmap_pages : 0);

	return pfn < end_pfn ? end_pfn - pfn : 0;
}

static u32 largest_order(pfn_t pfn, u64 nr_pages)
{
	u32 order = lowest_bit(pfn | MAX_ORDER_NR_PAGES);

	while (nr_pages < 1UL << order)
		order--;
	return order;
}

/* To the free lists, in the largest blocks. */
static void online_pages_range(pfn_t start_pfn, u64 nr_pages)
{
	TRACE_CALL(start_pfn, nr_pages);
	const pfn_t end_pfn = start_pfn + nr_pages;

	for (pfn_t pfn = start_pfn; pfn < end_pfn;) {
		const u64 skip = hotplug_altmap_pages_at(pfn);
		const u64 left =
			min_u64(end_pfn, ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION) -
			pfn;
		struct page *page = pfn_to_page(pfn);
		u32 order;

		if (skip > 0) {
			pfn += skip;
			continue;
		}
		order = largest_order(pfn, left);
		for (u64 i = 0; i < 1UL << order; i++)
			page[i].word = 0;
		page_zone(page)->managed_pages += 1UL << order;
		buddy_release(page_zone(page), page, order);
		pfn += 1UL << order;
	}
}

int online_pages(pfn_t start_pfn, u64 nr_pages, enum online_type type)
{
	TRACE_CALL(start_pfn, nr_pages, (u64)type);
	int failed = hotplug_check_state(start_pfn, nr_pages, false);

	failed = failed ? failed : memory_notify_going(MEM_GOING_ONLINE, start_pfn, nr_pages);
	if (failed)
		return failed;
	move_pfn_range_to_zone(start_pfn, nr_pages, type);
	online_pages_range(start_pfn, nr_pages);
	hotplug_set_state(start_pfn, nr_pages, true, type == MMOP_ONLINE_MOVABLE);
	hotplug_respan();
	memory_notify(MEM_ONLINE, start_pfn, nr_pages);
	return 0;
}
