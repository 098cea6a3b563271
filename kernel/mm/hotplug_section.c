/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One section, or a part of it, gets struct pages at run time and loses them again.
 *
 *   section        before               after the first piece        after the last piece went
 *   not there      word 0               HAS_MAP, usage in the block   word 0
 *   of the boot    EARLY, whole memmap  the same memmap; bits set     bits clear again
 *
 * Order: root, block, usage, struct pages, bits, word. Taking away is the reverse, and so is giving
 * up halfway.
 */
#include "mm/hotplug_internal.h"

#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/memmap_init.h"
#include "mm/owned.h"
#include "mm/paging.h"

/* The altmap of the section that is being added or removed, empty without one, and what of it is used. */
static struct range altmap;
static u64 altmap_used;

static void altmap_open(const struct memory_block *block)
{
	altmap = pfn_range(section_nr_to_pfn(block->nr), block->altmap_pages);
	altmap_used = 0;
}

static bool alloc_backing(u64 size, u32 nid, phys_addr_t *pa)
{
	u32 order = 0;

	if (!range_is_empty(altmap)) {
		*pa = altmap.start + ALIGN_UP(altmap_used, size);
		altmap_used = *pa + size - altmap.start;
		return altmap_used <= range_size(altmap);
	}
	while (PAGE_SIZE << order < size)
		order++;
	return order <= MAX_PAGE_ORDER && owned_alloc(OWN_MEMMAP, nid, order, pa);
}

/* What an altmap gave is released with the block, all at once. */
static void free_backing(phys_addr_t pa, u64 size)
{
	(void)size;
	if (!range_has(altmap, pa))
		owned_free(pa);
}

static struct memmap_source source_of(bool megapages)
{
	return (struct memmap_source){alloc_backing, free_backing, megapages};
}

/* The root of mem_section that nr needs; it goes with its last section. */
static bool root_make(u64 nr, u32 nid)
{
	struct mem_section **root = &mem_section[(nr - section_base) / SECTIONS_PER_ROOT];
	phys_addr_t pa;

	if (*root)
		return true;
	if (!owned_alloc_zeroed(OWN_MEM_SECTION, nid, 0, &pa))
		return false;
	*root = phys_to_virt(pa);
	sparse_figures.roots++;
	return true;
}

static void root_put(u64 nr)
{
	struct mem_section **root = &mem_section[(nr - section_base) / SECTIONS_PER_ROOT];

	if (!config_section_extreme || !owned_has(virt_to_phys(*root)))
		return;
	for (u64 i = 0; i < SECTIONS_PER_ROOT; i++)
		if ((*root)[i].section_mem_map != 0)
			return;
	owned_free(virt_to_phys(*root));
	*root = NULL;
	sparse_figures.roots--;
}

static bool is_early(u64 nr)
{
	return nr_to_section(nr)->section_mem_map & SECTION_IS_EARLY;
}

/* The struct pages that come with a piece: whole units, or all of the section. */
static struct piece units_of(const struct piece *piece)
{
	const u64 unit = memmodel_memmap_is_whole ? PAGES_PER_SECTION : MEMMAP_UNIT_PAGES;
	pfn_t at = ALIGN_DOWN(piece->start_pfn, unit);
	struct piece units;

	(void)next_piece(&at, ALIGN_UP(piece->start_pfn + piece->nr_pages, unit), &units);
	return units;
}

void memmap_init_range(pfn_t start_pfn, u64 nr_pages, u32 nid, enum zone_type zone)
{
	const u64 links = page_links(pfn_to_section_nr(start_pfn), nid, zone);
	struct page *page = pfn_to_page(start_pfn);

	for (const struct page *end = page + nr_pages; page < end; page++)
		*page = (struct page){.word = PAGE_WORD_RESERVED, .links = links};
}

/* Frames beside the piece that are not added are holes, of the node whose memmap they are in. */
static void init_holes(const struct piece *units, const struct piece *piece,
		       const struct mem_section_usage *usage)
{
	const struct range added = pfn_range(piece->start_pfn, piece->nr_pages);

	for (pfn_t pfn = units->start_pfn; pfn < units->start_pfn + units->nr_pages;
	     pfn += PAGES_PER_SUBSECTION)
		if (!subsection_is_set(usage, pfn) && !range_has(added, pfn_to_phys(pfn)))
			memmap_init_range(pfn, PAGES_PER_SUBSECTION, section_home_nid(units->nr),
					  zone_type_of(pfn));
}

static void set_bits(const struct piece *piece, struct memory_block *block, bool value)
{
	struct mem_section_usage *usage = nr_to_section(piece->nr)->usage;

	subsections_set(block->hot, piece->first, piece->end, value);
	subsections_set(block->offline, piece->first, piece->end, value);
	subsections_set(usage->subsection_map, piece->first, piece->end, value);
}

/* The struct pages of the piece, and what leads to them. The bits are still clear. */
static bool section_activate(const struct piece *piece, const struct add_plan *plan,
			     struct memory_block *block)
{
	TRACE_CALL(piece->nr, piece->first, piece->end);
	struct mem_section *section = nr_to_section(piece->nr);
	const struct memmap_source source = source_of(plan->megapages && piece_is_section(piece));
	const struct piece units = units_of(piece);
	const bool is_new = !section_is_valid(section);
	struct page *memmap;

	if (!is_new && is_early(piece->nr))
		return true;
	memmap = populate_section_memmap(units.start_pfn, units.nr_pages, plan->nid, &source);
	if (!memmap) {
		depopulate_section_memmap(units.start_pfn, units.nr_pages, &source);
		return false;
	}
	paging_fence_harts(); /* once for all leaves; before anybody else can know these frames */
	if (is_new) {
		section->usage = &block->usage;
		section_set_home_nid(piece->nr, plan->nid);
		section_set_word(piece->nr, ((u64)memmap - units.start_pfn * sizeof(struct page)) |
						    SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP);
	}
	init_holes(&units, piece, section->usage);
	return true;
}

static void section_deactivate(const struct piece *piece)
{
	TRACE_CALL(piece->nr, piece->first, piece->end);
	struct mem_section *section = nr_to_section(piece->nr);
	const struct memmap_source source = source_of(false);
	const struct piece units = units_of(piece);

	if (is_early(piece->nr)) {
		memmap_init_range(piece->start_pfn, piece->nr_pages, section_home_nid(piece->nr),
				  zone_type_of(piece->start_pfn));
		return;
	}
	depopulate_section_memmap(units.start_pfn, units.nr_pages, &source);
	if (subsections_any(section->usage->subsection_map, 0, SUBSECTIONS_PER_SECTION))
		return;
	section_set_word(piece->nr, 0);
	section_set_home_nid(piece->nr, 0);
	section->usage = NULL;
}

int sparse_add_section(const struct piece *piece, const struct add_plan *plan)
{
	TRACE_CALL(piece->nr, piece->start_pfn, piece->nr_pages, plan->nid);
	struct memory_block *block = memory_block_make(piece->nr, plan->nid);
	bool done = block != NULL;

	if (done && plan->altmap) {
		block->altmap_pages = ALTMAP_PAGES;
		altmap_open(block);
		done = owned_claim(OWN_MEMMAP, plan->nid, altmap);
		block->altmap_pages *= done;
	}
	if (done)
		altmap_open(block);
	done = done && root_make(piece->nr, plan->nid) && section_activate(piece, plan, block);
	if (done) {
		memmap_init_range(piece->start_pfn, piece->nr_pages, plan->nid,
				  zone_type_of(piece->start_pfn));
		for (u64 i = 0; i < piece->nr_pages; i += PAGEBLOCK_NR_PAGES)
			set_pageblock_migratetype(pfn_to_page(piece->start_pfn + i),
						  MIGRATE_MOVABLE);
		set_bits(piece, block, true);
		return 0;
	}
	if (!block)
		return HOTPLUG_ENOMEM;
	root_put(piece->nr);
	if (block->altmap_pages > 0)
		owned_release(altmap);
	block->altmap_pages = 0;
	memory_block_put(block);
	return HOTPLUG_ENOMEM;
}

void sparse_remove_section(const struct piece *piece)
{
	TRACE_CALL(piece->nr, piece->start_pfn, piece->nr_pages);
	struct memory_block *block = memory_block_find(piece->nr);

	assert_kernel(block != NULL, piece->nr, piece->start_pfn);
	altmap_open(block);
	set_bits(piece, block, false);
	section_deactivate(piece);
	if (block->altmap_pages > 0)
		owned_release(altmap);
	block->altmap_pages = 0;
	root_put(piece->nr);
	memory_block_put(block);
}
