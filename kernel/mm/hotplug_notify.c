/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chain of notifiers, by descending priority.
 */
#include "mm/hotplug_notify.h"

#include "lib/trace.h"
#include "mm/hotplug.h"

static struct memory_notifier *chain;

void register_memory_notifier(struct memory_notifier *notifier)
{
	struct memory_notifier **at = &chain;

	while (*at && (*at)->priority >= notifier->priority)
		at = &(*at)->next;
	notifier->next = *at;
	*at = notifier;
}

void unregister_memory_notifier(struct memory_notifier *notifier)
{
	struct memory_notifier **at = &chain;

	while (*at && *at != notifier)
		at = &(*at)->next;
	if (*at)
		*at = notifier->next;
}

int memory_notify_going(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	TRACE_CALL((u64)action, start_pfn, nr_pages);
	const bool online = action == MEM_GOING_ONLINE;

	for (struct memory_notifier *at = chain; at; at = at->next) {
		if (at->call(action, start_pfn, nr_pages))
			continue;
		for (struct memory_notifier *told = chain; told != at; told = told->next)
			(void)told->call(online ? MEM_CANCEL_ONLINE : MEM_CANCEL_OFFLINE, start_pfn,
					 nr_pages);
		return hotplug_fail(
			HOTPLUG_EVETO, "%s refuses that pfn 0x%lx and the %lu behind it go %s",
			at->name, start_pfn, nr_pages - 1, online ? "online" : "offline");
	}
	return 0;
}

void memory_notify(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	for (struct memory_notifier *at = chain; at; at = at->next)
		(void)at->call(action, start_pfn, nr_pages);
}
