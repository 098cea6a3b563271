/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What nobody owns, after memory has come or gone: the pieces of hand-over anew, from banks and owners.
 */
#include "lib/log.h"
#include "mm/bank.h"
#include "mm/handover.h"
#include "mm/memmodel.h"
#include "mm/owner.h"

/* [start_pfn, end_pfn) is nobody's: pieces of one zone each; zones change at subsections only. */
static void note(pfn_t start_pfn, pfn_t end_pfn)
{
	while (start_pfn < end_pfn) {
		struct zone *zone = page_zone(pfn_to_page(start_pfn));
		pfn_t at = start_pfn;

		while (at < end_pfn && page_zone(pfn_to_page(at)) == zone)
			at = min_u64(end_pfn,
				     ALIGN_DOWN(at, PAGEBLOCK_NR_PAGES) + PAGEBLOCK_NR_PAGES);
		handover_figures.pages += at - start_pfn;
		if (handover_has_room())
			handover_note_released(&(struct handover_piece){start_pfn, at, zone});
		else
			log_warn("free-ranges-cut",
				 "the table of free ranges is full: mm.free does not show [0x%lx, "
				 "0x%lx)",
				 pfn_to_phys(start_pfn), pfn_to_phys(at));
		start_pfn = at;
	}
}

void handover_renew(void)
{
	handover_forget();
	handover_figures.pages = 0;
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		phys_addr_t end;

		for (phys_addr_t at = bank.start; at < bank.end; at = end)
			if (owner_at(at, bank.end, &end) == OWN_FREE)
				note(PFN_DOWN(at), PFN_DOWN(end));
	}
	handover_figures.rejected_hole = memmap_init_figures.unavailable;
	handover_figures.rejected_reserved = memmap_init_figures.pages -
					     memmap_init_figures.unavailable -
					     handover_figures.pages;
}
