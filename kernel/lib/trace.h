/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who called whom, how often, with what: a call tree of the few functions that a chain of events is
 * explained with (the boot, a hot-add). A function takes part by its first line:
 *
 *	static void sparse_init_nid(u32 nid, u64 begin, u64 end, u64 map_count)
 *	{
 *		TRACE_CALL(nid, begin, end, map_count);
 *
 * The names of function and arguments are the source's own, and the parent is whoever was
 * running: the tree is what happened, not what was planned. The same function below another caller
 * is another node of the tree.
 *
 * Costs a load and a branch when no chain is recorded, about 60 instructions when one is: for
 * functions that run once a bank, section or block of work, never once a page.
 *
 * The tree is the boot hart's. What other harts do is work that was handed out (harts.h): it is a node
 * below whoever handed it out, and has one below itself for each hart that did a part of it. They are
 * written when the work is done, so that no hart counts what another one writes.
 */
#pragma once

#include "lib/types.h"

#define TRACE_MAX_ARGS  4
#define TRACE_MAX_NODES 80 /* of one chain; calls that find no room are counted in lost */

/* The chains that are kept. Each has a tree of its own. */
enum trace_chain {
	TRACE_BOOT,    /* from the first stage to the verdict */
	TRACE_HOTPLUG, /* the last add, online, offline or remove */
	TRACE_HARTS, /* all work that was handed out, since the machine started; never begun or ended */
	NR_TRACE_CHAINS,
};

struct trace_node {
	const char *function;
	const char *args;  /* their names as written: "nid, begin, end" */
	const char *stage; /* that was running at the first call */
	struct trace_node *parent;
	struct trace_node *first_child;
	struct trace_node *next; /* sibling, in order of first call */
	u64 calls;
	u64 first[TRACE_MAX_ARGS]; /* values at the first call */
	u64 last[TRACE_MAX_ARGS];  /* and at the last */
	u64 entered; /* counter at the first call: instructions since the machine's reset */
	u64 instret; /* of all calls, children included, the logger's left out; of work, on all harts */
	u64 began; /* counter at the call that is running */
};

/** trace_begin - forget what the chain has, and record into it until trace_end(). One chain at a time. */
void trace_begin(enum trace_chain chain);

/** trace_end - stop recording. Nothing happens when no chain is recorded. */
void trace_end(void);

/** trace_work - a hart did a part of a work. Boot hart only, while the others wait. */
struct trace_share {
	const char *name; /* of the work: a literal, compared as a pointer */
	u64 hart;         /* its id */
	u64 chunks;       /* calls of the work's function */
	u64 units;        /* what they were about, in the work's own unit */
	u64 instret;
};
void trace_work(const struct trace_share *share);

/** trace_root - the chain's root: no function, its children are the first calls. NULL before its trace_begin(). */
const struct trace_node *trace_root(enum trace_chain chain);

/** trace_lost - calls that the chain had no node for. */
u64 trace_lost(enum trace_chain chain);

/** trace_next - depth-first, callers before callees, in order of first call: the node after at; NULL at the end. */
const struct trace_node *trace_next(const struct trace_node *at);

/** trace_depth - callers above it, the root not counted. */
u32 trace_depth(const struct trace_node *node);

/** trace_show - the tree as a table on the console. False, and nothing printed, when the chain has none. */
bool trace_show(enum trace_chain chain);

/* The function that is running, the chain's root outside of any; NULL when nothing is recorded. */
extern struct trace_node *trace_current;

/** trace_enter, trace_leave - the two ends of a TRACE_CALL. function and args: literals, compared as pointers. */
struct trace_node *trace_enter(const char *function, const char *args,
			       const u64 values[TRACE_MAX_ARGS]);
void trace_leave(struct trace_node **node);

/**
 * TRACE_CALL - this function takes part. At most four arguments, integers (cast pointers to u64), to be
 * shown with the names they have here. It stands among the declarations, first.
 */
#define TRACE_CALL(...)                                                               \
	struct trace_node *trace_here __attribute__((cleanup(trace_leave), unused)) = \
		trace_current ? trace_enter(__func__, #__VA_ARGS__,                   \
					    (const u64[TRACE_MAX_ARGS]){__VA_ARGS__}) \
			      : NULL
