/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who has this page? One question over two sources: the named reservations, and merged ranges
 * of what bring-up allocated, one range table per owner. The ledger is that question asked
 * from the first byte of the first bank to the last byte of the last.
 *
 * The answer for a byte is the owner with the smallest number among all ranges that hold it,
 * OWN_FREE when there is none. It changes only at edges of ranges, so a sweep steps from edge to edge.
 */
#include "mm/owner.h"

#include "lib/panic.h"
#include "mm/bank.h"
#include "mm/memblock.h"

#define FIRST_EARLY OWN_MEMMAP
#define LAST_EARLY  OWN_MEMBLOCK
#define NR_EARLY    (LAST_EARLY - FIRST_EARLY + 1)
#define FIRST_SIZE  32

static struct memblock_region first_regions[NR_EARLY][FIRST_SIZE];
/* Gigantic pages come and go after hand-over, when no table can grow: room for all there can be. */
static struct memblock_region gigantic_regions[DIRECT_MAP_SIZE / GIGAPAGE_SIZE];
static struct memblock_type early[NR_EARLY];

static const struct owner_source *source; /* of what was taken after hand-over */

static const char *const names[NR_OWNERS] = {
	[OWN_FIRMWARE_NOMAP] = "firmware",
	[OWN_KERNEL] = "kernel",
	[OWN_DTB] = "dtb",
	[OWN_INITRD] = "initrd",
	[OWN_TREE] = "reserved",
	[OWN_FRAME0] = "frame0",
	[OWN_MEMMAP] = "memmap",
	[OWN_TABLES] = "tables",
	[OWN_MEM_SECTION] = "mem_section",
	[OWN_USAGE] = "usage",
	[OWN_NODE_DATA] = "node_data",
	[OWN_HUGETLB] = "hugetlb",
	[OWN_HARTS] = "harts",
	[OWN_MEMBLOCK] = "memblock",
	[OWN_BADMEM] = "badmem",
	[OWN_LOST] = "lost",
	[OWN_FREE] = "free",
};

const char *owner_name(enum owner owner)
{
	return names[owner];
}

static struct memblock_type *early_type(enum owner owner)
{
	struct memblock_type *type;

	assert_kernel(owner >= FIRST_EARLY && owner <= LAST_EARLY, owner, 0);
	type = &early[owner - FIRST_EARLY];
	if (!type->regions && owner == OWN_HUGETLB)
		*type = (struct memblock_type){.max = ARRAY_SIZE(gigantic_regions),
					       .regions = gigantic_regions,
					       .name = names[owner]};
	if (!type->regions)
		*type = (struct memblock_type){.max = FIRST_SIZE,
					       .regions = first_regions[owner - FIRST_EARLY],
					       .name = names[owner]};
	return type;
}

void owner_add(enum owner owner, struct range range)
{
	int failed = memblock_type_add(early_type(owner), range.start, range_size(range), 0,
				       MEMBLOCK_NONE);

	if (failed)
		stop("no room to account %s at 0x%lx: the table of early ranges cannot grow",
		     names[owner], range.start);
}

bool owner_has_room(enum owner owner)
{
	return early_type(owner)->cnt + 2 <= early_type(owner)->max;
}

void owner_remove(enum owner owner, struct range range)
{
	int failed = memblock_type_remove(early_type(owner), range.start, range_size(range));

	if (failed)
		stop("no room to account %s at 0x%lx: the table of early ranges cannot grow",
		     names[owner], range.start);
}

/* Lower *end to the next edge of range above pa, and say whether pa is inside. */
static bool meet(struct range range, phys_addr_t pa, phys_addr_t *end)
{
	if (range_has(range, pa)) {
		*end = min_u64(*end, range.end);
		return true;
	}
	if (range.start > pa)
		*end = min_u64(*end, range.start);
	return false;
}

/* The same for a sorted range table: only the region at pa or the next one can matter. */
static bool meet_type(const struct memblock_type *type, phys_addr_t pa, phys_addr_t *end)
{
	u64 low = 0;
	u64 high = type->cnt;

	while (low < high) {
		u64 middle = low + (high - low) / 2;

		if (type->regions[middle].base + type->regions[middle].size <= pa)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == type->cnt || type->regions[low].size == 0)
		return false;
	return meet((struct range){type->regions[low].base,
				   type->regions[low].base + type->regions[low].size},
		    pa, end);
}

const struct reservation *owner_reservation_at(phys_addr_t pa)
{
	const struct reservation *found = NULL;

	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		if (range_has(r->range, pa) && (!found || r->owner < found->owner))
			found = r;
	}
	return found;
}

enum owner owner_at(phys_addr_t pa, phys_addr_t limit, phys_addr_t *end)
{
	enum owner owner = OWN_FREE;

	*end = limit;
	for (u32 i = 0; i < banks.nr_dropped; i++)
		if (meet(banks.dropped[i].range, pa, end))
			owner = OWN_LOST;
	for (u32 i = NR_EARLY; i-- > 0;)
		if (meet_type(&early[i], pa, end))
			owner = FIRST_EARLY + i;
	if (source)
		(void)source->meet(pa, end, &owner);
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		if (r->range.start >= *end)
			break;
		if (meet(r->range, pa, end) && r->owner < owner)
			owner = r->owner;
	}
	return owner;
}

void owner_set_source(const struct owner_source *fresh)
{
	source = fresh;
}

/* The first range that starts at or above pa: a selection over few short sorted tables. */
static bool next_range(phys_addr_t pa, enum owner *owner, struct range *range)
{
	bool found = source && source->next(pa, owner, range);

	for (u32 t = 0; t < NR_EARLY; t++)
		for (u64 k = 0; k < early[t].cnt; k++) {
			const struct memblock_region *rgn = &early[t].regions[k];

			if (rgn->size == 0 || rgn->base < pa ||
			    (found && rgn->base >= range->start))
				continue;
			*range = (struct range){rgn->base, rgn->base + rgn->size};
			*owner = FIRST_EARLY + t;
			found = true;
		}
	return found;
}

bool owner_early_range(u32 i, enum owner *owner, struct range *range)
{
	static u32 nr; /* ranges below at, from the last call */
	static phys_addr_t at;

	if (i < nr || i == 0) {
		nr = 0;
		at = 0;
	}
	for (; next_range(at, owner, range); nr++) {
		if (nr == i)
			return true;
		at = range->start + 1;
	}
	return false;
}

void ledger_make(struct ledger *out)
{
	*out = (struct ledger){.ram = banks.ram};
	for (u32 i = 0; i < banks.nr_dropped; i++) {
		/* Dropped pieces of a bank that is still in the table are found by the sweep below. */
		if (!banks_find(banks.dropped[i].range.start))
			out->bytes[OWN_LOST] += range_size(banks.dropped[i].range);
	}
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		phys_addr_t end;

		for (phys_addr_t at = bank.start; at < bank.end; at = end) {
			enum owner owner = owner_at(at, bank.end, &end);

			out->bytes[owner] += end - at;
		}
	}
}

bool ledger_adds_up(const struct ledger *ledger)
{
	u64 sum = 0;

	for (u32 i = 0; i < NR_OWNERS; i++)
		sum += ledger->bytes[i];
	return sum == ledger->ram;
}
