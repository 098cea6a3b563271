/* SPDX-License-Identifier: BSD-2-Clause */
#include "monitor/hotplug_veto.h"

#include "lib/log.h"
#include "mm/hotplug.h"
#include "mm/hotplug_notify.h"
#include "mm/hotplug_snapshot.h"
#include "monitor/command.h"

static enum veto armed = VETO_OFF;

static const char *const action_names[] = {
	[MEM_GOING_ONLINE] = "MEM_GOING_ONLINE",
	[MEM_CANCEL_ONLINE] = "MEM_CANCEL_ONLINE",
	[MEM_ONLINE] = "MEM_ONLINE",
	[MEM_GOING_OFFLINE] = "MEM_GOING_OFFLINE",
	[MEM_CANCEL_OFFLINE] = "MEM_CANCEL_OFFLINE",
	[MEM_OFFLINE] = "MEM_OFFLINE",
};

static bool watch(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	print("  notifiers are told: %s, pfn [0x%lx, 0x%lx)\n", action_names[action], start_pfn,
	      start_pfn + nr_pages);
	return true;
}

static bool refuse(enum memory_action action, pfn_t start_pfn, u64 nr_pages)
{
	(void)start_pfn;
	(void)nr_pages;
	return action != (armed == VETO_ONLINE ? MEM_GOING_ONLINE : MEM_GOING_OFFLINE);
}

/* The watcher is asked first, so that it has something to be told when the other refuses. */
static struct memory_notifier watcher = {.name = "watch", .call = watch, .priority = 1};
static struct memory_notifier refuser = {.name = "the veto of the prompt", .call = refuse};

void veto_set(enum veto veto)
{
	unregister_memory_notifier(&watcher);
	unregister_memory_notifier(&refuser);
	armed = veto;
	if (veto == VETO_OFF)
		return;
	register_memory_notifier(&refuser);
	register_memory_notifier(&watcher);
}

int veto_watch(int (*change)(u64 nr, u32 type), u64 nr, u32 type)
{
	static struct snapshot before, after;
	const char *differs;
	int failed;

	if (armed == VETO_OFF)
		return change(nr, type);
	snapshot_take(&before);
	failed = change(nr, type);
	if (failed != HOTPLUG_EVETO)
		return failed;
	snapshot_take(&after);
	differs = snapshot_differs(&before, &after);
	if (differs)
		command_complain("after the veto: %s differ from before\n", differs);
	else
		print("  nothing has changed: free blocks, struct pages, page tables, zones, "
		      "banks,\n"
		      "  owners, sections and figures are as before\n");
	return failed;
}
