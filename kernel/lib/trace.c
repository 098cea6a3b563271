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

/* A new last child of the one that is running; NULL when the table is full. */
static struct trace_node *node_new(const char *function, const char *args, struct trace_node **link)
{
	struct trace_node *node;

	if (recorded->nr == TRACE_MAX_NODES) {
		recorded->lost++;
		return NULL;
	}
	node = &recorded->node[recorded->nr++];
	*node = (struct trace_node){.function = function,
				    .args = args,
				    .stage = stage_name(),
				    .parent = trace_current,
				    .entered = arch_instret()};
	*link = node;
	return node;
}

struct trace_node *trace_enter(const char *function, const char *args,
			       const u64 values[TRACE_MAX_ARGS])
{
	struct trace_node **link = &trace_current->first_child;
	struct trace_node *node;

	if (arch_this_hart()->index != 0)
		return NULL;
	while (*link && (*link)->function != function)
		link = &(*link)->next;
	node = *link;
	if (!node) {
		node = node_new(function, args, link);
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
