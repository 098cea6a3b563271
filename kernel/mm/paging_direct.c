/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hide pages of the direct map and show them again. Needs leaves of one page, which the direct map has
 * with DEBUG_PAGEALLOC. A hidden leaf keeps all its bits but V: an entry with V = 0 is
 * software's own (Privileged 1.12, 4.3.1).
 */
#include "mm/paging.h"

#include "harts.h"
#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/paging_internal.h"

void paging_show_direct(phys_addr_t pa, u64 size, bool shown)
{
	const va_t start = DIRECT_MAP_START + (pa - banks.phys_base);
	const va_t end = start + size;

	for (va_t va = start; va < end; va += PAGE_SIZE) {
		pte_t *entry = sv39_page_entry(paging_tree.root, va);

		assert_kernel(entry && pte_is_leaf(*entry), va, pa);
		entry->word = shown ? entry->word | PTE_V : entry->word & ~PTE_V;
	}
	if (shown)
		arch_leaf_added(start, pa, size);
	else
		arch_leaf_removed(start, size);
	/*
	 * Who holds an old entry would still reach a hidden page, or trap at a shown one. Harts without
	 * work fence before they begin.
	 */
	if (harts_at_work())
		harts_fence();
}
