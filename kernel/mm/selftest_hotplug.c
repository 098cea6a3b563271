/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory comes and goes while all harts allocate and free.
 *
 *   boot hart      add, online, offline, remove: random pieces of what is held back, in random order; and
 *                  calls that must be refused
 *   other harts    take blocks, stamp them, look at the stamps, give them back; most of them are
 *                  movable, and become others when theirs goes offline (selftest_movable.h)
 *
 * Then it is quiet, and all that was added goes: the machine must be what it was, bit for bit
 * (hotplug_snapshot.h), and the audit must hold.
 */
#include "harts.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "mm/bank.h"
#include "mm/buddy.h"
#include "mm/check.h"
#include "mm/deferred.h"
#include "mm/hotplug.h"
#include "mm/hotplug_snapshot.h"
#include "mm/selftest.h"
#include "mm/selftest_movable.h"

#define STEPS      64
#define MAX_PIECES 12
#define HANDFUL    24 /* blocks that are taken or given back between two steps, at most */

/* What was added, and where it is on its way. */
struct added {
	struct range range;
	bool is_online;
};

static struct added pieces[MAX_PIECES];
static u32 nr_pieces;

static struct {
	u64 added, onlined, offlined, removed;
	u64 refused; /* by hotplug, as it should, or because something could not be paid or moved */
	u64 blocks;  /* allocated meanwhile */
	u64 moved;   /* of those, moved away from memory that went offline */
	u32 harts;
} sums;
static bool has_run;
static const char *why_not;

static u32 arrived;
static bool done;

static pfn_t start_pfn_of(const struct added *piece)
{
	return PFN_DOWN(piece->range.start);
}

static u64 pages_of(const struct added *piece)
{
	return range_size(piece->range) / PAGE_SIZE;
}

/* The call must succeed, or be refused with this error or that one. */
static bool judge(int result, int either, int or_else, const char *what, struct range range)
{
	if (result == 0)
		return true;
	if (result != either && result != or_else)
		stop("selftest: hotplug %s [0x%lx, 0x%lx): %s, %s", what, range.start, range.end,
		     hotplug_error_name(result), hotplug_why());
	sums.refused++;
	return false;
}

static void must_be(int result, int error, const char *what, struct range range)
{
	if (result != error)
		stop("selftest: hotplug %s [0x%lx, 0x%lx) again: %s instead of %s", what,
		     range.start, range.end, hotplug_error_name(result), hotplug_error_name(error));
	sums.refused++;
}

/* The i-th range of RAM that is held back, whole subsections of it; false past the last. */
static bool held_back(u32 i, struct range *out)
{
	for (u32 n = 0; n < banks.nr_dropped; n++) {
		const struct range range = banks.dropped[n].range;

		if (!banks_is_held_back(&banks.dropped[n]))
			continue;
		*out = (struct range){ALIGN_UP(range.start, MEGAPAGE_SIZE),
				      ALIGN_DOWN(range.end, MEGAPAGE_SIZE)};
		if (out->start < out->end && i-- == 0)
			return true;
	}
	return false;
}

/* Half of the time a whole block, if there is one; otherwise up to four subsections. */
static bool choose_range(struct hand *random, struct range *out)
{
	const u64 block = memory_block_size_bytes();
	struct range whole, range;
	u32 nr = 0;
	u64 size;

	while (held_back(nr, &range))
		nr++;
	if (nr == 0 || !held_back((u32)random_below(random, nr), &range))
		return false;
	whole = (struct range){ALIGN_UP(range.start, block), ALIGN_DOWN(range.end, block)};
	if (whole.start < whole.end && random_below(random, 2)) {
		out->start = whole.start +
			     random_below(random, (whole.end - whole.start) / block) * block;
		out->end = out->start + block;
		return true;
	}
	size = min_u64((1 + random_below(random, 4)) * MEGAPAGE_SIZE, range_size(range));
	out->start =
		range.start + random_below(random, (range_size(range) - size) / MEGAPAGE_SIZE + 1) *
				      MEGAPAGE_SIZE;
	out->end = out->start + size;
	return true;
}

static void add_piece(struct hand *random)
{
	static const enum add_flags kinds[] = {ADD_PLAIN, ADD_BASE_PAGES, ADD_ALTMAP};
	const u64 block = memory_block_size_bytes();
	enum add_flags flags = kinds[random_below(random, ARRAY_SIZE(kinds))];
	struct range range;

	if (nr_pieces == MAX_PIECES || !choose_range(random, &range))
		return;
	if (!IS_ALIGNED(range.start | range.end, block))
		flags &= ~(u32)ADD_ALTMAP;
	if (judge(add_memory(NUMA_NO_NODE, range.start, range_size(range), flags), HOTPLUG_ENOMEM,
		  HOTPLUG_EBUSY, "add", range)) {
		pieces[nr_pieces++] = (struct added){range, false};
		sums.added++;
		must_be(add_memory(NUMA_NO_NODE, range.start, range_size(range), flags),
			HOTPLUG_EEXIST, "add", range);
	}
}

static void put_online(struct hand *random, struct added *piece)
{
	const enum online_type type =
		random_below(random, 4) ? MMOP_ONLINE_MOVABLE : MMOP_ONLINE_KERNEL;
	const int result = online_pages(start_pfn_of(piece), pages_of(piece), type);

	if (piece->is_online)
		must_be(result, HOTPLUG_EINVAL, "online", piece->range);
	else
		sums.onlined += judge(result, 0, 0, "online", piece->range);
	piece->is_online = true;
}

/* What cannot move yet keeps it online; so does a page that its state would need. */
static bool put_offline(struct added *piece)
{
	if (!judge(offline_pages(start_pfn_of(piece), pages_of(piece)), HOTPLUG_EBUSY,
		   HOTPLUG_ENOMEM, "offline", piece->range))
		return false;
	piece->is_online = false;
	sums.offlined++;
	return true;
}

static bool remove_piece(struct added *piece)
{
	if (!judge(remove_memory(piece->range.start, range_size(piece->range)), HOTPLUG_ENOMEM, 0,
		   "remove", piece->range))
		return false;
	*piece = pieces[--nr_pieces];
	sums.removed++;
	return true;
}

/* A quarter of the time something new; else on with one of the pieces: half the way, or a wrong call. */
static void step(struct hand *random)
{
	struct added *piece = &pieces[nr_pieces ? random_below(random, nr_pieces) : 0];
	const u64 what = nr_pieces ? random_below(random, 4) : 0;

	if (what == 0)
		add_piece(random);
	else if (what == 1 && piece->is_online)
		must_be(remove_memory(piece->range.start, range_size(piece->range)), HOTPLUG_EBUSY,
			"remove", piece->range);
	else if (what == 1)
		(void)remove_piece(piece);
	else if (piece->is_online && random_below(random, 8))
		(void)put_offline(piece);
	else
		put_online(random, piece);
}

/* All harts, at the same time; the random numbers of the changes are not those of the blocks. */
static void storm(void *arg)
{
	struct hand random = hand_of(MACHINE_MAX_HARTS);
	struct movable_hand hand;
	u32 steps = 0;

	(void)arg;
	movable_hand_open(&hand);
	__atomic_add_fetch(&arrived, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(&arrived, __ATOMIC_RELAXED) < harts_up()) {
		buddy_serve();
		arch_relax();
	}
	while (!__atomic_load_n(&done, __ATOMIC_ACQUIRE)) {
		movable_hand_fill(&hand, random_below(&hand.hand, HANDFUL));
		if (this_hart() == &boot_hart) {
			step(&random);
			__atomic_store_n(&done, ++steps == STEPS, __ATOMIC_RELEASE);
		}
		movable_hand_release(&hand, random_below(&hand.hand, HANDFUL));
		buddy_serve();
	}
	movable_hand_close(&hand, &sums.blocks, &sums.moved);
}

/* It is quiet: what is left goes, one piece after the other; struct pages of one may lie in another. */
static void remove_all(void)
{
	while (nr_pieces > 0) {
		const u32 before = nr_pieces;

		for (u32 i = nr_pieces; i-- > 0;)
			if (!pieces[i].is_online || put_offline(&pieces[i]))
				(void)remove_piece(&pieces[i]);
		if (nr_pieces == before)
			stop("selftest: hotplug: [0x%lx, 0x%lx) does not go again: %s",
			     pieces[0].range.start, pieces[0].range.end, hotplug_why());
	}
}

static const char *cannot(void)
{
	struct range range;

	if (memory_block_size_bytes() == 0)
		return memory_block_online(0, MMOP_ONLINE_KERNEL) ? hotplug_why() : NULL;
	return held_back(0, &range) ? NULL
				    : "nothing is held back that could be added: boot with mem=, "
				      "or with hold_hotpluggable where banks are hotpluggable";
}

void selftest_hotplug_run(void)
{
	const enum online_policy policy = online_policy;
	static struct snapshot before, after;
	struct audit audit;

	has_run = true;
	why_not = cannot();
	if (why_not) {
		log_line("selftest", "hotplug: %s", why_not);
		return;
	}
	deferred_complete(); /* it cannot be done by all harts once they are at work */
	snapshot_take(&before);
	memset(&sums, 0, sizeof(sums));
	sums.harts = harts_up();
	arrived = 0;
	done = false;
	online_policy = ONLINE_POLICY_OFFLINE;
	harts_each("selftest hotplug", storm, NULL);
	remove_all();
	online_policy = policy;
	snapshot_take(&after);
	if (snapshot_differs(&before, &after))
		stop("selftest: hotplug: %s differ from before, although all that was added is "
		     "gone",
		     snapshot_differs(&before, &after));
	audit_run(&audit);
	if (!audit.ok)
		stop("selftest: the audit fails after memory was added and removed");
	log_line("selftest",
		 "hotplug: %lu pieces added, %lu times online, %lu offline, all removed; %lu "
		 "refusals; %u harts allocated %lu blocks, %lu were moved: everything is as it "
		 "was, the audit holds",
		 sums.added, sums.onlined, sums.offlined, sums.refused, sums.harts, sums.blocks,
		 sums.moved);
}

void selftest_record(void)
{
	if (!has_run)
		return;
	if (why_not)
		print("mm.selftest test=hotplug result=none why=\"%s\"\n", why_not);
	else
		print("mm.selftest test=hotplug harts=%u added=%lu online=%lu offline=%lu "
		      "removed=%lu refused=%lu blocks=%lu moved=%lu result=ok\n",
		      sums.harts, sums.added, sums.onlined, sums.offlined, sums.removed,
		      sums.refused, sums.blocks, sums.moved);
}
