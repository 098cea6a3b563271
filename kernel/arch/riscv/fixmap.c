/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fixmap's tables and what they show. Everything here lies in .data: the blob must be read
 * before it is known that clearing .bss does not destroy it.
 */
#include "fixmap.h"

#include "csr.h"
#include "handoff.h"
#include "layout.h"
#include "lib/panic.h"
#include "power.h"
#include "sv39.h"

#define FIXMAP_PAGES (2UL * SV39_ENTRIES)

#define PROBE_SLOT (FIXMAP_PAGES - NR_FIXMAP_DEVICES - 1)

static_assert(HANDOFF_BLOB_MAX / PAGE_SIZE + 1 <= PROBE_SLOT,
	      "the largest blob at an odd address, the probe and the devices fit into two tables");

extern pte_t boot_root[SV39_ENTRIES]; /* head.S */

static struct {
	pte_t level1[SV39_ENTRIES];
	pte_t level0[FIXMAP_PAGES]; /* two tables, one after the other */
} tables __attribute__((section(".data.boot"), aligned(PAGE_SIZE)));

static struct {
	bool linked;
	bool closed;
	struct range blob; /* bytes */
	phys_addr_t device[NR_FIXMAP_DEVICES];
	bool has_device[NR_FIXMAP_DEVICES];
} shown __attribute__((section(".data")));

static va_t slot_va(u64 slot)
{
	return FIXMAP_START + slot * PAGE_SIZE;
}

static u64 device_slot(enum fixmap_device device)
{
	return FIXMAP_PAGES - NR_FIXMAP_DEVICES + device;
}

static u64 blob_pages(void)
{
	return PFN_UP(shown.blob.end) - PFN_DOWN(shown.blob.start);
}

static pfn_t table_pfn(const pte_t *table)
{
	return PFN_DOWN(image_to_phys(table));
}

static void link_tables(void)
{
	u32 i;

	if (shown.linked)
		return;
	assert_kernel(!shown.closed, shown.closed, 0);
	for (i = 0; i < FIXMAP_PAGES / SV39_ENTRIES; i++)
		tables.level1[sv39_index(FIXMAP_START, 1) + i] =
			pte_table(table_pfn(tables.level0 + i * SV39_ENTRIES));
	boot_root[sv39_index(FIXMAP_START, 2)] = pte_table(table_pfn(tables.level1));
	shown.linked = true;
}

static void show_blob_pages(enum map_rights rights)
{
	u64 i;

	for (i = 0; i < blob_pages(); i++)
		tables.level0[i] = pte_leaf(PFN_DOWN(shown.blob.start) + i, rights);
	tlb_fence();
}

static void *blob_pointer(void)
{
	return (void *)(FIXMAP_START + shown.blob.start % PAGE_SIZE);
}

const void *fixmap_show_blob(phys_addr_t pa, u64 size)
{
	assert_kernel(!shown.closed && size <= HANDOFF_BLOB_MAX, shown.closed, size);
	link_tables();
	shown.blob = (struct range){pa, pa + size};
	show_blob_pages(MAP_R);
	return blob_pointer();
}

void *fixmap_blob_writable(void)
{
	assert_kernel(!shown.closed, shown.closed, 0);
	show_blob_pages(MAP_RW);
	return blob_pointer();
}

void *fixmap_show_device(enum fixmap_device device, phys_addr_t pa)
{
	u64 slot = device_slot(device);

	assert_kernel(!shown.closed, device, pa);
	link_tables();
	shown.device[device] = pa;
	shown.has_device[device] = true;
	tables.level0[slot] = pte_leaf(PFN_DOWN(pa), MAP_RW);
	tlb_fence();
	return (void *)(slot_va(slot) + pa % PAGE_SIZE);
}

void *fixmap_show_probe(phys_addr_t pa)
{
	assert_kernel(!shown.closed, pa, 0);
	link_tables();
	tables.level0[PROBE_SLOT] = pte_leaf(PFN_DOWN(pa), MAP_RW);
	tlb_fence();
	return (void *)(slot_va(PROBE_SLOT) + pa % PAGE_SIZE);
}

void fixmap_close(void)
{
	shown.closed = true;
}

const char *fixmap_what(va_t va, phys_addr_t *pa)
{
	static const char *const names[] = {[FIXMAP_UART] = "uart", [FIXMAP_TEST] = "test device"};
	u64 slot = (va - FIXMAP_START) / PAGE_SIZE;
	u32 device;

	if (slot < blob_pages()) {
		*pa = ALIGN_DOWN(shown.blob.start, PAGE_SIZE) + (va - FIXMAP_START);
		return "device tree";
	}
	for (device = 0; device < NR_FIXMAP_DEVICES; device++) {
		if (!shown.has_device[device] || slot != device_slot(device))
			continue;
		*pa = ALIGN_DOWN(shown.device[device], PAGE_SIZE) + va % PAGE_SIZE;
		return names[device];
	}
	return NULL;
}

static struct arch_mapping image_part(phys_addr_t start, phys_addr_t end, enum map_rights rights)
{
	return (struct arch_mapping){KERNEL_START + (start - layout_image().text), start,
				     end - start, rights};
}

/*
 * The blob is not among them: it has been read, and where it lies in a no-map range no leaf
 * of the final tables may show it.
 */
bool arch_fixed_mapping(u32 i, struct arch_mapping *out)
{
	struct arch_image image = layout_image();
	u32 device;

	power_find_device();
	switch (i) {
	case 0:
		*out = image_part(image.text, image.rodata, MAP_RX);
		return true;
	case 1:
		*out = image_part(image.rodata, image.data, MAP_R);
		return true;
	case 2:
		*out = image_part(image.data, image.end, MAP_RW);
		return true;
	default:
		i -= 3;
	}
	for (device = 0; device < NR_FIXMAP_DEVICES; device++) {
		if (!shown.has_device[device] || i-- != 0)
			continue;
		*out = (struct arch_mapping){slot_va(device_slot(device)),
					     ALIGN_DOWN(shown.device[device], PAGE_SIZE), PAGE_SIZE,
					     MAP_RW};
		return true;
	}
	return false;
}
