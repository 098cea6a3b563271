/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The two ends of the boot: kernel_main() is called by the entry code with the boot tables
 * live and .bss clear; finish() says how it went.
 */
#pragma once

/** kernel_main - the whole boot, stage by stage, then the monitor. Called once, by the boot hart; never returns. */
_Noreturn void kernel_main(void);

/** handoff_init - the stage: print what firmware handed over. */
void handoff_init(void);

/** finish - the report, then what the command line asked for, then the verdict. */
void finish(void);
