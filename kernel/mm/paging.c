/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Build the kernel's own tables and go live.
 *
 * A table page is touched through phys_to_virt() from the first to the last, so there is one
 * way to allocate one. Before the tables are live that needs a boot window: just as many
 * 2 MiB blocks of RAM as the tables may need, opened at their final direct-map address.
 */
#include "mm/paging.h"

#include "arch/riscv/sv39.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/bank.h"
#include "mm/early.h"
#include "mm/memblock.h"
#include "mm/paging_internal.h"

#define MAX_WINDOWS 64

/* The largest leaves of the direct map: 1 GiB, or pages where pages are hidden one by one. */
static const u32 direct_map_level = config_debug_pagealloc ? 0 : SV39_LEVELS - 1;

/* All windows must lie below the fixed addresses of the next: checked here, printed by report.c. */
static_assert(VMEMMAP_START + VMEMMAP_SIZE <= DIRECT_MAP_START, "vmemmap runs into the direct map");
static_assert(DIRECT_MAP_START + DIRECT_MAP_SIZE <= FIXMAP_START,
	      "direct map runs into the fixmap");
static_assert(FIXMAP_START + FIXMAP_SIZE <= KERNEL_START, "fixmap runs into the image");
static_assert(HART_STACKS_START + MACHINE_MAX_HARTS * HART_SLOT_SIZE <= FIXMAP_START + FIXMAP_SIZE,
	      "the stacks of the harts run out of the fixmap");
static_assert(DIRECT_MAP_SIZE / PAGE_SIZE * 64 <= VMEMMAP_SIZE / 2,
	      "struct pages of the reach do not fit");

struct paging_figures paging_figures;
struct sv39 paging_tree;
u32 paging_table_nid = NUMA_NO_NODE;

static u32 nr_windows;
static struct range windows[MAX_WINDOWS];
static bool is_live;

static va_t direct_map_va(phys_addr_t pa)
{
	return DIRECT_MAP_START + (pa - banks.phys_base);
}

/* A zeroed page for a table: from the window until the tables are live, then from anywhere. */
static bool table_alloc(phys_addr_t *table)
{
	bool was_bottom_up = memblock_bottom_up();
	phys_addr_t pa = 0;

	if (is_live)
		return early_alloc(OWN_TABLES, PAGE_SIZE, paging_table_nid, table);
	memblock_set_bottom_up(true);
	for (u32 i = 0; i < nr_windows && pa == 0; i++)
		pa = memblock_alloc_range_nid(PAGE_SIZE, PAGE_SIZE, windows[i].start,
					      windows[i].end, NUMA_NO_NODE, false);
	memblock_set_bottom_up(was_bottom_up);
	if (pa == 0)
		return false;
	owner_add(OWN_TABLES, (struct range){pa, pa + PAGE_SIZE});
	memset(phys_to_virt(pa), 0, PAGE_SIZE);
	*table = pa;
	return true;
}

/*
 * The direct map in pieces of equal rights: RAM that may be mapped, touching regions joined
 * whatever their node, cut at the image's read-only part.
 */
static void for_each_direct_piece(void (*piece)(struct range range, enum map_rights rights))
{
	const struct arch_image *image = &arch_handoff()->image;
	const struct range fixed = {image->text, image->data};
	struct range run = {0, 0};
	phys_addr_t start, end;
	u64 i;

	for_each_mem_range (i, &start, &end) {
		if (start == run.end && !range_is_empty(run)) {
			run.end = end;
			continue;
		}
		paging_cut(run, fixed, piece);
		run = (struct range){start, end};
	}
	paging_cut(run, fixed, piece);
}

void paging_cut(struct range run, struct range fixed,
		void (*piece)(struct range range, enum map_rights rights))
{
	struct range before = {run.start, min_u64(run.end, fixed.start)};
	struct range inside = range_intersect(run, fixed);
	struct range after = {max_u64(run.start, fixed.end), run.end};

	if (!range_is_empty(before))
		piece(before, MAP_RW);
	if (!range_is_empty(inside))
		piece(inside, MAP_R);
	if (!range_is_empty(after))
		piece(after, MAP_RW);
}

static u64 tables_wanted;

static void count_piece(struct range range, enum map_rights rights)
{
	(void)rights;
	tables_wanted += sv39_tables_needed(direct_map_va(range.start), range.start,
					    range_size(range), direct_map_level);
}

static void map_piece(struct range range, enum map_rights rights)
{
	if (!sv39_map(&paging_tree, direct_map_va(range.start), range.start, range_size(range),
		      rights, direct_map_level))
		stop("no page for a page table while mapping [0x%lx, 0x%lx): %lu tables of 4 KiB "
		     "are needed "
		     "near the image; give the image's bank more RAM or fewer no-map pieces",
		     range.start, range.end, tables_wanted);
}

/* Free pages of a 2 MiB block, when all of it is RAM that a leaf may show; else 0. */
static u64 window_pages(phys_addr_t block)
{
	struct range whole = {block, block + MEGAPAGE_SIZE};
	phys_addr_t start, end;
	u64 pages = 0;
	u64 i;

	if (!memblock_is_region_memory(block, MEGAPAGE_SIZE) || reservations_is_nomap(whole))
		return 0;
	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL)
		pages += range_size(range_intersect(whole, (struct range){start, end})) / PAGE_SIZE;
	return pages;
}

/* Open blocks of a range until enough free pages are in the window. */
static u64 open_blocks(struct range range, u64 have, u64 want)
{
	phys_addr_t block = ALIGN_UP(range.start, MEGAPAGE_SIZE);

	for (; have < want && block + MEGAPAGE_SIZE <= range.end; block += MEGAPAGE_SIZE) {
		u64 pages = window_pages(block);

		if (pages == 0 || !arch_boot_window(block))
			continue;
		have += pages;
		if (nr_windows > 0 && windows[nr_windows - 1].end == block)
			windows[nr_windows - 1].end += MEGAPAGE_SIZE;
		else if (nr_windows < MAX_WINDOWS)
			windows[nr_windows++] = (struct range){block, block + MEGAPAGE_SIZE};
		else
			break;
	}
	return have;
}

/* From the image upward, then the rest of its bank, then the other banks. */
static void open_window(u64 want)
{
	phys_addr_t image = arch_handoff()->image.text;
	const struct bank *home = banks_find(image);
	u64 have = 0;

	have = open_blocks((struct range){image, home->range.end}, have, want);
	have = open_blocks((struct range){home->range.start, image}, have, want);
	for (u32 i = 0; i < banks.nr; i++)
		if (&banks.bank[i] != home)
			have = open_blocks(banks.bank[i].range, have, want);
}

/* Registers in RAM: the tree names RAM that is none, or what is written there destroys something. */
static void refuse_device_in_ram(const struct arch_mapping *fixed)
{
	const struct bank *bank = banks_find(fixed->pa);

	if (fixed->va >= FIXMAP_START && fixed->va < FIXMAP_START + FIXMAP_SIZE && bank)
		stop("the device registers at [0x%lx, 0x%lx) lie in RAM, %s reg %u [0x%lx, 0x%lx): "
		     "correct the reg of the console or test device, or of the memory node",
		     fixed->pa, fixed->pa + fixed->size, bank->origin, bank->reg, bank->range.start,
		     bank->range.end);
}

void paging_init(void)
{
	TRACE_CALL();
	struct arch_mapping fixed;

	tables_wanted = 1;
	for_each_direct_piece(count_piece);
	for (u32 i = 0; arch_fixed_mapping(i, &fixed); i++) {
		refuse_device_in_ram(&fixed);
		tables_wanted += sv39_tables_needed(fixed.va, fixed.pa, fixed.size, 1);
	}
	open_window(tables_wanted);
	if (!sv39_init(&paging_tree, table_alloc))
		stop("no free 2 MiB of RAM near the image for %lu page tables of 4 KiB: give its "
		     "bank more RAM",
		     tables_wanted);
	for_each_direct_piece(map_piece);
	for (u32 i = 0; i < SV39_LEVELS; i++)
		paging_figures.leaves[i] = paging_tree.nr_leaves[i];
	for (u32 i = 0; arch_fixed_mapping(i, &fixed); i++)
		if (!sv39_map(&paging_tree, fixed.va, fixed.pa, fixed.size, fixed.rights, 1))
			stop("no page for a page table while mapping the image: give its bank more "
			     "RAM");
	paging_figures.tables = paging_tree.nr_tables;
	paging_figures.root = paging_tree.root;
	arch_tables_activate(paging_tree.root);
	is_live = true;
	memblock_allow_resize();
}

bool paging_add_stack(va_t va, phys_addr_t pa, u64 size)
{
	bool mapped;

	assert_kernel(is_live && va >= HART_STACKS_START && va + size <= KERNEL_START, va, size);
	mapped = sv39_map(&paging_tree, va, pa, size, MAP_RW, 0);
	paging_figures.tables = paging_tree.nr_tables;
	return mapped;
}
