#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/boards/run.py - the trees of dts/boards against their golden records.

    --update    write the records anew (make golden); look at the diff before it is committed

Each tree is booted on the host through each memory model that its header names, with the image and
the blob at fixed places, and the record compared line by line with golden/NAME.MODEL.record.
mm.phase and mm.cost are left out, and what names the release or the configuration.
"""
import os
import re
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(TOP, "tests/boot"))

import host  # noqa: E402
import proof  # noqa: E402
import trees  # noqa: E402
from images import build  # noqa: E402
from ranges import MIB, align_up  # noqa: E402
from suite import LOGS, Failure, expect  # noqa: E402

GOLDEN = "tests/boards/golden"
OWN = re.compile(r" (?:release|config)=[^ ]+")
KIB = 1024


def places(tree, image):
    """Image and blob: 2 MiB above the lowest RAM and 4 MiB above that, in parts of fixed size."""
    boot = host.boot(image, tree.blob(), tree.bootargs())
    expect(boot.record.is_ok(), f"verdict {boot.record.verdict}")
    lowest = min(start for start, _ in boot.record.ranges("bank"))
    text = align_up(lowest, 2 * MIB) + 2 * MIB
    parts = ":".join(f"0x{text + part * KIB:x}" for part in (0, 96, 128, 512))
    return [f"--image={parts}", f"--dtb-at=0x{text + 4 * MIB:x}"]


def lines_of(tree, image):
    """The record as it is compared."""
    boot = host.boot(image, tree.blob(), tree.bootargs(), places(tree, image))
    return [OWN.sub("", line) for line in proof.comparable(boot.record)]


def try_tree(tree, model, update):
    image = tree.image(model)
    build(image, False)
    file = f"{GOLDEN}/{tree.name()}.{model}.record"
    found = lines_of(tree, image)
    if update:
        with open(file, "w", encoding="utf-8") as golden:
            golden.write("\n".join(found) + "\n")
        return
    expect(os.path.exists(file), f"there is no {file}; make golden writes it")
    with open(file, encoding="utf-8") as golden:
        wanted = golden.read().splitlines()
    lines = proof.difference(wanted, found)
    if lines or wanted != found:
        raise Failure(f"{len(lines)} lines differ from {file}", lines[:30])


def main():
    update = "--update" in sys.argv[1:]
    os.chdir(TOP)
    os.makedirs(LOGS, exist_ok=True)
    os.makedirs(GOLDEN, exist_ok=True)
    good = True
    for tree in trees.all_trees():
        if not tree.path.startswith("dts/boards/"):
            continue
        for model in tree.models:
            try:
                try_tree(tree, model, update)
                print(f"ok {tree.name()} {model}", flush=True)
            except Failure as failure:
                good = False
                print(f"not ok {tree.name()} {model}: {failure}", flush=True)
                for line in failure.details:
                    print(f"# {line}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
