/* SPDX-License-Identifier: BSD-2-Clause */
#include "mm/selftest_movable.h"

#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/migrate.h"

/* The open hands, by hart, and the lock of each place: a hart closes its own while another one looks. */
static struct movable_hand *hands[MACHINE_MAX_HARTS];
static struct spinlock locks[MACHINE_MAX_HARTS];

/* If the hart still holds the block: it has another one now. */
static bool exchange(struct movable_hand *hand, struct page *to, struct page *from, u32 order)
{
	bool is_held = false;

	spin_lock(&hand->lock);
	for (u32 i = 0; i < hand->nr && !is_held; i++) {
		struct held_block *held = &hand->held[i];

		if (held->page != from || !held->is_movable || page_order(from) != order)
			continue;
		migrate_copy(to, from, order);
		held->page = to;
		hand->moved++;
		is_held = true;
	}
	spin_unlock(&hand->lock);
	return is_held;
}

/* Whose block is it, if it is still anybody's? */
static bool hand_moved(struct page *to, struct page *from, u32 order)
{
	bool is_held = false;

	for (u32 i = 0; i < nr_harts && !is_held; i++) {
		spin_lock(&locks[i]);
		if (hands[i])
			is_held = exchange(hands[i], to, from, order);
		spin_unlock(&locks[i]);
	}
	return is_held;
}

static const struct movable_ops hand_ops = {"selftest", hand_moved};

static void set_hand(u64 hart, struct movable_hand *hand)
{
	spin_lock(&locks[hart]);
	hands[hart] = hand;
	spin_unlock(&locks[hart]);
}

void movable_hand_open(struct movable_hand *hand)
{
	hand->hand = hand_of(this_hart()->arch.index);
	hand->lock = (struct spinlock){0};
	hand->nr = 0;
	hand->moved = 0;
	set_hand(hand->hand.hart, hand);
}

/* Six of eight are movable; half are single pages, which have the caches. */
static enum migratetype random_type(struct hand *hand)
{
	const u64 n = random_below(hand, 8);

	return n < MIGRATE_PCPTYPES && n != MIGRATE_MOVABLE ? (enum migratetype)n : MIGRATE_MOVABLE;
}

static struct page *take_block(struct hand *hand, u32 order, enum migratetype type)
{
	const u32 nid = (u32)random_below(hand, MAX_NUMNODES);

	if (node_is_online(nid))
		return alloc_pages_node(nid, order, type);
	return alloc_pages_node(this_hart()->home_node->nid, order, type);
}

void movable_hand_fill(struct movable_hand *hand, u64 nr)
{
	for (; nr > 0 && hand->nr < MOVABLE_HANDS; nr--) {
		const enum migratetype type = random_type(&hand->hand);
		struct held_block block;
		u32 order = 0;

		while (order < MAX_PAGE_ORDER && random_below(&hand->hand, 2))
			order++;
		block.page = take_block(&hand->hand, order, type);
		if (!block.page)
			return;
		block.stamp = stamp_block(&hand->hand, block.page, order);
		block.is_movable = type == MIGRATE_MOVABLE;
		spin_lock(&hand->lock);
		hand->held[hand->nr++] = block;
		if (block.is_movable)
			page_set_movable(block.page, &hand_ops);
		spin_unlock(&hand->lock);
	}
}

void movable_hand_release(struct movable_hand *hand, u64 nr)
{
	for (; nr > 0 && hand->nr > 0; nr--) {
		const u64 at = random_below(&hand->hand, hand->nr);
		struct held_block block;

		spin_lock(&hand->lock);
		block = hand->held[at];
		hand->held[at] = hand->held[--hand->nr];
		page_clear_movable(block.page);
		spin_unlock(&hand->lock);
		block.page->mapping = block.stamp;
		give_back(&hand->hand, block.page, block.stamp);
	}
}

void movable_hand_close(struct movable_hand *hand, u64 *blocks, u64 *moved)
{
	movable_hand_release(hand, MOVABLE_HANDS);
	set_hand(hand->hand.hart, NULL);
	__atomic_add_fetch(blocks, hand->hand.sequence, __ATOMIC_RELAXED);
	__atomic_add_fetch(moved, hand->moved, __ATOMIC_RELAXED);
}
