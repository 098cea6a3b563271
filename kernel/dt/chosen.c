/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * /chosen: the command line, the initrd and the seed (devicetree specification 0.4, 3.6; chosen.yaml of
 * the devicetree schema). Without bootargs the configured command line is taken; one that
 * does not end or does not fit is cut, with a warning, and parsed as far as it goes.
 */

#include "dt/tables.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"

static void read_bootargs(struct dt_prop prop)
{
	size_t length, room = MACHINE_MAX_CMDLINE - 1;

	if (arch_cmdline())
		prop = (struct dt_prop){(const u8 *)arch_cmdline(),
					(u32)strlen(arch_cmdline()) + 1};
	length = prop.data ? strnlen((const char *)prop.data, prop.size) : 0;
	if (length == 0) {
		format_text(machine.cmdline, MACHINE_MAX_CMDLINE, "%s", DEFAULT_CMDLINE);
		return;
	}
	if (length > room || length == prop.size)
		log_warn("bootargs-cut",
			 "/chosen bootargs has %u bytes%s, of which the first %lu are used (limit "
			 "%lu); end it with a NUL and keep it shorter",
			 prop.size, length == prop.size ? " and no NUL" : "", min_u64(length, room),
			 room);
	length = min_u64(length, room);
	memcpy(machine.cmdline, prop.data, length);
	machine.cmdline[length] = 0;
}

/* linux,initrd-start and -end: 32 or 64 bits each, whatever the root's cells are. */
static void read_initrd(struct dt_prop start, struct dt_prop end)
{
	struct machine_reservation initrd = {.owner = OWNER_INITRD, .origin = "initrd"};

	if (!start.data && !end.data)
		return;
	if (!dt_number(start, &initrd.range.start) || !dt_number(end, &initrd.range.end))
		log_warn("initrd-range",
			 "/chosen linux,initrd-start has %u bytes and linux,initrd-end %u; each "
			 "needs 4 or 8. The initrd is ignored",
			 start.size, end.size);
	else if (range_is_empty(initrd.range))
		log_warn("initrd-range",
			 "/chosen linux,initrd-start 0x%lx is not below linux,initrd-end 0x%lx; "
			 "the initrd is ignored",
			 initrd.range.start, initrd.range.end);
	else
		dt_add_reservation(&initrd);
}

static void read_rng_seed(struct dt_prop seed)
{
	if (!seed.data)
		return;
	machine.rng_seed_bytes = (u32)min_u64(seed.size, MACHINE_MAX_RNG_SEED);
	memcpy(machine.rng_seed, seed.data, machine.rng_seed_bytes);
}

void dt_read_chosen(const struct dt *dt, const struct dt_layout *layout)
{
	static const char *const names[4] = {"bootargs", "linux,initrd-start", "linux,initrd-end",
					     "rng-seed"};
	struct dt_prop prop[4] = {0};

	if (layout->chosen != DT_NONE)
		dt_props(dt, layout->chosen, 4, names, prop);
	read_bootargs(prop[0]);
	read_initrd(prop[1], prop[2]);
	read_rng_seed(prop[3]);
	if (machine.nr_reservations > MACHINE_MAX_RESERVATIONS)
		stop("the tree names %u reservations, the table holds %u; raise "
		     "MACHINE_MAX_RESERVATIONS",
		     machine.nr_reservations, MACHINE_MAX_RESERVATIONS);
}
