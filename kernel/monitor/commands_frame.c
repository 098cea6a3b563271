/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page frame, from every side.
 */
#include "arch/riscv/sv39.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/memblock.h"
#include "mm/memmap_init.h"
#include "mm/memmodel.h"
#include "mm/owner.h"
#include "mm/page_owner.h"
#include "mm/paging.h"
#include "monitor/command.h"
#include "monitor/page_lines.h"
#include "monitor/why.h"

/* "-" for each bit that is clear */
static void show_flags(const char *letters, u64 bits)
{
	for (u32 i = 0; letters[i] != '\0'; i++)
		print("%c", bits >> (strlen(letters) - 1 - i) & 1 ? letters[i] : '-');
}

static const char *head_state(const struct page *page)
{
	if (page_has(page, PG_BUDDY))
		return "head of a free block";
	if (page_has(page, PG_PCP))
		return "free, on the hot list";
	return "head of an allocated block";
}

static void show_state(pfn_t pfn, const struct page *page)
{
	pfn_t head;

	print("  state      ");
	if (page_has(page, PG_RESERVED))
		print("reserved");
	else if (!page_block_head(pfn, &head))
		print("in no block");
	else if (head == pfn)
		print("%s of %lu pages", head_state(page), 1UL << page_order(page));
	else
		print("inside the block at pfn 0x%lx, %s of %lu pages", head,
		      head_state(pfn_to_page(head)), 1UL << page_order(pfn_to_page(head)));
	print("\n  flags      ");
	show_flags("KAHPBR", page->word & 0x3f);
	print(", refcount %u\n", page_refcount(page));
}

/* What is with the buddy allocator: somebody may have it. */
static const char *holder_text(pfn_t pfn)
{
	pfn_t head;

	if (!pfn_is_ready(pfn) || !page_block_head(pfn, &head) ||
	    !page_has(pfn_to_page(head), PG_HEAD))
		return owner_name(OWN_FREE);
	if (page_has(pfn_to_page(head), PG_HELD) && pfn_to_page(head)->mapping < NR_OWNERS)
		return owner_name((enum owner)pfn_to_page(head)->mapping);
	return "whoever allocated it";
}

static const char *owner_text(pfn_t pfn)
{
	const phys_addr_t pa = pfn_to_phys(pfn);
	const struct reservation *reservation = owner_reservation_at(pa);
	phys_addr_t end;
	enum owner owner;

	if (!pfn_is_ram(pfn))
		return "none: not RAM of a bank";
	owner = owner_at(pa, pa + PAGE_SIZE, &end);
	if (owner == OWN_FREE)
		return holder_text(pfn);
	return reservation && reservation->owner == owner ? reservation->name : owner_name(owner);
}

static void run_page(const char *const *args)
{
	const struct page *page;
	pfn_t pfn;

	if (!command_pfn(args[0], &pfn))
		return;
	print("pfn 0x%lx, pa 0x%016lx\n", pfn, pfn_to_phys(pfn));
	print("  owner      %s\n", owner_text(pfn));
	if (!pfn_valid(pfn)) {
		print("  struct     none: pfn_valid() is false\n");
		page_lines_show(pfn);
		return;
	}
	page = pfn_to_page(pfn);
	if (!pfn_is_ready(pfn)) {
		print("  struct     at 0x%016lx, not initialised yet: deferred=demand\n",
		      (u64)page);
		page_lines_show(pfn);
		return;
	}
	show_state(pfn, page);
	print("  struct     at 0x%016lx\n", (u64)page);
	print("  words      0x%016lx, links 0x%016lx\n", page->word, page->links);
	page_lines_show(pfn);
}

static bool is_free(pfn_t pfn)
{
	phys_addr_t end;
	pfn_t head;

	if (pfn_valid(pfn) && !pfn_is_ready(pfn))
		return pfn_is_ram(pfn) &&
		       owner_at(pfn_to_phys(pfn), pfn_to_phys(pfn + 1), &end) == OWN_FREE;
	return pfn_valid(pfn) && !page_has(pfn_to_page(pfn), PG_RESERVED) &&
	       page_block_head(pfn, &head) && !page_has(pfn_to_page(head), PG_HEAD);
}

/* RAM that the allocator has, or that somebody took before it could; not the RAM of an offline block. */
static bool is_online(pfn_t pfn)
{
	phys_addr_t end;

	return pfn_valid(pfn) && pfn_is_ram(pfn) &&
	       owner_at(pfn_to_phys(pfn), pfn_to_phys(pfn + 1), &end) != OWN_LOST;
}

/* A kernel address through the page tables, anything else as it is. False, with a line, when nothing is there. */
static bool physical(u64 address, phys_addr_t *pa)
{
	u32 level;
	pte_t pte;

	*pa = address;
	if (address < VMEMMAP_START)
		return true;
	pte = sv39_walk(paging_figures.root, address, &level);
	if (!pte_is_valid(pte)) {
		command_complain("0x%lx is not mapped; walk 0x%lx shows where it ends\n", address,
				 address);
		return false;
	}
	*pa = pfn_to_phys(pte_pfn(pte)) + (address & ((1UL << sv39_shift(level)) - 1));
	return true;
}

static void run_pfn(const char *const *args)
{
	phys_addr_t pa;
	u64 address;
	pfn_t pfn;

	if (!command_number(args[0], &address) || !physical(address, &pa))
		return;
	pfn = PFN_DOWN(pa);
	print("%s 0x%016lx is byte %lu of pfn 0x%lx\n", address == pa ? "pa" : "va", address,
	      pa & (PAGE_SIZE - 1), pfn);
	if (address != pa)
		print("  pa         0x%016lx\n", pa);
	print("  valid=%d ram=%d online=%d free=%d\n", pfn_valid(pfn), pfn_is_ram(pfn),
	      is_online(pfn), is_free(pfn));
	if (memmodel_has_sections)
		print("  section    %lu, subsection %lu\n", pfn >> (SECTION_SIZE_BITS - PAGE_SHIFT),
		      (pfn & ((1UL << (SECTION_SIZE_BITS - PAGE_SHIFT)) - 1)) /
			      (MEGAPAGE_SIZE / PAGE_SIZE));
	print("  pageblock  [0x%lx, 0x%lx)\n", ALIGN_DOWN(pfn, PAGEBLOCK_NR_PAGES),
	      ALIGN_DOWN(pfn, PAGEBLOCK_NR_PAGES) + PAGEBLOCK_NR_PAGES);
	page_lines_show(pfn);
}

static void run_why(const char *const *args)
{
	pfn_t pfn;

	if (command_pfn(args[0], &pfn))
		why_show(pfn);
}

/* The bit that a bitmap of the boot would have had at hand-over: 0 is free. */
static bool bootmap_bit(pfn_t pfn)
{
	const phys_addr_t pa = pfn_to_phys(pfn);

	return !memblock_is_map_memory(pa) || memblock_is_reserved(pa);
}

static void bootmap_run(pfn_t start_pfn, pfn_t end_pfn, bool bit)
{
	if (start_pfn < end_pfn)
		print("  0x%08lx-0x%08lx  %d  %10lu pages  %9s\n", start_pfn, end_pfn, bit,
		      end_pfn - start_pfn, size_text((end_pfn - start_pfn) * PAGE_SIZE).s);
}

static void bootmap_all(void)
{
	const pfn_t min_pfn = PFN_DOWN(memblock_start_of_DRAM());
	const pfn_t max_pfn = PFN_DOWN(memblock_end_of_DRAM());
	pfn_t done = min_pfn;
	phys_addr_t start, end;
	u64 i;

	print("min_low_pfn 0x%lx, max_low_pfn 0x%lx: a bitmap of %lu bytes\n", min_pfn, max_pfn,
	      (max_pfn - min_pfn + 7) / 8);
	print("  pfn range, half-open   bit\n");
	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_HOTPLUG, &start, &end, NULL) {
		bootmap_run(done, PFN_DOWN(start), true);
		bootmap_run(PFN_DOWN(start), PFN_DOWN(end), false);
		done = PFN_DOWN(end);
	}
	bootmap_run(done, max_pfn, true);
}

static void run_bootmap(const char *const *args)
{
	pfn_t pfn;

	if (!args[0]) {
		bootmap_all();
		return;
	}
	if (args[1]) {
		command_usage("bootmap");
		return;
	}
	if (!command_pfn(args[0], &pfn))
		return;
	print("pfn 0x%lx: bit %d, %s at hand-over; its 64 neighbours:\n  0x%lx  ", pfn,
	      bootmap_bit(pfn), bootmap_bit(pfn) ? "taken or no RAM" : "free", ALIGN_DOWN(pfn, 64));
	for (u32 i = 0; i < 64; i++)
		print("%s%d", i > 0 && i % 16 == 0 ? " " : "",
		      bootmap_bit(ALIGN_DOWN(pfn, 64) + i));
	print("\n");
}

static const struct command commands[] = {
	{"page", "PFN", "struct page of a frame, its owner and state",
	 "PFN is the physical address divided by 4096.\n"
	 "Flags: K kept by the kernel itself, A audit, H head of an allocated block, P hot list,\n"
	 "B free block, R reserved.\n"
	 "Example: page 0x80200\n"
	 "See also: why, pfn, section\n",
	 1, run_page},
	{"pfn", "ADDR", "the frame of an address, and all that it belongs to",
	 "ADDR is physical, or virtual in one of the kernel's windows. valid: has a struct page;\n"
	 "ram: is memory of a bank. A hole in a present section is valid and no ram.\n"
	 "Example: pfn 0x80200000\n"
	 "See also: page, why, walk\n",
	 1, run_pfn},
	{"why", "PFN", "the one reason why a page is free or is not",
	 "PG_reserved only means \"not for the buddy allocator\"; this says why, and which node "
	 "and\n"
	 "property of the device tree it comes from.\n"
	 "Example: why 0x80200\n"
	 "See also: page, iomem, ledger\n",
	 1, run_why},
	{"bootmap", "[PFN]", "what a bitmap of boot memory would have held at hand-over",
	 "1 is taken or no RAM, 0 is free. This kernel keeps no such bitmap: free is what is in\n"
	 "memblock's memory and not in reserved. Without PFN: the runs of equal bits.\n"
	 "Example: bootmap 0x80274\n"
	 "See also: memblock, flow\n",
	 COMMAND_ANY_ARGS, run_bootmap},
};

const struct command_group commands_frame = {commands, ARRAY_SIZE(commands)};
