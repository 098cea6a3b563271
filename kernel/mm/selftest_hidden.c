/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DEBUG_PAGEALLOC with several harts: a page that one hart frees is hidden from all of them, at once,
 * and shown to all again when it is allocated. Each hart has read it before, so its TLB knows the leaf: without
 * a fence there it would go on reading. No work begins in between, which would fence by itself.
 *
 *   boot hart   alloc        free        alloc        free
 *   all harts         read         trap         read
 *               gate  1  2       3  4         5   6
 */
#include "arch/arch.h"
#include "harts.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "mm/buddy.h"
#include "mm/percpu.h"
#include "mm/selftest.h"

static u32 arrived;
static struct page *page;

/* The nr-th time that all harts are at the same place. */
static void gate(u32 nr)
{
	__atomic_add_fetch(&arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&arrived, __ATOMIC_ACQUIRE) < nr * harts_up()) {
		buddy_serve();
		arch_relax();
	}
}

static void must_see(bool shown)
{
	if (arch_can_read(phys_to_virt(pfn_to_phys(page_to_pfn(page)))) != shown)
		stop("selftest: pfn 0x%lx is %s, and hart %lu can%s read it: it did not fence",
		     page_to_pfn(page), shown ? "allocated" : "free", this_hart()->arch.id,
		     shown ? "not" : "");
}

static void take(void)
{
	if (this_hart() == &boot_hart)
		page = alloc_pages(0);
}

static void give(void)
{
	if (this_hart() == &boot_hart && !free_pages(page, 0))
		stop("selftest: the allocator refused its own pfn 0x%lx", page_to_pfn(page));
}

static void hide_and_show(void *arg)
{
	(void)arg;
	take();
	gate(1);
	must_see(true);
	gate(2);
	give();
	gate(3);
	must_see(false);
	gate(4);
	take(); /* the same page: it was freed last */
	gate(5);
	must_see(true);
	gate(6);
	give();
}

void selftest_hidden_run(void)
{
	arrived = 0;
	page = alloc_pages(0);
	if (!page)
		stop("selftest: no page is free");
	free_pages(page, 0);
	harts_each("hide_and_show", hide_and_show, NULL);
	log_line("selftest", "hidden: a free page traps on each of %u harts", harts_up());
}
