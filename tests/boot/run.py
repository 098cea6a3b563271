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
import argparse
import concurrent.futures
import os
import sys
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cases_config  # noqa: E402
import cases_firmware  # noqa: E402
import cases_handoff  # noqa: E402
import cases_machine  # noqa: E402
import cases_numa  # noqa: E402
import cases_order  # noqa: E402
import cases_run  # noqa: E402
import checker_tests  # noqa: E402
import images  # noqa: E402
import random_trees  # noqa: E402
import tree_tests  # noqa: E402
from record import GrammarError  # noqa: E402
from suite import LOGS, TOP, Failure, Skip  # noqa: E402

MODULES = (
    checker_tests,
    tree_tests,
    random_trees,
    cases_machine,
    cases_numa,
    cases_handoff,
    cases_firmware,
    cases_config,
    cases_run,
    cases_order,
)
SHOWN = 40
_print_lock = threading.Lock()


def say(line, details=()):
    """One result and its details in one piece."""
    with _print_lock:
        print(line)
        for detail in details:
            for part in str(detail).splitlines():
                print(f"# {part}")
        sys.stdout.flush()


def one_line(text):
    return " ".join(str(text).split())


def run_test(test, options):
    """Run one test and say its result; True unless it failed."""
    started = time.monotonic()
    try:
        test.run(test.directory())
    except Skip as skip:
        say(f"skip {test.name}: {one_line(skip)}")
        return True
    except (Failure, GrammarError) as failure:
        found = getattr(failure, "details", [])
        details = found if options.verbose else found[:SHOWN]
        if options.verbose:
            details = [*details, f"logs: {test.directory()}"]
        say(f"not ok {test.name}: {one_line(failure)}", details)
        return False
    except Exception as error:  # a test that breaks has failed, the others go on
        say(f"not ok {test.name}: {one_line(repr(error))}", [traceback.format_exc()])
        return False
    took = f" ({time.monotonic() - started:.1f} s)" if options.verbose else ""
    say(f"ok {test.name}{took}")
    return True


def build_all(tests):
    """Build what the tests need; a build that fails is said once and fails its tests."""
    wanted = {}
    for test in tests:
        for image in test.images:
            wanted[image] = wanted.get(image, False) or test.name.startswith("qemu ")
    good = True
    for image, want_target in wanted.items():
        try:
            images.build(image, want_target)
        except Failure as failure:
            say(f"not ok build {image.name()}: {failure}", failure.details)
            good = False
    return good


def parse_options():
    plain = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--filter", action="append", default=[])
    parser.add_argument("--host-only", action="store_true")
    parser.add_argument("--full", action="store_true", default=os.environ.get("FULL", "") == "1")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main():
    options = parse_options()
    os.chdir(TOP)
    os.makedirs(LOGS, exist_ok=True)
    try:
        tests = [test for module in MODULES for test in module.tests()]
    except Failure as failure:
        say(f"not ok collect: {failure}", failure.details)
        return 1
    tests = [
        test
        for test in tests
        if (options.full or not test.full)
        and not (options.host_only and test.name.startswith("qemu "))
        and all(text in test.name for text in options.filter)
    ]
    if options.list:
        print("\n".join(test.name for test in tests))
        return 0
    good = build_all(tests)
    jobs = int(os.environ.get("JOBS", "2"))
    with concurrent.futures.ThreadPoolExecutor(max_workers=jobs) as pool:
        results = list(pool.map(lambda test: run_test(test, options), tests))
    return 0 if good and all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
