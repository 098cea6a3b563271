/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each memory model promises about a frame, worked out from the banks alone, frame by frame
 * and without any table of the model.
 */
#pragma once

#include "boot_fixture.h"
#include "mm/section.h"

/* Does [start_pfn, end_pfn) hold RAM, of node nid or (NUMA_NO_NODE) of any? */
static inline bool oracle_has_ram(pfn_t start_pfn, pfn_t end_pfn, u32 nid)
{
	const struct range range = {pfn_to_phys(start_pfn), pfn_to_phys(end_pfn)};

	for (u32 i = 0; i < banks.nr; i++)
		if ((nid == NUMA_NO_NODE || banks.bank[i].nid == nid) &&
		    range_overlaps(banks.bank[i].range, range))
			return true;
	return false;
}

/* Does the array of node nid have pfn? Its span, rounded to the largest block. */
static inline bool oracle_array_has(u32 nid, pfn_t pfn)
{
	const pfn_t block = ALIGN_DOWN(pfn, MAX_ORDER_NR_PAGES);

	if (config_free_unused_memmap)
		return oracle_has_ram(block, block + MAX_ORDER_NR_PAGES, nid);
	return oracle_has_ram(0, block + MAX_ORDER_NR_PAGES, nid) &&
	       oracle_has_ram(block, PFN_DOWN(~0UL), nid);
}

static inline bool oracle_valid(pfn_t pfn)
{
	u64 unit = config_early_section_rule ? PAGES_PER_SECTION : PAGES_PER_SUBSECTION;

	if (memmodel_has_sections)
		return oracle_has_ram(ALIGN_DOWN(pfn, unit), ALIGN_DOWN(pfn, unit) + unit,
				      NUMA_NO_NODE);
	for (u32 nid = 0; nid < MAX_NUMNODES; nid++)
		if (oracle_array_has(nid, pfn))
			return true;
	return false;
}

/* The node in a struct page: that of the RAM; of a hole, the first that has the memmap there. */
static inline u32 oracle_nid(pfn_t pfn)
{
	const struct bank *bank = banks_find(pfn_to_phys(pfn));
	const struct range section = {
		pfn_to_phys(ALIGN_DOWN(pfn, PAGES_PER_SECTION)),
		pfn_to_phys(ALIGN_DOWN(pfn, PAGES_PER_SECTION) + PAGES_PER_SECTION)};
	u32 nid = 0;

	if (bank)
		return bank->nid;
	if (memmodel_has_sections) {
		for (u32 i = 0; i < banks.nr; i++)
			if (range_overlaps(banks.bank[i].range, section))
				return banks.bank[i].nid;
		return NUMA_NO_NODE;
	}
	while (nid < MAX_NUMNODES && !oracle_array_has(nid, pfn))
		nid++;
	return nid;
}
