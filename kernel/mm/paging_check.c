/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Are the finished tables what they promise? A walk over every leaf, knowing nothing of how
 * they were built: no page that can be written and executed, at one address or at two; no
 * leaf over a no-map or firmware byte, device registers apart; every leaf aligned; A set, and D
 * where writable.
 */
#include "mm/paging.h"

#include "lib/panic.h"
#include "mm/owner.h"
#include "mm/paging_internal.h"

#define MAX_EXECUTABLE 64 /* neighbours are one: the text is */

struct walk {
	struct paging_check *found;
	u32 nr_executable;
	struct range executable[MAX_EXECUTABLE];
};

static struct walk walk;

static struct range leaf_range(const struct sv39_leaf *leaf)
{
	return (struct range){leaf->pa, leaf->pa + leaf->size};
}

static void collect_executable(const struct sv39_leaf *leaf, void *context)
{
	struct walk *w = context;
	struct range *last = w->nr_executable > 0 ? &w->executable[w->nr_executable - 1] : NULL;

	if (!(leaf->pte.word & PTE_X))
		return;
	if (last && last->end == leaf->pa) {
		last->end += leaf->size;
		return;
	}
	assert_kernel(w->nr_executable < MAX_EXECUTABLE, w->nr_executable, leaf->pa);
	w->executable[w->nr_executable++] = leaf_range(leaf);
}

/* paging_init() has seen to it that these lie in no RAM: a no-map range over them is no matter of ours. */
static bool is_device(const struct sv39_leaf *leaf)
{
	return leaf->va >= FIXMAP_START && leaf->va < FIXMAP_START + FIXMAP_SIZE;
}

static void judge_leaf(const struct sv39_leaf *leaf, void *context)
{
	struct walk *w = context;
	u64 word = leaf->pte.word;

	w->found->leaves++;
	if (!IS_ALIGNED(leaf->va | leaf->pa, leaf->size))
		w->found->unaligned++;
	if (!(word & PTE_A) || ((word & PTE_W) && !(word & PTE_D)))
		w->found->accessed_clear++;
	if (!is_device(leaf) && reservations_is_nomap(leaf_range(leaf)))
		w->found->nomap_leaf++;
	if (!(word & PTE_W))
		return;
	for (u32 i = 0; i < w->nr_executable; i++) {
		struct range both = range_intersect(w->executable[i], leaf_range(leaf));

		w->found->writable_exec += range_size(both) / PAGE_SIZE;
	}
}

void paging_check(struct paging_check *out)
{
	*out = (struct paging_check){0};
	walk.found = out;
	walk.nr_executable = 0;
	sv39_for_each_leaf(paging_tree.root, collect_executable, &walk);
	out->tables = sv39_for_each_leaf(paging_tree.root, judge_leaf, &walk);
}
