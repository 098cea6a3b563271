/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What menuconfig chose, as typed constants. The build writes config_values.h with every
 * symbol (0 or 1 for a bool, never undefined); this is the only C file that names CONFIG_
 * symbols, so that code says `if (config_extreme)` and both branches always compile.
 */
#pragma once

#include "config_values.h"
#include "lib/types.h"

#define SECTION_SIZE_BITS CONFIG_SECTION_SIZE_BITS /* 26 to 30 */
#define MAX_PAGE_ORDER    CONFIG_MAX_PAGE_ORDER    /* inclusive */
#define NR_PAGE_ORDERS    (MAX_PAGE_ORDER + 1)
#define MAX_NUMNODES      CONFIG_MAX_NUMNODES

#define CONFIG_HASH     CONFIG_SHORT_HASH /* 8 hex digits over all values */
#define DEFAULT_CMDLINE CONFIG_CMDLINE

enum {
	config_section_extreme = CONFIG_SPARSEMEM_EXTREME,
	config_static_section_bits = CONFIG_SPARSEMEM_STATIC_BITS,
	config_vmemmap_megapage = CONFIG_VMEMMAP_LEAF_MEGAPAGE,
	config_free_unused_memmap = CONFIG_FREE_UNUSED_MEMMAP,
	config_flat_hole_budget_mib = CONFIG_FLATMEM_HOLE_BUDGET_MIB,
	config_flat_drop_far_banks = CONFIG_FLATMEM_DROP_FAR_BANKS,
	config_memmap_poison = CONFIG_MEMMAP_POISON,
	config_early_section_rule = CONFIG_PFN_VALID_EARLY_SECTION,
	config_deferred = CONFIG_DEFERRED_STRUCT_PAGE_INIT,
	config_free_vmemmap = CONFIG_HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON,
	config_audit = CONFIG_AUDIT,
	config_page_poison = CONFIG_PAGE_POISON,
	config_debug_pagealloc = CONFIG_DEBUG_PAGEALLOC,
	config_shuffle = CONFIG_SHUFFLE_FREE_LISTS,
	config_page_owner = CONFIG_PAGE_OWNER,
	config_leak_check = CONFIG_LEAK_CHECK,
	config_stack_protector = CONFIG_STACK_PROTECTOR,
	config_loglevel = CONFIG_LOGLEVEL,
};
