/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The facts about a frame that are not its state.
 */
#include "monitor/page_lines.h"

#include "lib/log.h"
#include "mm/buddy.h"
#include "mm/memmap_init.h"
#include "mm/page_owner.h"

static void line_ram(pfn_t pfn, const struct page *page)
{
	const struct bank *bank = banks_find(pfn_to_phys(pfn));

	(void)page;
	if (bank)
		print("  RAM        %s, property reg, tuple %u%s\n", bank->origin, bank->reg,
		      bank->hotpluggable ? ", hotpluggable" : "");
}

static void line_belongs(pfn_t pfn, const struct page *page)
{
	(void)pfn;
	if (page)
		print("  belongs    node %u, zone %s; pageblock of type %s\n", page_to_nid(page),
		      page_zone(page)->name, migratetype_name(get_pageblock_migratetype(page)));
}

/* Call sites are kept in the head of a block. */
static void line_sites(pfn_t pfn, const struct page *page)
{
	pfn_t head;

	if (page && !page_has(page, PG_RESERVED) && page_block_head(pfn, &head))
		page = pfn_to_page(head);
	if (page && page->alloc_site)
		print("  allocated  from 0x%016lx, last time\n", page->alloc_site);
	if (page && page->free_site)
		print("  freed      from 0x%016lx, last time\n", page->free_site);
}

static page_line *const lines[] = {
	line_ram,
	line_belongs,
	line_sites,
};

void page_lines_show(pfn_t pfn)
{
	const struct page *page = pfn_valid(pfn) && pfn_is_ready(pfn) ? pfn_to_page(pfn) : NULL;

	for (u32 i = 0; i < ARRAY_SIZE(lines); i++)
		lines[i](pfn, page);
}
