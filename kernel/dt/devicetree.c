/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The devicetree stage: what machine is this? Input: the blob that arch_handoff() found.
 * Output: `machine`, complete and closed, and the log level that the command line asks for.
 *
 *   blob --check--> root's children --one walk--> memory           -> banks
 *                                                 /memreserve/,
 *                                                 reserved-memory  -> reservations, dynamic
 *                                                 chosen           -> command line, initrd
 *                                                 cpus, distance-map -> harts, NUMA
 *
 * Nothing is rounded, merged or dropped here for the sake of other entries. The blob may be
 * any bytes: a wrong one stops the boot with the field that is wrong.
 */

#include "dt/tables.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"

struct machine machine;

const char *dt_origin(const struct dt *dt, const char *parent, dt_node node)
{
	char text[DT_MAX_PATH];

	format_text(text, sizeof(text), "%s/%s", parent, dt_name(dt, node));
	/* Names have no such characters (specification 0.4, 2.2.1); the record's quoting relies on it. */
	for (char *c = text; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~' || *c == '"')
			*c = '?';
	return names_intern(text);
}

static const struct dt *open_tree(phys_addr_t pa, const void *blob, u64 size)
{
	char why[DT_MAX_REASON];
	const struct dt *dt = dt_open(blob, size, why);

	if (!dt)
		stop("the device tree at 0x%lx cannot be used: %s. Pass an intact .dtb in a1", pa,
		     why);
	return dt;
}

static void read_root_cells(const struct dt *dt, struct dt_cells *cells)
{
	if (!dt_cells(dt, DT_ROOT, cells))
		stop("the root has #address-cells %u and #size-cells %u; at most %d can be read",
		     cells->address, cells->size, DT_MAX_CELLS);
	if (!cells->given)
		log_warn("root-cells",
			 "the root lacks #address-cells or #size-cells; read with %u and %u as the "
			 "specification says (Linux takes 1 and 1). Add both",
			 cells->address, cells->size);
}

static void find_node(const struct dt *dt, struct dt_layout *layout, dt_node node)
{
	if (dt_name_is(dt, node, "memory") && !dt_has(dt, node, "device_type"))
		layout->nr_untyped++;
	else if (dt_name_is(dt, node, "reserved-memory"))
		layout->nr_reserved++;
	else if (layout->chosen == DT_NONE && dt_name_is(dt, node, "chosen"))
		layout->chosen = node;
	else if (layout->distance_map == DT_NONE && dt_name_is(dt, node, "distance-map"))
		layout->distance_map = node;
}

static void find_nodes(const struct dt *dt, struct dt_layout *layout)
{
	u32 i;

	for (i = 0; i < dt->nr_children; i++)
		if (dt->child[i].is_memory)
			layout->nr_memory++;
		else
			find_node(dt, layout, dt->child[i].node);
}

/* Tables are as long as their counts say: only those and the flags need a value. */
static void forget_machine(void)
{
	machine.nr_banks = 0;
	machine.nr_reservations = 0;
	machine.nr_dynamic = 0;
	machine.nr_distances = 0;
	machine.nr_harts = 0;
	machine.has_numa = false;
	machine.has_cpu_nodes = false;
	machine.cpu_nodes = 0;
	machine.rng_seed_bytes = 0;
	machine.options = (struct machine_options){
		.loglevel = config_loglevel,
		.deferred = config_deferred ? DEFERRED_ON : DEFERRED_OFF,
		.free_vmemmap = config_free_vmemmap,
	};
}

void devicetree_read(phys_addr_t pa, const void *blob, u64 size)
{
	struct dt_layout layout = {.chosen = DT_NONE, .distance_map = DT_NONE};
	const char *model;
	const struct dt *dt;

	forget_machine();
	dt = open_tree(pa, blob, size);
	model = dt_string(dt, DT_ROOT, "model");
	machine.model = names_intern(model ? model : "");
	log_line("device tree", "\"%s\": %u nodes, %lu bytes at 0x%lx", machine.model, dt->nr_nodes,
		 size, pa);

	read_root_cells(dt, &layout.cells);
	layout.alias = dt_alias_window(dt);
	find_nodes(dt, &layout);
	dt_read_memory(dt, &layout);
	dt_read_reservations(dt, &layout);
	dt_read_chosen(dt, &layout);
	dt_read_cpus(dt);
	dt_read_numa(dt, &layout);

	options_parse(machine.cmdline, &machine.options);
	log_set_level(machine.options.loglevel);
	log_line("machine", "%u banks, %u reservations, %u dynamic; command line \"%s\"",
		 machine.nr_banks, machine.nr_reservations, machine.nr_dynamic, machine.cmdline);
}

void devicetree_init(void)
{
	TRACE_CALL();
	const struct arch_handoff *handoff = arch_handoff();

	devicetree_read(handoff->dtb, handoff->dtb_bytes, handoff->dtb_size);
}
