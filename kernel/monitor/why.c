/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PG_reserved says only "not for the buddy allocator". This file says why: from the banks, the
 * owners and the struct page, in this order; the first that applies is the reason.
 *
 *   no RAM       dropped RAM of the tree, or a hole between banks
 *   taken        before the first allocation (a reservation), or by bring-up for itself
 *   the rest     was given to the buddy allocator: free now, or allocated
 */
#include "monitor/why.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/memmap_init.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/page_owner.h"
#include "monitor/page_lines.h"

#define REASON "  reason     "
#define ORIGIN "  origin     "

static void hole_line(phys_addr_t pa)
{
	const struct bank *below = NULL;
	const struct bank *above = NULL;

	for (u32 i = 0; i < banks.nr; i++) {
		if (banks.bank[i].range.end <= pa)
			below = &banks.bank[i];
		else if (!above)
			above = &banks.bank[i];
	}
	if (below && above)
		print(REASON "no RAM: a hole of %s between %s and %s\n",
		      size_text(above->range.start - below->range.end).s, below->origin,
		      above->origin);
	else if (above)
		print(REASON "no RAM: below the first bank, %s\n", above->origin);
	else if (below)
		print(REASON "no RAM: above the last bank, %s\n", below->origin);
}

static void why_no_ram(pfn_t pfn)
{
	const phys_addr_t pa = pfn_to_phys(pfn);
	const struct machine_bank *bank = banks_tree_bank(pa);
	const struct dropped *dropped = NULL;

	for (u32 i = 0; i < banks.nr_dropped; i++)
		if (range_has(banks.dropped[i].range, pa))
			dropped = &banks.dropped[i];
	if (dropped && dropped->why == DROP_OFFLINE)
		print(REASON "its block of memory is offline; hotplug online gives it away\n");
	else if (dropped)
		print(REASON "RAM that is not used: %s\n", bank_drop_text(dropped->why));
	else
		hole_line(pa);
	if (bank)
		print(ORIGIN "%s, property reg, tuple %u\n", bank->origin, bank->reg);
	if (pfn_valid(pfn) && !banks_find(pa))
		print("  struct     exists, since its %s has RAM too; it stays reserved for ever\n",
		      memmodel_has_sections ? "section" : "node");
}

/* Where a reservation of the tree comes from. */
static void origin_of_tree(phys_addr_t pa, const struct reservation *r)
{
	for (u32 i = 0; i < machine.nr_reservations; i++) {
		const struct machine_reservation *from = &machine.reservations[i];

		if (!range_has(range_grow(from->range), pa) || from->owner == OWNER_INITRD)
			continue;
		if (from->owner == OWNER_MEMRESERVE)
			print(ORIGIN "the blob's memory reservation block, entry %u\n", from->reg);
		else
			print(ORIGIN "%s, property reg, tuple %u\n", from->origin, from->reg);
		return;
	}
	if (r->owner == OWN_FIRMWARE_NOMAP)
		print(ORIGIN "no node of the tree: all below the image is kept for the firmware\n");
	else
		print(ORIGIN "%s, property size: the place was chosen at boot\n", r->name);
}

static const char *image_part(phys_addr_t pa)
{
	const struct arch_image *image = &arch_handoff()->image;

	if (pa < image->rodata)
		return "text";
	return pa < image->data ? "read-only data" : "data, .bss and stacks";
}

static void why_reserved(phys_addr_t pa, const struct reservation *r)
{
	switch (r->owner) {
	case OWN_FIRMWARE_NOMAP:
		print(REASON "the firmware keeps it; no page table entry shows it\n");
		return origin_of_tree(pa, r);
	case OWN_KERNEL:
		print(REASON "the kernel's image: its %s\n", image_part(pa));
		print(ORIGIN "where firmware loaded it, [0x%lx, 0x%lx)\n", r->range.start,
		      r->range.end);
		return;
	case OWN_DTB:
		print(REASON "the device tree blob\n");
		print(ORIGIN "register a1 at the entry, 0x%lx\n", arch_handoff()->dtb);
		return;
	case OWN_INITRD:
		print(REASON "the initrd\n");
		print(ORIGIN "/chosen, properties linux,initrd-start and linux,initrd-end\n");
		return;
	case OWN_FRAME0:
		print(REASON "frame 0 is never handed out, since address 0 looks like none\n");
		return;
	case OWN_BADMEM:
		print(REASON "memtest found that it does not keep what is written\n");
		return;
	default:
		print(REASON "reserved by the device tree%s\n", r->nomap ? ", no-map" : "");
		return origin_of_tree(pa, r);
	}
}

static void why_early(phys_addr_t pa, enum owner owner)
{
	switch (owner) {
	case OWN_MEMMAP:
		return why_memmap(pa);
	case OWN_TABLES:
		return why_table(pa);
	case OWN_MEM_SECTION:
		print(REASON "a root of mem_section, the table of sections\n");
		break;
	case OWN_USAGE:
		print(REASON "%spageblock types\n",
		      memmodel_has_sections ? "subsection maps and " : "");
		break;
	case OWN_NODE_DATA:
		print(REASON "the pg_data_t of a node\n");
		break;
	case OWN_MEMBLOCK:
		print(REASON "a grown table of memblock\n");
		break;
	case OWN_HARTS:
		print(REASON "data and stacks of the other harts\n");
		break;
	default:
		print(REASON "%s\n", owner_name(owner));
		return;
	}
	why_origin_kept(pa);
}

/* It was given to the buddy allocator. */
static void why_buddy(pfn_t pfn)
{
	const struct page *page;
	pfn_t head;

	if (!pfn_is_ready(pfn)) {
		print(REASON "free: its struct page waits to be initialised, deferred=demand\n");
		return;
	}
	if (!page_block_head(pfn, &head)) {
		print(REASON "in no block of the buddy allocator\n");
		return;
	}
	page = pfn_to_page(head);
	if (page_has(page, PG_HELD) && page->mapping < NR_OWNERS)
		print(REASON "the kernel keeps it: %s, block of order %u at pfn 0x%lx\n",
		      owner_name((enum owner)page->mapping), page_order(page), head);
	else if (page_has(page, PG_HEAD))
		print(REASON "allocated: block of order %u at pfn 0x%lx\n", page_order(page), head);
	else if (page_has(page, PG_PCP))
		print(REASON "free: on the hot list of its zone\n");
	else
		print(REASON "free: block of order %u at pfn 0x%lx, list %s\n", page_order(page),
		      head, migratetype_name((enum migratetype)page_type(page)));
}

void why_show(pfn_t pfn)
{
	const phys_addr_t pa = pfn_to_phys(pfn);
	const struct reservation *r = owner_reservation_at(pa);
	enum owner owner;
	phys_addr_t end;

	print("pfn 0x%lx, pa 0x%016lx\n", pfn, pa);
	if (!banks_find(pa)) {
		why_no_ram(pfn);
		return;
	}
	owner = owner_at(pa, pa + PAGE_SIZE, &end);
	if (r && r->owner == owner)
		why_reserved(pa, r);
	else if (owner == OWN_LOST)
		why_no_ram(pfn);
	else if (owner != OWN_FREE)
		why_early(pa, owner);
	else
		why_buddy(pfn);
	page_lines_show(pfn);
}
