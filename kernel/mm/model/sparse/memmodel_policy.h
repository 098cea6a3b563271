/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SPARSEMEM: what the stages before the memory model must know of it.
 * Nodes as the tree has them; sections reach as far as the section table.
 */
#pragma once

#include "arch/arch.h"
#include "config.h"

#define memmodel_name "sparse"

enum {
	memmodel_has_nodes = 1,
	memmodel_has_vmemmap = 0, /* struct pages lie in a window of their own */
	memmodel_node_per_bank = 0,
	memmodel_has_sections = 1,    /* page->links carries a section number */
	memmodel_memmap_is_whole = 1, /* struct pages of a section: one array, or piece by piece */
};

/* Bytes from phys_base on for which the model can have struct pages. */
#define memmodel_span_bytes \
	(config_section_extreme ? DIRECT_MAP_SIZE : 1UL << config_static_section_bits)

struct bank_table;

/** memmodel_place - part of banks_init(): what the model decides from the banks alone. Allocates nothing. */
void memmodel_place(struct bank_table *table);
