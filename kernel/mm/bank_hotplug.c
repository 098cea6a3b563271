/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bank table of a machine whose RAM comes and goes.
 *
 *   not added   DROP_MEM or DROP_HELD   no bank
 *   offline     DROP_OFFLINE            a bank: mapped, has struct pages, free nowhere
 *   online      not dropped             a bank
 *
 * banks.ram, the bytes that the tree names, never changes: a byte is dropped or used.
 */
#include "mm/bank_internal.h"

#include "lib/panic.h"
#include "lib/string.h"

const struct machine_bank *banks_tree_bank(phys_addr_t pa)
{
	for (u32 i = 0; i < machine.nr_banks; i++)
		if (range_has(machine.banks[i].range, pa))
			return &machine.banks[i];
	return NULL;
}

/* How far the tuple at pa keeps what it names: an earlier one of the tree may begin inside it. */
static phys_addr_t tuple_end(const struct machine_bank *tuple, phys_addr_t pa)
{
	phys_addr_t end = tuple->range.end;

	for (const struct machine_bank *other = machine.banks; other < tuple; other++)
		if (other->range.start > pa)
			end = min_u64(end, other->range.start);
	return end;
}

bool banks_have_room(void)
{
	return banks.nr + 4 <= MAX_BANKS && banks.nr_dropped + 4 <= MAX_DROPPED;
}

static bool is_one(const struct bank *a, const struct bank *b)
{
	return a->range.end == b->range.start && a->nid == b->nid && a->reg == b->reg &&
	       a->hotpluggable == b->hotpluggable && strcmp(a->origin, b->origin) == 0;
}

static void insert_joined(const struct bank *fresh)
{
	u32 at = 0;

	while (at < banks.nr && banks.bank[at].range.start < fresh->range.start)
		at++;
	bank_insert(&banks, at, fresh);
	if (at + 1 < banks.nr && is_one(&banks.bank[at], &banks.bank[at + 1])) {
		banks.bank[at].range.end = banks.bank[at + 1].range.end;
		bank_delete(&banks, at + 1);
	}
	if (at > 0 && is_one(&banks.bank[at - 1], &banks.bank[at])) {
		banks.bank[at - 1].range.end = banks.bank[at].range.end;
		bank_delete(&banks, at);
	}
}

void banks_add(struct range range, u32 nid)
{
	u64 taken = bank_take_dropped(&banks, range);

	assert_kernel(taken == range_size(range), taken, range.start);
	bank_note_dropped(&banks, range, DROP_OFFLINE);
	for (phys_addr_t at = range.start; at < range.end;) {
		const struct machine_bank *tuple = banks_tree_bank(at);
		struct bank fresh = {.range = {at, range.end}, .nid = nid, .origin = "mem="};

		if (tuple) {
			fresh.range.end = min_u64(range.end, tuple_end(tuple, at));
			fresh.reg = tuple->reg;
			fresh.hotpluggable = tuple->hotpluggable;
			fresh.origin = tuple->origin;
		}
		insert_joined(&fresh);
		at = fresh.range.end;
	}
}

bool banks_is_held_back(const struct dropped *dropped)
{
	return dropped->why == DROP_MEM || dropped->why == DROP_HELD;
}

/* As it was before it was added: bank_apply_hold() comes before mem=. */
static void note_held_back(struct range range)
{
	for (phys_addr_t at = range.start; at < range.end;) {
		const struct machine_bank *tuple = banks_tree_bank(at);
		struct range part = {at,
				     tuple ? min_u64(range.end, tuple_end(tuple, at)) : range.end};
		bool held = tuple && tuple->hotpluggable && machine.options.hold_hotpluggable;

		bank_note_dropped(&banks, part, held ? DROP_HELD : DROP_MEM);
		at = part.end;
	}
}

void banks_remove(struct range range)
{
	(void)bank_take_dropped(&banks, range);
	for (u32 i = 0; i < banks.nr;) {
		struct bank rest = banks.bank[i];
		const struct range both = range_intersect(rest.range, range);

		if (range_is_empty(both)) {
			i++;
			continue;
		}
		banks.bank[i].range.end = both.start;
		rest.range.start = both.end;
		if (!range_is_empty(rest.range))
			bank_insert(&banks, i + 1, &rest);
		if (range_is_empty(banks.bank[i].range))
			bank_delete(&banks, i);
		else
			i++;
	}
	note_held_back(range);
}

void banks_set_online(struct range range, bool is_online)
{
	if (is_online)
		(void)bank_take_dropped(&banks, range);
	else
		bank_note_dropped(&banks, range, DROP_OFFLINE);
}
