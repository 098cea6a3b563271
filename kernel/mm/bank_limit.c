/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which of the banks may we use? Not those held back for later, what mem= allows, and what the address
 * windows reach.
 *
 *   mem=SIZE         [lowest bank, lowest bank + SIZE)
 *   mem=SIZE@START   [START, START + SIZE)
 * Several mem= add up. The first one takes everything away that none of them names. Memory
 * that no bank of the tree has is refused, unless mem_force says that the tree is wrong.
 */
#include "mm/bank_internal.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/trace.h"
#include "memmodel_policy.h"

#define MAX_ALLOWED MACHINE_MAX_MEM_ARGS

struct allowed {
	u32 nr;
	struct range range[MAX_ALLOWED];
};

/* What size bytes from start are, in whole pages; cut at the end of the address space. */
static struct range mem_range(phys_addr_t start, u64 size)
{
	struct range range;

	if (!range_make(start, size, &range))
		range = (struct range){start, ~0UL};
	return range_shrink(range);
}

/* The ranges of mem=, sorted by start. */
static void collect_allowed(const struct bank_table *table, struct allowed *allowed)
{
	for (u32 i = 0; i < machine.options.nr_mem; i++) {
		const struct mem_arg *arg = &machine.options.mem[i];
		phys_addr_t start =
			arg->has_start || table->nr == 0 ? arg->start : table->bank[0].range.start;
		struct range range = mem_range(start, arg->size);
		u32 at;

		if (range_is_empty(range))
			continue;
		for (at = allowed->nr; at > 0 && allowed->range[at - 1].start > range.start; at--)
			allowed->range[at] = allowed->range[at - 1];
		allowed->range[at] = range;
		allowed->nr++;
	}
}

static void refuse(struct range gap)
{
	if (!range_is_empty(gap))
		log_warn("mem-outside",
			 "mem= names [0x%lx, 0x%lx), which no memory node has: refused; say "
			 "mem_force if the device tree is wrong",
			 gap.start, gap.end);
}

/* A gap between banks, and why its RAM cannot be had: it waits for a hot-add, or it is none. */
static void refuse_parts(const struct bank_table *table, struct range gap)
{
	for (u32 i = 0; i < table->nr_dropped; i++) {
		const struct range held = range_intersect(table->dropped[i].range, gap);

		if (table->dropped[i].why != DROP_HELD || range_is_empty(held))
			continue;
		refuse((struct range){gap.start, held.start});
		log_warn("mem-held",
			 "mem= names [0x%lx, 0x%lx), which hold_hotpluggable keeps until it is "
			 "added: not used; leave one of the two out",
			 held.start, held.end);
		gap.start = held.end;
	}
	refuse(gap);
}

/* The parts of a mem=SIZE@START that are in no bank: refused, or believed with mem_force. */
static void judge_outside(struct bank_table *table, struct range want)
{
	phys_addr_t at = want.start;

	for (u32 i = 0; i <= table->nr && at < want.end; i++) {
		struct range gap = {at, i < table->nr
						? min_u64(table->bank[i].range.start, want.end)
						: want.end};

		if (i < table->nr)
			at = max_u64(at, table->bank[i].range.end);
		if (range_is_empty(gap))
			continue;
		if (!machine.options.mem_force) {
			refuse_parts(table, gap);
			continue;
		}
		log_line("banks", "[0x%lx, 0x%lx) is believed because of mem_force", gap.start,
			 gap.end);
		bank_insert(table, i,
			    &(struct bank){.range = gap, .nid = NUMA_NO_NODE, .origin = "mem="});
		/* Crumbs that a bank lost at its edge are counted as RAM already. */
		table->ram += range_size(gap) - bank_take_dropped(table, gap);
		i++;
	}
}

/* Cut one bank down to the allowed ranges: zero or more pieces take its place. */
static u32 keep_allowed(struct bank_table *table, u32 at, const struct allowed *allowed)
{
	struct bank whole = table->bank[at];
	phys_addr_t done = whole.range.start;

	bank_delete(table, at);
	for (u32 i = 0; i < allowed->nr; i++) {
		struct range rest = {done, whole.range.end};
		struct range keep = range_intersect(rest, allowed->range[i]);

		if (range_is_empty(keep))
			continue;
		bank_note_dropped(table, (struct range){done, keep.start}, DROP_MEM);
		done = keep.end;
		if (at > 0 && table->bank[at - 1].range.end == keep.start &&
		    table->bank[at - 1].origin == whole.origin &&
		    table->bank[at - 1].reg == whole.reg) {
			table->bank[at - 1].range.end = keep.end;
			continue;
		}
		whole.range = (struct range){keep.start, rest.end};
		bank_insert(table, at, &whole);
		table->bank[at].range.end = keep.end;
		at++;
	}
	bank_note_dropped(table, (struct range){done, whole.range.end}, DROP_MEM);
	return at;
}

void bank_apply_hold(struct bank_table *table)
{
	const struct arch_image *image = &arch_handoff()->image;

	for (u32 i = 0; i < table->nr && machine.options.hold_hotpluggable;) {
		const struct bank *bank = &table->bank[i];
		bool has_image =
			range_overlaps(bank->range, (struct range){image->text, image->end});

		if (bank->hotpluggable && has_image)
			log_warn(
				"hold-image",
				"%s reg %u is hotpluggable but has the image in it: it is used all "
				"the same; load the image elsewhere",
				bank->origin, bank->reg);
		if (!bank->hotpluggable || has_image) {
			i++;
			continue;
		}
		bank_note_dropped(table, bank->range, DROP_HELD);
		bank_delete(table, i);
	}
}

void bank_apply_mem(struct bank_table *table)
{
	TRACE_CALL();
	struct allowed allowed = {0};
	u32 nr_dropped;

	if (machine.options.nr_mem == 0)
		return;
	collect_allowed(table, &allowed);
	for (u32 i = 0; i < machine.options.nr_mem; i++) {
		const struct mem_arg *arg = &machine.options.mem[i];

		if (arg->has_start)
			judge_outside(table, mem_range(arg->start, arg->size));
	}
	nr_dropped = table->nr_dropped;
	for (u32 i = 0; i < table->nr;)
		i = keep_allowed(table, i, &allowed);
	if (table->nr_dropped == nr_dropped)
		log_warn("mem-no-effect",
			 "mem= cuts nothing: the banks hold no more than it allows");
}

void bank_apply_reach(struct bank_table *table)
{
	TRACE_CALL();
	phys_addr_t reach;

	if (table->nr == 0)
		stop("no RAM is left: the memory nodes of the device tree and mem= have no whole "
		     "page in common");
	table->phys_base = ALIGN_DOWN(table->bank[0].range.start, GIGAPAGE_SIZE);
	if (__builtin_add_overflow(table->phys_base, min_u64(DIRECT_MAP_SIZE, memmodel_span_bytes),
				   &reach))
		return;
	for (u32 i = 0; i < table->nr;) {
		struct bank *bank = &table->bank[i];
		struct range beyond = {max_u64(bank->range.start, reach), bank->range.end};

		if (range_is_empty(beyond)) {
			i++;
			continue;
		}
		log_warn("bank-capped",
			 "%s reg %u: %lu bytes from 0x%lx on lie beyond the reach of %s from 0x%lx "
			 "and are not used",
			 bank->origin, bank->reg, range_size(beyond), beyond.start,
			 size_text(reach - table->phys_base).s, table->phys_base);
		bank_note_dropped(table, beyond, DROP_BEYOND_REACH);
		bank->range.end = beyond.start;
		if (range_is_empty(bank->range))
			bank_delete(table, i);
		else
			i++;
	}
}
