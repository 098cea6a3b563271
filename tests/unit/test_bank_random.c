/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Banks against an oracle that cannot be wrong: one byte for each 256 bytes of 256 KiB says which
 * bank of the tree named it first, and one for each page says what must become of it.
 *
 * Random trees: up to 14 banks with edges anywhere, with and without mem= and mem_force, at
 * several bases. A failure says the seed.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "arch/arch.h"
#include "boot_fixture.h"
#include "lib/log.h"
#include "lib/string.h"

#define GRAIN    256UL
#define PAGES    64
#define PER_PAGE (PAGE_SIZE / GRAIN)
#define GRAINS   (PAGES * PER_PAGE)
#define ROUNDS   3000
#define NOBODY   0xff
#define FORCED   0xfe

static u64 state;
static phys_addr_t base;
static u8 named[GRAINS];  /* by which bank of the tree first */
static u8 page_of[PAGES]; /* which bank has the page, in the end */
static u64 ram;

static u64 below(u64 n)
{
	return unit_random(&state) % n;
}

static phys_addr_t at_grain(u64 grain)
{
	return base + grain * GRAIN;
}

/* The image has a bank of its own above, which no mem= cuts. */
static void given_random_tree(void)
{
	u32 nr = 1 + (u32)below(14);

	memset(named, NOBODY, sizeof(named));
	memset(&machine, 0, sizeof(machine));
	for (u32 i = 0; i < nr; i++) {
		u64 step = below(3) == 0 ? 1 : PER_PAGE;
		u64 start = below(GRAINS / step) * step;
		u64 end = start + step * (1 + below(below(2) ? 8 : (GRAINS - start) / step));

		end = end > GRAINS ? GRAINS : end;
		given_bank(at_grain(start), (end - start) * GRAIN);
		for (; start < end; start++)
			if (named[start] == NOBODY)
				named[start] = (u8)i;
	}
	given_image(base + GIGAPAGE_SIZE);
	given_bank(base + GIGAPAGE_SIZE, IMAGE_BYTES);
}

/* A page is whole when one bank of the tree named all of it first. */
static void settle_pages(void)
{
	ram = IMAGE_BYTES;
	for (u64 page = 0; page < PAGES; page++) {
		const u8 *grain = &named[page * PER_PAGE];
		bool whole = true;

		for (u64 i = 0; i < PER_PAGE; i++) {
			ram += grain[i] != NOBODY ? GRAIN : 0;
			whole = whole && grain[i] == grain[0];
		}
		page_of[page] = whole ? grain[0] : NOBODY;
	}
}

/* With mem=: a page stays when one of them names it, and comes into being with mem_force. */
static void given_random_mem(void)
{
	bool keep[PAGES] = {false};
	u32 nr = below(2) ? (u32)below(5) : 0;

	if (nr == 0)
		return;
	machine.options.mem_force = below(2);
	given_mem_at(IMAGE_BYTES, base + GIGAPAGE_SIZE);
	for (u32 i = 0; i < nr; i++) {
		u64 start = below(GRAINS);
		u64 end = start + 1 + below(GRAINS - start);

		given_mem_at((end - start) * GRAIN, at_grain(start));
		for (u64 page = (start + PER_PAGE - 1) / PER_PAGE; page < end / PER_PAGE; page++)
			keep[page] = true;
	}
	for (u64 page = 0; page < PAGES; page++) {
		if (!keep[page])
			page_of[page] = NOBODY;
		else if (page_of[page] == NOBODY && machine.options.mem_force) {
			page_of[page] = FORCED;
			for (u64 i = 0; i < PER_PAGE; i++)
				ram += named[page * PER_PAGE + i] == NOBODY ? GRAIN : 0;
		}
	}
}

static void expect_pages(void)
{
	u64 dropped = 0;

	ASSERT_EQ(banks.ram, ram);
	for (u32 i = 0; i < banks.nr_dropped; i++) {
		dropped += range_size(banks.dropped[i].range);
		if (i > 0)
			ASSERT_LE(banks.dropped[i - 1].range.end, banks.dropped[i].range.start);
	}
	ASSERT_EQ(bank_bytes() + dropped, ram);
	for (u32 i = 1; i < banks.nr; i++)
		ASSERT_LE(banks.bank[i - 1].range.end, banks.bank[i].range.start);
	for (u64 page = 0; page < PAGES; page++) {
		const struct bank *bank = banks_find(base + page * PAGE_SIZE);

		if (page_of[page] == NOBODY)
			ASSERT(!bank);
		else
			ASSERT(bank);
		if (page_of[page] < machine.nr_banks)
			ASSERT_EQ(bank->reg, page_of[page]);
	}
}

/* banks_init() wants to run once; give back what the machine behind it took. */
static void run_again(void)
{
	int descriptor = dup(STDOUT_FILENO);

	close(descriptor);
	memset(&banks, 0, sizeof(banks));
	banks_init();
	expect_pages();
	munmap(phys_to_virt(banks.phys_base), DIRECT_MAP_SIZE);
	close(descriptor); /* the memory: it got the lowest free number */
}

static void run_at(phys_addr_t where)
{
	base = where;
	given_image(base + GIGAPAGE_SIZE);
	given_bank(base, PAGE_SIZE);
	boot_to("handoff");
	log_set_level(0);
	for (u64 round = 1; round <= ROUNDS; round++) {
		u64 seed = where + round;

		state = seed;
		unit_note("seed %lu", seed);
		given_random_tree();
		settle_pages();
		given_random_mem();
		run_again();
	}
}

TEST(at_zero)
{
	run_at(0);
}

TEST(at_2_gib)
{
	run_at(0x80000000);
}

TEST(high)
{
	run_at(0x1800000000);
}
