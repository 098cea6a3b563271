/* SPDX-License-Identifier: BSD-2-Clause */
/* lib/trace.h: the tree is what was called, with counts and the arguments of both ends. */
#include <string.h>

#include "boot_fixture.h"
#include "lib/trace.h"
#include "unit.h"

static void leaf(u32 nid, u64 pfn)
{
	TRACE_CALL(nid, pfn);
}

static void inner(u64 nr)
{
	TRACE_CALL(nr);
	leaf(0, nr << 10);
	leaf(0, 0x12345);
}

static void outer(void)
{
	TRACE_CALL();
	for (u64 nr = 16; nr < 19; nr++)
		inner(nr);
	leaf(7, 1);
}

/* The node of that function, below that caller when one is named; the n-th by first call. */
static const struct trace_node *node_of(const char *function, const char *caller)
{
	const struct trace_node *node = trace_root(TRACE_BOOT);

	while (node && (node = trace_next(node)) != NULL)
		if (strcmp(node->function, function) == 0 &&
		    (!caller ||
		     (node->parent->function && strcmp(node->parent->function, caller) == 0)))
			return node;
	return NULL;
}

/*
 *   outer ---- inner (16, 17, 18) ---- leaf (twice each)
 *         `--- leaf
 */
TEST(counts_callers_and_arguments)
{
	const struct trace_node *node;

	trace_begin(TRACE_BOOT);
	outer();
	trace_end();
	node = node_of("inner", "outer");
	ASSERT(node);
	EXPECT_EQ(node->calls, 3);
	EXPECT_EQ(node->first[0], 16);
	EXPECT_EQ(node->last[0], 18);
	EXPECT_EQ(trace_depth(node), 1);
	node = node_of("leaf", "inner");
	ASSERT(node);
	EXPECT_EQ(node->calls, 6);
	EXPECT_EQ(node->first[1], 16 << 10);
	EXPECT_EQ(node->last[1], 0x12345);
	EXPECT_EQ(trace_depth(node), 2);
	node = node_of("leaf", "outer");
	ASSERT(node);
	EXPECT_EQ(node->calls, 1);
	EXPECT_EQ(node->first[0], 7);
	EXPECT_EQ(trace_next(node), NULL);
}

TEST(nothing_is_recorded_before_and_after)
{
	outer();
	EXPECT_EQ(trace_root(TRACE_BOOT), NULL);
	trace_begin(TRACE_BOOT);
	trace_end();
	outer();
	EXPECT_EQ(trace_next(trace_root(TRACE_BOOT)), NULL);
	EXPECT(!trace_show(TRACE_BOOT));
	EXPECT(!trace_show(TRACE_HOTPLUG));
}

/* Recording begins or ends while a function runs: its own end must not disturb the tree. */
static void begins(void)
{
	TRACE_CALL();
	trace_begin(TRACE_BOOT);
}

static void ends(void)
{
	TRACE_CALL();
	trace_end();
}

TEST(begin_and_end_inside_a_call)
{
	begins();
	EXPECT_EQ(trace_current, trace_root(TRACE_BOOT));
	ends();
	EXPECT_EQ(trace_current, NULL);
	ASSERT(node_of("ends", NULL));
	EXPECT_EQ(node_of("ends", NULL)->calls, 1);
}

TEST(a_second_begin_forgets)
{
	trace_begin(TRACE_BOOT);
	outer();
	trace_end();
	trace_begin(TRACE_BOOT);
	inner(1);
	trace_end();
	EXPECT_EQ(node_of("outer", NULL), NULL);
	ASSERT(node_of("inner", NULL));
	EXPECT_EQ(node_of("inner", NULL)->calls, 1);
	EXPECT_EQ(trace_depth(node_of("inner", NULL)), 0);
}

TEST(two_chains_at_once_are_a_mistake)
{
	trace_begin(TRACE_BOOT);
	EXPECT_STOP(trace_begin(TRACE_HOTPLUG), "!trace_current does not hold");
}

/* Deeper than the table is long: each call is a node of its own until there is no room. */
static void deep(u64 levels)
{
	TRACE_CALL(levels);
	if (levels > 0)
		deep(levels - 1);
}

TEST(a_full_table_counts_what_it_lost)
{
	u64 nr = 0;

	trace_begin(TRACE_BOOT);
	deep(TRACE_MAX_NODES + 9);
	trace_end();
	for (const struct trace_node *at = trace_root(TRACE_BOOT); (at = trace_next(at)) != NULL;)
		nr++;
	EXPECT_EQ(nr, TRACE_MAX_NODES - 1);
	EXPECT_EQ(trace_lost(TRACE_BOOT), 11);
}

TEST(shown_in_80_columns)
{
	const char *text;

	trace_begin(TRACE_BOOT);
	outer();
	trace_end();
	unit_output_begin();
	EXPECT(trace_show(TRACE_BOOT));
	text = unit_output_end();
	EXPECT(strstr(text, "     1            -  outer\n"));
	EXPECT(strstr(text, "     3            -    inner  nr=16..18\n"));
	EXPECT(strstr(text, "     6            -      leaf  nid=0  pfn=16384..0x12345\n"));
	EXPECT(strstr(text, "     1            -    leaf  nid=7  pfn=1\n"));
	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
		EXPECT_LE(strchr(line, '\n') - line, 80);
}

/*
 *   outer --- work --- hart 1 (twice), hart 5          and the same under the root of TRACE_HARTS
 *   work  --- hart 1                                   after the end: there only
 */
static const char work_name[] = "work";

static void outer_of_work(void)
{
	TRACE_CALL();
	trace_work(&(struct trace_share){work_name, 1, 3, 300, 10});
	trace_work(&(struct trace_share){work_name, 5, 2, 200, 20});
	trace_work(&(struct trace_share){work_name, 1, 1, 50, 5});
}

TEST(work_of_each_hart)
{
	const struct trace_node *node, *hart;

	trace_begin(TRACE_BOOT);
	outer_of_work();
	trace_end();
	trace_work(&(struct trace_share){work_name, 1, 1, 1, 1});
	node = node_of("work", "outer_of_work");
	ASSERT(node);
	EXPECT_EQ(node->calls, 6);
	EXPECT_EQ(node->instret, 35);
	hart = node->first_child;
	ASSERT(hart);
	EXPECT_EQ(hart->first[0], 1);
	EXPECT_EQ(hart->calls, 4);
	EXPECT_EQ(hart->last[1], 350);
	EXPECT_EQ(hart->instret, 15);
	hart = hart->next;
	ASSERT(hart);
	EXPECT_EQ(hart->first[0], 5);
	EXPECT_EQ(hart->last[1], 200);
	EXPECT_EQ(hart->next, NULL);
	node = trace_root(TRACE_HARTS)->first_child;
	ASSERT(node);
	EXPECT_EQ(node->calls, 7);
	EXPECT_EQ(node->first_child->last[1], 351);
	unit_output_begin();
	EXPECT(trace_show(TRACE_HARTS));
	EXPECT(strstr(unit_output_end(), "     5           16    hart  id=1  units=351\n"));
}

/* More harts than the table has room for: their shares are counted as lost, the others stay. */
TEST(work_of_too_many_harts)
{
	for (u64 hart = 0; hart < TRACE_MAX_NODES; hart++)
		trace_work(&(struct trace_share){work_name, hart, 1, 1, 1});
	EXPECT_EQ(trace_root(TRACE_HARTS)->first_child->calls, TRACE_MAX_NODES);
	EXPECT_EQ(trace_lost(TRACE_HARTS), 2);
}

/* The chain of the articles, as this boot ran it: one node with two sections' worth of struct pages. */
TEST(the_boot_of_a_machine)
{
	given_virt(256 * MIB);
	boot_to("check");
	ASSERT(node_of("memmodel_init", "memmap"));
	EXPECT_EQ(node_of("memmodel_init", "memmap")->calls, 1);
	EXPECT_EQ(node_of("memmap_init", "free_area_init")->calls, 1);
	ASSERT(node_of("memblock_free_all", "handover"));
	EXPECT_EQ(trace_lost(TRACE_BOOT), 0);
	if (!has_sections())
		return;
	ASSERT(node_of("sparse_init_nid", "sparse_init"));
	EXPECT_EQ(node_of("sparse_init_nid", "sparse_init")->calls, 1);
	EXPECT_EQ(node_of("populate_section_memmap", "sparse_init_nid")->calls,
		  node_of("sparse_init_nid", NULL)->first[3]);
	EXPECT_EQ(!node_of("vmemmap_populate", "populate_section_memmap"), !is_model("vmemmap"));
}
