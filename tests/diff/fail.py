# SPDX-License-Identifier: BSD-2-Clause
"""
Every early allocation fails once: a handful of machines is booted with failalloc=1, 2, 3, ... until
no allocation is left to fail. Each boot must end well, perhaps with less memory, or stop with a
reason that speaks of memory; in what ends well the ranges, the ledger and the audit must hold.

A section that gets no struct pages, or not all of them, is given up: what it had got is free again, so the
figures of the memmap hold, too.
"""
import generate
import judge  # finds the modules of tests/boot

import figures
import host
import invariants
from suite import Failure, expect

MIB = generate.MIB
LINE = "failalloc="
MOST = 4000  # more allocations than any of the machines makes
REASONS = ("no ", "FLATMEM needs", "this machine has too little", "memblock ")


def plain(*banks, nids=(), **more):
    """A machine with these banks, one node each."""
    nodes = [
        {"tuples": [list(bank)], "nid": nids[i] if nids else None, "hot": False}
        for i, bank in enumerate(banks)
    ]
    image = banks[0][0] + 2 * MIB
    return {"memory": nodes, "reserved": [], "dynamic": [], "memreserve": [], "initrd": None,
            "args": [], "cells": [2, 2], "image": image, "dtb": image + 2 * MIB, **more}


def regions(places):
    """Small no-map regions that break up free memory."""
    return [{"name": f"r{i}", "tuples": [[at, 0x3000]], "nomap": i % 2 == 0}
            for i, at in enumerate(places)]


START = 0x80000000
MACHINES = {
    "one bank": plain((START, 256 * MIB)),
    "two banks": plain((START, 128 * MIB), (START + 512 * MIB, 192 * MIB)),
    "two nodes": plain((START, 128 * MIB), (START + 128 * MIB, 256 * MIB), nids=(0, 1)),
    "64 MiB": plain((START, 64 * MIB)),
    "fragments": plain(
        (START, 64 * MIB), (START + 256 * MIB, 32 * MIB),
        reserved=regions(range(START + 5 * MIB, START + 64 * MIB, MIB))),
}
BUILDS = [*judge.BASE, judge.VARIANTS[0], judge.VARIANTS[4]]  # 64 MiB sections, base page leaves


def cases():
    """(name of the machine, build): what run() takes."""
    return [(name, image) for name in MACHINES for image in BUILDS]


def check_boot(result):
    """One boot with a failing allocation."""
    record = result.record
    if not record.is_ok():
        reason = record.verdict.split('reason="', 1)[1]
        expect(reason.startswith(REASONS), f"stops with {reason}")
        return
    invariants.check_ranges(record)
    invariants.check_ledger(record)
    figures.check_memmap(record)
    invariants.check_audit(record)
    invariants.check_nodes(record)
    invariants.check_buddy(record)


def numbers():
    """Every allocation at the beginning, then fewer: a vmemmap of base pages has thousands."""
    nr = 1
    while nr < MOST:
        yield nr
        nr += 1 if nr < 64 else 1 + nr // 16


def run(name, image):
    """(name of the test, what is wrong): every allocation of one machine in one build."""
    machine = MACHINES[name]
    file = f"fail-{name}-{image.name()}".replace(" ", "-").replace("=", "-")
    title = f"failing allocations, {name}, {image.name()}"
    blob, _ = judge.compile_machine(machine, file)
    found = []
    for nr in numbers():
        try:
            result = judge.boot(machine, image, blob, f"failalloc={nr}")
            if not any(line.startswith("memblock") and LINE in line for line in result.output):
                break
            check_boot(result)
        except Failure as failure:
            found.append(f"failalloc={nr}: {failure}")
        finally:
            host._boots.clear()
    else:
        found.append(f"more than {MOST} allocations")
    if nr == 1:
        found.append("failalloc=1 did nothing")
    return title, found
