#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
lint_main.py [--least=error|warning|hint] FILE.dtb... - the linter alone, without a boot.

Prints one paragraph per finding. Exit status: 0 nothing found, 1 findings, 2 bad usage or a file
that is no device tree blob. --least leaves milder findings out, of the status too. What only a
boot knows (the address of the blob, RAM without struct pages) needs mmview --lint.
"""
import argparse
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

# pylint: disable=wrong-import-position
from errors import Unusable  # noqa: E402
from lint import findings  # noqa: E402
from lint_codes import SEVERITIES  # noqa: E402
from lint_tree import need_libfdt  # noqa: E402


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unusable(error.strerror) from None


def lint(path, least, heading):
    """Print the findings of one file; how many."""
    allowed = SEVERITIES[: SEVERITIES.index(least) + 1]
    found = [one for one in findings(read(path)) if one.severity in allowed]
    if heading:
        print(f"{path}: {len(found)} findings" + ("\n" if found else ""))
    if found:
        print("\n\n".join(one.text() for one in found) + ("\n" if heading else ""))
    return len(found)


def main():
    parser = argparse.ArgumentParser(prog="lint_main.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--least", choices=SEVERITIES, default="hint",
                        help="the mildest findings to show (default: hint)")
    parser.add_argument("file", nargs="+", metavar="FILE.dtb")
    args = parser.parse_args()
    status = 0
    try:
        need_libfdt()
    except Unusable as error:
        print(f"lint_main.py: {error}", file=sys.stderr)
        return 2
    for path in args.file:
        try:
            status = max(status, 1 if lint(path, args.least, len(args.file) > 1) else 0)
        except Unusable as error:
            print(f"lint_main.py: {path}: {error}", file=sys.stderr)
            status = 2
    return status


if __name__ == "__main__":
    sys.exit(main())
