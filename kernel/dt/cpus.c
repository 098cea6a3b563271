/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which harts are there, and which of them may be started (devicetree specification 0.4, 3.8;
 * riscv/cpus.yaml of the Linux bindings)?
 *
 * A hart is usable when its status is okay and its mmu-type names a translation. One without an MMU
 * has no S-mode either, and firmware that is asked to start it may die of it. Trees have been
 * seen that give such a core an mmu-type all the same (VisionFive 2, vendor U-Boot: the S7 of hart
 * 0); so the series of SiFive that have no S-mode are known by name: E and S, against U and P.
 */
#include "dt/tables.h"

#include <assert.h>

#include "lib/log.h"
#include "lib/string.h"

static_assert(DT_MAX_CPUS <= MACHINE_MAX_HARTS, "each cpu node has a place");

enum { P_REG, P_STATUS, P_MMU, P_COMPATIBLE, P_NODE, NR_PROPS };

static const char *const props[NR_PROPS] = {
	[P_REG] = "reg",           [P_STATUS] = "status",
	[P_MMU] = "mmu-type",      [P_COMPATIBLE] = "compatible",
	[P_NODE] = "numa-node-id",
};

static bool is_string(struct dt_prop prop, const char *text)
{
	return prop.size == strlen(text) + 1 && memcmp(prop.data, text, prop.size) == 0;
}

/* "sifive,e51", "sifive,s7": a letter that means no S-mode, then the number. */
static bool is_without_smode(struct dt_prop compatible)
{
	static const char maker[] = "sifive,";
	const size_t length = strlen(maker);

	if (!compatible.data || compatible.size < length + 2 ||
	    memcmp(compatible.data, maker, length) != 0)
		return false;
	return (compatible.data[length] == 'e' || compatible.data[length] == 's') &&
	       compatible.data[length + 1] >= '0' && compatible.data[length + 1] <= '9';
}

static bool is_known(u64 id)
{
	for (u32 i = 0; i < machine.nr_harts; i++)
		if (machine.harts[i].id == id)
			return true;
	return false;
}

static const char *why_not(const struct dt_prop found[NR_PROPS])
{
	if (!dt_status_is_okay(found[P_STATUS]))
		return "its status is not okay";
	if (is_without_smode(found[P_COMPATIBLE]))
		return "this SiFive core has no S-mode";
	if (!found[P_MMU].data)
		return "it has no mmu-type";
	if (is_string(found[P_MMU], "riscv,none"))
		return "its mmu-type is riscv,none";
	return NULL;
}

static void read_cpu(const struct dt *dt, dt_node cpu)
{
	struct dt_prop found[NR_PROPS];
	struct machine_hart hart = {.nid = NUMA_NO_NODE};

	dt_props(dt, cpu, NR_PROPS, props, found);
	if (dt_cell(found[P_NODE], &hart.nid)) {
		machine.has_cpu_nodes = true;
		if (hart.nid < 64)
			machine.cpu_nodes |= 1UL << hart.nid;
	}
	if (!dt_number(found[P_REG], &hart.id)) {
		log_warn("hart-reg", "%s: reg is missing or no number: the hart is not used",
			 dt_origin(dt, "/cpus", cpu));
		return;
	}
	hart.why = is_known(hart.id) ? "an earlier cpu node has the same reg" : why_not(found);
	machine.harts[machine.nr_harts++] = hart;
}

void dt_read_cpus(const struct dt *dt)
{
	for (u32 i = 0; i < dt->nr_cpus && i < DT_MAX_CPUS; i++)
		read_cpu(dt, dt->cpu[i]);
	if (dt->nr_cpus > DT_MAX_CPUS)
		log_warn("hart-limit", "the tree has %u harts; the first %u are used", dt->nr_cpus,
			 DT_MAX_CPUS);
}

u64 dt_first_hart(const struct dt *dt)
{
	struct dt_prop found[NR_PROPS];
	u64 id;

	for (u32 i = 0; i < dt->nr_cpus && i < DT_MAX_CPUS; i++) {
		dt_props(dt, dt->cpu[i], NR_PROPS, props, found);
		if (dt_number(found[P_REG], &id) && !why_not(found))
			return id;
	}
	return 0;
}
