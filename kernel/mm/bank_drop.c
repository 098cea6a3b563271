/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAM that the tree names and that is not used: which, and why. Nothing is lost without an entry here.
 */
#include "mm/bank_internal.h"

#include "lib/panic.h"

const char *bank_drop_text(enum bank_drop why)
{
	static const char *const texts[NR_BANK_DROPS] = {
		[DROP_SUB_PAGE] = "sub-page edge",
		[DROP_HELD] = "hotpluggable",
		[DROP_MEM] = "mem=",
		[DROP_BEYOND_REACH] = "beyond the direct map",
		[DROP_PROBE_NO_RAM] = "probe: no RAM",
		[DROP_PROBE_ALIAS] = "probe: alias",
		[DROP_HOLE_BUDGET] = "over the hole budget",
		[DROP_NO_MEMMAP] = "no memmap",
		[DROP_OFFLINE] = "offline",
	};

	return texts[why];
}

static void dropped_delete(struct bank_table *table, u32 at)
{
	table->nr_dropped--;
	for (u32 i = at; i < table->nr_dropped; i++)
		table->dropped[i] = table->dropped[i + 1];
}

/* Dropped ranges stay sorted; those that touch and have the same reason are one. */
void bank_note_dropped(struct bank_table *table, struct range range, enum bank_drop why)
{
	struct dropped *d = table->dropped;
	u32 at = 0;

	if (range_is_empty(range))
		return;
	while (at < table->nr_dropped && d[at].range.end <= range.start)
		at++;
	if (at < table->nr_dropped && d[at].range.start == range.end && d[at].why == why) {
		range.end = d[at].range.end;
		dropped_delete(table, at);
	}
	if (at > 0 && d[at - 1].range.end == range.start && d[at - 1].why == why) {
		d[at - 1].range.end = range.end;
		return;
	}
	if (table->nr_dropped == MAX_DROPPED)
		stop("more than %d pieces of RAM cannot be used: the device tree's banks are in "
		     "shreds",
		     MAX_DROPPED);
	for (u32 i = table->nr_dropped; i > at; i--)
		d[i] = d[i - 1];
	d[at] = (struct dropped){range, why};
	table->nr_dropped++;
}

u64 bank_take_dropped(struct bank_table *table, struct range range)
{
	u64 taken = 0;

	for (u32 i = 0; i < table->nr_dropped;) {
		const struct dropped whole = table->dropped[i];
		const struct range both = range_intersect(whole.range, range);

		if (range_is_empty(both)) {
			i++;
			continue;
		}
		taken += range_size(both);
		dropped_delete(table, i);
		bank_note_dropped(table, (struct range){whole.range.start, both.start}, whole.why);
		bank_note_dropped(table, (struct range){both.end, whole.range.end}, whole.why);
	}
	return taken;
}

void banks_drop(struct range range, enum bank_drop why)
{
	for (u32 i = 0; i < banks.nr; i++)
		bank_note_dropped(&banks, range_intersect(banks.bank[i].range, range), why);
}
