/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memblock against an oracle that cannot be wrong: one byte per page says whether the page is
 * memory, with which node and flags, and whether it is reserved.
 *
 * Random operations on 4096 pages, at several bases and with several seeds; after each one the
 * tables are in normal form and describe exactly the pages of the oracle. Allocations are judged
 * by the oracle alone: there must be no higher (or lower) place that fits. The tables start with
 * room for 128 and grow on the way, into RAM far from the pages, so that growth changes
 * nothing in them. A failure says seed, base and the number of the operation.
 */
#include "arch/arch.h"
#include "memblock_test.h"

#define PAGES      4096
#define OPERATIONS 20000

/* RAM for the grown tables: below all the bases, on a node of its own that is never asked for. */
static const phys_addr_t spare = 0x10000000;
static const u64 spare_bytes = 4 * MIB;

struct oracle_page {
	bool memory;
	bool reserved;
	u32 nid;
	u32 flags;
};

static struct oracle_page oracle[PAGES];
static phys_addr_t oracle_base;
static u64 random_state;

static u64 random_below(u64 n)
{
	return unit_random(&random_state) % n;
}

static phys_addr_t page_address(u64 page)
{
	return oracle_base + page * PAGE_SIZE;
}

/**
 * expect_described - walking the pages, the table's next region starts and ends where the oracle
 * says.
 */
static void expect_described(const struct memblock_type *type, bool reserved)
{
	u64 i = 0, page = 0;

	ASSERT_TEXT(memblock_type_check(type), NULL);
	while (i < type->cnt && type->regions[i].base < oracle_base)
		i++;
	while (page < PAGES) {
		const struct oracle_page *p = &oracle[page];
		u64 end = page + 1;

		if (!(reserved ? p->reserved : p->memory)) {
			page++;
			continue;
		}
		for (; end < PAGES; end++) {
			const struct oracle_page *q = &oracle[end];

			if (reserved ? !q->reserved
				     : !q->memory || q->nid != p->nid || q->flags != p->flags)
				break;
		}
		ASSERT_LT(i, type->cnt);
		ASSERT_EQ(type->regions[i].base, page_address(page));
		ASSERT_EQ(memblock_region_end(&type->regions[i]), page_address(end));
		if (!reserved) {
			ASSERT_EQ(type->regions[i].nid, p->nid);
			ASSERT_EQ(type->regions[i].flags, p->flags);
		}
		page = end;
		i++;
	}
	ASSERT_EQ(i, type->cnt);
}

static void add(u64 first, u64 end)
{
	u32 nid = (u32)random_below(3);

	ASSERT_EQ(memblock_add_node(page_address(first), (end - first) * PAGE_SIZE, nid,
				    MEMBLOCK_NONE),
		  0);
	for (; first < end; first++) {
		if (!oracle[first].memory)
			oracle[first] = (struct oracle_page){true, oracle[first].reserved, nid, 0};
	}
}

static void take_away(u64 first, u64 end)
{
	ASSERT_EQ(memblock_remove(page_address(first), (end - first) * PAGE_SIZE), 0);
	for (; first < end; first++)
		oracle[first].memory = false;
}

static void reserve(u64 first, u64 end, bool set)
{
	phys_addr_t size = (end - first) * PAGE_SIZE;

	if (set)
		ASSERT_EQ(memblock_reserve(page_address(first), size), 0);
	else
		ASSERT_EQ(memblock_phys_free(page_address(first), size), 0);
	for (; first < end; first++)
		oracle[first].reserved = set;
}

static void mark(u64 first, u64 end)
{
	static const struct {
		int (*call)(phys_addr_t base, phys_addr_t size);
		u32 clear, set;
	} marks[] = {
		{memblock_mark_nomap, 0, MEMBLOCK_NOMAP},
		{memblock_clear_nomap, MEMBLOCK_NOMAP, 0},
		{memblock_mark_hotplug, 0, MEMBLOCK_HOTPLUG},
		{memblock_clear_hotplug, MEMBLOCK_HOTPLUG, 0},
		{memblock_clear_nomap, MEMBLOCK_NOMAP, 0},
		{memblock_clear_hotplug, MEMBLOCK_HOTPLUG, 0},
	};
	u64 which = random_below(ARRAY_SIZE(marks));

	ASSERT_EQ(marks[which].call(page_address(first), (end - first) * PAGE_SIZE), 0);
	for (; first < end; first++)
		oracle[first].flags =
			(oracle[first].flags & ~marks[which].clear) | marks[which].set;
}

static void set_node(u64 first, u64 end)
{
	u32 nid = (u32)random_below(3);

	ASSERT_EQ(memblock_set_node(page_address(first), (end - first) * PAGE_SIZE,
				    &memblock.memory, nid),
		  0);
	for (; first < end; first++)
		oracle[first].nid = nid;
}

/** fits - are the pages free, of one region, on nid, and as the flags allow? */
static bool fits(u64 first, u64 nr, u32 nid, u32 allowed)
{
	for (u64 i = first; i < first + nr; i++) {
		const struct oracle_page *p = &oracle[i];

		if (!p->memory || p->reserved || (nid != NUMA_NO_NODE && p->nid != nid) ||
		    (p->flags & ~allowed) || p->nid != oracle[first].nid ||
		    p->flags != oracle[first].flags)
			return false;
	}
	return true;
}

/** oracle_find - the page at which [lo, hi) has the best place; PAGES when it has none. */
static u64 oracle_find(u64 nr, u64 align, u64 lo, u64 hi, u32 nid, u32 allowed)
{
	u64 best = PAGES;

	for (u64 i = lo; i + nr <= hi; i++) {
		if ((page_address(i) / PAGE_SIZE) % align != 0 || !fits(i, nr, nid, allowed))
			continue;
		best = i;
		if (memblock_bottom_up())
			break;
	}
	return best;
}

static void allocate(u64 lo, u64 hi)
{
	u64 nr = 1 + random_below(random_below(8) == 0 ? 64 : 8);
	u64 align = 1UL << random_below(5);
	u32 nid = random_below(2) ? NUMA_NO_NODE : (u32)random_below(3);
	bool exact = random_below(2);
	phys_addr_t got;
	u64 want;

	memblock_set_bottom_up(random_below(2));
	want = oracle_find(nr, align, lo, hi, nid, 0);
	if (want == PAGES && !exact)
		want = oracle_find(nr, align, lo, hi, NUMA_NO_NODE, 0);
	if (want == PAGES)
		want = oracle_find(nr, align, lo, hi, nid, MEMBLOCK_HOTPLUG);
	if (want == PAGES && !exact)
		want = oracle_find(nr, align, lo, hi, NUMA_NO_NODE, MEMBLOCK_HOTPLUG);
	got = memblock_alloc_range_nid(nr * PAGE_SIZE, align * PAGE_SIZE, page_address(lo),
				       page_address(hi), nid, exact);
	ASSERT_EQ(got, want == PAGES ? 0 : page_address(want));
	for (u64 i = want; got && i < want + nr; i++)
		oracle[i].reserved = true;
}

static void one_operation(void)
{
	/* Mostly short ranges, so that there are many regions; now and then a long one. */
	u64 length = 1 + random_below(random_below(16) == 0 ? PAGES / 4 : 12);
	u64 first = random_below(PAGES - length);
	u64 end = first + length;

	switch (random_below(10)) {
	case 0:
	case 1:
		return add(first, end);
	case 2:
		return take_away(first, end);
	case 3:
		return reserve(first, end, true);
	case 4:
	case 5:
		return reserve(first, end, false);
	case 6:
		return mark(first, end);
	case 7:
		return set_node(first, end);
	default:
		first = random_below(PAGES - 1);
		return allocate(first, first + 1 + random_below(PAGES - first));
	}
}

static void differential(phys_addr_t base, u64 seed)
{
	oracle_base = base;
	random_state = seed;
	memblock_allow_alloc();
	memblock_allow_resize();
	memblock_add_node(spare, spare_bytes, 9, MEMBLOCK_NONE);
	given_ram(spare, spare_bytes);
	memblock_set_current_limit(spare + spare_bytes);
	for (u32 i = 0; i < OPERATIONS; i++) {
		bool shown = i % 4096 == 0;

		if (shown)
			unit_note("base %#lx seed %#lx operation %u: %lu of %lu and %lu of %lu "
				  "regions",
				  base, seed, i, memblock.memory.cnt, memblock.memory.max,
				  memblock.reserved.cnt, memblock.reserved.max);
		one_operation();
		expect_described(&memblock.memory, false);
		expect_described(&memblock.reserved, true);
	}
	/* Otherwise growth was not among what was tested. */
	EXPECT_LT(INIT_MEMBLOCK_REGIONS, memblock.memory.max);
}

TEST(seed_1)
{
	differential(0x40000000, 0x1);
}

TEST(seed_2)
{
	differential(0x80000000, 0x5eed);
}

TEST(seed_3)
{
	differential(0x1800000000, 0xdecade);
}

TEST(seed_4_near_2_to_the_56)
{
	differential((1UL << 56) - PAGES * PAGE_SIZE, 0xfacade);
}
