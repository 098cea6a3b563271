/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who wants to know when memory goes on- or offline, and may say no before it does.
 *
 *   MEM_GOING_ONLINE   may be refused   then MEM_CANCEL_ONLINE for those who were asked, or MEM_ONLINE
 *   MEM_GOING_OFFLINE  may be refused   then MEM_CANCEL_OFFLINE likewise, or MEM_OFFLINE
 *
 * The names and the order are those of Linux's memory notifiers.
 */
#pragma once

#include "lib/types.h"

enum memory_action {
	MEM_GOING_ONLINE,
	MEM_CANCEL_ONLINE,
	MEM_ONLINE,
	MEM_GOING_OFFLINE,
	MEM_CANCEL_OFFLINE,
	MEM_OFFLINE,
};

struct memory_notifier {
	const char *name;
	/* false vetoes a GOING_ action; no meaning for the others */
	bool (*call)(enum memory_action action, pfn_t start_pfn, u64 nr_pages);
	s32 priority; /* higher ones are called first */
	struct memory_notifier *next;
};

/** register_memory_notifier - notifier is kept. Called once for each. */
void register_memory_notifier(struct memory_notifier *notifier);

/** unregister_memory_notifier - and forgotten. Nothing happens when it is not registered. */
void unregister_memory_notifier(struct memory_notifier *notifier);

/**
 * memory_notify_going - ask everyone. HOTPLUG_EVETO with the name of who refused: those asked before
 * have then been told that it is off.
 */
int memory_notify_going(enum memory_action action, pfn_t start_pfn, u64 nr_pages);

/** memory_notify - tell everyone what has happened. */
void memory_notify(enum memory_action action, pfn_t start_pfn, u64 nr_pages);
