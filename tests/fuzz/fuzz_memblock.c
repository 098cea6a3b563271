/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock, driven by bytes, against one byte for each page. The input is a base (1 byte) and
 * operations of four bytes: what, first page, number of pages, an argument. After each the
 * tables are in normal form and say what the oracle says; in the end iterator and questions do.
 * Tables that grow do so in RAM far from the pages.
 */
#include <string.h>

#include "fuzz.h"
#include "memblock_test.h"

#define PAGES 256
/* RAM for grown tables, on a node that nobody asks for. */
#define SPARE       0x10000000UL
#define SPARE_BYTES (2 * MIB)

static const phys_addr_t bases[] = {0x20000000, 0x40000000, 0x100000000 - 100 * PAGE_SIZE,
				    (1UL << 56) - PAGES *PAGE_SIZE};

static struct {
	bool memory, reserved;
	u8 nid, flags;
} oracle[PAGES];
static phys_addr_t base;
static struct fuzz_bytes input;

static phys_addr_t address(u64 page)
{
	return base + page * PAGE_SIZE;
}

static bool same_region(u32 a, u32 b)
{
	return oracle[a].memory == oracle[b].memory && oracle[a].nid == oracle[b].nid &&
	       oracle[a].flags == oracle[b].flags;
}

static bool is_spare(const struct memblock_region *region)
{
	return region->base >= SPARE && region->base < SPARE + SPARE_BYTES;
}

static void expect_described(const struct memblock_type *type, bool reserved)
{
	u64 i = 0;

	while (i < type->cnt && is_spare(&type->regions[i]))
		i++;
	for (u32 page = 0, end; page < PAGES; page = end) {
		end = page + 1;
		if (reserved ? !oracle[page].reserved : !oracle[page].memory)
			continue;
		while (end < PAGES && (reserved ? oracle[end].reserved : same_region(page, end)))
			end++;
		ASSERT_LT(i, type->cnt);
		ASSERT_EQ(type->regions[i].base, address(page));
		ASSERT_EQ(memblock_region_end(&type->regions[i]), address(end));
		ASSERT(reserved || (type->regions[i].nid == oracle[page].nid &&
				    type->regions[i].flags == oracle[page].flags));
		i++;
	}
	while (i < type->cnt && is_spare(&type->regions[i]))
		i++;
	ASSERT_EQ(i, type->cnt);
}

static void expect_questions(void)
{
	u64 memory = SPARE_BYTES, free = 0, said = 0, i;
	phys_addr_t start, end;

	for (u32 page = 0; page < PAGES; page++) {
		const phys_addr_t at = address(page);
		const bool is = memblock_is_memory(at);

		ASSERT_EQ(is, oracle[page].memory);
		memory += is * PAGE_SIZE;
		free += is && !oracle[page].reserved && oracle[page].flags == 0;
		ASSERT_EQ(memblock_is_map_memory(at), is && !(oracle[page].flags & MEMBLOCK_NOMAP));
		ASSERT_EQ(memblock_is_reserved(at), oracle[page].reserved);
	}
	ASSERT_EQ(memblock_phys_mem_size(), memory);
	for_each_free_mem_range (i, NUMA_NO_NODE, MEMBLOCK_NONE, &start, &end, NULL)
		said += start < SPARE || start >= SPARE + SPARE_BYTES ? end - start : 0;
	ASSERT_EQ(said, free * PAGE_SIZE);
}

static bool fits(u64 first, u64 nr, u32 nid, u32 allowed)
{
	for (u64 i = first; i < first + nr; i++)
		if (!oracle[i].memory || oracle[i].reserved || address(i) == 0 ||
		    (nid != NUMA_NO_NODE && oracle[i].nid != nid) || (oracle[i].flags & ~allowed) ||
		    !same_region((u32)first, (u32)i))
			return false;
	return true;
}

static u64 find(u64 nr, u64 align, u64 lo, u64 hi, u32 nid, u32 allowed)
{
	u64 best = PAGES;

	for (u64 i = lo; i + nr <= hi; i++)
		if (IS_ALIGNED(address(i), align * PAGE_SIZE) && fits(i, nr, nid, allowed) &&
		    (best == PAGES || !memblock_bottom_up()))
			best = i;
	return best;
}

static void allocate(u64 lo, u64 hi, u32 how)
{
	const u64 nr = 1 + (how & 7), align = 1UL << (how >> 3 & 3);
	const u32 nid = how & 0x20 ? how & 1 : NUMA_NO_NODE;
	const bool exact = how & 0x40;
	u64 want = PAGES;
	phys_addr_t got;

	memblock_set_bottom_up(how & 0x80);
	for (u32 flags = 0; want == PAGES && flags <= MEMBLOCK_HOTPLUG; flags += MEMBLOCK_HOTPLUG) {
		want = find(nr, align, lo, hi, nid, flags);
		if (want == PAGES && !exact)
			want = find(nr, align, lo, hi, NUMA_NO_NODE, flags);
	}
	got = memblock_alloc_range_nid(nr * PAGE_SIZE, align * PAGE_SIZE, address(lo), address(hi),
				       nid, exact);
	ASSERT_EQ(got, want == PAGES ? 0 : address(want));
	for (u64 i = want; got && i < want + nr; i++)
		oracle[i].reserved = true;
}

static int operate(u32 what, phys_addr_t at, phys_addr_t size, u8 nid)
{
	static int (*const calls[])(phys_addr_t, phys_addr_t) = {
		memblock_mark_nomap,    memblock_clear_nomap, memblock_mark_hotplug,
		memblock_clear_hotplug, memblock_remove,      memblock_reserve,
		memblock_phys_free};
	const u8 flag = what < 2 ? MEMBLOCK_NOMAP : MEMBLOCK_HOTPLUG;

	for (u64 i = (at - base) / PAGE_SIZE; i < (at - base + size) / PAGE_SIZE; i++) {
		if (what < 4)
			oracle[i].flags = (oracle[i].flags & ~flag) | (what % 2 ? 0 : flag);
		if (what == 5 || what == 6)
			oracle[i].reserved = what == 5;
		if (what == 8 || (what == 7 && !oracle[i].memory))
			oracle[i].nid = nid;
		if (what == 7 && !oracle[i].memory)
			oracle[i].flags = 0;
		if (what == 4 || what == 7)
			oracle[i].memory = what == 7;
	}
	if (what < 7)
		return calls[what](at, size);
	return what == 7 ? memblock_add_node(at, size, nid, MEMBLOCK_NONE)
			 : memblock_set_node(at, size, &memblock.memory, nid);
}

static void run(void)
{
	base = bases[fuzz_u8(&input) % ARRAY_SIZE(bases)];
	memblock_set_current_limit(SPARE + SPARE_BYTES);
	while (input.at < input.end) {
		u32 what = fuzz_u8(&input) % 12, first = fuzz_u8(&input);
		u32 end = first + 1 + fuzz_u8(&input), argument = fuzz_u8(&input);

		if (end > PAGES)
			end = PAGES;
		if (what >= 9)
			allocate(first, end, argument);
		else if (argument & 0x80) /* every second page: the tables become long */
			for (u32 i = first; i < end; i += 2)
				ASSERT_EQ(operate(what, address(i), PAGE_SIZE, argument & 3), 0);
		else
			ASSERT_EQ(operate(what, address(first), (end - first) * PAGE_SIZE,
					  argument & 3),
				  0);
		ASSERT_TEXT(memblock_type_check(&memblock.memory), NULL);
		ASSERT_TEXT(memblock_type_check(&memblock.reserved), NULL);
		expect_described(&memblock.memory, false);
		expect_described(&memblock.reserved, true);
	}
	expect_questions();
}

void fuzz_init(void)
{
	memblock_allow_alloc();
	memblock_allow_resize();
	memblock_add_node(SPARE, SPARE_BYTES, 9, MEMBLOCK_NONE);
	given_ram(SPARE, SPARE_BYTES);
	fuzz_keep_state();
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	input = (struct fuzz_bytes){data, data + size};
	memset(oracle, 0, sizeof(oracle));
	ASSERT(fuzz_run(run));
	fuzz_restore();
	return 0;
}
