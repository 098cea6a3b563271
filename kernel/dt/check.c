/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Is the blob a tree? One walk over all tags of its structure block, before anything is
 * believed. Afterwards these hold, and every reader relies on them:
 *
 *   - the tree ends, has one root, and nests no deeper than DT_MAX_DEPTH
 *   - each property lies inside the blob and its name ends inside the strings block
 *   - properties stand before child nodes (devicetree specification 0.4, 5.4.2)
 *   - each step goes forward. libfdt alone does not see to it: in version 1.6.1 a property
 *     length of 0xfffffff4 makes fdt_next_tag() return the offset that it was given
 *
 * The walk costs as much as all reading that follows, so what readers would have to search
 * for is noted down here: the root's children, memory nodes, harts, the test device.
 */

#include "dt/check.h"

#include "dt/value.h"

#include "lib/log.h"
#include "lib/string.h"

#define REFUSE(...) (format_text(why, DT_MAX_REASON, __VA_ARGS__), false)

/* The state of the walk: where we are, and what must not follow. */
struct walk {
	struct dt *dt;
	char *why;
	bool all_named; /* the strings block ends with a NUL, so every name in it does */
	bool in_head;   /* still among the properties of the last node that began */
	int depth;      /* open nodes */
	dt_node open[DT_MAX_DEPTH];
};

static bool is_memory(struct dt_prop value, const char *name)
{
	return value.size == sizeof("memory") && strcmp(name, "device_type") == 0 &&
	       memcmp(value.data, "memory", value.size) == 0;
}

/* The list of strings starts with sifive,test0 or sifive,test1, as it does on QEMU. */
static bool is_test_device(struct dt_prop value, const char *name)
{
	size_t length = strlen("sifive,test1");

	return value.size > length && strcmp(name, "compatible") == 0 && value.data[length] == 0 &&
	       (memcmp(value.data, "sifive,test1", length) == 0 ||
		memcmp(value.data, "sifive,test0", length) == 0);
}

/* What others will ask for: here it is on the way. */
static void note_property(struct walk *w, struct dt_prop value, const char *name)
{
	struct dt *dt = w->dt;
	u32 depth = (u32)w->depth;

	if (depth == 2 && is_memory(value, name)) {
		if (dt->nr_children <= DT_MAX_CHILDREN)
			dt->child[dt->nr_children - 1].is_memory = true;
	} else if (depth > 2 && is_memory(value, name)) {
		if (dt->nr_nested_memory++ == 0)
			dt->nested_memory = w->open[depth - 1];
	} else if (dt->test_device.nr == 0 && depth <= ARRAY_SIZE(dt->test_device.node) &&
		   is_test_device(value, name)) {
		dt->test_device.nr = depth;
		memcpy(dt->test_device.node, w->open, depth * sizeof(w->open[0]));
	}
}

static bool walk_property(struct walk *w, const struct fdt_step *step, int offset)
{
	const char *name = w->dt->names + step->nameoff;
	u32 nameoff = step->nameoff;
	char *why = w->why;

	if (step->value.size > w->dt->size)
		return REFUSE("the property at offset %d claims %u bytes", offset,
			      step->value.size);
	if (!w->in_head)
		return REFUSE("the property at offset %d does not stand before the child nodes",
			      offset);
	if (nameoff >= w->dt->names_size ||
	    (!w->all_named && !memchr(name, 0, w->dt->names_size - nameoff)))
		return REFUSE("the name of the property at offset %d is at %u, the strings block "
			      "has %u bytes",
			      offset, nameoff, w->dt->names_size);
	note_property(w, step->value, name);
	return true;
}

/*
 * A child of /cpus whose name is cpu. Four bytes of a name can always be read: it ends with a NUL
 * and is padded to a multiple of four.
 */
static void note_cpu(struct walk *w, int offset)
{
	struct dt *dt = w->dt;
	const char *name = dt->nodes + offset + sizeof(u32);

	if (memcmp(name, "cpu", 3) != 0 || (name[3] != '@' && name[3] != 0) ||
	    !dt_name_is(dt, w->open[1], "cpus"))
		return;
	if (dt->nr_cpus++ < DT_MAX_CPUS)
		dt->cpu[dt->nr_cpus - 1] = offset;
}

static bool walk_begin(struct walk *w, int offset)
{
	struct dt *dt = w->dt;
	char *why = w->why;

	if (w->depth == 0 && offset != 0)
		return REFUSE("there is a second root node at offset %d", offset);
	if (w->depth == DT_MAX_DEPTH)
		return REFUSE("nodes are nested deeper than %d", DT_MAX_DEPTH);
	if (w->depth == 1 && dt->nr_children++ < DT_MAX_CHILDREN) {
		dt->child[dt->nr_children - 1].node = offset;
		dt->child[dt->nr_children - 1].is_memory = false;
	}
	if (w->depth == 2)
		note_cpu(w, offset);
	w->open[w->depth++] = offset;
	w->in_head = true;
	dt->nr_nodes++;
	return true;
}

static bool walk_step(struct walk *w, const struct fdt_step *step, int offset)
{
	char *why = w->why;

	if (step->tag == STEP_PROPERTY)
		return walk_property(w, step, offset);
	if (step->tag == STEP_BEGIN)
		return walk_begin(w, offset);
	if (step->tag == STEP_END_NODE) {
		w->in_head = false;
		if (w->depth-- == 0)
			return REFUSE("more nodes end than begin, at offset %d", offset);
	}
	if (step->tag == STEP_END && (w->depth || !w->dt->nr_nodes))
		return REFUSE("the structure block ends with %d nodes open, %u seen", w->depth,
			      w->dt->nr_nodes);
	return true;
}

static bool check_structure(struct dt *dt, char *why)
{
	struct walk w = {.dt = dt, .why = why};
	struct fdt_step step;
	int offset, next = 0;

	w.all_named = dt->names_size && dt->names[dt->names_size - 1] == 0;
	do {
		offset = next;
		next = fdt_step(dt, offset, &step);
		if (next < 0)
			return REFUSE("its structure block is broken or cut at offset %d", offset);
		if (!walk_step(&w, &step, offset))
			return false;
	} while (step.tag != STEP_END);
	if (dt->nr_children > DT_MAX_CHILDREN)
		return REFUSE("the root has %u children, the table holds %d", dt->nr_children,
			      DT_MAX_CHILDREN);
	return true;
}

static struct dt tree;

const struct dt *dt_open(const void *blob, u64 size, char why[DT_MAX_REASON])
{
	if (tree.blob && tree.blob == blob && tree.size == size)
		return &tree;
	tree.blob = NULL;
	if (!fdt_sizes_are_good(blob, size, why) || !fdt_blocks_are_good(blob, why))
		return NULL;
	tree.nr_nodes = 0;
	tree.nr_children = 0;
	tree.nr_nested_memory = 0;
	tree.nr_cpus = 0;
	tree.test_device.nr = 0;
	tree.blob = blob;
	tree.size = size;
	fdt_find_blocks(&tree);
	if (!check_structure(&tree, why))
		tree.blob = NULL;
	return tree.blob ? &tree : NULL;
}

void dt_close(void)
{
	tree.blob = NULL;
}
