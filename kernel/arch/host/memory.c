/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory of a pretended machine: one memfd behind windows without rights.
 *
 *   memfd          [ frame | frame | frame | ...            sparse: a frame costs when touched
 *   direct map     [ none  |  rw   |  rw   | none | r ...   as the real Sv39 tables say
 *   vmemmap        [  rw   | none  | ...                    the same frames, leaf by leaf
 *
 * Rights come only from leaves that kernel/mm wrote, so touching a hole, a no-map range or a
 * struct page without backing faults here as it would on the machine.
 */
#define _GNU_SOURCE
#include "arch/host/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/riscv/sv39.h"

#define MAX_WINDOW_GIBS 4 /* as many as the target's boot tables have room for */

u64 direct_map_offset;

static int memory_fd = -1;
static char *direct_map;
static char *vmemmap_window;
static phys_addr_t base_of_memory;
static bool tables_are_live;
static u32 nr_window_gibs;
static u64 window_gibs[MAX_WINDOW_GIBS];

static _Noreturn void host_failed(const char *what)
{
	perror(what);
	exit(3);
}

static char *window(u64 size)
{
	void *p = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		host_failed("mmap of a window");
	return p;
}

/* What is no RAM stays without rights: an access faults, as it does on the machine. */
static void show(char *at, phys_addr_t pa, u64 size, int rights)
{
	const phys_addr_t limit = pa + size;
	phys_addr_t target, end;

	for (; pa < limit; at += end - pa, pa = end) {
		if (!host_ram_at(pa, limit, &target, &end) || target == HOST_OPEN_BUS)
			continue;
		if (mmap(at, end - pa, rights, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, memory_fd,
			 (off_t)(target - base_of_memory)) == MAP_FAILED)
			host_failed("mmap of memory");
	}
}

void host_memory_word(phys_addr_t target, u64 *value, bool write)
{
	off_t at = (off_t)(target - base_of_memory);

	if ((write ? pwrite(memory_fd, value, sizeof(*value), at)
		   : pread(memory_fd, value, sizeof(*value), at)) != sizeof(*value))
		host_failed("a word of the memory");
}

void arch_set_phys_base(phys_addr_t base)
{
	memory_fd = memfd_create("memory", 0);
	if (memory_fd < 0 || ftruncate(memory_fd, (off_t)DIRECT_MAP_SIZE) != 0)
		host_failed("memfd");
	base_of_memory = base;
	direct_map = window(DIRECT_MAP_SIZE);
	direct_map_offset = (u64)direct_map - base;
}

bool arch_boot_window(phys_addr_t pa)
{
	u64 gib = pa >> GIGAPAGE_SHIFT;
	u32 i = 0;

	while (i < nr_window_gibs && window_gibs[i] != gib)
		i++;
	if (i == MAX_WINDOW_GIBS)
		return false;
	if (i == nr_window_gibs)
		window_gibs[nr_window_gibs++] = gib;
	show(direct_map + (pa - base_of_memory), pa, MEGAPAGE_SIZE, PROT_READ | PROT_WRITE);
	return true;
}

static void show_leaf(const struct sv39_leaf *leaf, void *context)
{
	int rights = leaf->pte.word & PTE_W ? PROT_READ | PROT_WRITE : PROT_READ;

	(void)context;
	if (leaf->va >= DIRECT_MAP_START && leaf->va < DIRECT_MAP_START + DIRECT_MAP_SIZE)
		show(direct_map + (leaf->va - DIRECT_MAP_START), leaf->pa, leaf->size, rights);
}

void arch_tables_activate(phys_addr_t root)
{
	sv39_for_each_leaf(root, show_leaf, NULL);
	tables_are_live = true;
}

void *arch_vmemmap(void)
{
	if (!vmemmap_window)
		vmemmap_window = window(VMEMMAP_SIZE);
	return vmemmap_window;
}

static char *window_at(va_t va)
{
	if (va >= DIRECT_MAP_START)
		return direct_map + (va - DIRECT_MAP_START);
	return (char *)arch_vmemmap() + (va - VMEMMAP_START);
}

void arch_leaf_added(va_t va, phys_addr_t pa, u64 size)
{
	show(window_at(va), pa, size, PROT_READ | PROT_WRITE);
}

void arch_leaf_removed(va_t va, u64 size)
{
	void *p = mmap(window_at(va), size, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	if (p == MAP_FAILED)
		host_failed("mmap of a hole");
}

void arch_leaf_changed(va_t va, phys_addr_t pa, u64 size, enum map_rights rights)
{
	char *at = (char *)arch_vmemmap() + (va - VMEMMAP_START);

	show(at, pa, size, rights == MAP_RW ? PROT_READ | PROT_WRITE : PROT_READ);
}

void arch_fence_harts(void)
{
	/* One address space for all threads: mmap() is seen by all of them. */
}

void host_alias_page(phys_addr_t pa, phys_addr_t target)
{
	show(direct_map + (pa - base_of_memory), target, PAGE_SIZE, PROT_READ | PROT_WRITE);
}

void host_forget_memory(void)
{
	if (direct_map)
		munmap(direct_map, DIRECT_MAP_SIZE);
	if (vmemmap_window)
		munmap(vmemmap_window, VMEMMAP_SIZE);
	if (memory_fd >= 0)
		close(memory_fd);
}

void arch_fault(void)
{
	/* The first page of the direct map's last GiB: no leaf shows it, in this process or on the target. */
	const volatile char *nowhere = direct_map ? direct_map + DIRECT_MAP_SIZE - PAGE_SIZE : NULL;

	(void)*nowhere;
}
