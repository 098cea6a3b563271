/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The prompt that a boot ends at: type a command, see what memory looks like.
 */
#pragma once

/**
 * monitor_run - read and run commands until poweroff, ^D or the end of input; then the verdict
 * and off. With the boot argument poweroff it is over at once, and also when nobody is there
 * (arch_console_is_interactive()) unless the boot argument monitor says that a script is.
 */
_Noreturn void monitor_run(void);

/** monitor_leave - the verdict as the last line, then off. */
_Noreturn void monitor_leave(void);
