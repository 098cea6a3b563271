#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/example/run.py - examples/kernel, the kernel of docs/building-on.md: it builds, it runs in QEMU on
three harts and on the host, and what it took is free again.

Prints "ok NAME" or "not ok NAME: why" lines.
"""
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
EXAMPLE = "examples/kernel"
BUILD = "vmemmap-examples-kernel"
KNOBS = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "MODEL", "DTB", "BIOS", "MACHINE", "QEMU_ARGS", "VARIANT")
CLEAN = {k: v for k, v in os.environ.items() if k not in KNOBS}


def run(words, **env):
    """(exit status, output) of a command."""
    done = subprocess.run(words, cwd=TOP, env={**CLEAN, **env}, stdin=subprocess.DEVNULL, timeout=600,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def judged(status, text, harts):
    """What is wrong with a run, or None."""
    said = re.search(r"example: 10000 of 10000 tasks on (\d+) harts were right, in \d+ pages", text)
    pages = re.search(r"example: (\d+) pages free before, (\d+) after", text)
    if status != 0:
        return f"exit status {status}"
    if not said or int(said.group(1)) != harts:
        return f"not 10000 tasks on {harts} harts"
    if not pages or pages.group(1) != pages.group(2):
        return "a page was not given back"
    if not text.rstrip().endswith("mm.verdict ok"):
        return "the verdict is not the last line"
    return None


def build(target):
    status, text = run(["make", target, "MODEL=vmemmap", f"AFTER={EXAMPLE}"])
    return "it does not build" if status else None, text


def in_qemu():
    why, text = build("image")
    if not why:
        status, text = run(["scripts/run-qemu", f"build/{BUILD}/Image"], MEM="256M", SMP="3", APPEND="",
                           TIMEOUT="120")
        why = judged(status, text, 3)
    return why, text


def on_the_host():
    why, text = build("host")
    with tempfile.TemporaryDirectory(prefix="example-") as scratch:
        blob = os.path.join(scratch, "board.dtb")
        run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, "dts/boards/visionfive2-4g.dts"])
        if not why:
            status, text = run([f"build/host/{BUILD}/pagewright", blob])
            why = judged(status, text, 1)
    return why, text


def main():
    good = True
    for name, test in (("example: in QEMU, three harts", in_qemu), ("example: on the host", on_the_host)):
        why, text = test()
        print(f"not ok {name}: {why}" if why else f"ok {name}", flush=True)
        for line in text.splitlines()[-20:] if why else []:
            print(f"# {line}")
        good = good and not why
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
