#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/mmview/run.py [WORD...] - the tests of mmview, or those whose name has one of the words.
Builds build/host/mmview first. Prints "ok NAME", "not ok NAME: why" or "skip NAME: why" lines.
"""
import os
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "boot")]  # the strict reader of the record is there

import suite  # noqa: E402
import usage_tests  # noqa: E402,F401
import view_tests  # noqa: E402,F401
import what_if_tests  # noqa: E402,F401
import log_tests  # noqa: E402,F401
import reader_tests  # noqa: E402,F401
import install_tests  # noqa: E402,F401


def build():
    """make mmview; True when it worked."""
    done = subprocess.run(["make", "-s", "-C", suite.TOP, "mmview"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=suite.CLEAN,
                          check=False)
    if done.returncode != 0:
        print("not ok make mmview: it does not build")
        for line in done.stdout.decode(errors="replace").splitlines()[-40:]:
            print(f"# {line}")
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(suite.run_all(sys.argv[1:]) if build() else 1)
