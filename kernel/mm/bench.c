/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What does one operation cost? Each is done many times between two reads of the counter; the
 * empty loop is measured the same way and taken off. Exact under QEMU's -icount shift=0.
 */
#include "mm/selftest.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/bench_internal.h"
#include "mm/buddy.h"
#include "mm/hugetlb_vmemmap.h"
#include "mm/bank.h"
#include "mm/page_owner.h"

#define ROUNDS   1024
#define MAX_COST 32

static struct {
	const char *op;
	u64 insn_x100;
} costs[MAX_COST];
static u32 nr_costs;

/* Keeps results alive and the compiler from lifting work out of the loops. */
#define HIDE(x) __asm__ volatile("" : "+r"(x))

/* Where the counter is not exact, the overhead may seem to be more than the whole: then it is nothing. */
static void note(const char *op, u64 counted, u64 overhead, u64 rounds)
{
	assert_kernel(nr_costs < MAX_COST, nr_costs, rounds);
	costs[nr_costs].op = op;
	costs[nr_costs++].insn_x100 = (counted - min_u64(counted, overhead)) * 100 / rounds;
}

void bench_note(const char *op, u64 instret)
{
	note(op, instret, 0, 1);
}

bool bench_cost(u32 i, const char **op, u64 *insn_x100)
{
	if (i >= nr_costs)
		return false;
	*op = costs[i].op;
	*insn_x100 = costs[i].insn_x100;
	return true;
}

static u64 empty_loop(pfn_t pfn)
{
	u64 start = arch_instret();

	for (u32 i = 0; i < ROUNDS; i++) {
		pfn_t p = pfn;
		HIDE(p);
		HIDE(p);
	}
	return arch_instret() - start;
}

static void bench_conversions(pfn_t pfn)
{
	u64 empty = empty_loop(pfn);
	u64 start = arch_instret();

	for (u32 i = 0; i < ROUNDS; i++) {
		pfn_t p = pfn;
		HIDE(p);
		struct page *page = pfn_to_page(p);
		HIDE(page);
	}
	note("pfn_to_page", arch_instret() - start, empty, ROUNDS);
	struct page *const page = pfn_to_page(pfn);
	start = arch_instret();
	for (u32 i = 0; i < ROUNDS; i++) {
		const struct page *q = page;
		HIDE(q);
		pfn_t p = page_to_pfn(q);
		HIDE(p);
	}
	note("page_to_pfn", arch_instret() - start, empty, ROUNDS);
	start = arch_instret();
	for (u32 i = 0; i < ROUNDS; i++) {
		pfn_t p = pfn;
		HIDE(p);
		u64 valid = pfn_valid(p);
		HIDE(valid);
	}
	note("pfn_valid", arch_instret() - start, empty, ROUNDS);
}

static void bench_order(u32 order, const char *alloc_name, const char *free_name,
			const char *pair_name)
{
	u64 alloc = 0;
	u64 release = 0;
	u64 overhead = arch_instret();

	overhead = arch_instret() - overhead;
	for (u32 i = 0; i < 16 + ROUNDS; i++) {
		u64 t0 = arch_instret();
		struct page *page = alloc_pages(order);
		u64 t1 = arch_instret();

		if (!page)
			return;
		u64 t2 = arch_instret();
		free_pages(page, order);
		u64 t3 = arch_instret();

		/* The first rounds warm the hot list. */
		if (i < 16)
			continue;
		alloc += t1 - t0;
		release += t3 - t2;
	}
	overhead *= ROUNDS;
	note(alloc_name, alloc, overhead, ROUNDS);
	note(free_name, release, overhead, ROUNDS);
	note(pair_name, alloc + release, 2 * overhead, ROUNDS);
}

/* What was measured while it was done: doing it again would change the free memory that is on record. */
static void bench_hvo(void)
{
	const struct hugetlb_vmemmap_figures *f = &hugetlb_vmemmap_figures;

	if (f->optimized > 0)
		note("hvo_optimize", f->optimize_instret, 0, f->optimized);
	if (f->restored > 0)
		note("hvo_restore", f->restore_instret, 0, f->restored);
}

/* What poweroff does with LEAK_CHECK, for each page of RAM: nothing is allocated now, so every step is a block. */
static void bench_leaks(void)
{
	static struct page_owner_table table;
	u64 pages = 0;
	u64 start;

	for (u32 i = 0; i < banks.nr; i++)
		pages += range_size(banks.bank[i].range) / PAGE_SIZE;
	start = arch_instret();
	page_owner_collect(&table, false);
	note("leak_page", arch_instret() - start, 0, pages);
}

static void show_cost(const char *label, const char *op, u64 insn_x100)
{
	if (insn_x100 == 0)
		log_line(label, "%-12s less than the counter can tell", op);
	else
		log_line(label, "%-12s %6lu.%02lu instructions", op, insn_x100 / 100,
			 insn_x100 % 100);
}

void bench_run(void)
{
	struct page *page;

	nr_costs = 0;
	if (arch_instret() == 0) {
		log_line("bench", "this machine does not count instructions");
		return;
	}
	if (empty_loop(0) != empty_loop(0))
		log_line("bench",
			 "the counter is not exact here; QEMU counts with -icount shift=0");
	page = alloc_pages(0);
	if (!page) {
		log_line("bench", "no page is free");
		return;
	}
	bench_conversions(page_to_pfn(page));
	free_pages(page, 0);
	bench_order(0, "alloc0", "free0", "pair0");
	bench_order(9, "alloc9", "free9", "pair9");
	bench_order(MAX_PAGE_ORDER, "alloc_max", "free_max", "pair_max");
	bench_hvo();
	bench_hotplug();
	buddy_drain();
	if (config_leak_check)
		bench_leaks();
	for (u32 i = 0; i < nr_costs; i++)
		show_cost(i == 0 ? "bench" : "", costs[i].op, costs[i].insn_x100);
}
