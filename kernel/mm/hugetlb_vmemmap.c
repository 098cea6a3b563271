/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sharing the tail struct pages of huge pages. Everything that may fail comes first: the table for
 * a split, the head page, the tail page of the zone; then leaves are changed one by one, and all harts
 * see that before the memory behind them is anybody else's.
 *
 * A frame of the memmap that is not needed belongs to bring-up (reserved, OWN_MEMMAP), or was
 * allocated by a restore before (held). The first is released as the initrd is, the second freed.
 */
#include "mm/hugetlb_vmemmap.h"

#include "harts.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/handover.h"
#include "mm/owned.h"
#include "mm/owner.h"
#include "mm/paging.h"

#define PER_PAGE (PAGE_SIZE / sizeof(struct page))
#define PER_LEAF \
	(MEGAPAGE_SIZE / sizeof(struct page)) /* frames whose struct pages one megapage shows */
#define MAX_TABLES   (GIGAPAGE_SIZE / PAGE_SIZE / PER_LEAF)
#define IS_OPTIMIZED 0x48564f /* in private of the second struct page, which is kept as well */

struct hugetlb_vmemmap_figures hugetlb_vmemmap_figures;

static struct page *tail_pages[MAX_NUMNODES << LINKS_NID_SHIFT]; /* by zone; the frame, held */

const char *hugetlb_vmemmap_why_not(void)
{
	if (!memmodel_has_vmemmap)
		return "this memory model has no vmemmap: its struct pages lie in the direct map";
	if (machine.options.deferred != DEFERRED_OFF)
		return "struct pages are initialised later (deferred=): those of the memmap too";
	return machine.options.free_vmemmap
		       ? NULL
		       : "hugetlb_free_vmemmap= is off: on is the boot argument for it";
}

bool hugetlb_vmemmap_is_optimized(const struct page *head)
{
	return head[1].private == IS_OPTIMIZED;
}

static va_t va_of(const struct page *page)
{
	return VMEMMAP_START + ((u64)page - (u64)arch_vmemmap());
}

/* A page for struct pages or a table, held; NULL. */
static struct page *take_page(u32 nid, enum owner owner)
{
	struct page *page = alloc_pages_node(nid, 0, MIGRATE_UNMOVABLE);

	if (page)
		buddy_hold(page, owner);
	return page;
}

static void give_page(struct page *page)
{
	buddy_unhold(page);
	free_pages(page, 0);
}

static void *contents(const struct page *page)
{
	return phys_to_virt(pfn_to_phys(page_to_pfn(page)));
}

/* A page of struct pages of tails; what they are the head's block says. */
static void fill_tails(struct page *tails, u64 links)
{
	for (u64 i = 0; i < PER_PAGE; i++)
		tails[i] = (struct page){.links = links};
}

/* The shared page of the zone that a huge page is in; its section is none: the window tells it. */
static struct page *tail_page(const struct page *head)
{
	const u64 zone = head->links & LINKS_ZONE_INDEX_MASK;

	if (!tail_pages[zone]) {
		struct page *fresh = take_page(page_to_nid(head), OWN_MEMMAP);

		if (!fresh)
			return NULL;
		fill_tails(contents(fresh), zone);
		tail_pages[zone] = fresh;
		hugetlb_vmemmap_figures.spent += PAGE_SIZE;
	}
	return tail_pages[zone];
}

/* Megapage leaves that show a part of the struct pages become tables; false when there are too few pages. */
static bool split_leaves(const struct page *head, u64 nr)
{
	struct page *tables[MAX_TABLES];
	phys_addr_t pa;
	u32 wanted = 0;
	u32 used = 0;

	for (u64 i = 0; i < nr; i += PER_LEAF)
		wanted += paging_vmemmap_leaf(va_of(head + i), &pa) == MEGAPAGE_SIZE;
	for (u32 i = 0; i < wanted; i++) {
		tables[i] = take_page(page_to_nid(head), OWN_TABLES);
		if (tables[i])
			continue;
		while (i-- > 0)
			give_page(tables[i]);
		return false;
	}
	for (u64 i = 0; i < nr; i += PER_LEAF)
		if (paging_vmemmap_leaf(va_of(head + i), &pa) == MEGAPAGE_SIZE)
			paging_split_vmemmap(va_of(head + i),
					     pfn_to_phys(page_to_pfn(tables[used++])));
	hugetlb_vmemmap_figures.spent += wanted * PAGE_SIZE;
	return true;
}

/* May every frame behind the struct pages be given back? Those of memory that was added are its own affair. */
static bool frames_are_ours(const struct page *head, u64 nr)
{
	for (u64 i = 0; i < nr; i += PER_PAGE) {
		const struct page *frame;
		phys_addr_t pa;

		if (paging_vmemmap_leaf(va_of(head + i), &pa) == 0 || !pfn_valid(PFN_DOWN(pa)) ||
		    owned_covers(pa))
			return false;
		frame = pfn_to_page(PFN_DOWN(pa));
		if (frame->word != PAGE_WORD_RESERVED && !buddy_is_held(frame, OWN_MEMMAP))
			return false;
	}
	return true;
}

/* A run of frames that no leaf shows any more. */
static void release_frames(struct range frames)
{
	struct page *first = pfn_to_page(PFN_DOWN(frames.start));

	if (range_is_empty(frames))
		return;
	harts_fence(); /* before this memory is anybody else's */
	if (!page_has(first, PG_RESERVED)) {
		for (pfn_t pfn = PFN_DOWN(frames.start); pfn < PFN_DOWN(frames.end); pfn++)
			give_page(pfn_to_page(pfn));
		return;
	}
	owner_remove(OWN_MEMMAP, frames);
	handover_release(frames, page_to_nid(first));
}

/* Show pa at va; the frame that was there joins *run, which goes back when it does not fit to it. */
static void swap_leaf(va_t va, phys_addr_t pa, enum map_rights rights, struct range *run)
{
	const bool was_reserved =
		!range_is_empty(*run) && page_has(pfn_to_page(PFN_DOWN(run->start)), PG_RESERVED);
	phys_addr_t old;

	assert_kernel(paging_vmemmap_leaf(va, &old) == PAGE_SIZE, va, pa);
	paging_remap_vmemmap(va, pa, rights);
	if (!range_is_empty(*run) && old == run->end &&
	    page_has(pfn_to_page(PFN_DOWN(old)), PG_RESERVED) == was_reserved) {
		run->end += PAGE_SIZE;
		return;
	}
	if (!range_is_empty(*run))
		release_frames(*run);
	*run = (struct range){old, old + PAGE_SIZE};
}

bool hugetlb_vmemmap_optimize(const struct hstate *h, struct page *head)
{
	const u64 begin = arch_instret();
	const u64 nr = 1UL << h->order;
	struct page *tails, *fresh;
	struct range run = {0, 0};
	phys_addr_t tails_pa;

	/* Each run of frames may cut a range of the owner in two; one is enough when frames are a row. */
	if (hugetlb_vmemmap_why_not() || !owner_has_room(OWN_MEMMAP) || !frames_are_ours(head, nr))
		return false;
	tails = tail_page(head);
	fresh = tails ? take_page(page_to_nid(head), OWN_MEMMAP) : NULL;
	if (!fresh)
		return false;
	if (!split_leaves(head, nr)) {
		give_page(fresh);
		return false;
	}
	head[1].private = IS_OPTIMIZED;
	memcpy(contents(fresh), head, PAGE_SIZE);
	tails_pa = pfn_to_phys(page_to_pfn(tails));
	swap_leaf(va_of(head), pfn_to_phys(page_to_pfn(fresh)), MAP_RW, &run);
	for (u64 i = PER_PAGE; i < nr; i += PER_PAGE)
		swap_leaf(va_of(head + i), tails_pa, MAP_R, &run);
	release_frames(run);
	hugetlb_vmemmap_figures.pages[h - hstates]++;
	hugetlb_vmemmap_figures.released += nr * sizeof(struct page);
	hugetlb_vmemmap_figures.spent += PAGE_SIZE;
	hugetlb_vmemmap_figures.optimized++;
	hugetlb_vmemmap_figures.optimize_instret += arch_instret() - begin;
	return true;
}

bool hugetlb_vmemmap_restore(const struct hstate *h, struct page *head)
{
	const u64 begin = arch_instret();
	const u64 nr = 1UL << h->order;
	struct page *chain = NULL;

	if (!hugetlb_vmemmap_is_optimized(head))
		return true;
	for (u64 i = PER_PAGE; i < nr; i += PER_PAGE) {
		struct page *page = take_page(page_to_nid(head), OWN_MEMMAP);

		if (!page) {
			for (; chain; chain = page) {
				page = (struct page *)chain->private;
				give_page(chain);
			}
			return false;
		}
		page->private = (u64)chain;
		chain = page;
	}
	for (u64 i = PER_PAGE; i < nr; i += PER_PAGE) {
		struct page *page = chain;
		const u64 section = (page_to_pfn(head) + i) >> (SECTION_SIZE_BITS - PAGE_SHIFT);

		chain = (struct page *)page->private;
		page->private = 0;
		fill_tails(contents(page),
			   page_links(section, page_to_nid(head), page_zonenum(head)));
		paging_remap_vmemmap(va_of(head + i), pfn_to_phys(page_to_pfn(page)), MAP_RW);
	}
	harts_fence();
	head[1].private = 0;
	hugetlb_vmemmap_figures.pages[h - hstates]--;
	/* The head page stays where it is: it is memmap again, and no longer spent on sharing. */
	hugetlb_vmemmap_figures.released -= nr * sizeof(struct page);
	hugetlb_vmemmap_figures.spent -= PAGE_SIZE;
	hugetlb_vmemmap_figures.restored++;
	hugetlb_vmemmap_figures.restore_instret += arch_instret() - begin;
	return true;
}
