/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lists themselves, shared by the allocating half (buddy.c) and the freeing half
 * (buddy_free.c). Orders and types are 64 bits wide here: they are only ever parts of addresses.
 */
#pragma once

#include "mm/buddy.h"
#include "mm/page_shuffle.h"

static inline struct list_head *free_list(struct zone *zone, u64 order, u64 type)
{
	struct list_head *list = &zone->free_area[order].free_list[type];

	/* One address: GCC would work it out anew for each member that is accessed. */
	__asm__("" : "+r"(list));
	return list;
}

/** free_list_add - under the zone's lock: page becomes the head of a free block of that order and type, first on its list
 * (SHUFFLE_FREE_LISTS: or last). */
static inline void free_list_add(struct zone *zone, struct page *page, u64 order, u64 type)
{
	page_set_word(page, PAGE_WORD(PG_BUDDY, order, type, 0));
	if (page_shuffle_last())
		list_add_tail(&page->lru, free_list(zone, order, type));
	else
		list_add(&page->lru, free_list(zone, order, type));
}

/** buddy_release_locked - buddy_release() under the zone's lock. */
void buddy_release_locked(struct zone *zone, struct page *page, u32 order);

/**
 * buddy_refuse - say what is wrong with a free of page with order, asked for at address site. False. cold;
 * buddy_refuse_pending: of a struct page that is not initialised, or is none.
 */
__attribute__((noinline, cold)) bool buddy_refuse(const struct page *page, u32 order, u64 site);
__attribute__((noinline, cold)) bool buddy_refuse_pending(const struct page *page, u32 order,
							  u64 site);

/** hot_cache - the cache that this hart has of a zone. */
static inline struct page_cache *hot_cache(const struct zone *zone)
{
	return &this_hart()->cache[zone_index(zone)];
}

/**
 * hot_push, hot_pop - the hot list of a type, of a cache of this hart. The page's word is the caller's
 * to set. What is popped is allocated; hot_unpush() takes a page off that goes back to the free lists.
 */
static inline void hot_push(struct page_cache *pcp, struct page *page, u64 type)
{
	page->lru.next = (struct list_head *)pcp->top[type];
	pcp->top[type] = page;
	pcp->put++;
}

static inline struct page *hot_pop(struct page_cache *pcp, u64 type)
{
	struct page *page = pcp->top[type];

	if (!page)
		return NULL;
	pcp->top[type] = (struct page *)page->lru.next;
	page->lru.next = NULL;
	pcp->given++;
	return page;
}

static inline struct page *hot_unpush(struct page_cache *pcp, u64 type)
{
	struct page *page = hot_pop(pcp, type);

	if (page) {
		pcp->given--;
		pcp->put--;
	}
	return page;
}

/** hot_drain_all - this hart's caches back to the free lists; before there are zones it has none. */
void hot_drain_all(void);

/** buddy_caches_are_off - buddy_caches_off() is in force: what is freed goes to the free lists at once. */
bool buddy_caches_are_off(void);
