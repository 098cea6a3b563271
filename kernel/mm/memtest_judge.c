/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pages are bad? Several harts write and read in no fixed order, so of two addresses that
 * reach the same cells now one is found, now the other, whoever wrote first. The answer may not be a
 * matter of luck. A word tells which page it was written for (pattern ^ word is an address), so
 * when all have finished, one hart tests the pages that were found, and those that they show, once more
 * in ascending order:
 *
 *   pages       A      B      C         one cell, and a page D that does not keep its words
 *   found       shows  shows  -         B was written last, by luck
 *               B      -      shows B
 *   once more   bad    bad    good      the last one written has the cell, on every boot
 *   D           bad, even when it keeps its words this time: no page that it showed is to blame
 */
#include "mm/memtest.h"

#include "lib/log.h"
#include "lib/panic.h"
#include "lib/spinlock.h"
#include "lib/string.h"
#include "mm/memblock.h"
#include "mm/owner.h"

/* Pages side by side which show what was written for pages side by side, or show no page. */
struct suspect {
	struct range range;
	phys_addr_t shows; /* for the first page; range.start: none */
};

#define MAX_SUSPECTS 512

static struct {
	struct spinlock lock; /* no other is taken under it */
	u32 nr;
	bool is_full;
	struct suspect suspect[MAX_SUSPECTS]; /* sorted, no two of them could be one */
} noted;

static bool goes_on(const struct suspect *a, const struct suspect *b)
{
	return a->range.end == b->range.start && a->shows + range_size(a->range) == b->shows;
}

static void move(u32 to, u32 from)
{
	memmove(&noted.suspect[to], &noted.suspect[from],
		(noted.nr - from) * sizeof(struct suspect));
}

static void note(const struct suspect *fresh)
{
	u32 at = noted.nr;

	while (at > 0 && noted.suspect[at - 1].range.start > fresh->range.start)
		at--;
	if (at > 0 && goes_on(&noted.suspect[at - 1], fresh)) {
		noted.suspect[--at].range.end = fresh->range.end;
	} else if (noted.nr == MAX_SUSPECTS) {
		noted.is_full = true;
		return;
	} else {
		move(at + 1, at);
		noted.suspect[at] = *fresh;
		noted.nr++;
	}
	if (at + 1 < noted.nr && goes_on(&noted.suspect[at], &noted.suspect[at + 1])) {
		noted.suspect[at].range.end = noted.suspect[at + 1].range.end;
		move(at + 1, at + 2);
		noted.nr--;
	}
}

void memtest_suspect(phys_addr_t page, u64 pattern, const struct memtest_word *bad)
{
	const phys_addr_t written_for = bad->value ^ pattern;
	struct suspect fresh = {{page, page + PAGE_SIZE}, page};

	if ((written_for ^ bad->pa) % PAGE_SIZE == 0 && memtest_is_tested(written_for))
		fresh.shows = ALIGN_DOWN(written_for, PAGE_SIZE);
	spin_lock(&noted.lock);
	note(&fresh);
	spin_unlock(&noted.lock);
}

/* The first page at or above *page that was found, or is shown by one. */
static bool next_page(phys_addr_t *page)
{
	phys_addr_t next = ~0UL;

	for (u32 i = 0; i < noted.nr; i++) {
		const struct suspect *s = &noted.suspect[i];
		const struct range shown = {s->shows, s->shows + range_size(s->range)};

		if (*page < s->range.end)
			next = min_u64(next, max_u64(*page, s->range.start));
		if (*page < shown.end)
			next = min_u64(next, max_u64(*page, shown.start));
	}
	*page = next;
	return next != ~0UL;
}

/* Bad pages side by side, not reserved yet. */
struct run {
	struct range range;
	u64 pattern;
	u64 pages; /* of all runs */
};

static void reserve_run(struct run *run)
{
	const u64 pages = range_size(run->range) / PAGE_SIZE;

	if (pages == 0)
		return;
	log_warn("badmem", "memtest: [0x%lx, 0x%lx) does not keep pattern 0x%lx: %lu %s reserved",
		 run->range.start, run->range.end, run->pattern, pages,
		 pages == 1 ? "page is" : "pages are");
	if (memblock_reserve(run->range.start, range_size(run->range)) != 0 ||
	    !reservations_add_badmem(run->range))
		stop("memtest found more bad memory than can be noted, the next is [0x%lx, 0x%lx): "
		     "replace this memory",
		     run->range.start, run->range.end);
	run->pages += pages;
	run->range = (struct range){0, 0};
}

static void blame(struct run *run, phys_addr_t page)
{
	if (run->range.end != page || range_is_empty(run->range)) {
		reserve_run(run);
		run->range.start = page;
	}
	run->range.end = page + PAGE_SIZE;
}

/* Found, kept its words the second time, and what it showed is no bad page: bad all the same. */
static void blame_unexplained(struct run *run)
{
	for (u32 i = 0; i < noted.nr; i++) {
		const struct suspect *s = &noted.suspect[i];

		for (u64 at = 0; at < range_size(s->range); at += PAGE_SIZE)
			if (!memblock_is_reserved(s->range.start + at) &&
			    (s->shows == s->range.start || !memblock_is_reserved(s->shows + at)))
				blame(run, s->range.start + at);
	}
	reserve_run(run);
}

u64 memtest_judge(u64 pattern)
{
	struct run run = {.pattern = pattern};
	struct memtest_word bad;

	if (noted.is_full)
		stop("memtest found more than %d ranges of bad memory: replace this memory",
		     MAX_SUSPECTS);
	for (phys_addr_t page = 0; next_page(&page); page += PAGE_SIZE)
		memtest_write_page(page, pattern);
	for (phys_addr_t page = 0; next_page(&page); page += PAGE_SIZE)
		if (!memtest_page_keeps(page, pattern, &bad))
			blame(&run, page);
	reserve_run(&run);
	blame_unexplained(&run);
	noted.nr = 0;
	return run.pages;
}
