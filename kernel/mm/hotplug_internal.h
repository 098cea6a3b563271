/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of memory hotplug share.
 *
 * A memory_block holds what is special about a section that is not simply as the boot left it.
 * It fills a page, which exists as long as there is something to say:
 *
 *   hot        the subsection was added at run time
 *   offline    it is RAM, but not online (hot, or of the boot and taken offline)
 *   movable    it is online in ZONE_MOVABLE
 */
#pragma once

#include "lib/trace.h"
#include "mm/hotplug.h"
#include "mm/memmodel.h"
#include "mm/node.h"
#include "mm/section.h"
#include "mm/sparse.h"

struct memory_block {
	struct list_head list; /* of all, ascending */
	u64 nr;                /* of the section */
	u64 altmap_pages;      /* the first frames of the section hold its struct pages */
	u64 hot[SUBSECTION_WORDS];
	u64 offline[SUBSECTION_WORDS];
	u64 movable[SUBSECTION_WORDS];
	struct mem_section_usage usage; /* of a section that the boot did not have */
};

static_assert(sizeof(struct memory_block) <= PAGE_SIZE, "a memory_block fills at most a page");

/*
 * An altmap takes whole pageblocks, because the rest of the section goes on- and offline in those. Sections of
 * 64 MiB have struct pages for half of one: the other half is lost then, as with Linux's
 * memmap_on_memory=force.
 */
#define ALTMAP_PAGES ALIGN_UP(SECTION_MEMMAP_BYTES / PAGE_SIZE, PAGEBLOCK_NR_PAGES)

/* The part of a range of frames that lies in one section. */
struct piece {
	u64 nr;    /* of the section */
	u64 first; /* subsection in it */
	u64 end;
	pfn_t start_pfn;
	u64 nr_pages;
};

/** next_piece - step through a range of whole subsections: *at starts at its first frame. */
static inline bool next_piece(pfn_t *at, pfn_t end_pfn, struct piece *piece)
{
	const pfn_t inside = *at & (PAGES_PER_SECTION - 1);
	const u64 nr_pages = min_u64(PAGES_PER_SECTION - inside, end_pfn - *at);

	if (*at >= end_pfn)
		return false;
	*piece = (struct piece){.nr = pfn_to_section_nr(*at),
				.first = inside / PAGES_PER_SUBSECTION,
				.end = (inside + nr_pages) / PAGES_PER_SUBSECTION,
				.start_pfn = *at,
				.nr_pages = nr_pages};
	*at += nr_pages;
	return true;
}

static inline bool piece_is_section(const struct piece *piece)
{
	return piece->nr_pages == PAGES_PER_SECTION;
}

static inline struct range pfn_range(pfn_t start_pfn, u64 nr_pages)
{
	return (struct range){pfn_to_phys(start_pfn), pfn_to_phys(start_pfn + nr_pages)};
}

extern struct list_head memory_blocks; /* after memory_blocks_init() */

/** memory_blocks_init - before the first use of any of this; any number of times. */
void memory_blocks_init(void);

/** memory_block_find - NULL when there is nothing special about the section. */
struct memory_block *memory_block_find(u64 nr);

/** memory_block_make - find it, or make it; NULL when there is no page. */
struct memory_block *memory_block_make(u64 nr, u32 nid);

/** memory_block_put - its page goes, if there is nothing to say any more. */
void memory_block_put(struct memory_block *block);

/** subsection_is_online - is the subsection RAM that is online? For frames of banks. */
bool subsection_is_online(pfn_t pfn);

/* What an add has decided. */
struct add_plan {
	u32 nid;
	struct range range;
	bool altmap;
	bool megapages;
	u64 need;   /* bytes from the buddy allocator */
	u64 blocks; /* of those, contiguous pieces of block_bytes */
	u64 block_bytes;
};

/** hotplug_check_add - everything that can be said before anything is changed, but for the cost. */
int hotplug_check_add(u32 *nid, phys_addr_t start, u64 size);

/** hotplug_plan - choose the backing; ENOMEM when none can be paid. */
int hotplug_plan(struct add_plan *plan, enum add_flags flags);

/** arch_add_memory, arch_remove_memory - the direct map, then the sections. hotplug_arch.c. */
int arch_add_memory(const struct add_plan *plan);
void arch_remove_memory(struct range range);

/** __add_pages, __remove_pages - section by section. */
int __add_pages(pfn_t pfn, u64 nr_pages, const struct add_plan *plan);
void __remove_pages(pfn_t pfn, u64 nr_pages);

/** sparse_add_section, sparse_remove_section - one piece: its memmap, its bits, its word. */
int sparse_add_section(const struct piece *piece, const struct add_plan *plan);
void sparse_remove_section(const struct piece *piece);

/**
 * memmap_init_range - struct pages of RAM of nid become reserved pages of the zone, or of holes of
 * the section's home node.
 */
void memmap_init_range(pfn_t start_pfn, u64 nr_pages, u32 nid, enum zone_type zone);

/** hotplug_check_state - is the range whole subsections of RAM, all online or all offline? EINVAL. */
int hotplug_check_state(pfn_t start_pfn, u64 nr_pages, bool is_online);

/** hotplug_set_state - its bits, its sections' words, its entry in dropped. */
void hotplug_set_state(pfn_t start_pfn, u64 nr_pages, bool is_online, bool is_movable);

/** hotplug_altmap_pages_at - frames from pfn on that hold struct pages of their own block. */
u64 hotplug_altmap_pages_at(pfn_t pfn);

/** memory_block_is_removable - is everything that is online in the section free or movable? */
bool memory_block_is_removable(u64 nr);

/** hotplug_respan - node and zone spans, present pages, zonelists and mm.free from banks and blocks, anew. */
void hotplug_respan(void);

/** try_online_node, try_offline_node - a node that did not exist gets its pg_data_t; one made so goes with its last bank. */
int try_online_node(u32 nid);
void try_offline_node(u32 nid);
