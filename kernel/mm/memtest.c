/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does free memory keep what is written to it? On request (memtest=N) N patterns are written
 * over all free memory and read back, before anything lives there, by all harts that come up.
 *
 * Each word is written as pattern ^ address, and all is written before the first word is
 * read, so that two addresses which reach the same cell are found too. Harts take pieces of all free
 * ranges, laid end to end:
 *
 *   free    [ range 0      )   [ range 1 )[ range 2        )
 *   pages   0 ............. n  n ....... m m .............. all
 *   pieces  |     |     |     |     |     |     |     |    |    PIECE pages, each by any hart
 */
#include "mm/memtest.h"

#include "harts.h"
#include "lib/log.h"
#include "mm/early.h"
#include "mm/memblock.h"

#define PIECE (MEGAPAGE_SIZE / PAGE_SIZE) /* about half a million instructions */

/* Progress: so many lines a pass at most, but not one for less than this. */
#define MAX_STEPS 16
#define STEP_SIZE (256 * MIB)

static const u64 patterns[] = {
	0x0000000000000000, 0xffffffffffffffff, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa,
	0x3333333333333333, 0xcccccccccccccccc, 0x0f0f0f0f0f0f0f0f, 0xf0f0f0f0f0f0f0f0,
	0x00ff00ff00ff00ff, 0xff00ff00ff00ff00, 0x0000ffff0000ffff, 0xffff0000ffff0000,
};

/* Ranges as they are before any bad page changes the tables. */
#define MAX_TESTED 256
static struct range tested[MAX_TESTED];
static u32 nr_tested;

struct memtest_figures memtest_figures;

/* One pass over everything; the harts share it. */
struct pass {
	u32 number; /* from 1 */
	u64 pattern;
	bool reading;
	u64 step; /* the last that was told */
};

bool memtest_is_tested(phys_addr_t pa)
{
	for (u32 r = 0; r < nr_tested; r++)
		if (range_has(tested[r], pa))
			return !memblock_is_reserved(pa);
	return false;
}

void memtest_write_page(phys_addr_t page, u64 pattern)
{
	volatile u64 *word = phys_to_virt(page);

	for (phys_addr_t pa = page; pa < page + PAGE_SIZE; pa += sizeof(u64))
		*word++ = pattern ^ pa;
}

bool memtest_page_keeps(phys_addr_t page, u64 pattern, struct memtest_word *bad)
{
	const volatile u64 *word = phys_to_virt(page);

	for (phys_addr_t pa = page; pa < page + PAGE_SIZE; pa += sizeof(u64)) {
		u64 value = *word++;

		if (value == (pattern ^ pa))
			continue;
		*bad = (struct memtest_word){pa, value};
		return false;
	}
	return true;
}

/* What was found bad is left alone: another page may have the same cells, and be good. */
static void test_pages(struct range range, const struct pass *pass)
{
	for (phys_addr_t page = range.start; page < range.end; page += PAGE_SIZE) {
		struct memtest_word bad;

		if (memtest_figures.bad > 0 && memblock_is_reserved(page))
			continue;
		if (!pass->reading)
			memtest_write_page(page, pass->pattern);
		else if (!memtest_page_keeps(page, pass->pattern, &bad))
			memtest_suspect(page, pass->pattern, &bad);
	}
}

/* Pages by number: the part of each range that lies in [start, end). */
static void run_pass(u64 start, u64 end, void *arg)
{
	u64 before = 0;

	for (u32 r = 0; r < nr_tested && before < end; r++) {
		const u64 pages = range_size(tested[r]) / PAGE_SIZE;
		const u64 from = max_u64(start, before);
		const u64 to = min_u64(end, before + pages);

		if (from < to)
			test_pages((struct range){tested[r].start + (from - before) * PAGE_SIZE,
						  tested[r].start + (to - before) * PAGE_SIZE},
				   arg);
		before += pages;
	}
}

/* A pass is all pages twice; the last step is told by what follows. */
static void show_progress(u64 done, u64 all, void *arg)
{
	struct pass *pass = arg;
	const u64 steps = min_u64(2 * all * PAGE_SIZE / STEP_SIZE, MAX_STEPS);
	const u64 sum = done + (pass->reading ? all : 0);
	const u64 step = sum * steps / (2 * all);

	if (step <= pass->step || step == steps)
		return;
	pass->step = step;
	log_line("", "pass %u: %2lu %%, %s of %s %s", pass->number, sum * 100 / (2 * all),
		 size_text(done * PAGE_SIZE).s, size_text(all * PAGE_SIZE).s,
		 pass->reading ? "read back" : "written");
}

static void sweep(struct pass *pass, bool reading)
{
	struct harts_work work = {.name = reading ? "memtest_read" : "memtest_write",
				  .end = memtest_figures.bytes / PAGE_SIZE,
				  .chunk = PIECE,
				  .run = run_pass,
				  .progress = show_progress,
				  .arg = pass};

	pass->reading = reading;
	harts_run(&work);
}

static void find_ranges(void)
{
	phys_addr_t start, end;
	u64 i;

	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL) {
		if (nr_tested == MAX_TESTED) {
			log_warn("memtest-partial",
				 "memtest: only the first %d free ranges are tested", MAX_TESTED);
			break;
		}
		tested[nr_tested++] = (struct range){start, end};
		memtest_figures.bytes += end - start;
	}
}

void early_memtest(void)
{
	const u32 passes = machine.options.memtest;

	if (passes == 0)
		return;
	harts_start();
	find_ranges();
	memtest_figures.passes = passes;
	for (u32 i = 0; i < passes; i++) {
		struct pass pass = {.number = i + 1, .pattern = patterns[i % ARRAY_SIZE(patterns)]};

		log_line("memtest", "pass %u of %u, pattern 0x%016lx, %s", i + 1, passes,
			 pass.pattern, size_text(memtest_figures.bytes).s);
		sweep(&pass, false);
		sweep(&pass, true);
		memtest_figures.bad += memtest_judge(pass.pattern);
	}
	log_line("memtest", "%lu bad pages; %u of the harts have tested", memtest_figures.bad,
		 harts_up());
}
