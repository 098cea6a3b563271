/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reason of the last refusal, for all memory models.
 */
#include "mm/hotplug.h"

static char why[256];

const char *hotplug_error_name(int error)
{
	static const struct {
		int error;
		const char *name;
	} names[] = {
		{HOTPLUG_ENOMEM, "ENOMEM"}, {HOTPLUG_EBUSY, "EBUSY"},   {HOTPLUG_EEXIST, "EEXIST"},
		{HOTPLUG_EINVAL, "EINVAL"}, {HOTPLUG_ERANGE, "ERANGE"}, {HOTPLUG_ENOSYS, "ENOSYS"},
		{HOTPLUG_EVETO, "EPERM"},
	};

	for (u32 i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].error == error)
			return names[i].name;
	return "ok";
}

const char *hotplug_why(void)
{
	return why;
}

int hotplug_fail(int error, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_text_v(why, sizeof(why), fmt, ap);
	va_end(ap);
	return error;
}
