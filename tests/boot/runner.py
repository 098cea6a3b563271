# SPDX-License-Identifier: BSD-2-Clause
"""
How a group of tests is run: the options, what is built first, and one line of result per test.
tests/boot/run.py and tests/uboot/run.py say which modules have the tests.
"""
import argparse
import concurrent.futures
import os
import sys
import threading
import time
import traceback

import images
from record import GrammarError
from suite import LOGS, TOP, Failure, Skip

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
            wanted[image] = wanted.get(image, False) or not test.name.startswith("host ")
    good = True
    for image, want_target in wanted.items():
        try:
            images.build(image, want_target)
        except Failure as failure:
            say(f"not ok build {image.name()}: {failure}", failure.details)
            good = False
    return good


def parse_options(doc):
    plain = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=doc, formatter_class=plain)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--filter", action="append", default=[])
    parser.add_argument("--host-only", action="store_true")
    parser.add_argument("--full", action="store_true", default=os.environ.get("FULL", "") == "1")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def main(modules, doc):
    """Run the tests of these modules as the command line says; the exit status. doc: for --help."""
    options = parse_options(doc)
    os.chdir(TOP)
    os.makedirs(LOGS, exist_ok=True)
    try:
        tests = [test for module in modules for test in module.tests()]
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
