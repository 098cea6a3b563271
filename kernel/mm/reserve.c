/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is taken before anything is allocated? Image, dtb, firmware, initrd, everything the
 * tree reserves, and frame 0; all known here, since memblock refuses to allocate before.
 *
 * Input: machine.reservations, the hand-over, the banks. Output: the sorted table of owner.h,
 * every range grown outward to whole pages. Ranges may overlap: the union is reserved, no-map
 * wins where it applies, and an overlap of different owners is one line.
 */
#include "mm/owner.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/bank.h"
#include "stage.h"

struct reservation_table reservations;

static bool is_before(const struct reservation *a, const struct reservation *b)
{
	return a->range.start < b->range.start ||
	       (a->range.start == b->range.start && a->range.end < b->range.end);
}

static void insert(const struct reservation *fresh)
{
	struct reservation_table *table = &reservations;
	u32 at = table->nr;

	if (table->nr == MAX_RESERVATIONS)
		stop("more than %d reservations, the next is %s: merge some in the device tree",
		     MAX_RESERVATIONS, fresh->name);
	for (; at > 0 && is_before(fresh, &table->reservation[at - 1]); at--)
		table->reservation[at] = table->reservation[at - 1];
	table->reservation[at] = *fresh;
	table->nr++;
}

void reservations_add(struct range range, enum owner owner, bool nomap, const char *name)
{
	struct reservation fresh = {
		.range = range_grow(range), .owner = owner, .nomap = nomap, .name = name};

	assert_kernel(!stage_is_done("memtest"), range.start, range.end);
	if (!range_is_empty(range))
		insert(&fresh);
}

bool reservations_add_badmem(struct range range)
{
	const struct reservation fresh = {.range = range, .owner = OWN_BADMEM, .name = "badmem"};

	if (reservations.nr == MAX_RESERVATIONS)
		return false;
	insert(&fresh);
	return true;
}

/* Does the next bank of the table go on where this one of the tree was cut (numa=fake=)? */
static bool is_cut(const struct bank *bank)
{
	return bank[0].range.end == bank[1].range.start && bank[0].origin == bank[1].origin &&
	       bank[0].reg == bank[1].reg;
}

/* The bank at pa as the tree has it, whatever nodes it is cut into; empty outside RAM. */
static struct range tree_bank(phys_addr_t pa)
{
	const struct bank *first = banks_find(pa);
	const struct bank *last = first;

	if (!first)
		return (struct range){pa, pa};
	while (first > banks.bank && is_cut(first - 1))
		first--;
	while (last + 1 < banks.bank + banks.nr && is_cut(last))
		last++;
	return (struct range){first->range.start, last->range.end};
}

/* An initrd that cannot be used as it lies is dropped whole: half of one helps nobody. */
static bool initrd_is_usable(const struct machine_reservation *initrd)
{
	const struct arch_handoff *handoff = arch_handoff();
	struct range image = {handoff->image.text, handoff->image.end};
	struct range dtb = {handoff->dtb, handoff->dtb + handoff->dtb_size};
	const char *why = NULL;

	if (!range_contains(tree_bank(initrd->range.start), initrd->range))
		why = "lies outside the banks";
	else if (reservations_is_nomap(initrd->range))
		why = "overlaps a no-map range, or what is kept for firmware that the tree hides";
	else if (range_overlaps(initrd->range, image))
		why = "overlaps the image";
	else if (range_overlaps(initrd->range, dtb))
		why = "overlaps the dtb";
	for (u32 i = 0; i < machine.nr_reservations && !why; i++) {
		const struct machine_reservation *other = &machine.reservations[i];

		/* U-Boot lists the initrd in /memreserve/ too: the same bytes, no conflict. */
		if (other->owner != OWNER_INITRD && other->owner != OWNER_MEMRESERVE &&
		    range_overlaps(initrd->range, other->range))
			why = "overlaps a reservation";
	}
	if (!why)
		return true;
	log_warn("initrd-dropped",
		 "linux,initrd [0x%lx, 0x%lx) %s: it is not kept; load it to free RAM inside one "
		 "bank",
		 initrd->range.start, initrd->range.end, why);
	return false;
}

/* Either all initrds, or everything else. */
static void add_from_tree(bool initrds)
{
	static const enum owner owner_of[] = {
		[OWNER_FIRMWARE] = OWN_FIRMWARE_NOMAP,
		[OWNER_RESERVED] = OWN_TREE,
		[OWNER_MEMRESERVE] = OWN_TREE,
		[OWNER_INITRD] = OWN_INITRD,
	};

	for (u32 i = 0; i < machine.nr_reservations; i++) {
		const struct machine_reservation *from = &machine.reservations[i];
		struct reservation fresh = {
			.range = range_grow(from->range),
			.owner = owner_of[from->owner],
			.nomap = from->nomap || from->owner == OWNER_FIRMWARE,
			.reusable = from->reusable,
			.name = from->origin,
		};

		if ((from->owner == OWNER_INITRD) != initrds ||
		    (initrds && !initrd_is_usable(from)))
			continue;
		insert(&fresh);
	}
}

/*
 * Firmware sits below the image in the image's bank. When the tree has no no-map range there it
 * has forgotten to say so, and everything up to the image is taken as firmware's: older OpenSBI
 * leaves its region out on some boards, and one access to it ends in an access fault.
 */
static void protect_unlisted_firmware(const struct arch_image *image)
{
	struct range below = {tree_bank(image->text).start, image->text};

	if (range_is_empty(below))
		return;
	for (u32 i = 0; i < reservations.nr; i++)
		if (reservations.reservation[i].nomap &&
		    range_overlaps(reservations.reservation[i].range, below))
			return;
	log_warn("firmware-not-listed",
		 "no no-map reservation below the image: [0x%lx, 0x%lx) is kept from use; list the "
		 "firmware "
		 "in /reserved-memory with its true size",
		 below.start, below.end);
	insert(&(struct reservation){
		.range = below, .owner = OWN_FIRMWARE_NOMAP, .nomap = true, .name = "firmware"});
}

/*
 * Is an overlap no conflict? Tuples of one node; firmware that lists itself beside the tree's
 * own entry for it; an initrd that U-Boot lists in /memreserve/ too.
 */
static bool is_said_twice(const struct reservation *a, const struct reservation *b)
{
	const struct reservation *initrd = a->owner == OWN_INITRD ? a : b;
	const struct reservation *other = initrd == a ? b : a;

	if (strcmp(a->name, b->name) == 0)
		return true;
	if (a->owner == OWN_FIRMWARE_NOMAP && b->owner == OWN_FIRMWARE_NOMAP)
		return true;
	return initrd->owner == OWN_INITRD && strcmp(other->name, "memreserve") == 0;
}

static void report_overlap(const struct reservation *a, const struct reservation *b)
{
	struct range both = range_intersect(a->range, b->range);

	/* Frame 0 is ours, not the tree's: a region there is no contradiction. */
	if (a->owner == OWN_FRAME0 || b->owner == OWN_FRAME0)
		return;
	if (a->owner == OWN_KERNEL || b->owner == OWN_KERNEL) {
		const struct reservation *other = a->owner == OWN_KERNEL ? b : a;

		if (other->nomap)
			stop("no-map reservation %s [0x%lx, 0x%lx) covers the image in [0x%lx, "
			     "0x%lx): load the "
			     "image elsewhere or correct the reservation",
			     other->name, other->range.start, other->range.end, both.start,
			     both.end);
		log_warn("reserved-over-kernel",
			 "reservation %s [0x%lx, 0x%lx) covers the image in [0x%lx, 0x%lx): its "
			 "contents "
			 "are lost; load the image elsewhere",
			 other->name, other->range.start, other->range.end, both.start, both.end);
	} else if (a->owner == OWN_DTB || b->owner == OWN_DTB) {
		const struct reservation *other = a->owner == OWN_DTB ? b : a;

		/* A /memreserve/ entry over the blob itself says what we know already. */
		if (strcmp(other->name, "memreserve") != 0)
			log_warn("dtb-in-reserved",
				 "the dtb lies in reservation %s [0x%lx, 0x%lx): it is read before "
				 "that range is "
				 "left alone; place the dtb in free RAM",
				 other->name, other->range.start, other->range.end);
	} else if (!is_said_twice(a, b)) {
		log_warn("reserved-overlap",
			 "reservations %s and %s overlap in [0x%lx, 0x%lx): both are honoured%s",
			 a->name, b->name, both.start, both.end,
			 a->nomap != b->nomap ? ", no-map wins there" : "");
	}
}

void reservations_init(void)
{
	TRACE_CALL();
	const struct arch_handoff *handoff = arch_handoff();
	const struct arch_image *image = &handoff->image;

	add_from_tree(false);
	protect_unlisted_firmware(image);
	add_from_tree(true); /* judged by all no-map ranges, the guessed one included */
	insert(&(struct reservation){
		.range = {image->text, image->end}, .owner = OWN_KERNEL, .name = "kernel"});
	insert(&(struct reservation){
		.range = range_grow((struct range){handoff->dtb, handoff->dtb + handoff->dtb_size}),
		.owner = OWN_DTB,
		.name = "dtb"});
	if (banks_find(0))
		insert(&(struct reservation){
			.range = {0, PAGE_SIZE}, .owner = OWN_FRAME0, .name = "frame0"});
	for (u32 i = 0; i < reservations.nr; i++)
		for (u32 j = i + 1;
		     j < reservations.nr && reservations.reservation[j].range.start <
						    reservations.reservation[i].range.end;
		     j++)
			report_overlap(&reservations.reservation[i], &reservations.reservation[j]);
}

void reservations_drop(bool (*which)(const struct reservation *r))
{
	u32 kept = 0;

	for (u32 i = 0; i < reservations.nr; i++)
		if (!which(&reservations.reservation[i]))
			reservations.reservation[kept++] = reservations.reservation[i];
	reservations.nr = kept;
}

bool reservations_is_nomap(struct range range)
{
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		if (r->range.start >= range.end)
			break;
		if (r->nomap && range_overlaps(r->range, range))
			return true;
	}
	return false;
}
