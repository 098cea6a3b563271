/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where struct pages lie, and who put them there.
 */
#include "monitor/memmap_lines.h"

#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/paging.h"

#define COLUMNS 80

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
		print(", from instruction %lu of %s on",
		      node->entered - trace_next(trace_root(chain))->entered,
		      chain == TRACE_BOOT ? "the boot" : "the change");
	print("\n%lu calls of the last of\n   ", node->calls);
	show_callers(node, 3);
	print("\n");
}

void memmap_when(void)
{
	show_when(TRACE_BOOT, "populated at boot");
	show_when(TRACE_HOTPLUG, "populated by the last hot-add");
}

static void show_array(const struct memmap_run *run)
{
	const u64 bytes = (run->end_pfn - run->start_pfn) * sizeof(struct page);
	const phys_addr_t pa = memmap_backing(run->page);

	if (bytes > 0)
		print("  pfn [0x%08lx, 0x%08lx)  at pa 0x%010lx %9s  node %u\n", run->start_pfn,
		      run->end_pfn, pa, size_text(bytes).s, memmap_home(pa));
}

/* Does one go on where the other ends: frames, struct pages, and the node that these lie on? */
static bool is_continued(const struct memmap_run *run, const struct memmap_run *next)
{
	return next->start_pfn == run->end_pfn &&
	       next->page == run->page + (run->end_pfn - run->start_pfn) &&
	       memmap_home(memmap_backing(next->page)) == memmap_home(memmap_backing(run->page));
}

void memmap_arrays(void)
{
	struct memmap_run run = {0};
	struct memmap_run next;
	u64 cursor = 0;

	print("%s shows its struct pages in the direct map:\n", memmodel_name);
	while (memmodel_next_run(&cursor, &next)) {
		if (run.end_pfn > 0 && is_continued(&run, &next)) {
			run.end_pfn = next.end_pfn;
			continue;
		}
		show_array(&run);
		run = next;
	}
	show_array(&run);
}
