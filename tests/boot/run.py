#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/boot/run.py - boot the kernel, on the host and in QEMU, and judge what it did.

    --list              names of the tests, one a line
    --filter TEXT       only tests whose name has the text; may be given several times
    --host-only         no QEMU
    --full              the slow and the redundant ones too (also: FULL=1)
    --verbose           show a failed test's whole console; say where the logs are

One line per test: "ok NAME", "not ok NAME: why" or "skip NAME: why"; after a failure, lines with
"#" say more. JOBS= sets the number of tests at once (2). Logs are in build/tests/.
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases_board  # noqa: E402
import cases_config  # noqa: E402
import cases_firmware  # noqa: E402
import cases_handoff  # noqa: E402
import cases_hart_traps  # noqa: E402
import cases_harts  # noqa: E402
import cases_hotplug  # noqa: E402
import cases_hugetlb  # noqa: E402
import cases_machine  # noqa: E402
import cases_numa  # noqa: E402
import cases_order  # noqa: E402
import cases_probe  # noqa: E402
import cases_shift  # noqa: E402
import cases_run  # noqa: E402
import cases_smp  # noqa: E402
import cases_trust  # noqa: E402
import checker_tests  # noqa: E402
import random_trees  # noqa: E402
import runner  # noqa: E402
import tree_tests  # noqa: E402

MODULES = (
    checker_tests,
    tree_tests,
    random_trees,
    cases_machine,
    cases_board,
    cases_probe,
    cases_shift,
    cases_numa,
    cases_hugetlb,
    cases_handoff,
    cases_firmware,
    cases_config,
    cases_run,
    cases_smp,
    cases_harts,
    cases_hart_traps,
    cases_hotplug,
    cases_order,
    cases_trust,
)

if __name__ == "__main__":
    sys.exit(runner.main(MODULES, __doc__))
