/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's own tables: leaf counts that can be counted by hand, every page where it belongs,
 * and a checker that sees each kind of damage.
 *
 * Drawings: m a megapage leaf, p base pages, F firmware (no leaf), T text and rodata (read only).
 *
 * The first 4 MiB of given_virt() are always the same:
 *	[F 512K)[p 384)[T 32)[p 480)     896 base pages, two tables
 */
#include "arch/riscv/sv39.h"
#include "boot_fixture.h"
#include "mm/check.h"
#include "mm/paging.h"

#define BASE       0x80000000UL
#define M(n)       (BASE + (n)*MIB)
#define FIRST_4MIB 896

static va_t direct(phys_addr_t pa)
{
	return DIRECT_MAP_START + (pa - banks.phys_base);
}

/* The entry that shows va, to be damaged. */
static pte_t *entry_of(va_t va)
{
	phys_addr_t table = paging_figures.root;
	u32 level = SV39_LEVELS - 1;

	for (;; level--) {
		pte_t *entry = (pte_t *)phys_to_virt(table) + sv39_index(va, level);

		if (pte_is_leaf(*entry) || level == 0)
			return entry;
		table = pfn_to_phys(pte_pfn(*entry));
	}
}

static void expect_leaves(const char *file, int line, u64 pages, u64 megapages, u64 gigapages)
{
	const u64 *have = paging_figures.leaves;

	unit_check(have[0] == pages && have[1] == megapages && have[2] == gigapages, false, file,
		   line, "%lu + %lu + %lu leaves, not %lu + %lu + %lu", have[0], have[1], have[2],
		   pages, megapages, gigapages);
}
#define EXPECT_LEAVES(...) expect_leaves(__FILE__, __LINE__, __VA_ARGS__)

static struct paging_check check_now(void)
{
	struct paging_check check;

	paging_check(&check);
	return check;
}

static void expect_clean(const char *file, int line)
{
	struct paging_check check = check_now();

	unit_check(check.writable_exec + check.nomap_leaf + check.unaligned +
				   check.accessed_clear ==
			   0,
		   false, file, line, "writable_exec %lu nomap %lu unaligned %lu accessed %lu",
		   check.writable_exec, check.nomap_leaf, check.unaligned, check.accessed_clear);
}
#define EXPECT_CLEAN() expect_clean(__FILE__, __LINE__)

/* [FpTp)[m m m ... m)  64 MiB */
TEST(one_bank)
{
	given_virt(64 * MIB);
	boot_to("paging");
	EXPECT_LEAVES(FIRST_4MIB, 30, 0);
	/* root; direct map: one of level 1, two of level 0; the image: one and one */
	EXPECT_EQ(paging_figures.tables, 6);
	EXPECT_CLEAN();
	EXPECT_EQ(check_now().leaves, FIRST_4MIB + 30 + IMAGE_BYTES / PAGE_SIZE);
	EXPECT_EQ(check_now().tables, 6);
}

/* 3 GiB: the first GiB in megapages behind the image, two gigapages. */
TEST(gigapages)
{
	given_virt(3 * GIB);
	boot_to("paging");
	EXPECT_LEAVES(FIRST_4MIB, 510, 2);
	EXPECT_EQ(paging_figures.tables, 6);
	EXPECT_CLEAN();
}

/* C41. [FpTp)..)   [ppp)  a bank below 2 MiB: base pages only, one more table */
TEST(bank_below_a_megapage)
{
	given_virt(64 * MIB);
	given_bank(M(128) + 512 * KIB, MIB);
	boot_to("paging");
	EXPECT_LEAVES(FIRST_4MIB + 256, 30, 0);
	EXPECT_EQ(paging_figures.tables, 7);
	EXPECT_CLEAN();
}

/* C42.  |   m   |   m   |   m   |   m   |   m   |
 *         [ppppp)[  m  )[  m  )[  m   )[pp)        base 0x5000 beside, 3 pages over the end */
TEST(unaligned_bank)
{
	given_virt(64 * MIB);
	given_bank(M(128) + 0x5000, 8 * MIB - 0x5000 + 0x3000);
	boot_to("paging");
	EXPECT_LEAVES(FIRST_4MIB + 507 + 3, 30 + 3, 0);
	EXPECT_EQ(paging_figures.tables, 8);
	EXPECT_CLEAN();
}

/* C43. A base that is no multiple of 128 MiB, nor of 2: nothing is misaligned. */
TEST(base_inside_a_section)
{
	given_bank(0x87654000, 200 * MIB);
	boot_to("paging");
	EXPECT_EQ(banks.phys_base, BASE);
	EXPECT_EQ(check_now().unaligned, 0);
	EXPECT_CLEAN();
	boot_to("check");
	EXPECT_CLEAN();
	EXPECT_SOUND();
}

/* C89. ...|pppp F ppp|...  one no-map page in a megapage: 511 leaves around it, none over it */
TEST(nomap_inside_a_megapage)
{
	u32 level;

	given_virt(64 * MIB);
	given_reserved(OWNER_FIRMWARE, M(32) + 0x10000, PAGE_SIZE, "/reserved-memory/a");
	boot_to("paging");
	EXPECT_LEAVES(FIRST_4MIB + 511, 29, 0);
	EXPECT_CLEAN();
	EXPECT(pte_is_valid(sv39_walk(paging_figures.root, direct(M(32) + 0xf000), &level)));
	EXPECT(!pte_is_valid(sv39_walk(paging_figures.root, direct(M(32) + 0x10000), &level)));
	EXPECT(pte_is_valid(sv39_walk(paging_figures.root, direct(M(32) + 0x11000), &level)));
}

/* C90. [F 256K)[F 128K)[pppp...  the first megapage is split, nothing else */
TEST(opensbi_pair)
{
	given_bank(BASE, 64 * MIB);
	given_reserved(OWNER_FIRMWARE, BASE, 256 * KIB, "mmode_resv0");
	given_reserved(OWNER_FIRMWARE, BASE + 256 * KIB, 128 * KIB, "mmode_resv1");
	boot_to("paging");
	EXPECT_LEAVES((2 * MIB - 384 * KIB) / PAGE_SIZE + 512, 30, 0);
	EXPECT_CLEAN();
}

/* Banks that touch, of two nodes, share a leaf: the map knows addresses, not nodes. */
TEST(touching_banks_share_leaves)
{
	given_bank(BASE, 33 * MIB)->nid = 0;
	given_bank(M(33), 31 * MIB)->nid = 1;
	given_reserved(OWNER_FIRMWARE, BASE, VIRT_FIRMWARE, "firmware");
	boot_to("paging");
	EXPECT_LEAVES(FIRST_4MIB, 30, 0);
}

/* Every page of every bank where it belongs, with its rights; no other page of the window. */
TEST(every_page)
{
	u64 pages = 0;

	given_virt(32 * MIB);
	given_bank(M(40) + 0x3000, 3 * MIB);
	given_reserved(OWNER_FIRMWARE, M(41), 5 * PAGE_SIZE, "/reserved-memory/a");
	boot_to("paging");
	for (phys_addr_t pa = BASE; pa < M(64); pa += PAGE_SIZE) {
		bool mapped = banks_find(pa) && !reservations_is_nomap((struct range){pa, pa + 1});
		bool fixed = pa >= VIRT_IMAGE && pa < VIRT_IMAGE + IMAGE_FIXED_BYTES;
		u32 level;
		pte_t pte = sv39_walk(paging_figures.root, direct(pa), &level);

		ASSERT_EQ(pte_is_valid(pte), mapped);
		if (!mapped)
			continue;
		ASSERT_EQ(pte_pfn(pte) + (PFN_DOWN(pa) & ((1UL << (9 * level)) - 1)), PFN_DOWN(pa));
		ASSERT_EQ((pte.word & PTE_W) != 0, !fixed);
		ASSERT_EQ(pte.word & PTE_X, 0);
		pages++;
	}
	EXPECT_EQ(pages, (35 * MIB - VIRT_FIRMWARE) / PAGE_SIZE - 5);
}

/* The image at KERNEL_START: text r-x, rodata r--, the rest rw-. */
TEST(image)
{
	u32 level;

	given_virt(64 * MIB);
	boot_to("paging");
	for (u64 at = 0; at < IMAGE_BYTES; at += PAGE_SIZE) {
		pte_t pte = sv39_walk(paging_figures.root, KERNEL_START + at, &level);

		ASSERT(pte_is_valid(pte));
		ASSERT_EQ(pte_pfn(pte), PFN_DOWN(VIRT_IMAGE + at));
		ASSERT_EQ((pte.word & PTE_X) != 0, at < IMAGE_TEXT_BYTES);
		ASSERT_EQ((pte.word & PTE_W) != 0, at >= IMAGE_FIXED_BYTES);
	}
	EXPECT(!paging_has_leaf(KERNEL_START + IMAGE_BYTES));
}

/* C50. [K=)                     [=========...  a small bank for the image, the memory elsewhere */
TEST(image_in_a_small_bank)
{
	given_bank(BASE, 8 * MIB);
	given_bank(0x100000000, GIB);
	boot_to("check");
	EXPECT_CLEAN();
	EXPECT_SOUND();
}

/* --- the checker sees what is planted --- */

static void given_tables(void)
{
	given_virt(64 * MIB);
	boot_to("paging");
	EXPECT_CLEAN();
}

/* A page of free memory that becomes executable too. */
TEST(plant_writable_executable)
{
	given_tables();
	entry_of(direct(M(2) + IMAGE_BYTES))->word |= PTE_X;
	EXPECT_EQ(check_now().writable_exec, 1);
	entry_of(direct(M(32)))->word |= PTE_X; /* a megapage */
	EXPECT_EQ(check_now().writable_exec, 513);
}

/* The text, at another address, writable: an alias. */
TEST(plant_alias)
{
	pte_t *entry;

	given_tables();
	entry = entry_of(direct(M(2) + IMAGE_BYTES));
	*entry = pte_leaf(PFN_DOWN(VIRT_IMAGE), MAP_RW);
	EXPECT_EQ(check_now().writable_exec, 1);
	*entry = pte_leaf(PFN_DOWN(VIRT_IMAGE + IMAGE_TEXT_BYTES),
			  MAP_RW); /* rodata: not executed */
	EXPECT_EQ(check_now().writable_exec, 0);
}

/* The image's own read-only view becomes writable: 24 pages of text. */
TEST(plant_writable_text)
{
	given_tables();
	for (u64 at = 0; at < IMAGE_FIXED_BYTES; at += PAGE_SIZE)
		entry_of(direct(VIRT_IMAGE + at))->word |= PTE_W | PTE_D;
	EXPECT_EQ(check_now().writable_exec, IMAGE_TEXT_BYTES / PAGE_SIZE);
}

TEST(plant_nomap)
{
	given_tables();
	*entry_of(direct(M(2) + IMAGE_BYTES)) = pte_leaf(PFN_DOWN(BASE), MAP_R);
	EXPECT_EQ(check_now().nomap_leaf, 1);
	EXPECT_EQ(check_now().writable_exec, 0);
	/* A megapage that touches it with one end only. */
	*entry_of(direct(M(32))) = pte_leaf(PFN_DOWN(BASE), MAP_RW);
	EXPECT_EQ(check_now().nomap_leaf, 2);
}

TEST(plant_accessed_or_dirty_clear)
{
	given_tables();
	entry_of(direct(M(32)))->word &= ~PTE_A;
	EXPECT_EQ(check_now().accessed_clear, 1);
	entry_of(direct(M(34)))->word &= ~PTE_D;
	EXPECT_EQ(check_now().accessed_clear, 2);
	entry_of(KERNEL_START)->word &= ~PTE_D; /* read only: D does not matter */
	EXPECT_EQ(check_now().accessed_clear, 2);
}

TEST(plant_misaligned)
{
	given_tables();
	*entry_of(direct(M(32))) = pte_leaf(PFN_DOWN(M(32)) + 1, MAP_RW);
	EXPECT_EQ(check_now().unaligned, 1);
}

/* Damage stops the boot at its check, and the reason has the number. */
TEST(writable_executable_stops_the_boot)
{
	given_virt(64 * MIB);
	boot_to("handover");
	entry_of(direct(M(32)))->word |= PTE_X;
	EXPECT_STOP(boot_to("check"), "512 writable and executable");
}

TEST(accessed_clear_stops_the_boot)
{
	given_virt(64 * MIB);
	boot_to("handover");
	entry_of(direct(M(32)))->word &= ~PTE_A;
	EXPECT_STOP(boot_to("check"), "1 leaves misaligned or without A or D");
}

/* --- leaves for struct pages --- */

TEST(add_vmemmap)
{
	u64 leaves[3], before[3], tables, tables_before;

	given_virt(64 * MIB);
	boot_to("paging");
	paging_vmemmap_figures(before, &tables_before);
	EXPECT(!paging_has_leaf(VMEMMAP_START + GIB));
	EXPECT(paging_add_vmemmap(VMEMMAP_START + GIB, M(32), MEGAPAGE_SIZE));
	EXPECT(paging_has_leaf(VMEMMAP_START + GIB));
	EXPECT(paging_has_leaf(VMEMMAP_START + GIB + MEGAPAGE_SIZE - 1));
	EXPECT(!paging_has_leaf(VMEMMAP_START + GIB + MEGAPAGE_SIZE));
	EXPECT(paging_add_vmemmap(VMEMMAP_START + GIB + MEGAPAGE_SIZE, M(34), PAGE_SIZE));
	paging_vmemmap_figures(leaves, &tables);
	EXPECT_EQ(leaves[0] - before[0], 1);
	EXPECT_EQ(leaves[1] - before[1], 1);
	EXPECT_EQ(tables - tables_before, 2);
	EXPECT_CLEAN();
}

/* C153. Misaligned, of another size, outside the window: our bug, never a leaf. */
TEST(add_vmemmap_refuses)
{
	given_virt(64 * MIB);
	boot_to("paging");
	EXPECT_STOP(paging_add_vmemmap(VMEMMAP_START, M(33), MEGAPAGE_SIZE), "does not hold");
	EXPECT_STOP(paging_add_vmemmap(VMEMMAP_START + MIB, M(32), MEGAPAGE_SIZE), "does not hold");
	EXPECT_STOP(paging_add_vmemmap(VMEMMAP_START, M(32) + 0x800, PAGE_SIZE), "does not hold");
	EXPECT_STOP(paging_add_vmemmap(VMEMMAP_START, M(32), 2 * PAGE_SIZE), "does not hold");
	EXPECT_STOP(paging_add_vmemmap(VMEMMAP_START - PAGE_SIZE, M(32), PAGE_SIZE),
		    "does not hold");
	EXPECT_STOP(paging_add_vmemmap(VMEMMAP_START + VMEMMAP_SIZE, M(32), PAGE_SIZE),
		    "does not hold");
}
