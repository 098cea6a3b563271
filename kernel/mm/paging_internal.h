/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The live tree, shared by the file that builds it (paging.c), the one that adds the vmemmap
 * (paging_vmemmap.c) and the one that checks it (paging_check.c).
 */
#pragma once

#include "arch/riscv/sv39.h"

extern struct sv39 paging_tree;
/* The node that a new table comes from, once the tables are live: that of the memory which is mapped. */
extern u32 paging_table_nid;

/** paging_take_out - take leaves out of the live tree; this hart has fenced. paging_flush_removed() must follow. */
void paging_take_out(va_t va, u64 size);

/**
 * paging_cut - call piece for the parts of run before (rw-), inside (r--) and after (rw-) fixed.
 *
 *   run      [.................................)
 *   fixed            [=========)
 *   pieces   [  rw-  )[  r--   )[     rw-      )
 */
void paging_cut(struct range run, struct range fixed,
		void (*piece)(struct range range, enum map_rights rights));
