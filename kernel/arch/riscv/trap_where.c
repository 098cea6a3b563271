/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose address is that? The answer grows with the boot: first only the windows of the virtual
 * map, then the bank (after the banks stage), then the owner (after the reservations stage),
 * then the struct page (after the memory model).
 *
 * Called while reporting a trap, so it reads finished tables only and follows no pointer
 * that the trap may have been about.
 */
#include "trap.h"

#include "fixmap.h"
#include "layout.h"
#include "lib/log.h"
#include "mm/bank.h"
#include "mm/owner.h"
#include "mm/memmodel.h"
#include "mm/page_debug.h"
#include "mm/page_owner.h"
#include "mm/percpu.h"
#include "stage.h"

#define OWNER_BYTES 128

/*
 * The list of finished stages lies in .bss, which is not readable as such from the first line
 * on.
 */
static bool is_done(const char *stage)
{
	return layout_bss_is_clear() && stage_is_done(stage);
}

/* " in bank /memory@80000000, reserved for kernel" */
static void owner_text(phys_addr_t pa, char *text, size_t bytes)
{
	const struct reservation *owner;
	const struct bank *bank;

	text[0] = '\0';
	if (!is_done("banks"))
		return;
	bank = banks_find(pa);
	if (!bank) {
		format_text(text, bytes, ", in no bank");
		return;
	}
	owner = is_done("reservations") ? owner_reservation_at(pa) : NULL;
	format_text(text, bytes, ", in bank %s%s%s%s", bank->origin, owner ? ", reserved for " : "",
		    owner ? owner->name : "", owner && owner->nomap ? " (no-map)" : "");
}

/*
 * "; the page is free, last freed from 0x..." of a frame on a free list, or inside a block on one; and
 * whose block ends where it begins, which is who came here by running over the end.
 */
static void free_text(pfn_t pfn, char *text, size_t bytes)
{
	const struct page *page, *below;
	pfn_t head;

	text[0] = '\0';
	if (!is_done("handover") || !pfn_valid(pfn) || !page_block_head(pfn, &head))
		return;
	page = pfn_to_page(pfn)->free_site ? pfn_to_page(pfn) : pfn_to_page(head);
	below = page_debug_below(pfn_to_page(pfn));
	if (page_has(pfn_to_page(head), PG_HEAD))
		return;
	if (below)
		format_text(text, bytes,
			    "; the page is free and follows the block at pfn 0x%lx, allocated from "
			    "0x%lx",
			    page_to_pfn(below), below->alloc_site);
	else
		format_text(text, bytes, "; the page is free, last freed from 0x%lx",
			    page->free_site);
}

static void where_image(va_t va, char *text, size_t bytes)
{
	struct arch_image image = layout_image();
	phys_addr_t pa = va - KERNEL_START + image.text;
	const char *part = "data or .bss";

	if (pa >= image.end) {
		format_text(text, bytes, "above the kernel image: nothing is mapped there");
		return;
	}
	if (range_has((struct range){image.data - PAGE_SIZE, image.data}, pa))
		part = "the guard page below the stack: the stack has overflowed";
	else if (pa < image.rodata)
		part = "text";
	else if (pa < image.data)
		part = "rodata";
	format_text(text, bytes, "kernel image + 0x%lx, %s", va - KERNEL_START, part);
}

/* The slots of the other harts' stacks: arch.h */
static void where_hart_stack(va_t va, char *text, size_t bytes)
{
	const u64 index = (va - HART_STACKS_START) / HART_SLOT_SIZE;
	const u64 at = (va - HART_STACKS_START) % HART_SLOT_SIZE;
	const char *part = "nothing";

	if (index == 0 || index >= nr_harts) {
		format_text(text, bytes, "stacks of harts, a slot that is not used");
		return;
	}
	if (at < PAGE_SIZE)
		part = "the guard page below the stack: the stack has overflowed";
	else if (at < PAGE_SIZE + HART_STACK_SIZE)
		part = "the stack";
	else if (at < 2 * PAGE_SIZE + HART_STACK_SIZE)
		part = "the guard page below the stack for traps: that has overflowed";
	else if (at < 2 * PAGE_SIZE + HART_STACK_SIZE + HART_TRAP_STACK_SIZE)
		part = "the stack for traps";
	format_text(text, bytes, "stacks of harts, hart %lu, %s", harts[index]->arch.id, part);
}

static void where_fixmap(va_t va, char *text, size_t bytes)
{
	phys_addr_t pa;
	const char *what = fixmap_what(va, &pa);

	if (what)
		format_text(text, bytes, "fixmap, %s at pa 0x%016lx", what, pa);
	else
		format_text(text, bytes, "fixmap, a page that shows nothing");
}

static void where_direct_map(va_t va, char *text, size_t bytes)
{
	phys_addr_t pa = virt_to_phys((const void *)va);
	char owner[OWNER_BYTES], state[OWNER_BYTES];

	if (!is_done("banks")) {
		format_text(text, bytes, "direct map, before it has a base");
		return;
	}
	owner_text(pa, owner, sizeof(owner));
	free_text(PFN_DOWN(pa), state, sizeof(state));
	format_text(text, bytes, "direct map, pa 0x%016lx%s%s", pa, owner, state);
}

/* struct pages lie in the window by frame number, from the frame that the direct map starts with */
static void where_vmemmap(va_t va, char *text, size_t bytes)
{
	pfn_t pfn = (va - VMEMMAP_START) / sizeof(struct page);
	char owner[OWNER_BYTES];

	if (!is_done("banks")) {
		format_text(text, bytes, "vmemmap, before banks are known");
		return;
	}
	pfn += PFN_DOWN(banks.phys_base);
	owner_text(pfn_to_phys(pfn), owner, sizeof(owner));
	format_text(text, bytes, "vmemmap%s, pfn 0x%lx%s",
		    is_done("memmap") ? "" : " read before sparse_init", pfn, owner);
}

static bool in_window(va_t va, va_t start, u64 size)
{
	return va >= start && va - start < size;
}

void trap_where(va_t va, char *text, size_t bytes)
{
	if (va >= KERNEL_START)
		where_image(va, text, bytes);
	else if (in_window(va, HART_STACKS_START, MACHINE_MAX_HARTS * HART_SLOT_SIZE))
		where_hart_stack(va, text, bytes);
	else if (in_window(va, FIXMAP_START, FIXMAP_SIZE))
		where_fixmap(va, text, bytes);
	else if (in_window(va, DIRECT_MAP_START, DIRECT_MAP_SIZE))
		where_direct_map(va, text, bytes);
	else if (in_window(va, VMEMMAP_START, VMEMMAP_SIZE))
		where_vmemmap(va, text, bytes);
	else if (va < PAGE_SIZE)
		format_text(text, bytes, "no window of the virtual map: a null pointer");
	else
		format_text(text, bytes, "no window of the virtual map");
}
