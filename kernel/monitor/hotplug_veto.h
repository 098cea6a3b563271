/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A person at the prompt as one of those who may say no when memory goes on- or offline (mm/hotplug_notify.h).
 */
#pragma once

#include "lib/types.h"

enum veto {
	VETO_ONLINE,
	VETO_OFFLINE,
	VETO_OFF,
};

/** veto_set - refuse that change from now on, and show what notifiers are told; VETO_OFF: no more of it. */
void veto_set(enum veto veto);

/**
 * veto_watch - change(nr, type), which results in an error of hotplug. When the veto stopped it, what that has
 * left behind is looked for, and the finding shown: nothing may be.
 */
int veto_watch(int (*change)(u64 nr, u32 type), u64 nr, u32 type);
