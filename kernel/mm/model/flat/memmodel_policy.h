/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * FLATMEM: what the stages before the memory model must know of it.
 * One node: the mem_map is one array, so the tree's node ids cannot matter.
 */
#pragma once

#include "arch/arch.h"
#include "config.h"

#define memmodel_name "flat"

enum {
	memmodel_has_nodes = 0,
	memmodel_has_vmemmap = 0, /* struct pages lie in a window of their own */
	memmodel_node_per_bank = 0,
	memmodel_has_sections = 0, /* page->links carries a section number */
};

/* Bytes from phys_base on for which the model can have struct pages. */
#define memmodel_span_bytes DIRECT_MAP_SIZE

struct bank_table;

/** memmodel_place - part of banks_init(): what the model decides from the banks alone. Allocates nothing. */
void memmodel_place(struct bank_table *table);
