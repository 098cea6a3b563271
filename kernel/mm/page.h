/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * struct page: what is known about one page frame. 64 bytes, so that the struct pages of 2 MiB of
 * RAM fill eight pages, those of a 128 MiB section exactly one megapage.
 *
 * The first word changes with the page's life and is laid out so that hand-over is one store
 * a page; the second is written once, by memmap_init_zone().
 *
 *   word    63     56 55           40 39       16 15      8 7            0
 *          |  type   |       0       | refcount  |  order  |   PG_ flags   |
 *   links   63                              12 11       2 1     0
 *          |         section number           |   nid    |  zone  |
 */
#pragma once

#include <assert.h>

#include "arch/arch.h"
#include "config.h"
#include "lib/list.h"
#include "lib/types.h"

enum page_flags {
	PG_RESERVED = 0x01, /* not for the buddy allocator: never given, or a hole */
	PG_BUDDY = 0x02,    /* head of a free block of 2^order pages, on list type */
	PG_PCP = 0x04,      /* a free page that waits on its zone's hot list */
	PG_HEAD = 0x08,     /* head of an allocated block of 2^order pages */
	PG_AUDIT = 0x10,    /* seen by the audit that is running; clear otherwise */
	PG_HELD = 0x20, /* with PG_HEAD: held by the kernel itself, mapping says who (owner.h) */
};

#define PAGE_ORDER_SHIFT    8
#define PAGE_TYPE_SHIFT     56
#define PAGE_REFCOUNT_SHIFT 16

#define PAGE_WORD(flags, order, type, refcount)                                             \
	((u64)(flags) | (u64)(order) << PAGE_ORDER_SHIFT | (u64)(type) << PAGE_TYPE_SHIFT | \
	 (u64)(refcount) << PAGE_REFCOUNT_SHIFT)

/* As memmap_init_zone() leaves every page: reserved, one reference (the boot's). */
#define PAGE_WORD_RESERVED PAGE_WORD(PG_RESERVED, 0, 0, 1)

#define LINKS_ZONE_BITS     2
#define LINKS_NID_BITS      10
#define LINKS_NID_SHIFT     LINKS_ZONE_BITS
#define LINKS_SECTION_SHIFT (LINKS_ZONE_BITS + LINKS_NID_BITS)
#define LINKS_ZONE_MASK     ((1UL << LINKS_ZONE_BITS) - 1)
#define LINKS_NID_MASK      ((1UL << LINKS_NID_BITS) - 1)
/* zone and nid together: an index into zone_table, and what two pages of one zone share */
#define LINKS_ZONE_INDEX_MASK ((1UL << LINKS_SECTION_SHIFT) - 1)

struct page {
	u64 word;             /* state: PAGE_WORD() */
	u64 links;            /* where it belongs: page_links() */
	struct list_head lru; /* the free list it is on; next == NULL when on none */
	u64 private;          /* for the owner of an allocated page */
	u64 alloc_site;       /* return address of the last allocation, 0 never */
	u64 free_site;        /* and of the last free */
	u64 mapping;          /* for the owner of an allocated page */
};

static_assert(sizeof(struct page) == 64,
	      "the memmap of a 128 MiB section is one megapage only then");
static_assert(MAX_NUMNODES <= 1 << LINKS_NID_BITS, "a node id must fit into struct page");

/*
 * The word of a page that a hart owns changes without the zone's lock, while a neighbour that is
 * freed under the lock looks whether this page is PG_BUDDY. It is not and will not be: only the
 * lock's holder writes or clears PG_BUDDY. So the access must be whole, and needs no order.
 */
static inline u64 page_word(const struct page *page)
{
	return arch_read_once(page->word);
}

static inline void page_set_word(struct page *page, u64 word)
{
	arch_write_once(page->word, word);
}

/** page_links - the second word: section number, node and zone. For who initialises a struct page. */
static inline u64 page_links(u64 section, u32 nid, u32 zone)
{
	return section << LINKS_SECTION_SHIFT | (u64)nid << LINKS_NID_SHIFT | zone;
}

/*
 * Parts of the two words, as drawn above. order: of a block, in its head; type: of a free block or an
 * allocated head; the zone's number is an enum zone_type.
 */
static inline u32 page_order(const struct page *page)
{
	return (u32)(page->word >> PAGE_ORDER_SHIFT) & 0xff;
}

static inline u32 page_type(const struct page *page)
{
	return (u32)(page->word >> PAGE_TYPE_SHIFT);
}

static inline u32 page_refcount(const struct page *page)
{
	return (u32)(page->word >> PAGE_REFCOUNT_SHIFT) & 0xffffff;
}

static inline bool page_has(const struct page *page, enum page_flags flag)
{
	return (page->word & flag) != 0;
}

static inline u32 page_to_nid(const struct page *page)
{
	return (u32)(page->links >> LINKS_NID_SHIFT & LINKS_NID_MASK);
}

static inline u32 page_zonenum(const struct page *page)
{
	return (u32)(page->links & LINKS_ZONE_MASK);
}

static inline u64 page_to_section(const struct page *page)
{
	return page->links >> LINKS_SECTION_SHIFT;
}
