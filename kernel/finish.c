/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What comes after the last stage: the report for people, then what the command line asked
 * for, then the verdict. The hand-over's first stage stands here too: it only looks.
 */
#include "kernel.h"

#include "arch/arch.h"
#include "lib/log.h"
#include "lib/trace.h"
#include "machine.h"
#include "mm/record.h"
#include "mm/report.h"
#include "mm/selftest.h"

void handoff_init(void)
{
	log_set_level(config_loglevel);
	(void)arch_handoff();
}

void finish(void)
{
	trace_end();
	report_summary();
	if (machine.options.fault[0] != '\0')
		log_warn("fault-missed",
			 "fault=%s: no stage after devicetree, which reads the options, has that "
			 "name",
			 machine.options.fault);
	if (machine.options.selftest)
		selftest_run();
	if (machine.options.selftest_smp)
		selftest_smp_run();
	if (machine.options.bench)
		bench_run();
	if (machine.options.record)
		record_print();
	record_verdict_ok();
}
