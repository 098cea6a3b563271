/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sections that are not simply as the boot left them, and all sections as blocks of sysfs.
 */
#include "mm/hotplug_internal.h"

#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/hotplug_snapshot.h"
#include "mm/owned.h"

struct list_head memory_blocks;

void memory_blocks_init(void)
{
	if (!memory_blocks.next)
		list_init(&memory_blocks);
}

struct memory_block *memory_block_find(u64 nr)
{
	struct memory_block *block;

	memory_blocks_init();
	list_for_each_entry (block, &memory_blocks, list) {
		if (block->nr == nr)
			return block;
		if (block->nr > nr)
			break;
	}
	return NULL;
}

struct memory_block *memory_block_make(u64 nr, u32 nid)
{
	struct memory_block *fresh = memory_block_find(nr);
	struct memory_block *next;
	phys_addr_t pa;

	if (fresh)
		return fresh;
	if (!owned_alloc_zeroed(OWN_USAGE, nid, 0, &pa))
		return NULL;
	fresh = phys_to_virt(pa);
	fresh->nr = nr;
	list_for_each_entry (next, &memory_blocks, list) {
		if (next->nr > nr)
			break;
	}
	list_add_tail(&fresh->list, &next->list);
	return fresh;
}

void memory_block_put(struct memory_block *block)
{
	if (subsections_any(block->hot, 0, SUBSECTIONS_PER_SECTION) ||
	    subsections_any(block->offline, 0, SUBSECTIONS_PER_SECTION) ||
	    subsections_any(block->movable, 0, SUBSECTIONS_PER_SECTION))
		return;
	list_del(&block->list);
	owned_free(virt_to_phys(block));
}

static u64 subsection_of(pfn_t pfn)
{
	return (pfn & (PAGES_PER_SECTION - 1)) / PAGES_PER_SUBSECTION;
}

bool subsection_is_online(pfn_t pfn)
{
	const struct memory_block *block = memory_block_find(pfn_to_section_nr(pfn));

	return !block || !subsection_bit(block->offline, subsection_of(pfn));
}

u64 memory_block_size_bytes(void)
{
	return 1UL << SECTION_SIZE_BITS;
}

/* Names of zones, each once. */
static void append_zone(struct block_info *info, const char *name)
{
	char before[sizeof(info->zones)];

	format_text(before, sizeof(before), "%s", info->zones);
	format_text(info->zones, sizeof(info->zones), "%s%s%s", before, before[0] ? " " : "", name);
}

/* Where the block is, and where it could go: an offline one to its kernel zone or to Movable. */
static void find_zones(struct block_info *info, u64 movable)
{
	const pfn_t pfn = section_nr_to_pfn(info->phys_index);

	if (info->state == BLOCK_OFFLINE || info->online > movable)
		append_zone(info, zone_name(zone_type_of(pfn)));
	if (info->state == BLOCK_OFFLINE || movable > 0)
		append_zone(info, zone_name(ZONE_MOVABLE));
}

/*
 * Sum up the banks inside the section, subsection by subsection where there is a block. Result: bytes that are
 * in Movable.
 */
static u64 measure(struct block_info *info, const struct memory_block *block)
{
	const struct range section =
		pfn_range(section_nr_to_pfn(info->phys_index), PAGES_PER_SECTION);
	u64 movable = 0;

	for (u32 i = 0; i < banks.nr; i++) {
		struct range both = range_intersect(banks.bank[i].range, section);

		for (phys_addr_t at = both.start, next; at < both.end; at = next) {
			const u64 bit = subsection_of(PFN_DOWN(at));

			next = block ? min_u64(both.end,
					       ALIGN_DOWN(at, MEGAPAGE_SIZE) + MEGAPAGE_SIZE)
				     : both.end;
			info->present += next - at;
			if (!block || !subsection_bit(block->offline, bit))
				info->online += next - at;
			if (block && subsection_bit(block->hot, bit))
				info->added += next - at;
			if (block && subsection_bit(block->movable, bit))
				movable += next - at;
		}
	}
	return movable;
}

bool memory_block_info(u64 phys_index, struct block_info *out)
{
	const struct memory_block *block;
	u64 movable, nr;

	if (!next_present_section(max_u64(phys_index, section_base), &nr))
		return false;
	block = memory_block_find(nr);
	*out = (struct block_info){.phys_index = nr, .nid = section_home_nid(nr)};
	movable = measure(out, block);
	out->altmap = block ? block->altmap_pages * PAGE_SIZE : 0;
	out->state = out->online == out->present ? BLOCK_ONLINE
		     : out->online == 0          ? BLOCK_OFFLINE
						 : BLOCK_MIXED;
	find_zones(out, movable);
	out->removable = out->state == BLOCK_OFFLINE || memory_block_is_removable(nr);
	return true;
}

/*
 * The next run of subsections of a block that are RAM and in that state. Of the boot's and those that were
 * added in one section, only the latter are meant, if there are any.
 */
static bool next_run(u64 nr, u64 *bit, bool is_online, struct piece *run)
{
	const struct memory_block *block = memory_block_find(nr);
	const bool only_hot = block && subsections_any(block->hot, 0, SUBSECTIONS_PER_SECTION);
	u64 first = SUBSECTIONS_PER_SECTION;

	for (; *bit < SUBSECTIONS_PER_SECTION; ++*bit) {
		const pfn_t pfn = section_nr_to_pfn(nr) + *bit * PAGES_PER_SUBSECTION;
		const bool is_meant = only_hot ? subsection_bit(block->hot, *bit) : pfn_valid(pfn);

		if (is_meant && subsection_is_online(pfn) == is_online)
			first = min_u64(first, *bit);
		else if (first < *bit)
			break;
	}
	*run = (struct piece){.nr = nr, .first = first, .end = *bit};
	run->start_pfn = section_nr_to_pfn(nr) + first * PAGES_PER_SUBSECTION;
	run->nr_pages = first < *bit ? (*bit - first) * PAGES_PER_SUBSECTION : 0;
	return first < *bit;
}

static int none(u64 nr, const char *what)
{
	return hotplug_fail(HOTPLUG_EINVAL, "block %lu has nothing that is %s: see hotplug blocks",
			    nr, what);
}

static bool is_block(u64 nr)
{
	return section_is_valid(nr_to_section(nr));
}

int memory_block_online(u64 phys_index, enum online_type type)
{
	TRACE_CALL(phys_index, (u64)type);
	struct piece run;
	u64 bit = 0;
	int failed = 0;

	if (!is_block(phys_index) || !next_run(phys_index, &bit, false, &run))
		return none(phys_index, "offline");
	do
		failed = online_pages(run.start_pfn, run.nr_pages, type);
	while (!failed && next_run(phys_index, &bit, false, &run));
	return failed;
}

int memory_block_offline(u64 phys_index)
{
	TRACE_CALL(phys_index);
	struct piece run;
	u64 bit = 0;
	int failed = 0;

	if (!is_block(phys_index) || !next_run(phys_index, &bit, true, &run))
		return none(phys_index, "online");
	do
		failed = offline_pages(run.start_pfn, run.nr_pages);
	while (!failed && next_run(phys_index, &bit, true, &run));
	return failed;
}

int memory_block_remove(u64 phys_index)
{
	TRACE_CALL(phys_index);
	const struct memory_block *block = memory_block_find(phys_index);
	struct piece run;
	u64 bit = 0;
	int failed = 0;

	if (!block || !subsections_any(block->hot, 0, SUBSECTIONS_PER_SECTION))
		return none(phys_index, "added at run time");
	if (!next_run(phys_index, &bit, false, &run))
		return hotplug_fail(HOTPLUG_EBUSY, "block %lu is online: hotplug offline %lu first",
				    phys_index, phys_index);
	do
		failed = remove_memory(pfn_to_phys(run.start_pfn), run.nr_pages * PAGE_SIZE);
	while (!failed && is_block(phys_index) && next_run(phys_index, &bit, false, &run));
	return failed;
}

u64 snapshot_sections(void)
{
	u64 sum = 0;
	u64 nr;

	for (u64 root = 0; root < NR_SECTION_ROOTS; root++)
		sum += snapshot_mix(root, (u64)mem_section[root], 3);
	for (u64 i = 0; i < NR_MEM_SECTIONS; i++)
		sum += snapshot_mix(i, section_validity[i], section_home_nid(section_base + i));
	for (u64 from = section_base; next_present_section(from, &nr); from = nr + 1) {
		const struct mem_section *section = nr_to_section(nr);

		sum += snapshot_mix(nr, section->section_mem_map, (u64)section->usage);
		for (u64 i = 0; i < SUBSECTION_WORDS; i++)
			sum += snapshot_mix(nr, i, section->usage->subsection_map[i]);
	}
	return sum;
}
