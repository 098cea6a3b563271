/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The boot is a column of stages. Each reads the finished results of the earlier ones and
 * writes only its own; stage_run() times it, and names it for whoever must report a stop or a
 * trap meanwhile.
 */
#pragma once

#include "lib/types.h"

struct stage_figures {
	const char *name;
	u64 instret; /* instructions, console output left out */
	u64 time;    /* ticks of the time CSR */
};

/**
 * stage_entered - the entry code is at its end: what it took since instret is a phase too. At
 * most once, before the first stage.
 */
void stage_entered(u64 instret);

/** stage_run - run one stage to its end. Stages run once each, in the order of kernel/main.c. */
void stage_run(const char *name, void (*stage)(void));

/** stage_over - the boot is over: a stop or a trap from now on happened in name, a literal. */
void stage_over(const char *name);

/** stage_name - the stage that is running, or the last that ran; "entry" before the first. */
const char *stage_name(void);

/** stage_figures - the i-th finished stage; NULL past the last. */
const struct stage_figures *stage_figures(u32 i);

/** stage_is_done - has the stage of that name finished? A finished stage's tables are closed. */
bool stage_is_done(const char *name);
