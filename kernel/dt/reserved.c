/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tree keeps from us: /memreserve/ entries of the blob, and the children of
 * /reserved-memory (reserved-memory.yaml of the devicetree schema, and devicetree
 * specification 0.4, 3.5). A child with reg is a fixed range, one with size is a wish that
 * mm/reserve.c fulfils after all fixed ones are known.
 *
 * Where Linux gives up on the whole node (cells that differ from the root's, no `ranges`), we
 * read it by its own cells and warn: to protect too much is the smaller error.
 */

#include "dt/tables.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"

/* OpenSBI 0.9 to 1.2 reserve themselves under these names and leave no-map out. */
static const char *const firmware_names[] = {"mmode_resv", "mmode_", "opensbi"};

enum { STATUS, REG, SIZE, ALIGNMENT, ALLOC_RANGES, NOMAP, REUSABLE, NR_PROPS };

static const char *const region_props[NR_PROPS] = {
	"status", "reg", "size", "alignment", "alloc-ranges", "no-map", "reusable",
};

void dt_add_reservation(const struct machine_reservation *reservation)
{
	if (machine.nr_reservations < MACHINE_MAX_RESERVATIONS)
		machine.reservations[machine.nr_reservations] = *reservation;
	machine.nr_reservations++;
}

static void ignore(const char *origin, u32 reg, u64 base, u64 size)
{
	log_warn("reserved-ignored",
		 "%s reg %u: 0x%lx + 0x%lx %s; entry ignored, correct or remove it", origin, reg,
		 base, size, size ? "exceeds 64 bits" : "is empty");
}

static void read_memreserve(const struct dt *dt)
{
	struct machine_reservation r = {.owner = OWNER_MEMRESERVE, .origin = "memreserve"};
	bool terminated;
	u64 base, size;

	for (r.reg = 0; dt_memreserve(dt, r.reg, &base, &size, &terminated); r.reg++) {
		if (size && range_make(base, size, &r.range))
			dt_add_reservation(&r);
		else
			ignore(r.origin, r.reg, base, size);
	}
	if (!terminated)
		log_warn("memreserve-unterminated",
			 "the /memreserve/ list ends at the next block after %u entries without "
			 "its empty last entry; all are kept",
			 r.reg);
}

static bool is_firmware_name(const char *name)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(firmware_names); i++)
		if (string_starts_with(name, firmware_names[i]))
			return true;
	return false;
}

static void read_static(const struct dt_cells *cells, struct dt_prop reg,
			struct machine_reservation *r)
{
	u32 rest, nr = dt_reg_count(reg, *cells, &rest);
	u64 base, size;

	if (rest || !nr)
		log_warn("reg-length",
			 "%s: reg has %u bytes, that is %u entries of %u cells and %u bytes left "
			 "over, which are ignored; correct reg or its parent's #cells",
			 r->origin, reg.size, nr, cells->address + cells->size, rest);
	if (nr && cells->address == 0)
		stop("%s: #address-cells of its parent is 0, so reg cannot hold an address",
		     r->origin);
	for (r->reg = 0; r->reg < nr; r->reg++) {
		if (!dt_reg(reg, *cells, r->reg, &base, &size))
			stop("%s reg %u: a number of more than 64 bits (%u and %u cells); "
			     "addresses and sizes need their high cells zero",
			     r->origin, r->reg, cells->address, cells->size);
		if (size && range_make(base, size, &r->range))
			dt_add_reservation(r);
		else
			ignore(r->origin, r->reg, base, size);
	}
}

/* alignment: a power of two of at least a page. */
static u64 read_alignment(struct dt_prop prop, const char *origin)
{
	u64 asked = PAGE_SIZE, align = PAGE_SIZE;

	if (prop.data && !dt_number(prop, &asked))
		asked = 0;
	while (align < asked && align < 1UL << 63)
		align <<= 1;
	if (prop.data && (asked == 0 || (asked & (asked - 1))))
		log_warn("reserved-alignment",
			 "%s: alignment 0x%lx (%u bytes) is not a power of two; 0x%lx is used",
			 origin, asked, prop.size, align);
	return align;
}

static bool read_alloc_ranges(struct dt_cells cells, struct dt_prop prop, struct machine_dynamic *d)
{
	u32 i, rest, nr = dt_reg_count(prop, cells, &rest);
	u64 base, size;

	if (nr > MACHINE_MAX_ALLOC_RANGES)
		stop("%s: alloc-ranges has %u entries, the table holds %u; raise "
		     "MACHINE_MAX_ALLOC_RANGES",
		     d->origin, nr, MACHINE_MAX_ALLOC_RANGES);
	for (i = 0; i < nr; i++) {
		struct range *range = &d->ranges[d->nr_ranges];

		if (!dt_reg(prop, cells, i, &base, &size) || !size)
			continue;
		/* where to look, not what to take: the part that exists is enough */
		if (!range_make(base, size, range))
			*range = (struct range){base, ~0UL};
		d->nr_ranges++;
	}
	return d->nr_ranges && !rest;
}

static void read_dynamic(struct dt_cells cells, const struct dt_prop prop[],
			 const struct machine_reservation *r)
{
	struct machine_dynamic d = {
		.nomap = r->nomap, .reusable = r->reusable, .origin = r->origin};
	struct dt_prop ranges = prop[ALLOC_RANGES];

	if (!dt_number(prop[SIZE], &d.size) || d.size == 0) {
		log_warn("reserved-ignored", "%s has neither a reg nor a size above 0; ignored",
			 d.origin);
		return;
	}
	d.alignment = read_alignment(prop[ALIGNMENT], d.origin);
	if (ranges.data && !read_alloc_ranges(cells, ranges, &d)) {
		log_warn("reserved-ignored",
			 "%s: alloc-ranges (%u bytes) does not hold whole, non-empty ranges; node "
			 "ignored",
			 d.origin, ranges.size);
		return;
	}
	if (machine.nr_dynamic < MACHINE_MAX_DYNAMIC)
		machine.dynamic[machine.nr_dynamic] = d;
	machine.nr_dynamic++;
}

static void read_child(const struct dt *dt, const struct dt_cells *cells, dt_node node,
		       const char *parent)
{
	struct machine_reservation r = {.origin = dt_origin(dt, parent, node)};
	struct dt_prop prop[NR_PROPS];

	dt_props(dt, node, NR_PROPS, region_props, prop);
	if (!dt_status_is_okay(prop[STATUS])) {
		log_line("reserved", "%s: disabled by its status, not reserved", r.origin);
		return;
	}
	r.nomap = prop[NOMAP].data != NULL;
	r.reusable = prop[REUSABLE].data != NULL;
	r.owner = is_firmware_name(dt_name(dt, node)) ? OWNER_FIRMWARE : OWNER_RESERVED;
	if (r.owner == OWNER_FIRMWARE && !r.nomap) {
		log_line("reserved", "%s", r.origin);
		log_line("", "  firmware by its name: kept unmapped, though it is not no-map");
		r.nomap = true;
	}
	if (prop[REG].data)
		read_static(cells, prop[REG], &r);
	else
		read_dynamic(*cells, prop, &r);
}

static void read_parent(const struct dt *dt, const struct dt_layout *layout, dt_node parent)
{
	const char *origin = dt_origin(dt, "", parent);
	struct dt_prop ranges = dt_prop(dt, parent, "ranges");
	struct dt_cells cells;
	dt_node node = dt_first_child(dt, parent);

	if (node == DT_NONE)
		return;
	if (!dt_cells(dt, parent, &cells))
		stop("%s: #address-cells %u, #size-cells %u; at most %d can be read", origin,
		     cells.address, cells.size, DT_MAX_CELLS);
	if (!cells.given || cells.address != layout->cells.address ||
	    cells.size != layout->cells.size)
		log_warn("reserved-cells",
			 "%s: #address-cells and #size-cells are %s, the root's are %u and %u; %s. "
			 "Linux would ignore the node; make them equal",
			 origin, cells.given ? "other" : "missing", layout->cells.address,
			 layout->cells.size,
			 cells.given ? "read by its own" : "read by the root's");
	if (!cells.given)
		cells = layout->cells;
	if (!ranges.data || ranges.size)
		log_warn("reserved-ranges",
			 "%s: `ranges` is %s; addresses are taken as they are. Linux wants it "
			 "present and empty",
			 origin, ranges.data ? "not empty" : "missing");
	for (; node != DT_NONE; node = dt_next_child(dt, node))
		read_child(dt, &cells, node, origin);
}

void dt_read_reservations(const struct dt *dt, const struct dt_layout *layout)
{
	u32 i;

	read_memreserve(dt);
	for (i = 0; layout->nr_reserved && i < dt->nr_children; i++)
		if (dt_name_is(dt, dt->child[i].node, "reserved-memory"))
			read_parent(dt, layout, dt->child[i].node);
	if (machine.nr_dynamic > MACHINE_MAX_DYNAMIC)
		stop("the tree asks for %u dynamic reservations, the table holds %u; raise "
		     "MACHINE_MAX_DYNAMIC",
		     machine.nr_dynamic, MACHINE_MAX_DYNAMIC);
}
