/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory hotplug at the prompt, with the names of /sys/devices/system/memory.
 */
#include "lib/string.h"
#include "lib/trace.h"
#include "mm/hotplug.h"
#include "monitor/command.h"
#include "monitor/hotplug_veto.h"

static const char *const state_names[] = {
	[BLOCK_ABSENT] = "absent",
	[BLOCK_OFFLINE] = "offline",
	[BLOCK_ONLINE] = "online",
	[BLOCK_MIXED] = "mixed",
};

static const char *const policy_names[] = {
	[ONLINE_POLICY_OFFLINE] = "offline",
	[ONLINE_POLICY_KERNEL] = "online_kernel",
	[ONLINE_POLICY_MOVABLE] = "online_movable",
};

static void say(int failed, const char *what)
{
	if (failed)
		command_complain("%s: %s\n", hotplug_error_name(failed), hotplug_why());
	else
		print("%s\n", what);
}

static void show_blocks(const char *const *args)
{
	struct block_info info;
	u64 nr = 0;

	(void)args;
	if (memory_block_size_bytes() == 0) {
		say(memory_block_online(0, MMOP_ONLINE_KERNEL), "");
		return;
	}
	print("block_size_bytes 0x%lx, auto_online_blocks %s\n", memory_block_size_bytes(),
	      policy_names[online_policy]);
	print("index is phys_index, rem. removable, zones valid_zones\n"
	      "index from         node state     present     added rem. zones\n");
	for (; memory_block_info(nr, &info); nr = info.phys_index + 1)
		print("%5lu 0x%010lx %4u %-7s %9s %9s %4u %s%s\n", info.phys_index,
		      info.phys_index * memory_block_size_bytes(), info.nid,
		      state_names[info.state], size_text(info.present).s, size_text(info.added).s,
		      info.removable, info.zones, info.altmap ? " (altmap)" : "");
}

/* PA SIZE [NODE] [altmap] [base] */
static void run_add(const char *const *args)
{
	static const char *const words[] = {"altmap", "base"};
	enum add_flags flags = ADD_PLAIN;
	u64 number = NUMA_NO_NODE;
	u64 start, size;
	u32 word;

	if (!command_number(args[0], &start) || !command_size(args[1], &size))
		return;
	for (args += 2; *args; args++) {
		if (**args >= '0' && **args <= '9') {
			if (!command_number_below(*args, "node", MAX_NUMNODES, &number))
				return;
		} else if (command_choice(*args, "flag", words, ARRAY_SIZE(words), &word)) {
			flags |= word == 0 ? ADD_ALTMAP : ADD_BASE_PAGES;
		} else {
			return;
		}
	}
	say(add_memory((u32)number, start, size, flags),
	    online_policy == ONLINE_POLICY_OFFLINE ? "added, offline" : "added, online");
}

static int online_block(u64 nr, u32 type)
{
	return memory_block_online(nr, (enum online_type)type);
}

static int offline_block(u64 nr, u32 type)
{
	(void)type;
	return memory_block_offline(nr);
}

/* BLOCK [kernel|movable] */
static void run_online(const char *const *args)
{
	static const char *const types[] = {
		[MMOP_ONLINE_KERNEL] = "kernel",
		[MMOP_ONLINE_MOVABLE] = "movable",
	};
	u32 type = MMOP_ONLINE_KERNEL;
	u64 nr;

	if (!command_number(args[0], &nr) ||
	    (args[1] && !command_choice(args[1], "type", types, ARRAY_SIZE(types), &type)))
		return;
	say(veto_watch(online_block, nr, type), "online");
}

static void run_offline(const char *const *args)
{
	u64 nr;

	if (command_number(args[0], &nr))
		say(veto_watch(offline_block, nr, 0), "offline");
}

/* BLOCK, or PA SIZE */
static void run_remove(const char *const *args)
{
	u64 start, size;

	if (!command_number(args[0], &start))
		return;
	if (!args[1])
		say(memory_block_remove(start), "removed");
	else if (command_size(args[1], &size))
		say(remove_memory(start, size), "removed");
}

static void run_policy(const char *const *args)
{
	u32 policy;

	if (!args[0])
		print("%s\n", policy_names[online_policy]);
	else if (command_choice(args[0], "policy", policy_names, ARRAY_SIZE(policy_names), &policy))
		online_policy = (enum online_policy)policy;
}

static void run_veto(const char *const *args)
{
	static const char *const words[] = {
		[VETO_ONLINE] = "online", [VETO_OFFLINE] = "offline", [VETO_OFF] = "off"};
	u32 veto;

	if (memory_block_size_bytes() == 0)
		say(memory_block_online(0, MMOP_ONLINE_KERNEL), "");
	else if (command_choice(args[0], "veto", words, ARRAY_SIZE(words), &veto))
		veto_set((enum veto)veto);
}

static const struct {
	const char *name;
	u32 least; /* arguments */
	u32 most;
	void (*run)(const char *const *args);
	bool changes; /* what trace hotplug shows */
} actions[] = {
	{"blocks", 0, 0, show_blocks, false}, {"add", 2, 5, run_add, true},
	{"online", 1, 2, run_online, true},   {"offline", 1, 1, run_offline, true},
	{"remove", 1, 2, run_remove, true},   {"policy", 0, 1, run_policy, false},
	{"veto", 1, 1, run_veto, false},
};

static void run_hotplug(const char *const *args)
{
	u32 nr = 0;

	while (args[nr])
		nr++;
	for (u32 i = 0; nr > 0 && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(args[0], actions[i].name) != 0)
			continue;
		if (nr - 1 < actions[i].least || nr - 1 > actions[i].most)
			break;
		if (actions[i].changes)
			trace_begin(TRACE_HOTPLUG);
		actions[i].run(args + 1);
		if (actions[i].changes)
			trace_end();
		return;
	}
	command_complain("hotplug what? One of: blocks, add PA SIZE, online BLOCK, offline BLOCK, "
			 "remove BLOCK, policy, veto; help hotplug says more\n");
}

static const struct command commands[] = {
	{"hotplug",
	 "blocks | add PA SIZE [NODE] [altmap] [base] | online BLOCK [kernel|movable] | "
	 "offline BLOCK | remove BLOCK | remove PA SIZE | policy [NAME] | "
	 "veto online|offline|off",
	 "RAM added, online, offline, removed",
	 "RAM that mem= holds back can be added and removed, in multiples of 2 MiB. A\n"
	 "BLOCK is a section; its number is phys_index in the list of blocks.\n"
	 "add makes struct pages: altmap puts them into the added memory itself, base\n"
	 "shows them by leaves of 4 KiB. online gives the pages to the allocator, movable\n"
	 "only for what can move away again. offline moves what is in use, or names the\n"
	 "frame that cannot. remove leaves everything as it was before add. policy is\n"
	 "what add does at its end: offline, online_kernel, online_movable. veto refuses\n"
	 "what is put on- or offline from now on, as a notifier may, and shows what the\n"
	 "others are told and that nothing has changed. trace hotplug shows the calls of\n"
	 "the last change.\n"
	 "Example: hotplug blocks\n"
	 "See also: sections, trace, zoneinfo\n",
	 COMMAND_ANY_ARGS, run_hotplug},
};

const struct command_group commands_hotplug = {commands, ARRAY_SIZE(commands)};
