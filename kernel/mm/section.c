/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which sections are there? The table mem_section, its roots, and the marks that
 * memory_present() leaves for sparse_init().
 *
 * Normal form after sparse_init(): an entry is 0, or PRESENT without a memmap never: a
 * section that got none is taken out again, so PRESENT and HAS_MEM_MAP agree.
 */
#include "mm/sparse.h"

#include "lib/panic.h"
#include "lib/trace.h"
#include "mm/early.h"
#include "mm/memmodel.h"

#define NR_STATIC_ROOTS (config_section_extreme ? 1 : NR_SECTION_ROOTS)

u64 section_base;
struct mem_section *mem_section[NR_SECTION_ROOTS];
struct sparse_figures sparse_figures;

/* SPARSEMEM_STATIC: all entries in .bss. One unused page with EXTREME would be a waste, hence 1 entry. */
static struct mem_section static_sections[NR_STATIC_ROOTS]
					 [config_section_extreme ? 1 : SECTIONS_PER_ROOT];
u8 section_validity[NR_MEM_SECTIONS];
static u8 home_nid[NR_MEM_SECTIONS];

static_assert(MAX_NUMNODES <= 256, "home_nid is a byte");

void sections_init(void)
{
	TRACE_CALL();
	section_base = pfn_to_section_nr(PFN_DOWN(banks.phys_base));
	if (config_section_extreme)
		return;
	for (u64 root = 0; root < NR_SECTION_ROOTS; root++)
		mem_section[root] = static_sections[root % NR_STATIC_ROOTS];
	sparse_figures.roots = NR_SECTION_ROOTS;
}

/* The entry of nr; with EXTREME its root is made on first use. */
static struct mem_section *section_make(u64 nr, u32 nid)
{
	u64 index = nr - section_base;
	phys_addr_t root;

	assert_kernel(index < NR_MEM_SECTIONS, nr, section_base);
	if (mem_section[index / SECTIONS_PER_ROOT])
		return nr_to_section(nr);
	if (!early_alloc(OWN_MEM_SECTION, PAGE_SIZE, nid, &root))
		stop("no page for a root of mem_section (section %lu): this machine has too little "
		     "RAM for the "
		     "sparse model; choose FLATMEM in menuconfig",
		     nr);
	mem_section[index / SECTIONS_PER_ROOT] = phys_to_virt(root);
	sparse_figures.roots++;
	return nr_to_section(nr);
}

void section_set_words(u64 nr, u64 end, u64 word)
{
	enum section_validity validity = SECTION_NO_PAGES;

	if (word & SECTION_HAS_MEM_MAP)
		validity = config_early_section_rule && (word & SECTION_IS_EARLY)
				   ? SECTION_ALL_PAGES
				   : SECTION_BY_SUBSECTION;
	for (; nr < end; nr++) {
		nr_to_section(nr)->section_mem_map = word;
		section_validity[nr - section_base] = (u8)validity;
	}
}

void section_set_word(u64 nr, u64 word)
{
	section_set_words(nr, nr + 1, word);
}

void memory_present(u32 nid, pfn_t start_pfn, pfn_t end_pfn)
{
	TRACE_CALL(nid, start_pfn, end_pfn);
	for (u64 nr = pfn_to_section_nr(start_pfn); nr <= pfn_to_section_nr(end_pfn - 1); nr++) {
		struct mem_section *section = section_make(nr, nid);

		if (section_is_present(section))
			continue;
		/* No memmap yet: its validity stays what it is, SECTION_NO_PAGES. */
		section->section_mem_map = (u64)nid << SECTION_NID_SHIFT | SECTION_MARKED_PRESENT;
		home_nid[nr - section_base] = (u8)nid;
		sparse_figures.present++;
	}
}

u64 section_stretch_end(u64 nr)
{
	const struct mem_section *section = nr_to_section(nr);
	const u64 word = section->section_mem_map;

	do {
		nr++;
		section = IS_ALIGNED(nr - section_base, SECTIONS_PER_ROOT) ? nr_to_section(nr)
									   : section + 1;
	} while (section && section->section_mem_map == word);
	return nr;
}

bool next_present_section(u64 nr, u64 *out)
{
	for (u64 index = nr < section_base ? 0 : nr - section_base; index < NR_MEM_SECTIONS;
	     index++) {
		if (!mem_section[index / SECTIONS_PER_ROOT]) {
			index |= SECTION_ROOT_MASK;
			continue;
		}
		if (!section_is_present(nr_to_section(section_base + index)))
			continue;
		*out = section_base + index;
		return true;
	}
	return false;
}

u32 section_home_nid(u64 nr)
{
	return home_nid[nr - section_base];
}

void section_set_home_nid(u64 nr, u32 nid)
{
	home_nid[nr - section_base] = (u8)nid;
}

bool section_next_run(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run)
{
	u64 nr;

	if (!next_present_section(max_u64(*cursor, pfn_to_section_nr(start_pfn)), &nr) ||
	    section_nr_to_pfn(nr) >= end_pfn)
		return false;
	run->start_pfn = max_u64(section_nr_to_pfn(nr), start_pfn);
	run->end_pfn = min_u64(section_nr_to_pfn(nr + 1), end_pfn);
	run->page = section_page(nr_to_section(nr), run->start_pfn);
	run->nid = section_home_nid(nr);
	*cursor = nr + 1;
	return true;
}

pfn_t section_valid_start(pfn_t end_pfn, pfn_t limit)
{
	pfn_t pfn = end_pfn;

	while (pfn > limit && section_pfn_valid(pfn - 1))
		pfn = max_u64(limit, ALIGN_DOWN(pfn - 1, PAGES_PER_SECTION));
	return pfn;
}

void section_report(struct memmap_report *report)
{
	struct ledger ledger;

	ledger_make(&ledger);
	report->bytes = ledger.bytes[OWN_MEMMAP];
	report->sections = sparse_figures.sections;
	report->mixed = sparse_figures.mixed;
	report->roots = sparse_figures.roots;
	report->runs = sparse_figures.runs;
	report->block = sparse_figures.buffer_bytes;
	report->block_used = sparse_figures.buffer_used;
	report->pages = sparse_figures.sections * PAGES_PER_SECTION;
}
