/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One walk over the frames of all banks. Sites are few, so a table that is searched from its front
 * does; it is sorted at the end.
 */
#include "mm/page_owner.h"

#include "lib/log.h"
#include "mm/bank.h"
#include "mm/memmap_init.h"
#include "mm/owner.h"

static void note_block(struct page_owner_table *table, const struct page *page)
{
	u32 i = 0;

	while (i < table->nr && table->site[i].site != page->alloc_site)
		i++;
	if (i == PAGE_OWNER_SITES) {
		table->more_blocks++;
		return;
	}
	if (i == table->nr)
		table->site[table->nr++] = (struct page_owner_site){.site = page->alloc_site,
								    .pfn = page_to_pfn(page)};
	table->site[i].blocks++;
	table->site[i].pages += 1UL << page_order(page);
}

static void sort_by_pages(struct page_owner_table *table)
{
	for (u32 i = 1; i < table->nr; i++) {
		const struct page_owner_site moved = table->site[i];
		u32 to = i;

		for (; to > 0 && table->site[to - 1].pages < moved.pages; to--)
			table->site[to] = table->site[to - 1];
		table->site[to] = moved;
	}
}

/* Held, or with an owner: the live kernel's own tables (owned.h). */
static bool is_kept(const struct page *page)
{
	const phys_addr_t pa = pfn_to_phys(page_to_pfn(page));
	phys_addr_t end;

	return page_has(page, PG_HELD) || owner_at(pa, pa + PAGE_SIZE, &end) != OWN_FREE;
}

void page_owner_collect(struct page_owner_table *out, bool with_held)
{
	out->nr = 0;
	out->more_blocks = 0;
	for (u32 i = 0; i < banks.nr; i++) {
		const pfn_t end_pfn = PFN_DOWN(banks.bank[i].range.end);
		u64 step = 1;

		for (pfn_t pfn = PFN_DOWN(banks.bank[i].range.start); pfn < end_pfn; pfn += step) {
			const struct page *page;

			step = 1;
			if (!pfn_valid(pfn) || !pfn_is_ready(pfn))
				continue;
			page = pfn_to_page(pfn);
			if (page->word & (PG_HEAD | PG_BUDDY))
				step = 1UL << page_order(page);
			if (page_has(page, PG_HEAD) && (with_held || !is_kept(page)))
				note_block(out, page);
		}
	}
	sort_by_pages(out);
}

bool page_block_head(pfn_t pfn, pfn_t *head)
{
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		const struct page *page;

		*head = ALIGN_DOWN(pfn, 1UL << order);
		if (!pfn_valid(*head) || !pfn_is_ready(*head))
			continue;
		page = pfn_to_page(*head);
		if (page->word & (PG_BUDDY | PG_PCP | PG_HEAD))
			return page_order(page) >= order;
	}
	return false;
}

void page_owner_leaks(void)
{
	static struct page_owner_table table;

	if (!config_leak_check)
		return;
	page_owner_collect(&table, false);
	for (u32 i = 0; i < table.nr; i++)
		log_warn("page-leak",
			 "%lu pages in %lu blocks were allocated from 0x%lx and never freed, the "
			 "first at pfn 0x%lx",
			 table.site[i].pages, table.site[i].blocks, table.site[i].site,
			 table.site[i].pfn);
	if (table.more_blocks > 0)
		log_warn("page-leak", "and %lu blocks of other sites", table.more_blocks);
}
