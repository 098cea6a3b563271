/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proofs, again: the audit, the record, what each stage cost, and the five calls of the article.
 */
#include "mm/check.h"
#include "mm/handover.h"
#include "mm/memblock.h"
#include "mm/memmodel.h"
#include "mm/page_debug.h"
#include "mm/record.h"
#include "mm/report.h"
#include "monitor/command.h"
#include "monitor/held.h"

static void run_audit(const char *const *args)
{
	struct audit audit;

	(void)args;
	if (held_refuses("audit"))
		return;
	if (page_debug_scan() > 0)
		command_complain("free memory was written to: the warnings above say by whom\n");
	audit_run(&audit);
	check_last = audit; /* what the record shows from now on */
	print("pages of RAM        %12lu\n"
	      "free                %12lu\n"
	      "held: huge pages    %12lu\n"
	      "expected of both    %12lu\n"
	      "free more than once %12lu\n"
	      "free but no RAM     %12lu\n"
	      "missing             %12lu\n"
	      "writable and exec.  %12lu\n"
	      "leaf on no-map      %12lu\n"
	      "misaligned leaf     %12lu\n"
	      "result              %12s\n",
	      audit.pages, audit.free, audit.held, audit.expected, audit.duplicate, audit.hole,
	      audit.missing, audit.writable_exec, audit.nomap_leaf, audit.bad_leaf,
	      audit.ok ? "ok" : "FAIL");
	if (!audit.ok)
		command_complain("the audit fails\n");
}

static void run_record(const char *const *args)
{
	(void)args;
	record_print();
}

static void run_phases(const char *const *args)
{
	(void)args;
	report_phases();
}

/* Active ranges of RAM: what early_node_map held. */
static u64 count_ranges(u64 *pages)
{
	pfn_t start_pfn, end_pfn;
	u64 ranges = 0;
	s64 i;

	*pages = 0;
	for_each_mem_pfn_range (i, NUMA_NO_NODE, &start_pfn, &end_pfn, NULL) {
		*pages += end_pfn - start_pfn;
		ranges++;
	}
	return ranges;
}

/* Frames for which pfn_valid() is true, counted one by one, and how many of them are RAM. */
static void count_valid(u64 *valid, u64 *ram)
{
	struct memmap_run run;
	u64 cursor = 0;

	*valid = 0;
	*ram = 0;
	while (memmodel_next_run(&cursor, &run))
		for (pfn_t pfn = run.start_pfn; pfn < run.end_pfn; pfn++) {
			/* Where arrays of nodes overlap, a frame counts in the one that has it. */
			if (!pfn_valid(pfn) || pfn_to_page(pfn) != run.page + (pfn - run.start_pfn))
				continue;
			*valid += 1;
			*ram += pfn_is_ram(pfn);
		}
}

static void flow_line(u32 nr, const char *article, const char *ours)
{
	print("%u  %-22s here: %s\n   ", nr, article, ours);
}

static void run_flow(const char *const *args)
{
	const struct handover_figures *given = &handover_figures;
	struct memmap_report m;
	u64 ranges, pages, valid, ram;

	(void)args;
	memmodel_report(&m);
	ranges = count_ranges(&pages);
	count_valid(&valid, &ram);
	print("The flow of the 2011 article, and what it did on this machine (%s):\n",
	      memmodel_name);
	flow_line(1, "memory_present()", "memory_present()");
	if (m.sections > 0)
		print("%lu sections present, %lu of them with holes\n", m.sections, m.mixed);
	else
		print("this memory model has no sections\n");
	flow_line(2, "sparse_init()", "memmodel_init()");
	print("%lu struct pages in %s, not initialised yet\n", m.pages, size_text(m.bytes).s);
	flow_line(3, "add_active_range()", "memblock_add_node()");
	print("%lu ranges without holes, %lu pages of RAM\n", ranges, pages);
	flow_line(4, "free_area_init_node()", "free_area_init(), memmap_init_zone()");
	print("%lu struct pages initialised, all reserved; %lu of them in holes\n",
	      memmap_init_figures.pages, memmap_init_figures.unavailable);
	flow_line(5, "free_all_bootmem()", "memblock_free_all()");
	print("%lu pages free in %lu blocks; kept: %lu reserved, %lu holes\n", given->pages,
	      given->blocks, given->rejected_reserved, given->rejected_hole);
	print("pfn_valid() is true for %lu frames now: %lu of RAM, %lu of holes\n", valid, ram,
	      valid - ram);
}

static const struct command commands[] = {
	{"flow", "", "the five calls of the 2011 article, and what they did here",
	 "What each call is named here, and what it did. The last line asks pfn_valid() for every\n"
	 "frame that has a struct page: it says \"there is a memmap\", not \"there is memory\".\n"
	 "Example: flow\n"
	 "See also: trace, phases, bootmap\n",
	 0, run_flow},
	{"audit", "", "every usable page is free exactly once: check again",
	 "Works out anew from banks and owners what must be free, and compares it with the free\n"
	 "lists twice. Nothing may be allocated meanwhile. With PAGE_POISON all free pages are\n"
	 "looked at, too.\n"
	 "Example: audit\n"
	 "See also: selftest, ledger\n",
	 0, run_audit},
	{"record", "", "the boot in lines for programs (docs/record.md)",
	 "One fact per line, mm.TOPIC key=value ...\n"
	 "Example: record\n"
	 "See also: phases, audit\n",
	 0, run_record},
	{"phases", "", "instructions of each stage",
	 "Console output is not counted. Exact on a CPU and under QEMU's -icount shift=0; without\n"
	 "it QEMU shows ticks of the host's clock.\n"
	 "Example: phases\n"
	 "See also: trace, bench\n",
	 0, run_phases},
};

const struct command_group commands_proof = {commands, ARRAY_SIZE(commands)};
