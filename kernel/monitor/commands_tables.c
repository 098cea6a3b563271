/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The page tables: the way of one address, all leaves, and what backs the vmemmap.
 */
#include "arch/riscv/sv39.h"
#include "lib/string.h"
#include "mm/paging.h"
#include "monitor/command.h"

static const char *const leaf_names[SV39_LEVELS] = {"4K", "2M", "1G"};

/* "rw-" of a leaf. */
struct rights_text {
	char s[4];
};

static struct rights_text rights_text(pte_t pte)
{
	return (struct rights_text){{pte.word & PTE_R ? 'r' : '-', pte.word & PTE_W ? 'w' : '-',
				     pte.word & PTE_X ? 'x' : '-', '\0'}};
}

static bool is_canonical(va_t va)
{
	s64 upper = (s64)va >> (sv39_shift(SV39_LEVELS) - 1);

	return upper == 0 || upper == -1;
}

/* One entry on the way down: raw, then its bits, then what it points to. */
static void show_entry(u32 level, u32 index, pte_t pte)
{
	static const char letters[] = "DAGUXWRV";

	print("  level %u  entry %3u  0x%016lx  ", level, index, pte.word);
	if (!pte_is_valid(pte)) {
		print("invalid\n");
		return;
	}
	for (u32 i = 0; i < 8; i++)
		print("%c", pte.word >> (7 - i) & 1 ? letters[i] : '-');
	print("  %s 0x%lx\n", pte_is_leaf(pte) ? "leaf at" : "table at", pfn_to_phys(pte_pfn(pte)));
}

static void run_walk(const char *const *args)
{
	phys_addr_t table = paging_figures.root;
	va_t va;

	if (!command_number(args[0], &va))
		return;
	if (!is_canonical(va)) {
		command_complain("0x%016lx is not canonical: bits 63 to 39 must equal bit 38\n",
				 va);
		return;
	}
	print("va 0x%016lx, root table at 0x%lx\n", va, table);
	for (u32 level = SV39_LEVELS; level-- > 0;) {
		u32 index = sv39_index(va, level);
		pte_t pte = ((const pte_t *)phys_to_virt(table))[index];

		show_entry(level, index, pte);
		if (!pte_is_valid(pte)) {
			print("  not mapped\n");
			return;
		}
		table = pfn_to_phys(pte_pfn(pte));
		if (pte_is_leaf(pte)) {
			print("  pa 0x%016lx, by a leaf of %s, rights %s\n",
			      table + (va & ((1UL << sv39_shift(level)) - 1)), leaf_names[level],
			      rights_text(pte).s);
			return;
		}
	}
	print("  a table where a leaf must be: the page tables are damaged\n");
}

/* Leaves that follow each other at both addresses and have the same size and rights. */
struct leaf_run {
	struct sv39_leaf first;
	va_t end;
	u64 leaves;
	va_t window_end; /* of the window whose heading was printed */
	u64 total;
	u64 writable_exec;
};

static void show_heading(struct leaf_run *run, va_t va)
{
	static const struct {
		va_t start;
		u64 size;
		const char *name;
	} windows[] = {
		{VMEMMAP_START, VMEMMAP_SIZE, "vmemmap: struct pages"},
		{DIRECT_MAP_START, DIRECT_MAP_SIZE, "direct map: all RAM"},
		{FIXMAP_START, FIXMAP_SIZE, "fixmap: device registers"},
		{KERNEL_START, 2 * GIB, "image"},
	};

	if (va < run->window_end || run->window_end == ~0UL)
		return;
	for (u32 i = 0; i < ARRAY_SIZE(windows); i++)
		if (va - windows[i].start < windows[i].size) {
			print("---[ %s ]---\n", windows[i].name);
			run->window_end = windows[i].start + (windows[i].size - 1);
		}
}

static void show_run(struct leaf_run *run)
{
	if (run->leaves == 0)
		return;
	show_heading(run, run->first.va);
	print("0x%016lx-0x%016lx 0x%010lx %9s %5lu x %s %s\n", run->first.va, run->end,
	      run->first.pa, size_text(run->end - run->first.va).s, run->leaves,
	      leaf_names[run->first.level], rights_text(run->first.pte).s);
}

static void take_leaf(const struct sv39_leaf *leaf, void *context)
{
	const u64 rights = PTE_R | PTE_W | PTE_X;
	struct leaf_run *run = context;

	run->total++;
	if ((leaf->pte.word & PTE_W) && (leaf->pte.word & PTE_X))
		run->writable_exec++;
	if (run->leaves > 0 && leaf->va == run->end && leaf->level == run->first.level &&
	    leaf->pa == run->first.pa + (run->end - run->first.va) &&
	    ((leaf->pte.word ^ run->first.pte.word) & rights) == 0) {
		run->end += leaf->size;
		run->leaves++;
		return;
	}
	show_run(run);
	run->first = *leaf;
	run->end = leaf->va + leaf->size;
	run->leaves = 1;
}

static void run_ptdump(const char *const *args)
{
	struct leaf_run run = {.leaves = 0};
	struct paging_check check;
	u64 tables;

	(void)args;
	tables = sv39_for_each_leaf(paging_figures.root, take_leaf, &run);
	show_run(&run);
	paging_check(&check);
	print("%lu leaves in %lu tables\n", run.total, tables);
	print("W^X: %lu leaves are writable and executable, %lu pages by two addresses\n",
	      run.writable_exec, check.writable_exec);
}

static const struct command commands[] = {
	{"walk", "VA", "the page table entries that translate an address",
	 "Flags of an entry: D dirty, A accessed, G global, U user, X W R rights, V valid\n"
	 "(RISC-V Privileged 1.12, 4.4.1).\n"
	 "Example: walk 0xffffffff80000000\n"
	 "See also: ptdump, pfn, layout\n",
	 1, run_walk},
	{"ptdump", "", "all leaves of the page tables, with their rights",
	 "Virtual range (half-open), physical address, size, how many leaves of which size,\n"
	 "rights. The last line says whether anything is writable and executable.\n"
	 "Example: ptdump\n"
	 "See also: walk, layout, vmemmap\n",
	 0, run_ptdump},
};

const struct command_group commands_tables = {commands, ARRAY_SIZE(commands)};
