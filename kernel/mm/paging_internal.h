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

/** paging_fence_harts - after a change to the live tree: the other harts see it too, if there are any. */
void paging_fence_harts(void);

/** paging_unmap - take leaves out of the live tree, fence everywhere, then free the tables that are empty. */
void paging_unmap(va_t va, u64 size);

/**
 * paging_cut - call piece for the parts of run before (rw-), inside (r--) and after (rw-) fixed.
 *
 *   run      [.................................)
 *   fixed            [=========)
 *   pieces   [  rw-  )[  r--   )[     rw-      )
 */
void paging_cut(struct range run, struct range fixed,
		void (*piece)(struct range range, enum map_rights rights));
