/* SPDX-License-Identifier: BSD-2-Clause */
/* monitor/why.h: one reason for each kind of frame, and where it comes from. */
#include <string.h>

#include "arch/arch.h"
#include "boot_fixture.h"
#include "lib/log.h"
#include "mm/buddy.h"
#include "mm/paging.h"
#include "monitor/why.h"

static const char *said(pfn_t pfn)
{
	unit_output_begin();
	why_show(pfn);
	return unit_output_end();
}

static void expect_reason(phys_addr_t pa, const char *reason, const char *origin)
{
	const char *text = said(PFN_DOWN(pa));

	unit_note("pa 0x%lx: %s", pa, text);
	EXPECT(strstr(text, reason));
	EXPECT(strstr(text, origin));
	for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
		EXPECT_LE(strcspn(line, "\n"), 80);
}

/*
 *   0x80000000            0x90000000        0xa0000000       0xb0000000
 *   [F|..|image|dtb|R|n|i ... free ... ]  hole  [=== bank 2 ===)
 */
TEST(each_reason)
{
	enum owner owner;
	struct range range;

	given_virt(256 * MIB);
	given_bank(0xa0000000, 256 * MIB);
	given_reserved(OWNER_RESERVED, 0x84000000, 64 * KIB, "/reserved-memory/video@84000000");
	given_reserved(OWNER_MEMRESERVE, 0x85000000, 64 * KIB, "memreserve");
	given_reserved(OWNER_INITRD, 0x86000000, 64 * KIB, "initrd");
	given_mem(704 *
		  MIB); /* counted from the lowest bank: the last 64 MiB of bank 2 are left out */
	boot_to("check");

	expect_reason(VIRT_BASE, "the firmware keeps it", "property reg, tuple 0");
	expect_reason(VIRT_IMAGE, "the kernel's image: its text", "where firmware loaded it");
	expect_reason(VIRT_IMAGE + IMAGE_TEXT_BYTES, "image: its read-only data", "loaded");
	expect_reason(VIRT_IMAGE + IMAGE_FIXED_BYTES, "image: its data, .bss", "loaded");
	expect_reason(VIRT_DTB, "the device tree blob", "register a1 at the entry, 0x80400000");
	expect_reason(0x84000000, "reserved by the device tree",
		      "origin     /reserved-memory/video@84000000, property reg, tuple 0");
	expect_reason(0x85001000, "reserved by the device tree", "memory reservation block, entry");
	expect_reason(0x86001000, "the initrd", "/chosen, properties linux,initrd-start");
	expect_reason(0x70000000, "no RAM: below the first bank", "");
	expect_reason(0x98000000, "no RAM: a hole of 256 MiB between", "");
	expect_reason(0xad000000, "RAM that is not used: mem=", "property reg, tuple 1");
	expect_reason(0x1000000000, "no RAM: above the last bank", "");
	expect_reason(0x88000000, "free: block of order", "RAM        ");

	for (u32 i = 0; owner_early_range(i, &owner, &range); i++) {
		unit_note("owner %s at 0x%lx", owner_name(owner), range.start);
		if (owner == OWN_MEMMAP)
			expect_reason(range.start, "it holds the struct pages of pfn [0x",
				      "stage memmap");
		else if (owner == OWN_TABLES)
			expect_reason(range.start, "page table", "before hand-over");
		else if (owner == OWN_NODE_DATA)
			expect_reason(range.start, "pg_data_t", "before hand-over");
	}
	expect_reason(paging_figures.root, "the root of the page tables", "before hand-over");
}

/* Each frame of the memmap holds 64 struct pages, and each struct page of RAM lies in the frame that says so. */
TEST(struct_pages_are_found)
{
	enum owner owner;
	struct range range;
	u64 frames = 0;

	given_virt(256 * MIB);
	boot_to("check");
	for (u32 i = 0; owner_early_range(i, &owner, &range); i++)
		for (phys_addr_t pa = range.start; owner == OWN_MEMMAP && pa < range.end;
		     pa += 64 * PAGE_SIZE) {
			const char *text = said(PFN_DOWN(pa));
			const char *at = strstr(text, "struct pages of pfn [0x");
			pfn_t start_pfn = 0;

			unit_note("pa 0x%lx: %s", pa, text);
			if (!EXPECT(at))
				continue;
			for (at += strlen("struct pages of pfn [0x"); *at != ','; at++)
				start_pfn = start_pfn * 16 +
					    (u64)(*at >= 'a' ? *at - 'a' + 10 : *at - '0');
			pfn_to_page(start_pfn)->mapping = 0x1234;
			/* The same bytes, through the direct map. */
			EXPECT_EQ(((const struct page *)phys_to_virt(pa))->mapping, 0x1234);
			pfn_to_page(start_pfn)->mapping = 0;
			frames++;
		}
	EXPECT_LE(1, frames);
}

TEST(free_and_allocated)
{
	struct page *page;

	given_virt(256 * MIB);
	boot_to("check");
	page = alloc_pages(2);
	ASSERT(page);
	expect_reason(pfn_to_phys(page_to_pfn(page) + 1), "allocated: block of order 2",
		      "allocated  from 0x");
	free_pages(page, 2);
	expect_reason(pfn_to_phys(page_to_pfn(page)), "free: ", "freed      from 0x");
	page = alloc_pages(0);
	ASSERT(page);
	free_pages(page, 0);
	expect_reason(pfn_to_phys(page_to_pfn(page)), "free: on the hot list", "freed");
}
