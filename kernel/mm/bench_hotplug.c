/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What memory costs that comes and goes. Everything is as it was afterwards, but for the order of the
 * free lists.
 */
#include "arch/arch.h"
#include "mm/bank.h"
#include "mm/bench_internal.h"
#include "mm/hotplug.h"

static const struct kind {
	enum add_flags flags;
	bool is_block; /* or 2 MiB */
	const char *add, *online, *offline, *remove;
} kinds[] = {
	{ADD_PLAIN, true, "hp_add", "hp_online", "hp_offline", "hp_remove"},
	{ADD_BASE_PAGES, true, "hp_base_add", "hp_base_online", "hp_base_offline",
	 "hp_base_remove"},
	{ADD_ALTMAP, true, "hp_altmap_add", "hp_altmap_online", "hp_altmap_offline",
	 "hp_altmap_remove"},
	{ADD_PLAIN, false, "hp_2m_add", "hp_2m_online", "hp_2m_offline", "hp_2m_remove"},
};

/* The first whole block that is held back. */
static bool find_block(phys_addr_t *start)
{
	const u64 block = memory_block_size_bytes();

	for (u32 i = 0; i < banks.nr_dropped; i++) {
		*start = ALIGN_UP(banks.dropped[i].range.start, block);
		if (banks_is_held_back(&banks.dropped[i]) &&
		    *start + block <= banks.dropped[i].range.end)
			return true;
	}
	return false;
}

/* One life; false when a step was refused. */
static bool live(const struct kind *kind, phys_addr_t start, u64 size)
{
	const pfn_t pfn = PFN_DOWN(start);
	u64 at[5] = {arch_instret()};

	if (add_memory(NUMA_NO_NODE, start, size, kind->flags))
		return false;
	at[1] = arch_instret();
	if (online_pages(pfn, size / PAGE_SIZE, MMOP_ONLINE_MOVABLE))
		return false;
	at[2] = arch_instret();
	if (offline_pages(pfn, size / PAGE_SIZE))
		return false;
	at[3] = arch_instret();
	if (remove_memory(start, size))
		return false;
	at[4] = arch_instret();
	bench_note(kind->add, at[1] - at[0]);
	bench_note(kind->online, at[2] - at[1]);
	bench_note(kind->offline, at[3] - at[2]);
	bench_note(kind->remove, at[4] - at[3]);
	return true;
}

void bench_hotplug(void)
{
	const enum online_policy policy = online_policy;
	phys_addr_t start;

	if (memory_block_size_bytes() == 0 || !find_block(&start))
		return;
	online_policy = ONLINE_POLICY_OFFLINE;
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!live(&kinds[i], start,
			  kinds[i].is_block ? memory_block_size_bytes() : MEGAPAGE_SIZE))
			break;
	online_policy = policy;
}
