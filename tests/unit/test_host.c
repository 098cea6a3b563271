/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pretended machine is a strict one: what the page tables do not show cannot be touched, in a
 * test as on the target. If these fail, the other tests prove less than they say.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch/riscv/sv39.h"
#include "boot_fixture.h"
#include "mm/memmodel.h"
#include "mm/paging.h"

#define BASE 0x80000000UL
#define M(n) (BASE + (n)*MIB)

/* Does reading (or writing) one byte there end a process? */
static bool faults(void *at, bool write)
{
	volatile char *byte = at;
	int status;
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		if (write)
			*byte = (char)(*byte + 0);
		else
			(void)*byte;
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV;
}

static bool can_read(phys_addr_t pa)
{
	return !faults(phys_to_virt(pa), false);
}

static bool can_write(phys_addr_t pa)
{
	return !faults(phys_to_virt(pa), true);
}

/* Before the tables are live, only the boot window. */
TEST(boot_window)
{
	arch_set_phys_base(BASE);
	EXPECT(!can_read(BASE));
	EXPECT(arch_boot_window(M(2)));
	EXPECT(can_write(M(2)));
	EXPECT(can_write(M(4) - 1));
	EXPECT(!can_read(M(4)));
	EXPECT(!can_read(M(2) - 1));
}

/* Room for as many GiB as the target's boot tables have. */
TEST(boot_window_is_limited)
{
	arch_set_phys_base(0);
	for (u64 gib = 0; gib < 4; gib++)
		EXPECT(arch_boot_window(gib * 7 * GIB));
	EXPECT(arch_boot_window(7 * GIB + 2 * MIB));
	EXPECT(!arch_boot_window(60 * GIB));
}

/* [F)[=[K)====F====)....[===)  firmware, no-map and holes fault, text cannot be written */
TEST(direct_map)
{
	given_virt(64 * MIB);
	given_bank(M(128) + PAGE_SIZE, 4 * MIB);
	given_reserved(OWNER_FIRMWARE, M(32) + PAGE_SIZE, PAGE_SIZE, "/reserved-memory/a");
	boot_to("paging");
	EXPECT(!can_read(BASE));
	EXPECT(!can_read(BASE + VIRT_FIRMWARE - 1));
	EXPECT(can_write(BASE + VIRT_FIRMWARE));
	EXPECT(can_read(VIRT_IMAGE));
	EXPECT(!can_write(VIRT_IMAGE));
	EXPECT(!can_write(VIRT_IMAGE + IMAGE_FIXED_BYTES - 1));
	EXPECT(can_write(VIRT_IMAGE + IMAGE_FIXED_BYTES));
	EXPECT(can_write(M(32)));
	EXPECT(!can_read(M(32) + PAGE_SIZE));
	EXPECT(can_write(M(32) + 2 * PAGE_SIZE));
	EXPECT(can_write(M(64) - 1));
	EXPECT(!can_read(M(64)));
	EXPECT(!can_read(M(128)));
	EXPECT(can_write(M(128) + PAGE_SIZE));
	EXPECT(!can_read(BASE - 1));
}

/* Struct pages that no leaf shows fault as well. */
TEST(vmemmap)
{
	const pfn_t last = ALIGN_UP(PFN_DOWN(M(64)), 1UL << (SECTION_SIZE_BITS - PAGE_SHIFT)) - 1;

	if (!is_model("vmemmap"))
		return;
	given_virt(64 * MIB);
	boot_to("nodes");
	EXPECT(faults(arch_vmemmap(), false));
	boot_to("memmap");
	EXPECT(!faults(pfn_to_page(PFN_DOWN(BASE)), true));
	EXPECT(!faults(pfn_to_page(last), true));
	EXPECT(faults(pfn_to_page(last + 1), false));
}

/* The same frame in the direct map and in the vmemmap window is the same memory. */
TEST(one_memory)
{
	struct page *page;
	u64 offset;
	u32 level;
	pte_t pte;
	va_t va;

	if (!is_model("vmemmap"))
		return;
	given_virt(64 * MIB);
	boot_to("check");
	page = pfn_to_page(PFN_DOWN(M(33)));
	va = VMEMMAP_START + ((u64)page - (u64)arch_vmemmap());
	pte = sv39_walk(paging_figures.root, va, &level);
	ASSERT(pte_is_valid(pte));
	offset = va & ((1UL << sv39_shift(level)) - 1);
	page->private = 0x1234567;
	EXPECT_EQ(((struct page *)phys_to_virt(pfn_to_phys(pte_pfn(pte)) + offset))->private,
		  0x1234567);
}

/* There and back. */
TEST(addresses)
{
	given_virt(64 * MIB);
	boot_to("paging");
	EXPECT_EQ(virt_to_phys(phys_to_virt(M(17) + 5)), M(17) + 5);
	EXPECT(phys_to_virt(M(17)) == (char *)phys_to_virt(M(16)) + MIB);
	EXPECT(arch_vmemmap() == arch_vmemmap());
}

/* The fault= option ends the boot here as on the target. */
TEST(fault)
{
	int status;
	pid_t pid;

	given_virt(64 * MIB);
	boot_to("paging");
	pid = fork();
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		arch_fault();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	EXPECT(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}
