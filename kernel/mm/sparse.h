/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Giving present sections their memmap. sparse_init() is the only place at boot where the struct
 * pages of the sparse models get memory, and where the page tables of the vmemmap are made.
 *
 *   memmodel_init -> sparse_init -> sparse_init_nid (a run of sections of one node)
 *     -> populate_section_memmap (the model's) [-> vmemmap_populate -> leaf, fence]
 */
#pragma once

#include "mm/section.h"

/** sparse_init - memory_present() for all RAM, then a memmap for each present section, run by run of one node. */
void sparse_init(void);

/**
 * sparse_buffer_alloc - size bytes, size aligned, of the block that the current run got. False
 * when it has no more, or when it was asked for another size before.
 */
bool sparse_buffer_alloc(u64 size, phys_addr_t *out);

/** sparse_buffer_alloc_run - the same for nr pieces of size bytes that follow each other: all or none. */
bool sparse_buffer_alloc_run(u64 size, u64 nr, phys_addr_t *out);

/**
 * populate_sections - the model's part: struct pages for the sections [nr, *end) at once, out of the
 * block that the current run got. All are present and of one node. Result: the struct page of the
 * first frame, those of the others follow it; *end is lowered to what was possible, to nr when nothing was.
 */
struct page *populate_sections(u64 nr, u64 *end);

/**
 * populate_section_memmap - the model's part: backing for the struct pages of one section.
 * Result: the struct page of the section's first frame, or NULL; what was allocated until then stays owned.
 */
struct page *populate_section_memmap(u64 nr, u32 nid);

/**
 * section_stretch_end - one past the last of the sections from nr on that memory_present() has marked for
 * the node of nr without a gap. Before they get their memmap.
 */
u64 section_stretch_end(u64 nr);

struct memmap_run;
struct memmap_report;
/* Of memmodel.h, for both sparse models. */
bool section_next_run(u64 *cursor, pfn_t start_pfn, pfn_t end_pfn, struct memmap_run *run);
pfn_t section_valid_start(pfn_t end_pfn, pfn_t limit);
void section_report(struct memmap_report *report);

struct sparse_figures {
	u64 present;      /* marked by memory_present() */
	u64 sections;     /* present, with a memmap */
	u64 mixed;        /* of those, with a hole */
	u64 left_out;     /* present, without */
	u64 roots;        /* of mem_section */
	u64 runs;         /* calls of sparse_init_nid() */
	u64 buffer_bytes; /* taken as one block per run */
	u64 buffer_used;
	u64 buffer_returned;
	u64 from_memblock;   /* bytes of memmap that came from elsewhere than the buffer */
	u64 base_page_spans; /* 2 MiB of memmap that had to be shown by 4 KiB leaves */
};
extern struct sparse_figures sparse_figures;
