/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The allocator with all harts at once: locks, caches, and pages that one hart asks of another.
 *
 *   storm     each hart takes blocks of random orders, types and nodes, stamps them, looks at the
 *             stamps, gives them back; some go through a slot and are freed by another hart
 *   all       all take until nothing is left; together they have every free page
 *   alone     the boot hart takes until nothing is left, while the others have pages in their caches
 *             and only answer when they are asked: it has every free page
 *
 * After the last two, whoever is free frees what one of them took.
 *
 * A page that two harts have is found by its stamp (selftest_stamp.h); one that is lost is missing when
 * all are taken, or in the audit.
 */
#include "harts.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/check.h"
#include "mm/percpu.h"
#include "mm/selftest.h"
#include "mm/selftest_lists.h"
#include "mm/selftest_stamp.h"

/* A hart fills its hands so often. Where free pages are hidden, each block is a fence on every hart. */
#define BURSTS (config_debug_pagealloc ? 4 : 128)
#define HANDS  128 /* blocks a hart holds at most: twice what a cache holds */
#define SLOTS  64

struct held {
	struct page *page;
	u64 stamp;
};

static struct {
	u32 arrived; /* harts at the gate */
	u64 blocks;  /* allocated */
	u64 crossed; /* of those, freed by another hart */
	u64 pages;   /* held by all when nothing is left */
	bool done;   /* the boot hart has everything */
} sums;

static struct page *slots[SLOTS]; /* on the way to another hart; the stamp is in private */
static struct page
	*taken[MACHINE_MAX_HARTS]; /* until nothing is left, by hart: a chain through private */

/* Half of them by the straight path, the others of any type and node. */
static struct page *take_block(struct hand *hand, u32 order)
{
	const u32 nid = (u32)random_below(hand, MAX_NUMNODES);

	if (random_below(hand, 2) || !node_is_online(nid))
		return alloc_pages(order);
	return alloc_pages_node(nid, order, (enum migratetype)random_below(hand, MIGRATE_PCPTYPES));
}

/* Each order half as often as the one below: half are single pages, which have the caches. */
static u32 random_order(struct hand *hand)
{
	u32 order = 0;

	while (order < MAX_PAGE_ORDER && random_below(hand, 2))
		order++;
	return order;
}

/* Into a slot; what lay there is freed here. */
static void pass_on(struct hand *hand, struct page **slot, struct page *page)
{
	page = __atomic_exchange_n(slot, page, __ATOMIC_ACQ_REL);
	if (page)
		give_back(hand, page, page->private);
}

static void wait_for_all(void)
{
	__atomic_add_fetch(&sums.arrived, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&sums.arrived, __ATOMIC_RELAXED) < harts_up()) {
		buddy_serve();
		arch_relax();
	}
}

static void add_up(const struct hand *hand)
{
	__atomic_add_fetch(&sums.blocks, hand->sequence, __ATOMIC_RELAXED);
	__atomic_add_fetch(&sums.crossed, hand->crossed, __ATOMIC_RELAXED);
}

/* NULL is an answer here: the others may hold everything. */
static void storm(void *arg)
{
	struct hand hand = hand_of(this_hart()->arch.index);
	struct held held[HANDS];

	(void)arg;
	wait_for_all();
	for (u32 burst = 0; burst < BURSTS; burst++) {
		u64 want = 1 + random_below(&hand, HANDS);
		u64 nr = 0;

		for (; want > 0; want--) {
			u32 order = random_order(&hand);
			struct page *page = take_block(&hand, order);

			if (!page)
				break;
			held[nr++] = (struct held){page, stamp_block(&hand, page, order)};
		}
		while (nr-- > 0) {
			struct page *page = held[nr].page;

			if (random_below(&hand, 4) > 0) {
				give_back(&hand, page, held[nr].stamp);
				continue;
			}
			page->private = held[nr].stamp;
			pass_on(&hand, &slots[random_below(&hand, SLOTS)], page);
		}
	}
	add_up(&hand);
}

/* Until not even a single page is left: NULL of that means that every other hart was asked. */
static void take_rest(void)
{
	struct hand hand = hand_of(this_hart()->arch.index);
	s32 max_order = MAX_PAGE_ORDER;
	u64 pages = 0;

	while (max_order >= 0) {
		u32 order = (u32)random_below(&hand, (u64)max_order + 1);
		struct page *page = alloc_pages(order);

		if (!page) {
			max_order = (s32)order - 1;
			continue;
		}
		stamp_block(&hand, page, order);
		page->private = (u64)taken[hand.hart];
		taken[hand.hart] = page;
		pages += 1UL << order;
	}
	__atomic_add_fetch(&sums.pages, pages, __ATOMIC_RELAXED);
	add_up(&hand);
}

static void all_take(void *arg)
{
	(void)arg;
	wait_for_all();
	take_rest();
}

static void fill_cache(void)
{
	struct page *page[PCP_HIGH / 2];

	for (u32 i = 0; i < ARRAY_SIZE(page); i++)
		page[i] = alloc_pages(0);
	for (u32 i = 0; i < ARRAY_SIZE(page); i++)
		if (page[i] && !free_pages(page[i], 0))
			stop("selftest: the allocator refused its own pfn 0x%lx",
			     page_to_pfn(page[i]));
}

static void one_takes(void *arg)
{
	(void)arg;
	fill_cache();
	wait_for_all();
	if (this_hart() == &boot_hart) {
		take_rest();
		__atomic_store_n(&sums.done, true, __ATOMIC_RELEASE);
	}
	while (!__atomic_load_n(&sums.done, __ATOMIC_ACQUIRE)) {
		buddy_serve();
		arch_relax();
	}
}

static void give_back_taken(u64 start, u64 end, void *arg)
{
	struct hand hand = hand_of(this_hart()->arch.index);

	(void)arg;
	for (u64 hart = start; hart < end; hart++) {
		struct page *page = taken[hart];

		taken[hart] = NULL;
		while (page) {
			struct page *next = (struct page *)page->private;

			if (!is_stamp_of(page->mapping, hart))
				stop("selftest: pfn 0x%lx was taken by hart %lu, and has 0x%lx "
				     "instead of "
				     "its stamp: two harts have it",
				     page_to_pfn(page), harts[hart]->arch.id, page->mapping);
			give_back(&hand, page, page->mapping);
			page = next;
		}
	}
	add_up(&hand);
}

static void on_all_harts(const char *name, void (*fn)(void *arg))
{
	sums.arrived = 0;
	sums.pages = 0;
	sums.done = false;
	harts_each(name, fn, NULL);
}

/* Every free page is taken, and all come back. */
static void out_and_back(const char *name, void (*fn)(void *arg), u64 expected, const char *who)
{
	struct harts_work back = {
		.name = "give_back_taken", .end = nr_harts, .chunk = 1, .run = give_back_taken};

	on_all_harts(name, fn);
	if (sums.pages != expected)
		stop("selftest: %s of %u harts could allocate %lu pages, %lu are free", who,
		     harts_up(), sums.pages, expected);
	harts_run(&back);
	selftest_same_lists();
}

void selftest_smp_run(void)
{
	struct hand hand = hand_of(this_hart()->arch.index);
	struct audit audit;

	audit_run(&audit);
	sums.blocks = 0;
	sums.crossed = 0;
	selftest_note_lists();
	on_all_harts("storm", storm);
	for (u32 i = 0; i < SLOTS; i++)
		pass_on(&hand, &slots[i], NULL);
	add_up(&hand);
	selftest_same_lists();
	out_and_back("all_take", all_take, audit.free, "all");
	out_and_back("one_takes", one_takes, audit.free, "one");
	if (config_debug_pagealloc)
		selftest_hidden_run();
	audit_run(&audit);
	if (!audit.ok)
		stop("selftest: the audit fails after %u harts allocated and freed", harts_up());
	log_line("selftest",
		 "smp: %u harts allocated %lu blocks, %lu freed by another hart, all %lu pages at "
		 "once: same free lists, the audit holds",
		 harts_up(), sums.blocks, sums.crossed, sums.pages);
}
