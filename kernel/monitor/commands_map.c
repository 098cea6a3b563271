/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lies where in physical memory, from several sides: the banks as used, the reservations,
 * memblock's two tables, and all owners in one picture.
 */
#include "lib/log.h"
#include "mm/bank.h"
#include "mm/memblock.h"
#include "mm/owner.h"
#include "mm/report.h"
#include "monitor/command.h"

static void show_owned(struct range range, enum owner owner)
{
	const struct reservation *reservation = owner_reservation_at(range.start);
	const char *name = owner_name(owner);
	bool is_reservation = reservation && reservation->owner == owner;

	print("  0x%016lx-0x%016lx  %-12s %s%s\n", range.start, range.end,
	      size_text(range_size(range)).s, is_reservation ? reservation->name : name,
	      is_reservation && reservation->nomap ? " (no-map)" : "");
}

/* Each bank with what is taken in it; what is not listed is free or was when bring-up ended. */
static void run_iomem(const char *const *args)
{
	(void)args;
	for (u32 i = 0; i < banks.nr; i++) {
		struct range bank = banks.bank[i].range;
		phys_addr_t end;

		print("0x%016lx-0x%016lx  %-12s RAM %s\n", bank.start, bank.end,
		      size_text(range_size(bank)).s, banks.bank[i].origin);
		for (phys_addr_t pa = bank.start; pa < bank.end; pa = end) {
			enum owner owner = owner_at(pa, bank.end, &end);

			if (owner != OWN_FREE)
				show_owned((struct range){pa, end}, owner);
		}
	}
	for (u32 i = 0; i < banks.nr_dropped; i++)
		print("0x%016lx-0x%016lx  %-12s not used: %s\n", banks.dropped[i].range.start,
		      banks.dropped[i].range.end, size_text(range_size(banks.dropped[i].range)).s,
		      banks.dropped[i].why);
}

static void run_banks(const char *const *args)
{
	(void)args;
	report_banks();
}

static void run_reservations(const char *const *args)
{
	(void)args;
	report_reservations();
}

static void run_memblock(const char *const *args)
{
	(void)args;
	memblock_dump();
}

static void run_layout(const char *const *args)
{
	(void)args;
	report_layout();
}

static const struct command commands[] = {
	{"iomem", "", "each bank of RAM with what is taken in it",
	 "Like /proc/iomem, for RAM only; ranges are half-open. What is not listed is free.\n", 0,
	 run_iomem},
	{"banks", "", "RAM as used, and what was dropped and why", NULL, 0, run_banks},
	{"reservations", "", "what was taken before the first allocation", NULL, 0,
	 run_reservations},
	{"memblock", "", "the early allocator's tables at hand-over", NULL, 0, run_memblock},
	{"layout", "", "the virtual map and what fills it", NULL, 0, run_layout},
};

const struct command_group commands_map = {commands, ARRAY_SIZE(commands)};
