/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is wrong with a free, in one line that names both call sites. Nothing changes.
 */
#include "lib/log.h"
#include "mm/buddy_internal.h"

bool buddy_refuse(const struct page *page, u32 order, u64 site)
{
	const char *why = "it is not the head of an allocated block";

	if (page_has(page, PG_BUDDY) || page_has(page, PG_PCP))
		why = "it is free already";
	else if (page_has(page, PG_RESERVED))
		why = pfn_is_ram(page_to_pfn(page)) ? "it is reserved and was never allocated"
						    : "it is a hole, not RAM";
	else if (page_has(page, PG_HELD))
		why = "the kernel itself holds it: struct pages, or a pool of huge pages";
	else if (page_has(page, PG_HEAD))
		why = page_order(page) != order ? "it was allocated with another order"
						: "it is still referenced";
	else if (page->free_site != 0)
		why = "it was freed before, alone or inside a larger block";
	log_warn("bad-free",
		 "free of pfn 0x%lx order %u from 0x%lx refused: %s (allocated with order %u from "
		 "0x%lx, last "
		 "freed from 0x%lx)",
		 page_to_pfn(page), order, site, why, page_order(page), page->alloc_site,
		 page->free_site);
	return false;
}

/* The frame of a struct page whose contents mean nothing: by where it lies. */
static bool find_frame(const struct page *page, pfn_t *pfn)
{
	struct memmap_run run;
	u64 cursor = 0;

	while (memmodel_next_run(&cursor, &run))
		if (page >= run.page && page < run.page + (run.end_pfn - run.start_pfn)) {
			*pfn = run.start_pfn + (pfn_t)(page - run.page);
			return true;
		}
	return false;
}

bool buddy_refuse_pending(const struct page *page, u32 order, u64 site)
{
	const char *why = "it was never allocated: its struct page is not initialised yet";
	pfn_t pfn = 0;

	if (!find_frame(page, &pfn))
		why = "it is no struct page";
	else if (!pfn_is_ram(pfn))
		why = "it is a hole, not RAM; its struct page is not initialised yet";
	log_warn("bad-free", "free of pfn 0x%lx order %u from 0x%lx refused: %s", pfn, order, site,
		 why);
	return false;
}
