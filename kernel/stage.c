/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs the stages of the boot, keeps what each cost, and knows which one is running.
 *
 * The cost of a stage is the growth of the instruction counter and of the time CSR less what
 * the logger used meanwhile, so that a chatty boot and a quiet one show the same figures.
 * stage_name() may be asked before .bss is clear (an early stop names its phase); everything
 * else comes after.
 */
#include "stage.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "machine.h"
#include "step.h"

#define MAX_STAGES 32

/*
 * NULL until the first stage. In .data, and not initialised with a pointer: that would be an
 * address as linked, which is wrong as long as the code runs where it was loaded.
 */
static const char *current_name __attribute__((section(".data"))) = NULL;

static struct stage_figures finished[MAX_STAGES];
static u32 nr_finished;

/** counters - instructions and time up to now, the logger's share left out. */
static struct stage_figures counters(const char *name)
{
	u64 time = arch_time() - log_time();
	u64 instret = arch_instret() - log_instret();

	return (struct stage_figures){name, instret, time};
}

void stage_entered(u64 instret)
{
	struct stage_figures now = counters("entry");

	assert_kernel(nr_finished == 0, nr_finished, instret);
	finished[nr_finished++] = (struct stage_figures){now.name, now.instret - instret, 0};
}

/* The stage is a node of the boot's call tree: what its function calls hangs below its name. */
static void trace_stage(const char *name, void (*stage)(void))
{
	static const u64 no_arguments[TRACE_MAX_ARGS];
	struct trace_node *here = trace_current ? trace_enter(name, "", no_arguments) : NULL;

	stage();
	trace_leave(&here);
}

void stage_run(const char *name, void (*stage)(void))
{
	struct stage_figures begin, end;

	assert_kernel(nr_finished < MAX_STAGES, nr_finished, MAX_STAGES);
	assert_kernel(!stage_is_done(name), nr_finished, 0);
	step_before();
	current_name = name;
	if (!trace_root(TRACE_BOOT))
		trace_begin(TRACE_BOOT);
	begin = counters(name);
	trace_stage(name, stage);
	end = counters(name);
	finished[nr_finished++] =
		(struct stage_figures){name, end.instret - begin.instret, end.time - begin.time};
	step_after(name);
	if (strcmp(machine.options.fault, name) == 0)
		arch_fault();
}

void stage_over(const char *name)
{
	current_name = name;
}

const char *stage_name(void)
{
	return current_name ? current_name : "entry";
}

const struct stage_figures *stage_figures(u32 i)
{
	return i < nr_finished ? &finished[i] : NULL;
}

bool stage_is_done(const char *name)
{
	for (u32 i = 0; i < nr_finished; i++) {
		if (strcmp(finished[i].name, name) == 0)
			return true;
	}
	return false;
}
