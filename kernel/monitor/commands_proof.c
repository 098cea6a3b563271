/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The proofs, again: the audit, the self-test, the record, and what each stage cost.
 */
#include "lib/log.h"
#include "mm/check.h"
#include "mm/record.h"
#include "mm/report.h"
#include "mm/selftest.h"
#include "monitor/command.h"

static void run_audit(const char *const *args)
{
	struct audit audit;

	(void)args;
	audit_run(&audit);
	print("pages of RAM        %12lu\n"
	      "free                %12lu\n"
	      "expected to be free %12lu\n"
	      "free more than once %12lu\n"
	      "free but no RAM     %12lu\n"
	      "missing             %12lu\n"
	      "writable and exec.  %12lu\n"
	      "leaf on no-map      %12lu\n"
	      "result              %12s\n",
	      audit.pages, audit.free, audit.expected, audit.duplicate, audit.hole, audit.missing,
	      audit.writable_exec, audit.nomap_leaf, audit.ok ? "ok" : "FAIL");
}

static void run_record(const char *const *args)
{
	(void)args;
	record_print();
}

static void run_phases(const char *const *args)
{
	(void)args;
	report_phases();
}

static void run_selftest(const char *const *args)
{
	(void)args;
	selftest_run();
}

static const struct command commands[] = {
	{"audit", "", "every usable page is free exactly once: check again",
	 "Works out anew from banks and owners what must be free, and compares it with the free\n"
	 "lists twice. Nothing may be allocated meanwhile.\n",
	 0, run_audit},
	{"record", "", "the boot in lines for programs (docs/record.md)", NULL, 0, run_record},
	{"phases", "", "instructions and time of each stage", NULL, 0, run_phases},
	{"selftest", "", "allocate every page, compare, free all, compare",
	 "Stops the machine on any difference.\n", 0, run_selftest},
};

const struct command_group commands_proof = {commands, ARRAY_SIZE(commands)};
