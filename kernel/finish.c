/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes after the last stage: the report for people, then what the command line asked
 * for, then the verdict. The hand-over's first stage stands here too: it only looks.
 */
#include "kernel.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/string.h"
#include "lib/trace.h"
#include "machine.h"
#include "mm/record.h"
#include "mm/report.h"
#include "mm/selftest.h"
#include "stage.h"

void handoff_init(void)
{
	log_set_level(config_loglevel);
	(void)arch_handoff();
}

/* fault= named no stage that could have faulted: none of those from devicetree on, which reads the options. */
static void warn_fault_missed(void)
{
	const struct stage_figures *stage;
	char names[256] = "";
	size_t used = 0;

	for (u32 i = 0; (stage = stage_figures(i)) != NULL; i++)
		if (used > 0 || strcmp(stage->name, "devicetree") == 0) {
			used += format_text(names + used, sizeof(names) - used, " %s", stage->name);
			used = min_u64(used, sizeof(names) - 1);
		}
	log_warn("fault-missed",
		 "fault=%s: no stage that knows the options has that name; these do:%s",
		 machine.options.fault, names);
}

void finish(void)
{
	trace_end();
	report_summary();
	if (machine.options.fault[0] != '\0')
		warn_fault_missed();
	if (machine.options.selftest)
		selftest_run();
	if (machine.options.selftest_smp)
		selftest_smp_run();
	if (machine.options.selftest_hotplug)
		selftest_hotplug_run();
	if (machine.options.bench)
		bench_run();
	if (machine.options.record)
		record_print();
	record_verdict_ok();
}
