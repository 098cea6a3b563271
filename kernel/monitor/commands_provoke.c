/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bugs committed on purpose, so that a person sees what each part of menu "Trust" says about them. As
 * lkdtm of Linux (drivers/misc/lkdtm).
 */
#include "lib/string.h"
#include "mm/buddy.h"
#include "mm/memmodel.h"
#include "mm/page_debug.h"
#include "monitor/command.h"

#define HIDE(x) __asm__ volatile("" : "+r"(x)) /* the compiler must not see the bug */
#define ORDER   2                              /* of the blocks that are misused */
#define BLOCKS  64                             /* tried until one lies below a free page */

static u8 *bytes_of(const struct page *page)
{
	return phys_to_virt(pfn_to_phys(page_to_pfn(page)));
}

static bool is_free_page(pfn_t pfn)
{
	return pfn_valid(pfn) && page_has(pfn_to_page(pfn), PG_BUDDY);
}

/* Fills an array and the 64 bytes above it. */
static __attribute__((noinline)) void overrun_stack(void)
{
	u8 array[32];
	u8 *at = array;

	HIDE(at);
	memset(at, 0x41, sizeof(array) + 64);
	HIDE(at);
}

/* The stack grows until it has no page any more. */
static __attribute__((noinline)) u64 fill_stack(u64 depth)
{
	volatile u64 frame[32];

	frame[0] = depth;
	if (depth == ~0UL)
		return 0;
	return fill_stack(depth + 1) + frame[0];
}

static void overflow_stack(void)
{
	u64 depth = 0;

	HIDE(depth);
	print("%lu\n", fill_stack(depth));
}

static void write_free(void)
{
	struct page *page = alloc_pages(ORDER);
	u8 *bytes;

	if (!page)
		return;
	bytes = bytes_of(page);
	free_pages(page, ORDER);
	HIDE(bytes);
	bytes[0x123] = 1;
	(void)page_debug_scan();
}

/* The first byte behind a block, where free memory begins. */
static void write_past(void)
{
	struct page *tried[BLOCKS];
	u32 nr = 0;
	u8 *bytes;

	while (nr < BLOCKS && (tried[nr] = alloc_pages(ORDER)) != NULL) {
		bytes = bytes_of(tried[nr]);
		if (!is_free_page(page_to_pfn(tried[nr++]) + (1UL << ORDER)))
			continue;
		HIDE(bytes);
		bytes[PAGE_SIZE << ORDER] = 1;
		(void)page_debug_scan();
		break;
	}
	while (nr > 0)
		free_pages(tried[--nr], ORDER);
}

static void free_twice(void)
{
	struct page *page = alloc_pages(ORDER);

	if (!page)
		return;
	free_pages(page, ORDER);
	free_pages(page, ORDER);
}

static void leak(void)
{
	const struct page *page = alloc_pages(ORDER);

	if (page)
		print("pfn 0x%lx is lost; poweroff will say so\n", page_to_pfn(page));
}

static void write_text(void)
{
	volatile u8 *text = (volatile u8 *)(u64)&overflow_stack;

	HIDE(text);
	*text = 0;
}

static const struct bug {
	const char *name;
	const char *what;
	const char *symbols; /* of menu Trust, those that notice it */
	bool is_noticed;     /* by this build */
	void (*commit)(void);
} bugs[] = {
	{"overrun", "write beyond an array on the stack", "STACK_PROTECTOR", config_stack_protector,
	 overrun_stack},
	{"overflow", "call until the stack is full", "always: a guard page", true, overflow_stack},
	{"write-free", "write to a page after freeing it", "PAGE_POISON, DEBUG_PAGEALLOC",
	 config_page_poison || config_debug_pagealloc, write_free},
	{"write-past", "write behind an allocated block", "PAGE_POISON, DEBUG_PAGEALLOC",
	 config_page_poison || config_debug_pagealloc, write_past},
	{"free-twice", "free a block two times", "always", true, free_twice},
	{"leak", "allocate and forget", "LEAK_CHECK", config_leak_check, leak},
	{"write-text", "write to the kernel's text", "always: W^X", true, write_text},
};

static void show_bugs(void)
{
	print("bug         what it does                        noticed by\n");
	for (u32 i = 0; i < ARRAY_SIZE(bugs); i++)
		print("%-11s %-35s %s%s\n", bugs[i].name, bugs[i].what, bugs[i].symbols,
		      bugs[i].is_noticed ? "" : " (off)");
}

static void run_provoke(const char *const *args)
{
	if (!args[0]) {
		show_bugs();
		return;
	}
	for (u32 i = 0; i < ARRAY_SIZE(bugs) && !args[1]; i++) {
		if (strcmp(args[0], bugs[i].name) != 0)
			continue;
		if (!bugs[i].is_noticed)
			command_complain("nothing in this build would notice it: choose %s in make "
					 "menuconfig, menu Trust\n",
					 bugs[i].symbols);
		else
			bugs[i].commit();
		return;
	}
	command_usage("provoke");
}

static const struct command commands[] = {
	{"provoke", "[overrun|overflow|write-free|write-past|free-twice|leak|write-text]",
	 "commit a bug on purpose and see what notices it",
	 "Without argument: the list, and what notices each (docs/trust.md). overrun, overflow,\n"
	 "write-text, and with DEBUG_PAGEALLOC the writes, end the machine with a report; a\n"
	 "program of the host then ends by a signal or its sanitizer.\n"
	 "Example: provoke free-twice\n"
	 "See also: page_owner, audit, why\n",
	 COMMAND_ANY_ARGS, run_provoke},
};

const struct command_group commands_provoke = {commands, ARRAY_SIZE(commands)};
