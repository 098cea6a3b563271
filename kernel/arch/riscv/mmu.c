/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the memory code asks of the MMU: windows under the boot tables until its own tables are
 * finished, and then the switch to those.
 *
 *   boot_root   [344 ..] windows: 2 MiB leaves of RAM at their final direct-map address
 *               [508]    fixmap (fixmap.c)
 *               [510]    the image (head.S), readable, writable and executable
 *   final root  made by mm/paging.c; nothing of the boot tables is in it
 */
#include "arch/arch.h"

#include "csr.h"
#include "fixmap.h"
#include "layout.h"
#include "lib/panic.h"
#include "sbi.h"
#include "sv39.h"

#define BOOT_WINDOW_GIB 4 /* the image, the blob, and where tables are allocated */

extern pte_t boot_root[SV39_ENTRIES]; /* head.S */

u64 direct_map_offset;

static pte_t window_tables[BOOT_WINDOW_GIB][SV39_ENTRIES] __attribute__((aligned(PAGE_SIZE)));
static u32 nr_window_tables;
static bool final_tables;
u64 final_satp; /* for secondary.S; 0 until the tables are live */

void arch_set_phys_base(phys_addr_t base)
{
	assert_kernel(IS_ALIGNED(base, GIGAPAGE_SIZE), base, GIGAPAGE_SIZE);
	assert_kernel(direct_map_offset == 0, base, direct_map_offset);
	direct_map_offset = DIRECT_MAP_START - base;
}

/* The level 1 table that translates va under the boot root, or NULL when there is none left. */
static pte_t *window_table(va_t va)
{
	pte_t *root_entry = &boot_root[sv39_index(va, 2)];
	pte_t *table;

	if (pte_is_valid(*root_entry)) {
		u64 offset = pfn_to_phys(pte_pfn(*root_entry)) - image_to_phys(window_tables);

		return window_tables[offset / PAGE_SIZE];
	}
	if (nr_window_tables == BOOT_WINDOW_GIB)
		return NULL;
	table = window_tables[nr_window_tables++];
	*root_entry = pte_table(PFN_DOWN(image_to_phys(table)));
	return table;
}

bool arch_boot_window(phys_addr_t pa)
{
	va_t va = (va_t)phys_to_virt(pa);
	pte_t *table;

	assert_kernel(!final_tables && IS_ALIGNED(pa, MEGAPAGE_SIZE), final_tables, pa);
	if (va < DIRECT_MAP_START || va - DIRECT_MAP_START >= DIRECT_MAP_SIZE)
		return false;
	table = window_table(va);
	if (!table)
		return false;
	table[sv39_index(va, 1)] = pte_leaf(PFN_DOWN(pa), MAP_RW);
	tlb_fence();
	return true;
}

void arch_tables_activate(phys_addr_t root)
{
	u64 satp = satp_sv39(PFN_DOWN(root));

	assert_kernel(layout_stack_is_whole(), 0, 0);
	tlb_fence(); /* the stores to the new tables come before the first walk of them */
	csr_write(satp, satp);
	tlb_fence(); /* and nothing of the boot tables is left, global leaves included */
	assert_kernel(csr_read(satp) == satp, satp, csr_read(satp));
	final_tables = true;
	final_satp = satp;
	fixmap_close();
}

/* One fence for all addresses: tlb_fence() says why the range is not used. */
void arch_leaf_added(va_t va, phys_addr_t pa, u64 size)
{
	(void)va;
	(void)pa;
	(void)size;
	tlb_fence();
}

void arch_leaf_removed(va_t va, u64 size)
{
	(void)va;
	(void)size;
	tlb_fence();
}

void arch_leaf_changed(va_t va, phys_addr_t pa, u64 size, enum map_rights rights)
{
	(void)rights;
	arch_leaf_added(va, pa, size);
}

void arch_leaves_seen(void)
{
	tlb_fence();
}

void arch_fence_harts(void)
{
	s64 error = sbi_remote_fence();

	assert_kernel(error == 0, error, 0);
}

void *arch_vmemmap(void)
{
	return (void *)VMEMMAP_START;
}

void arch_fault(void)
{
	/* the last page below the lowest window: nothing is ever mapped there */
	const volatile u64 *nowhere = (const volatile u64 *)(VMEMMAP_START - PAGE_SIZE);

	(void)*nowhere;
}
