/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The call trees of trace.h: one table of nodes a chain, filled in order of first call. A call looks
 * for its function among the children of the one that is running; there are few of them.
 */
#include "lib/trace.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "stage.h"

struct trace_node *trace_current;

static struct trace_tree {
	struct trace_node node[TRACE_MAX_NODES]; /* the root is the first */
	u32 nr;
	u64 lost;
} trees[NR_TRACE_CHAINS];

static struct trace_tree *recorded;

static const char hart_name[] = "hart"; /* what a hart's share is called in a tree */

static u64 counter(void)
{
	return arch_instret() - log_instret();
}

void trace_begin(enum trace_chain chain)
{
	assert_kernel(!trace_current, chain, 0);
	recorded = &trees[chain];
	*recorded = (struct trace_tree){.nr = 1};
	recorded->node[0].stage = stage_name();
	trace_current = &recorded->node[0];
}

void trace_end(void)
{
	trace_current = NULL;
	recorded = NULL;
}

/* A new last child of parent, where link is; NULL when the table is full. */
static struct trace_node *node_new(struct trace_tree *tree, struct trace_node *parent,
				   const char *function, const char *args, struct trace_node **link)
{
	struct trace_node *node;

	if (tree->nr == TRACE_MAX_NODES) {
		tree->lost++;
		return NULL;
	}
	node = &tree->node[tree->nr++];
	*node = (struct trace_node){.function = function,
				    .args = args,
				    .stage = stage_name(),
				    .parent = parent,
				    .entered = arch_instret()};
	*link = node;
	return node;
}

struct trace_node *trace_enter(const char *function, const char *args,
			       const u64 values[TRACE_MAX_ARGS])
{
	struct trace_node **link;
	struct trace_node *node;

	if (arch_this_hart()->index != 0)
		return NULL;
	link = &trace_current->first_child;
	while (*link && (*link)->function != function)
		link = &(*link)->next;
	node = *link;
	if (!node) {
		node = node_new(recorded, trace_current, function, args, link);
		if (!node)
			return NULL;
		for (u32 i = 0; i < TRACE_MAX_ARGS; i++)
			node->first[i] = values[i];
	}
	node->calls++;
	for (u32 i = 0; i < TRACE_MAX_ARGS; i++)
		node->last[i] = values[i];
	node->began = counter();
	trace_current = node;
	return node;
}

void trace_leave(struct trace_node **here)
{
	struct trace_node *node = *here;

	/* No node: not recorded. Another one: recording began or ended while the function ran. */
	if (!node || trace_current != node)
		return;
	node->instret += counter() - node->began;
	trace_current = node->parent;
}

/* The child of that name, and of that hart when it is a share; made when there is none. NULL: no room. */
static struct trace_node *child_of(struct trace_tree *tree, struct trace_node *parent,
				   const char *name, u64 hart)
{
	const bool is_share = name == hart_name;
	struct trace_node **link;

	for (link = &parent->first_child; *link; link = &(*link)->next)
		if ((*link)->function == name && (!is_share || (*link)->first[0] == hart))
			return *link;
	return node_new(tree, parent, name, is_share ? "id, units" : "", link);
}

/* The work below parent, and the hart below the work. */
static void add_share(struct trace_tree *tree, struct trace_node *parent,
		      const struct trace_share *share)
{
	struct trace_node *work = child_of(tree, parent, share->name, 0);
	struct trace_node *hart;

	if (!work)
		return;
	work->calls += share->chunks;
	work->instret += share->instret;
	hart = child_of(tree, work, hart_name, share->hart);
	if (!hart)
		return;
	hart->calls += share->chunks;
	hart->instret += share->instret;
	hart->first[0] = hart->last[0] = share->hart;
	hart->first[1] += share->units;
	hart->last[1] = hart->first[1];
}

void trace_work(const struct trace_share *share)
{
	struct trace_tree *tree = &trees[TRACE_HARTS];

	tree->nr += tree->nr == 0; /* the root */
	add_share(tree, &tree->node[0], share);
	if (trace_current)
		add_share(recorded, trace_current, share);
}

const struct trace_node *trace_root(enum trace_chain chain)
{
	return trees[chain].nr > 0 ? &trees[chain].node[0] : NULL;
}

u64 trace_lost(enum trace_chain chain)
{
	return trees[chain].lost;
}

const struct trace_node *trace_next(const struct trace_node *at)
{
	if (at->first_child)
		return at->first_child;
	while (at && !at->next)
		at = at->parent;
	return at ? at->next : NULL;
}

u32 trace_depth(const struct trace_node *node)
{
	u32 depth = 0;

	for (node = node->parent; node && node->parent; node = node->parent)
		depth++;
	return depth;
}
