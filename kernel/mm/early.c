/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Open the early allocator, and allocate from it with an owner.
 *
 * Input: banks and reservations. Output: memblock with every bank as memory of its node and
 * every reservation as reserved; no-map ranges flagged NOMAP as well, so that they are never mapped.
 * The dynamic reservations of the tree are placed last, around all static ones; only then
 * may anything be allocated.
 */
#include "mm/early.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/bank.h"
#include "mm/memblock.h"

/*
 * memblock's tables grow only when free memory can be touched, which is after everything has
 * been added. A machine with many banks or reservations begins with these instead.
 */
static struct memblock_region wide_memory[2 * MAX_BANKS];
static struct memblock_region wide_reserved[MAX_RESERVATIONS + MAX_BANKS];

static void widen_tables(void)
{
	/* While memory is tested no table may come to lie in it. */
	if (banks.nr + 2 * reservations.nr + machine.nr_dynamic < INIT_MEMBLOCK_REGIONS &&
	    machine.options.memtest == 0)
		return;
	memblock.memory.regions = wide_memory;
	memblock.memory.max = ARRAY_SIZE(wide_memory);
	memblock.reserved.regions = wide_reserved;
	memblock.reserved.max = ARRAY_SIZE(wide_reserved);
}

static void must_fit(int result, const char *what)
{
	if (result != 0)
		stop("memblock has no room for one more region of %s: %lu memory and %lu reserved "
		     "regions are in "
		     "use; merge banks or reservations in the device tree",
		     what, memblock.memory.cnt, memblock.reserved.cnt);
}

static void reserve(struct range range, bool nomap, const char *name)
{
	must_fit(memblock_reserve(range.start, range_size(range)), name);
	if (nomap)
		must_fit(memblock_mark_nomap(range.start, range_size(range)), name);
}

/* The first of the wished places that has room. */
static bool find_place(const struct machine_dynamic *want, u64 size, phys_addr_t *out)
{
	static const struct range anywhere = {0, ~0UL};
	const struct range *ranges = want->nr_ranges > 0 ? want->ranges : &anywhere;
	u32 nr = want->nr_ranges > 0 ? want->nr_ranges : 1;

	for (u32 i = 0; i < nr; i++) {
		*out = memblock_find_in_range_node(size, max_u64(want->alignment, PAGE_SIZE),
						   ranges[i].start, ranges[i].end, NUMA_NO_NODE,
						   MEMBLOCK_NONE);
		if (*out != 0)
			return true;
	}
	return false;
}

static void place_dynamic(const struct machine_dynamic *want)
{
	u64 size;
	phys_addr_t pa;

	if (!align_up_checked(want->size, PAGE_SIZE, &size) || !find_place(want, size, &pa)) {
		log_warn("dynamic-unplaced",
			 "%s: no free %s aligned to %s inside its alloc-ranges: not reserved; "
			 "lower size or "
			 "widen alloc-ranges",
			 want->origin, size_text(want->size).s, size_text(want->alignment).s);
		return;
	}
	reserve((struct range){pa, pa + size}, want->nomap, want->origin);
	reservations_add((struct range){pa, pa + size}, OWN_TREE, want->nomap, want->origin);
	log_line("reserved", "%s placed at [0x%016lx, 0x%016lx)", want->origin, pa, pa + size);
}

void memblock_init(void)
{
	TRACE_CALL();
	memblock_set_debug(machine.options.memblock_debug);
	memblock_set_fail_alloc(machine.options.fail_alloc);
	widen_tables();
	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];

		must_fit(memblock_add_node(bank->range.start, range_size(bank->range), bank->nid,
					   bank->hotpluggable ? MEMBLOCK_HOTPLUG : MEMBLOCK_NONE),
			 "memory");
	}
	for (u32 i = 0; i < reservations.nr; i++) {
		const struct reservation *r = &reservations.reservation[i];

		reserve(r->range, r->nomap, r->name);
	}
	for (u32 i = 0; i < machine.nr_dynamic; i++)
		place_dynamic(&machine.dynamic[i]);
	memblock_allow_alloc();
	memblock_dump_all();
}

/* A node with less memory than this is not worth what its bookkeeping would take of it. */
#define MIN_NODE_BYTES MIB

/* Where to allocate for a node: there, or, when it is too small for that, where the image is. */
static u32 roomy_node(u32 nid)
{
	pfn_t start_pfn, end_pfn;
	u64 pages = 0;
	s64 i;

	if (nid == NUMA_NO_NODE)
		return nid;
	for_each_mem_pfn_range (i, nid, &start_pfn, &end_pfn, NULL) {
		pages += end_pfn - start_pfn;
		if (pages >= PFN_DOWN(MIN_NODE_BYTES))
			return nid;
	}
	return banks_find(arch_handoff()->image.text)->nid;
}

bool early_alloc(enum owner owner, u64 size, u32 nid, phys_addr_t *out)
{
	TRACE_CALL(owner, size, nid);
	bool was_bottom_up = memblock_bottom_up();
	phys_addr_t pa;

	size = ALIGN_UP(size, PAGE_SIZE);
	memblock_set_bottom_up(true);
	pa = memblock_alloc_range_nid(size, PAGE_SIZE, MEMBLOCK_LOW_LIMIT,
				      MEMBLOCK_ALLOC_ACCESSIBLE, roomy_node(nid), false);
	memblock_set_bottom_up(was_bottom_up);
	if (pa == 0)
		return false;
	owner_add(owner, (struct range){pa, pa + size});
	memset(phys_to_virt(pa), 0, size);
	*out = pa;
	return true;
}

bool early_alloc_memmap(u64 size, u64 align, u32 nid, bool exact, phys_addr_t *out)
{
	TRACE_CALL(size, align, nid, exact);
	phys_addr_t pa =
		memblock_alloc_range_nid(size, align, MEMBLOCK_LOW_LIMIT, MEMBLOCK_ALLOC_ACCESSIBLE,
					 exact ? nid : roomy_node(nid), exact);

	if (pa == 0)
		return false;
	owner_add(OWN_MEMMAP, (struct range){pa, pa + size});
	*out = pa;
	return true;
}

void early_free(enum owner owner, phys_addr_t pa, u64 size)
{
	assert_kernel(IS_ALIGNED(pa | size, PAGE_SIZE), pa, size);
	if (size == 0)
		return;
	owner_remove(owner, (struct range){pa, pa + size});
	memblock_phys_free(pa, size);
}
