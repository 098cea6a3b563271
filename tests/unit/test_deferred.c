/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Deferred struct pages: a machine whose units are initialised one after the other, on demand or all
 * at the end, becomes the machine that an eager boot leaves; and until then nobody looks at a struct page
 * that is not initialised.
 *
 *   units    |........|........|........|........|     edges of the largest block
 *   RAM          [==n0==)[==n0==)[n1)  [==n1==)        holes and nodes inside units
 *   pending  |11111111|11111111|11111111|11111111|     all, then none
 */
#include <sys/mman.h>

#include "block_oracle.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/handover.h"
#include "mm/memmap_init.h"
#include "mm/section.h"
#include "mm/selftest.h"

#define BASE   0x80000000UL
#define M(n)   (BASE + (n)*MIB)
#define UNIT   (PAGE_SIZE << MAX_PAGE_ORDER)
#define FRAMES MAX_ORDER_NR_PAGES
#define CANARY 0xa5

/* Room for image, firmware and struct pages of it all in whole units. */
#define HOME (MAX_PAGE_ORDER > 10 ? 512 * MIB : 64 * MIB)

/* [========)  whole units */
static void given_even(void)
{
	given_virt(HOME);
}

/* [=======.)   [.======)  a page short of a unit's edge, on both sides */
static void given_odd(void)
{
	given_virt(HOME + PAGE_SIZE);
	given_bank(BASE + HOME + 3 * UNIT - PAGE_SIZE, 2 * UNIT + 2 * PAGE_SIZE);
	given_bank(BASE + HOME + 8 * UNIT + PAGE_SIZE, UNIT - 2 * PAGE_SIZE);
}

/* =.==.=.=..==  holes and reservations inside units; units that are one hole */
static void given_holes(void)
{
	given_virt(HOME);
	for (u64 i = 0; i < 8; i++)
		given_bank(BASE + HOME + (2 * i + 1) * UNIT / 4, UNIT / 4 - i * PAGE_SIZE);
	for (u64 i = 0; i < 16; i++)
		given_reserved(OWNER_RESERVED, BASE + HOME / 2 + (3 * i + 1) * PAGE_SIZE,
			       (i % 2 + 1) * PAGE_SIZE, "/reserved-memory/tooth");
	given_reserved(OWNER_RESERVED, BASE + HOME / 2 + 2 * UNIT - PAGE_SIZE, UNIT + 2 * PAGE_SIZE,
		       "/reserved-memory/unit");
}

/* 0000|0011|1100|0011|  nodes change in the middle of units, and come back */
static void given_nodes(void)
{
	given_node_bank(0, BASE, HOME + UNIT / 2);
	given_node_bank(1, BASE + HOME + UNIT / 2, 5 * UNIT);
	given_node_bank(0, BASE + HOME + 5 * UNIT + UNIT / 2, UNIT + 3 * PAGE_SIZE);
	given_node_bank(1, BASE + HOME + 6 * UNIT + UNIT / 2 + 3 * PAGE_SIZE, UNIT);
}

/* [===|===)  two zones */
static void given_zones(void)
{
	given_bank(0x100000000 - HOME, HOME + 5 * UNIT + PAGE_SIZE);
}

/* RAM from 0, and a GiB away: nothing but a hole in hundreds of units. */
static void given_far(void)
{
	given_bank(0, HOME);
	given_bank(GIB + 5 * PAGE_SIZE, 3 * UNIT);
}

#define EACH_LAYOUT(test)          \
	TEST(test##_even)          \
	{                          \
		test(given_even);  \
	}                          \
	TEST(test##_odd)           \
	{                          \
		test(given_odd);   \
	}                          \
	TEST(test##_holes)         \
	{                          \
		test(given_holes); \
	}                          \
	TEST(test##_nodes)         \
	{                          \
		test(given_nodes); \
	}                          \
	TEST(test##_zones)         \
	{                          \
		test(given_zones); \
	}                          \
	TEST(test##_far)           \
	{                          \
		test(given_far);   \
	}

static void boot_deferred(void (*given)(void), enum deferred mode, const char *stage)
{
	struct memmap_run run;
	u64 cursor = 0;

	given();
	machine.options.deferred = mode;
	boot_to("memmap");
	/* What a struct page holds before it is initialised must not matter: all of it is rubbish. */
	while (memmodel_next_run(&cursor, &run))
		memset(run.page, CANARY, (run.end_pfn - run.start_pfn) * sizeof(struct page));
	boot_to(stage);
}

static bool is_rubbish(const struct page *page)
{
	const u8 *byte = (const u8 *)page;

	for (u32 i = 0; i < sizeof(*page); i++)
		if (byte[i] != CANARY)
			return false;
	return true;
}

/* Struct pages of pending units were not written; of the others all were, frames of a hole too. */
static void expect_bitmap_true(void)
{
	struct memmap_run run;
	u64 cursor = 0;

	while (memmodel_next_run(&cursor, &run))
		for (pfn_t pfn = run.start_pfn; pfn < run.end_pfn; pfn++)
			ASSERT_EQ(is_rubbish(run.page + (pfn - run.start_pfn)), !pfn_is_ready(pfn));
}

/* Free pages of a zone in ready units and in pending ones: counted from owners, frame by frame. */
static void expect_counts(void)
{
	u64 ready[MAX_NUMNODES][MAX_NR_ZONES] = {0};
	u64 pending[MAX_NUMNODES][MAX_NR_ZONES] = {0};
	struct zone *zone;
	u32 nid;

	for (u32 i = 0; i < banks.nr; i++) {
		const struct bank *bank = &banks.bank[i];
		phys_addr_t end;

		for (pfn_t pfn = PFN_DOWN(bank->range.start); pfn < PFN_DOWN(bank->range.end);
		     pfn++)
			if (owner_at(pfn_to_phys(pfn), bank->range.end, &end) == OWN_FREE)
				(pfn_is_ready(pfn) ? ready
						   : pending)[bank->nid][zone_type_of(pfn)]++;
	}
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			EXPECT_EQ(zone->nr_deferred, pending[nid][zone->type]);
			EXPECT_EQ(zone_free_pages(zone) - zone->nr_deferred,
				  ready[nid][zone->type]);
			EXPECT_EQ(zone_free_pages(zone), zone->managed_pages);
		}
}

/* The lists begin with their lowest block. */
static void expect_ascending(void)
{
	struct zone *zone;
	u32 nid;

	for_each_online_node (nid)
		for_each_node_zone (zone, nid)
			for (u32 order = 0; order < NR_PAGE_ORDERS; order++) {
				const struct list_head *head =
					&zone->free_area[order].free_list[MIGRATE_MOVABLE];
				struct page *page;
				pfn_t last = 0;

				list_for_each_entry (page, head, lru) {
					EXPECT(page_to_pfn(page) > last || last == 0);
					last = page_to_pfn(page);
				}
			}
}

static u64 counted_pages(void)
{
	struct memmap_run run;
	u64 cursor = 0;
	u64 pages = 0;

	while (memmodel_next_run(&cursor, &run))
		pages += run.end_pfn - run.start_pfn;
	return pages;
}

/* Everything at the end: the blocks, their order on the lists, and every struct page as an eager boot has it. */
static void expect_as_eager(void)
{
	EXPECT_EXPECTED_BLOCKS();
	expect_bitmap_true();
	expect_counts();
	EXPECT_EQ(handover_figures.blocks, nr_want_blocks);
	EXPECT_EQ(memmap_init_figures.pages, counted_pages());
	boot_to("check");
	EXPECT_SOUND();
}

static void complete(void (*given)(void))
{
	boot_deferred(given, DEFERRED_ON, "handover");
	expect_bitmap_true();
	expect_counts();
	EXPECT(deferred_is_pending());
	EXPECT_EQ(deferred_figures.demand_units, 1);
	boot_to("deferred");
	EXPECT(!deferred_is_pending());
	expect_as_eager();
	selftest_run();
}
EACH_LAYOUT(complete)

/* Without an allocation in between the lists have the order of an eager hand-over. */
static void same_order(void (*given)(void))
{
	boot_deferred(given, DEFERRED_ON, "deferred");
	expect_ascending();
}
EACH_LAYOUT(same_order)

/* One unit after the other; the audit holds at every step. */
static void step_by_step(void (*given)(void))
{
	struct audit audit;
	struct zone *zone;
	u64 units = 1;
	u32 nid;

	boot_deferred(given, DEFERRED_DEMAND, "check");
	for_each_online_node (nid)
		for_each_node_zone (zone, nid) {
			u64 left = zone->nr_deferred;

			while (zone_grow(zone)) {
				EXPECT_LT(zone->nr_deferred, left);
				left = zone->nr_deferred;
				EXPECT_EQ(deferred_figures.demand_units, ++units);
				audit_run(&audit);
				ASSERT(audit.ok);
				EXPECT_EQ(audit.free, handover_figures.pages);
			}
			EXPECT_EQ(zone->nr_deferred, 0);
			EXPECT(!zone_grow(zone));
		}
	expect_counts();
	expect_bitmap_true();
	EXPECT_EXPECTED_BLOCKS();
	/* Units without a free page are still pending. */
	deferred_complete();
	expect_as_eager();
}
EACH_LAYOUT(step_by_step)

static u8 got[3 * GIB / PAGE_SIZE];

/* Take everything, order by order: exactly the frames that nobody owns. */
static void exhaust(void (*given)(void))
{
	struct page *chain;
	u64 pages = 0;
	u64 free = 0;

	boot_deferred(given, DEFERRED_DEMAND, "check");
	chain = allocate_all(home_node->nid, MIGRATE_MOVABLE, &pages);
	EXPECT_EQ(pages, handover_figures.pages);
	EXPECT_EQ(nr_free_pages(), 0);
	for (const struct page *page = chain; page; page = (const struct page *)page->private)
		for (u64 i = 0; i < 1UL << page_order(page); i++) {
			const u64 at = (page_to_pfn(page) + i) % ARRAY_SIZE(got);

			ASSERT(!got[at]);
			got[at] = 1;
		}
	for (u32 i = 0; i < banks.nr; i++) {
		const struct range bank = banks.bank[i].range;
		phys_addr_t end;

		for (phys_addr_t at = bank.start; at < bank.end; at += PAGE_SIZE)
			if (owner_at(at, bank.end, &end) == OWN_FREE) {
				ASSERT(got[PFN_DOWN(at) % ARRAY_SIZE(got)]);
				free++;
			}
	}
	EXPECT_EQ(pages, free);
	free_chain(chain);
	EXPECT_EXPECTED_BLOCKS();
	deferred_complete();
	EXPECT_SOUND();
}
EACH_LAYOUT(exhaust)

/* Off: everything is ready at the end of the zones stage, and the stage does nothing. */
static void off(void (*given)(void))
{
	boot_deferred(given, DEFERRED_OFF, "zones");
	expect_bitmap_true();
	EXPECT(!deferred_is_pending());
	boot_to("deferred");
	expect_as_eager();
	expect_ascending();
	deferred_complete();
	EXPECT_EQ(deferred_figures.nr_shares, 0);
	EXPECT_EQ(deferred_figures.demand_units, 0);
	EXPECT_SOUND();
}
EACH_LAYOUT(off)

/* A unit more only when the zone has nothing left that fits. */
TEST(not_before_it_is_needed)
{
	u64 units = 1;

	boot_deferred(given_even, DEFERRED_DEMAND, "handover");
	while (home_zone->nr_deferred > 0) {
		const u64 left = zone_free_pages(home_zone) - home_zone->nr_deferred;

		EXPECT_EQ(deferred_figures.demand_units, units);
		ASSERT(alloc_pages(0));
		EXPECT_EQ(deferred_figures.demand_units, units + (left == 0));
		units = deferred_figures.demand_units;
	}
}

/* Only a largest block will do: every unit is looked at, none twice, and NULL comes at the very end. */
TEST(none_large_enough)
{
	given_virt(HOME);
	for (phys_addr_t at = BASE + UNIT / 2; at < BASE + HOME; at += UNIT)
		given_reserved(OWNER_RESERVED, at, PAGE_SIZE, "/reserved-memory/tooth");
	machine.options.deferred = DEFERRED_DEMAND;
	boot_to("check");
	EXPECT(!alloc_pages(MAX_PAGE_ORDER));
	EXPECT_EQ(home_zone->nr_deferred, 0);
	ASSERT(alloc_pages(MAX_PAGE_ORDER - 2));
}

/* A node's own memory first, also when it is deferred; then the nearest other's. */
TEST(nodes_grow_by_themselves)
{
	const u32 other = 1;
	struct zone *zone;
	u64 pages;

	if (is_model("flat"))
		return;
	given_node_bank(0, BASE, HOME);
	given_node_bank(1, BASE + HOME, 8 * UNIT);
	machine.options.deferred = DEFERRED_DEMAND;
	boot_to("check");
	zone = NODE_DATA(other)->node_zonelist[0];
	EXPECT_EQ(zone->node->nid, other);
	EXPECT_EQ(zone->nr_free, 0);
	pages = zone->nr_deferred;
	EXPECT_EQ(pages, zone->managed_pages);
	for (u64 i = 0; i < pages; i++) {
		const struct page *page = alloc_pages_node(other, 0, MIGRATE_MOVABLE);

		ASSERT(page);
		ASSERT_EQ(page_to_nid(page), other);
	}
	EXPECT_EQ(zone_free_pages(zone), 0);
	EXPECT_EQ(page_to_nid(alloc_pages_node(other, 0, MIGRATE_MOVABLE)), 0);
}

/* 0011  A unit of two nodes: whichever grows first, both have their part on their own lists. */
TEST(shared_unit)
{
	struct zone *low, *high;
	u64 before;

	if (is_model("flat"))
		return;
	given_nodes();
	machine.options.deferred = DEFERRED_DEMAND;
	boot_to("check");
	low = &NODE_DATA(0)->node_zones[ZONE_DMA32];
	high = &NODE_DATA(1)->node_zones[ZONE_DMA32];
	before = low->nr_deferred;
	ASSERT(zone_grow(high));
	EXPECT_EQ(before - low->nr_deferred, FRAMES / 2);
	EXPECT_LT(high->nr_deferred, high->managed_pages);
	EXPECT(pfn_is_ready(PFN_DOWN(BASE + HOME)));
	EXPECT(pfn_is_ready(PFN_DOWN(BASE + HOME) + FRAMES - 1));
	EXPECT(!pfn_is_ready(PFN_DOWN(BASE + HOME) - 1));
	EXPECT(!pfn_is_ready(PFN_DOWN(BASE + HOME) + FRAMES));
	expect_counts();
}

/* The struct pages of pending units cannot be touched at all: a read would be a fault. */
static void set_rights(int rights)
{
	struct memmap_run run;
	u64 cursor = 0;

	while (memmodel_next_run(&cursor, &run))
		for (pfn_t pfn = run.start_pfn; pfn < run.end_pfn; pfn += FRAMES) {
			struct page *page = run.page + (pfn - run.start_pfn);

			if (!pfn_is_ready(pfn) && memmap_run_has(&run, pfn))
				ASSERT_EQ(mprotect(page, FRAMES * sizeof(*page), rights), 0);
		}
}

static void grow_locked(struct zone *zone)
{
	set_rights(PROT_READ | PROT_WRITE);
	ASSERT(zone_grow(zone));
	set_rights(PROT_NONE);
}

TEST(never_looked_at)
{
	u64 state = 20240607;
	struct page *held[64] = {NULL};
	struct audit audit;

	boot_deferred(given_holes, DEFERRED_DEMAND, "handover");
	set_rights(PROT_NONE);
	for (u32 i = 0; i < 20000; i++) {
		u32 at = (u32)(unit_random(&state) % ARRAY_SIZE(held));
		u32 order = (u32)(unit_random(&state) % NR_PAGE_ORDERS);

		if (held[at]) {
			ASSERT(free_pages(held[at], page_order(held[at])));
			held[at] = NULL;
		} else if (home_zone->nr_free > 4 * FRAMES || home_zone->nr_deferred == 0) {
			held[at] = alloc_pages(order);
		} else {
			grow_locked(home_zone);
		}
		if (home_zone->nr_deferred == 0)
			break;
	}
	for (u32 i = 0; i < ARRAY_SIZE(held); i++)
		if (held[i])
			ASSERT(free_pages(held[i], page_order(held[i])));
	boot_to("check");
	audit_run(&audit);
	EXPECT(audit.ok);
	set_rights(PROT_READ | PROT_WRITE);
}

/* The audit of a machine that is half ready sees what is wrong with it. */
static struct audit audit;

static void expect_audit(const char *file, int line, s64 free, u64 duplicate, u64 hole, u64 missing)
{
	audit_run(&audit);
	unit_check(audit.free == handover_figures.pages + free && audit.duplicate == duplicate &&
			   audit.hole == hole && audit.missing == missing && !audit.ok,
		   false, file, line, "free %ld more, duplicate %lu, hole %lu, missing %lu, ok %d",
		   (long)(audit.free - handover_figures.pages), audit.duplicate, audit.hole,
		   audit.missing, audit.ok);
}
#define EXPECT_AUDIT(...) expect_audit(__FILE__, __LINE__, __VA_ARGS__)

/* A block of a pending unit on a list: its pages are free twice. */
TEST(audit_pending_on_a_list)
{
	const pfn_t pfn = PFN_DOWN(BASE + HOME / 2);
	const u64 section = memmodel_has_sections ? pfn / PAGES_PER_SECTION : 0;

	boot_deferred(given_even, DEFERRED_DEMAND, "check");
	EXPECT(!pfn_is_ready(pfn));
	memmap_init_zone(pfn_to_page(pfn), 8, section, 0, ZONE_DMA32);
	buddy_donate(home_zone, pfn_to_page(pfn), pfn, 3);
	EXPECT_AUDIT(8, 8, 0, 0);
}

/* A block of a ready unit that left its list. */
TEST(audit_ready_missing)
{
	struct page *page;

	boot_deferred(given_even, DEFERRED_DEMAND, "check");
	page = alloc_pages(2);
	ASSERT(page);
	EXPECT_AUDIT(-4, 0, 0, 4);
}

/* A unit that calls itself ready and whose pages are on no list. */
TEST(audit_unit_lost)
{
	const pfn_t pfn = PFN_DOWN(BASE + HOME / 2);
	struct memmap_init_figures figures = {0};
	struct memmap_run run;
	u64 cursor = 0;

	boot_deferred(given_even, DEFERRED_DEMAND, "check");
	while (memmodel_next_run_in(&cursor, pfn, pfn + FRAMES, &run))
		memmap_init_run(&run, &figures);
	EXPECT_EQ(figures.pages, FRAMES);
	memmap_set_ready(pfn, pfn + FRAMES);
	home_zone->nr_deferred -= FRAMES;
	EXPECT_AUDIT(-(s64)FRAMES, 0, 0, FRAMES);
}

/* Owned memory that hand-over would give: found before it is given. */
TEST(audit_pending_owned)
{
	boot_deferred(given_even, DEFERRED_DEMAND, "check");
	owner_add(OWN_TABLES, (struct range){BASE + HOME / 2, BASE + HOME / 2 + 3 * PAGE_SIZE});
	EXPECT_AUDIT(0, 0, 3, 0);
}

/* What the zones count and what the bitmap says must agree: our own bug. */
TEST(audit_miscounted)
{
	boot_deferred(given_even, DEFERRED_DEMAND, "check");
	home_zone->nr_deferred++;
	EXPECT_STOP(audit_run(&audit), "does not hold");
}

/* Pages that were handed out on demand stay with their owners when the rest is initialised. */
TEST(complete_with_pages_out)
{
	struct page *held[40];
	struct audit now;

	boot_deferred(given_holes, DEFERRED_DEMAND, "check");
	for (u32 i = 0; i < ARRAY_SIZE(held); i++) {
		held[i] = alloc_pages(i % NR_PAGE_ORDERS);
		if (held[i])
			held[i]->private = ~(u64)i;
	}
	deferred_complete();
	deferred_complete();
	for (u32 i = 0; i < ARRAY_SIZE(held); i++) {
		if (!held[i])
			continue;
		EXPECT_EQ(held[i]->private, ~(u64)i);
		EXPECT(free_pages(held[i], i % NR_PAGE_ORDERS));
	}
	EXPECT_EXPECTED_BLOCKS();
	audit_run(&now);
	EXPECT(now.ok);
	EXPECT_EQ(now.deferred, 0);
}

/* Questions about the bitmap, at its edges. */
TEST(pending_ranges)
{
	pfn_t start, end;

	boot_deferred(given_even, DEFERRED_DEMAND, "zones");
	EXPECT(pfn_is_ready(~0UL));
	EXPECT(!pfn_is_ready(PFN_DOWN(BASE)));
	memmap_set_ready(PFN_DOWN(BASE) + FRAMES, PFN_DOWN(BASE) + 3 * FRAMES);
	start = PFN_DOWN(BASE) + 5;
	EXPECT(memmap_next_pending(&start, PFN_DOWN(BASE) + 4 * FRAMES, &end));
	EXPECT_EQ(start, PFN_DOWN(BASE) + 5);
	EXPECT_EQ(end, PFN_DOWN(BASE) + FRAMES);
	start = end;
	EXPECT(memmap_next_pending(&start, PFN_DOWN(BASE) + 4 * FRAMES - 7, &end));
	EXPECT_EQ(start, PFN_DOWN(BASE) + 3 * FRAMES);
	EXPECT_EQ(end, PFN_DOWN(BASE) + 4 * FRAMES - 7);
	start = PFN_DOWN(BASE) + FRAMES;
	EXPECT(!memmap_next_pending(&start, PFN_DOWN(BASE) + 3 * FRAMES, &end));
	EXPECT_EQ(memmap_first_pending(PFN_DOWN(BASE) + FRAMES + 1, ~0UL),
		  PFN_DOWN(BASE) + 3 * FRAMES);
	EXPECT_EQ(memmap_first_pending(PFN_DOWN(BASE) + FRAMES, PFN_DOWN(BASE) + 2 * FRAMES),
		  PFN_DOWN(BASE) + 2 * FRAMES);
}
