/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Does free memory keep what is written to it? On request (memtest=N) N patterns are written
 * over all free memory and read back, before anything lives there.
 *
 * Each word is written as pattern ^ address, over a whole free range before the first word is
 * read, so that two addresses which reach the same cell are found too. A page with a bad
 * word is reserved, with the owner badmem.
 */
#include "mm/early.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/memblock.h"

static const u64 patterns[] = {
	0x0000000000000000, 0xffffffffffffffff, 0x5555555555555555, 0xaaaaaaaaaaaaaaaa,
	0x3333333333333333, 0xcccccccccccccccc, 0x0f0f0f0f0f0f0f0f, 0xf0f0f0f0f0f0f0f0,
	0x00ff00ff00ff00ff, 0xff00ff00ff00ff00, 0x0000ffff0000ffff, 0xffff0000ffff0000,
};

/* Ranges as they are before any bad page changes the tables. */
#define MAX_TESTED 256
static struct range tested[MAX_TESTED];

static void write_pattern(struct range range, u64 pattern)
{
	volatile u64 *word = phys_to_virt(range.start);

	for (phys_addr_t pa = range.start; pa < range.end; pa += sizeof(u64))
		*word++ = pattern ^ pa;
}

static bool page_is_good(phys_addr_t page, u64 pattern, phys_addr_t *bad)
{
	const volatile u64 *word = phys_to_virt(page);

	for (phys_addr_t pa = page; pa < page + PAGE_SIZE; pa += sizeof(u64)) {
		if (*word++ != (pattern ^ pa)) {
			*bad = pa;
			return false;
		}
	}
	return true;
}

static u64 read_pattern(struct range range, u64 pattern)
{
	u64 nr_bad = 0;

	for (phys_addr_t page = range.start; page < range.end; page += PAGE_SIZE) {
		phys_addr_t bad;

		if (memblock_is_reserved(page) || page_is_good(page, pattern, &bad))
			continue;
		log_warn("badmem",
			 "memtest: 0x%lx does not keep pattern 0x%lx: its page is reserved", bad,
			 pattern);
		if (memblock_reserve(page, PAGE_SIZE) != 0)
			stop("memtest found more bad pages than memblock has room for: replace "
			     "this memory");
		reservations_add((struct range){page, page + PAGE_SIZE}, OWN_BADMEM, false,
				 "badmem");
		nr_bad++;
	}
	return nr_bad;
}

void early_memtest(void)
{
	u32 passes = machine.options.memtest;
	u32 nr = 0;
	u64 nr_bad = 0;
	u64 bytes = 0;
	phys_addr_t start, end;
	u64 i;

	if (passes == 0)
		return;
	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL) {
		if (nr == MAX_TESTED) {
			log_warn("memtest-partial",
				 "memtest: only the first %d free ranges are tested", MAX_TESTED);
			break;
		}
		tested[nr++] = (struct range){start, end};
		bytes += end - start;
	}
	for (u32 pass = 0; pass < passes; pass++) {
		u64 pattern = patterns[pass % ARRAY_SIZE(patterns)];

		log_line("memtest", "pass %u of %u, pattern 0x%016lx, %s", pass + 1, passes,
			 pattern, size_text(bytes).s);
		for (u32 r = 0; r < nr; r++)
			write_pattern(tested[r], pattern);
		for (u32 r = 0; r < nr; r++)
			nr_bad += read_pattern(tested[r], pattern);
	}
	log_line("memtest", "%lu bad pages", nr_bad);
}
