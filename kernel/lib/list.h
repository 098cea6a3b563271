/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Circular doubly linked lists threaded through the objects themselves. An entry that is on
 * no list has next == NULL (list_del() leaves it so; prev says nothing then), which is how a struct page that was
 * zeroed by memmap init starts.
 */
#pragma once

#include "lib/types.h"

struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

/** list_init - an empty list; also for an entry that is on none. */
static inline void list_init(struct list_head *head)
{
	head->next = head;
	head->prev = head;
}

static inline bool list_is_empty(const struct list_head *head)
{
	return head->next == head;
}

/** list_add - entry becomes the first of head's list. */
static inline void list_add(struct list_head *entry, struct list_head *head)
{
	struct list_head *first = head->next;

	entry->next = first;
	entry->prev = head;
	first->prev = entry;
	head->next = entry;
}

/** list_add_tail - entry becomes the last of head's list. */
static inline void list_add_tail(struct list_head *entry, struct list_head *head)
{
	list_add(entry, head->prev);
}

/** list_del - entry leaves its list and is marked as being on none: next is NULL. */
static inline void list_del(struct list_head *entry)
{
	struct list_head *next = entry->next;
	struct list_head *prev = entry->prev;

	prev->next = next;
	next->prev = prev;
	entry->next = NULL; /* prev is not read without it */
}

/** list_move_all - the entries of from, in their order, become the first of to; from is empty then. */
static inline void list_move_all(struct list_head *from, struct list_head *to)
{
	if (list_is_empty(from))
		return;
	from->next->prev = to;
	from->prev->next = to->next;
	to->next->prev = from->prev;
	to->next = from->next;
	list_init(from);
}

#define list_for_each_entry(pos, head, member)                                                   \
	for (pos = container_of((head)->next, __typeof__(*pos), member); &pos->member != (head); \
	     pos = container_of(pos->member.next, __typeof__(*pos), member))
