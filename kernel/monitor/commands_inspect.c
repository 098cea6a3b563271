/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One page frame, one virtual address.
 */
#include "arch/riscv/sv39.h"
#include "lib/log.h"
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/owner.h"
#include "mm/paging.h"
#include "monitor/command.h"

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

/* The head of the free or allocated block that holds the frame; false when it is in none. */
static bool find_head(pfn_t pfn, pfn_t *head)
{
	for (u32 order = 0; order <= MAX_PAGE_ORDER; order++) {
		const struct page *page;

		*head = ALIGN_DOWN(pfn, 1UL << order);
		if (!pfn_valid(*head))
			continue;
		page = pfn_to_page(*head);
		if (page->word & (PG_BUDDY | PG_PCP | PG_HEAD))
			return page_order(page) >= order;
	}
	return false;
}

static void show_state(pfn_t pfn, const struct page *page)
{
	pfn_t head;

	print("  state      ");
	if (page_has(page, PG_RESERVED))
		print("reserved");
	else if (!find_head(pfn, &head))
		print("in no block");
	else if (head == pfn)
		print("%s of %lu pages", head_state(page), 1UL << page_order(page));
	else
		print("inside the block at pfn 0x%lx, %s of %lu pages", head,
		      head_state(pfn_to_page(head)), 1UL << page_order(pfn_to_page(head)));
}

static void show_page(pfn_t pfn)
{
	const struct page *page = pfn_to_page(pfn);

	show_state(pfn, page);
	print(", refcount %u, flags ", page_refcount(page));
	show_flags("AHPBR", page->word & 0x1f);
	print("\n  belongs    node %u, zone %s, section %lu; pageblock %s\n", page_to_nid(page),
	      page_zone(page)->name, page_to_section(page),
	      migratetype_name(get_pageblock_migratetype(page)));
	print("  struct     at 0x%016lx, word 0x%016lx, links 0x%016lx\n", (u64)page, page->word,
	      page->links);
	if (page->alloc_site || page->free_site)
		print("  last       allocated from 0x%016lx, freed from 0x%016lx\n",
		      page->alloc_site, page->free_site);
}

static void run_page(const char *const *args)
{
	phys_addr_t end;
	pfn_t pfn;

	if (!command_number(args[0], &pfn))
		return;
	if (pfn > PFN_DOWN(~0UL)) {
		print("pfn 0x%lx is beyond the last address; a pfn is the address divided by %lu\n",
		      pfn, PAGE_SIZE);
		return;
	}
	print("pfn 0x%lx, pa 0x%016lx\n", pfn, pfn_to_phys(pfn));
	if (pfn_is_ram(pfn)) {
		phys_addr_t pa = pfn_to_phys(pfn);
		enum owner owner = owner_at(pa, pa + PAGE_SIZE, &end);
		const struct reservation *reservation = owner_reservation_at(pa);

		print("  owner      %s\n", reservation ? reservation->name : owner_name(owner));
	} else {
		print("  owner      none: not RAM of a bank\n");
	}
	if (pfn_valid(pfn))
		show_page(pfn);
	else
		print("  struct     none: pfn_valid() is false\n");
}

static bool is_canonical(va_t va)
{
	s64 upper = (s64)va >> (sv39_shift(SV39_LEVELS) - 1);

	return upper == 0 || upper == -1;
}

/* One entry on the way down. */
static void show_entry(u32 level, u32 index, pte_t pte)
{
	print("  level %u  entry %3u  0x%016lx  ", level, index, pte.word);
	if (!pte_is_valid(pte)) {
		print("invalid\n");
		return;
	}
	show_flags("DAGUXWRV", pte.word & 0xff);
	print("  %s 0x%016lx\n", pte_is_leaf(pte) ? "leaf at" : "table at",
	      pfn_to_phys(pte_pfn(pte)));
}

static void run_walk(const char *const *args)
{
	static const char *const sizes[SV39_LEVELS] = {"4 KiB page", "2 MiB megapage",
						       "1 GiB gigapage"};
	phys_addr_t table = paging_figures.root;
	va_t va;

	if (!command_number(args[0], &va))
		return;
	if (!is_canonical(va)) {
		print("0x%016lx is not canonical: bits 63 to 39 must equal bit 38\n", va);
		return;
	}
	print("va 0x%016lx, root table at 0x%016lx\n", va, table);
	for (u32 level = SV39_LEVELS; level-- > 0;) {
		u32 index = sv39_index(va, level);
		pte_t pte = ((const pte_t *)phys_to_virt(table))[index];

		show_entry(level, index, pte);
		if (!pte_is_valid(pte)) {
			print("  not mapped\n");
			return;
		}
		table = pfn_to_phys(pte_pfn(pte));
		if (pte_is_leaf(pte)) {
			print("  %s, pa 0x%016lx\n", sizes[level],
			      table + (va & ((1UL << sv39_shift(level)) - 1)));
			return;
		}
	}
	print("  a table where a leaf must be: the page tables are damaged\n");
}

static const struct command commands[] = {
	{"page", "PFN", "struct page of a frame, its owner and state",
	 "PFN is the physical address divided by 4096: page 0x80200.\n"
	 "Flags: A audit, H head of an allocated block, P hot list, B free block, R reserved.\n",
	 1, run_page},
	{"walk", "VA", "the page table entries that translate an address",
	 "Flags of an entry: D dirty, A accessed, G global, U user, X W R rights, V valid\n"
	 "(RISC-V Privileged 1.12, 4.4.1).\n",
	 1, run_walk},
};

const struct command_group commands_inspect = {commands, ARRAY_SIZE(commands)};
