/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where struct pages lie, and who put them there.
 */
#include "monitor/memmap_lines.h"

#include "arch/riscv/sv39.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/paging.h"

#define COLUMNS 80

phys_addr_t memmap_backing(const struct page *page)
{
	u64 offset = (u64)page - (u64)arch_vmemmap();
	va_t va = VMEMMAP_START + offset;
	u32 level;
	pte_t pte;

	if (offset >= VMEMMAP_SIZE)
		return virt_to_phys(page);
	pte = sv39_walk(paging_figures.root, va, &level);
	return pfn_to_phys(pte_pfn(pte)) + (va & ((1UL << sv39_shift(level)) - 1));
}

u32 memmap_home(phys_addr_t pa)
{
	const struct bank *bank = banks_find(pa);

	return bank ? bank->nid : NUMA_NO_NODE;
}

/* The first recorded call that made a leaf of the window; NULL none. */
static const struct trace_node *first_leaf(enum trace_chain chain)
{
	const struct trace_node *node = trace_root(chain);

	while (node && (node = trace_next(node)) != NULL)
		if (string_starts_with(node->function, "paging_add_vmemmap"))
			return node;
	return NULL;
}

/* Callers first. Result: the column reached. */
static size_t show_callers(const struct trace_node *node, size_t column)
{
	size_t length = strlen(node->function) + 4;

	/* The boot's outermost nodes are its stages: named already. */
	if (node->parent->function && strcmp(node->parent->function, node->stage) != 0)
		column = show_callers(node->parent, column);
	if (column + length > COLUMNS) {
		print("\n   ");
		column = 3;
	}
	print(" -> %s", node->function);
	return column + length;
}

static void show_when(enum trace_chain chain, const char *what)
{
	const struct trace_node *node = first_leaf(chain);

	if (!node)
		return;
	print("%s in stage %s", what, node->stage);
	if (node->entered > 0)
		print(", from instruction %lu on", node->entered);
	print("\n%lu calls of the last of\n   ", node->calls);
	show_callers(node, 3);
	print("\n");
}

void memmap_when(void)
{
	show_when(TRACE_BOOT, "populated at boot");
	show_when(TRACE_HOTPLUG, "populated by the last hot-add");
}

void memmap_arrays(void)
{
	struct memmap_run run;
	u64 cursor = 0;

	print("%s shows its struct pages in the direct map:\n", memmodel_name);
	while (memmodel_next_run(&cursor, &run)) {
		const u64 bytes = (run.end_pfn - run.start_pfn) * sizeof(struct page);
		const phys_addr_t pa = memmap_backing(run.page);

		print("  pfn [0x%08lx, 0x%08lx)  at pa 0x%010lx %9s  node %u\n", run.start_pfn,
		      run.end_pfn, pa, size_text(bytes).s, memmap_home(pa));
	}
}
