/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory nodes -> banks, in the tree's order and as they were written.
 *
 * A memory node is a child of the root whose device_type is "memory" (devicetree specification
 * 0.4, 3.4); its unit address is never read, because boards exist where it is wrong. Of such a
 * node, linux,usable-memory takes the place of reg. Each (base, size) tuple is one bank.
 *
 *   reg = < base size   base size   base size   rest >
 *           `--bank 0-' `--bank 1-' `--bank 2-' `-- not a whole tuple: warning "reg-length"
 *
 * Left out, each with its line in the log: disabled nodes, empty tuples, the second view that some
 * boards have of their DRAM (alias.c), ranges that wrap or start above 56 bits of physical address (Privileged 1.12, 4.4: an Sv39 PTE holds 44 bits
 * of page number).
 */

#include "dt/tables.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"

#define PHYS_ADDR_BITS 56
#define MAX_LIST       256

static void add_bank(const struct machine_bank *bank)
{
	if (machine.nr_banks < MACHINE_MAX_BANKS)
		machine.banks[machine.nr_banks] = *bank;
	machine.nr_banks++;
}

static void read_tuple(const struct dt_layout *layout, const struct machine_bank *model, u64 base,
		       u64 size)
{
	struct machine_bank bank = *model;

	if (base >> PHYS_ADDR_BITS) {
		log_warn(
			"bank-beyond-56",
			"%s reg %u starts at 0x%lx, physical addresses have %d bits; bank refused, "
			"correct its reg",
			bank.origin, bank.reg, base, PHYS_ADDR_BITS);
		return;
	}
	if (!range_make(base, size, &bank.range)) {
		log_warn("bank-wraps",
			 "%s reg %u: 0x%lx + 0x%lx exceeds 64 bits; bank refused, correct its reg",
			 bank.origin, bank.reg, base, size);
		return;
	}
	if (!dt_alias_cut(layout->alias, &bank))
		return;
	add_bank(&bank);
	if (bank.nid != NUMA_NO_NODE)
		machine.has_numa = true;
}

static void read_tuples(const struct dt_layout *layout, struct dt_prop reg,
			struct machine_bank *bank)
{
	u64 base, size;
	u32 rest, empty = 0, nr = dt_reg_count(reg, layout->cells, &rest);

	if (rest)
		log_warn("reg-length",
			 "%s: reg has %u bytes, that is %u entries of %u cells and %u bytes left "
			 "over, which are ignored; correct reg or the root's #cells",
			 bank->origin, reg.size, nr, layout->cells.address + layout->cells.size,
			 rest);
	if (nr && layout->cells.address == 0)
		stop("%s: the root has #address-cells = 0, so reg cannot hold an address; set it "
		     "to 1 or 2",
		     bank->origin);
	for (bank->reg = 0; bank->reg < nr; bank->reg++) {
		if (!dt_reg(reg, layout->cells, bank->reg, &base, &size))
			stop("%s reg %u: a number of more than 64 bits (%u and %u cells); "
			     "addresses "
			     "and sizes need their high cells zero",
			     bank->origin, bank->reg, layout->cells.address, layout->cells.size);
		if (size)
			read_tuple(layout, bank, base, size);
		else
			empty++;
	}
	if (empty)
		log_line("memory", "%s: %u of %u entries are empty (size 0), skipped", bank->origin,
			 empty, nr);
}

enum { STATUS, REG, USABLE, NODE_ID, HOTPLUG, NR_PROPS };

static const char *const memory_props[NR_PROPS] = {
	"status", "reg", "linux,usable-memory", "numa-node-id", "hotpluggable",
};

static void read_node(const struct dt *dt, const struct dt_layout *layout, dt_node node)
{
	struct machine_bank bank = {.nid = NUMA_NO_NODE, .origin = dt_origin(dt, "", node)};
	struct dt_prop prop[NR_PROPS], reg;

	dt_props(dt, node, NR_PROPS, memory_props, prop);
	reg = prop[USABLE].data ? prop[USABLE] : prop[REG];
	if (!dt_status_is_okay(prop[STATUS])) {
		log_line("memory", "%s: disabled by its status, not used", bank.origin);
		return;
	}
	if (prop[USABLE].data)
		log_line("memory", "%s: linux,usable-memory (%u bytes) used in place of reg%s",
			 bank.origin, reg.size, reg.size ? "" : ", it switches the node off");
	if (!reg.data) {
		log_warn("reg-missing", "%s has no reg, so it names no memory; node ignored",
			 bank.origin);
		return;
	}
	if (prop[NODE_ID].data && !dt_cell(prop[NODE_ID], &bank.nid))
		log_warn("numa-id-length", "%s: numa-node-id has %u bytes, not 4; taken as absent",
			 bank.origin, prop[NODE_ID].size);
	bank.hotpluggable = prop[HOTPLUG].data != NULL;
	read_tuples(layout, reg, &bank);
}

static void warn_oddities(const struct dt *dt, const struct dt_layout *layout)
{
	char path[DT_MAX_PATH];

	if (layout->nr_untyped)
		log_warn("memory-no-device-type",
			 "%u memory nodes have no device_type = \"memory\"; %s", layout->nr_untyped,
			 layout->nr_memory ? "not used, because others have it"
					   : "used, because no other has it; add the property");
	if (dt->nr_nested_memory) {
		dt_path(dt, dt->nested_memory, path);
		log_warn("memory-nested",
			 "%u memory nodes below another node than the root (the first is %s); not "
			 "used, move them to the root",
			 dt->nr_nested_memory, path);
	}
}

/* "a b c": what the root's children are called, for whoever must find out what the tree is. */
static void list_children(const struct dt *dt, char *buf, size_t size)
{
	size_t used = 0;
	u32 i;

	buf[0] = 0;
	for (i = 0; i < dt->nr_children && used + 1 < size; i++)
		used += format_text(buf + used, size - used, " %s", dt_name(dt, dt->child[i].node));
}

void dt_read_memory(const struct dt *dt, const struct dt_layout *layout)
{
	u32 nr = layout->nr_memory ? layout->nr_memory : layout->nr_untyped;
	char names[MAX_LIST];
	u32 i;

	warn_oddities(dt, layout);
	for (i = 0; i < dt->nr_children; i++) {
		dt_node node = dt->child[i].node;

		if (layout->nr_memory
			    ? dt->child[i].is_memory
			    : dt_name_is(dt, node, "memory") && !dt_has(dt, node, "device_type"))
			read_node(dt, layout, node);
	}
	if (machine.nr_banks > MACHINE_MAX_BANKS)
		stop("the tree names %u banks of memory, the table holds %u; raise "
		     "MACHINE_MAX_BANKS",
		     machine.nr_banks, MACHINE_MAX_BANKS);
	if (machine.nr_banks)
		return;
	if (nr)
		stop("no usable memory: all %u memory nodes are disabled, empty or refused", nr);
	list_children(dt, names, sizeof(names));
	stop("no memory node: the root needs a child with device_type = \"memory\"; it has:%s",
	     names);
}
