#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/diff/run.py - random machines through all memory models, against an independent oracle; some in
QEMU, against the same boot on the host.

    -n N         number of machines (N=, default 1000)
    --seed S     of the first one (SEED=, default 1); the others follow
    --qemu N     how many further machines boot in QEMU too (QEMU=, default 12)
    --no-shrink  leave a failing machine as it is

One line for each batch: "ok NAME" or "not ok NAME: why". A machine that fails is made smaller and
written to tests/diff/kept/SEED.dts; the files there are tried again by every run. Then the boots of
fail.py, in which one early allocation fails. JOBS= sets the number of batches at once (2).
"""
import argparse
import concurrent.futures
import glob
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import fail  # noqa: E402
import generate  # noqa: E402
import judge  # noqa: E402
import on_qemu  # noqa: E402
import shrink  # noqa: E402
from images import build  # noqa: E402
from suite import Failure  # noqa: E402

KEPT = "tests/diff/kept"
MACHINE = " * machine: "
BATCH = 50
QEMU_BATCH = 4
SHARE = 4  # one machine in so many also runs through one of judge.VARIANTS


def images_for(seed):
    """The four models, and now and then one more build."""
    if seed % SHARE:
        return judge.BASE
    return [*judge.BASE, judge.VARIANTS[seed // SHARE % len(judge.VARIANTS)]]


def keep(seed, machine, why):
    """Write a failing machine where every run will find it."""
    path = f"{KEPT}/{seed}.dts"
    os.makedirs(KEPT, exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write("/* SPDX-License-Identifier: BSD-2-Clause */\n/*\n")
        file.write(f" * Found by tests/diff with SEED={seed} and made smaller. It failed with:\n")
        file.write(f" *   {why[:300].replace('*/', '')}\n *\n")
        file.write(f"{MACHINE}{json.dumps(machine)}\n */\n{generate.dts(machine)}")
    return path


def try_seed(seed, want_shrink):
    """None, or what is wrong with the machine of a seed and where the smaller one is."""
    machine = generate.machine(seed)
    images = images_for(seed)
    why = judge.check(machine, f"s{seed}", images)
    if why is None:
        for end in ("dts", "dtb"):
            os.remove(f"{judge.FOLDER}/s{seed}.{end}")
        return None
    if not want_shrink:
        return f"SEED={seed}: {why}"
    guilty = [image for image in images if why.startswith(f"{image.name()}: ")] or images
    machine = shrink.smallest(machine, lambda m: judge.check(m, f"s{seed}", guilty))
    why = judge.check(machine, f"s{seed}", guilty) or why
    return f"SEED={seed}, smaller in {keep(seed, machine, why)}: {why}"


def try_batch(first, number, want_shrink):
    found = []
    for seed in range(first, first + number):
        try:
            why = try_seed(seed, want_shrink and not found)
        except Exception as error:  # a bug of the tests is a failure, and the others go on
            why = f"SEED={seed}: {error!r}"
        if why:
            found.append(why)
    return f"random machines {first} to {first + number - 1}", found


def try_in_qemu(first, number, want_shrink):
    """Machines of their own, each in one model; a shrunk one is kept like the others."""
    found = []
    for seed in range(first, first + number):
        machine, image = generate.machine(seed, virt=True), on_qemu.image_for(seed)
        name = f"q{seed}"
        why = on_qemu.check(machine, name, image)
        if why and want_shrink and not found:
            machine = shrink.smallest(machine, lambda m: on_qemu.check(m, name, image))
            why = on_qemu.check(machine, name, image) or why
            why = f"smaller in {keep(name, machine, why)}: {why}"
        if why:
            found.append(f"SEED={seed}: {why}")
    return f"random machines in QEMU {first} to {first + number - 1}", found


def check_kept(machine, name):
    """A kept machine in every build, or, when it is one for QEMU, there in every model."""
    if not machine.get("virt"):
        return judge.check(machine, name, [*judge.BASE, *judge.VARIANTS])
    return next(filter(None, (on_qemu.check(machine, name, image) for image in judge.BASE)), None)


def try_kept(path):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file if line.startswith(MACHINE)]
    name = os.path.splitext(os.path.basename(path))[0]
    if not lines:
        return f"kept {name}", [f"{path} has no line \"{MACHINE.strip()}\""]
    machine = json.loads(lines[0][len(MACHINE) :])
    why = check_kept(machine, f"kept-{name}")
    return f"kept {name}", [why] if why else []


def say(name, found):
    """One result; True when it is good."""
    if not found:
        print(f"ok {name}", flush=True)
        return True
    print(f"not ok {name}: {' '.join(found[0].split())[:600]}", flush=True)
    for more in found[1:]:
        print(f"# also {' '.join(more.split())[:600]}", flush=True)
    return False


def parse_options():
    plain = argparse.RawTextHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("-n", type=int, default=int(os.environ.get("N") or "1000"))
    parser.add_argument("--seed", type=int, default=int(os.environ.get("SEED") or "1"))
    parser.add_argument("--qemu", type=int, default=int(os.environ.get("QEMU") or "12"))
    parser.add_argument("--no-shrink", action="store_true")
    return parser.parse_args()


def main():
    options = parse_options()
    os.chdir(judge.TOP)
    os.makedirs(judge.FOLDER, exist_ok=True)
    try:
        for image in [*judge.BASE, *judge.VARIANTS]:
            build(image, image in judge.BASE)
    except Failure as failure:
        return 0 if say("build", ["\n".join([str(failure), *failure.details])]) else 1
    good = True
    jobs = int(os.environ.get("JOBS") or "2")
    end = options.seed + options.n
    with concurrent.futures.ProcessPoolExecutor(max_workers=jobs) as pool:
        waiting = [pool.submit(try_kept, path) for path in sorted(glob.glob(f"{KEPT}/*.dts"))]
        for first in range(options.seed, end, BATCH):
            number = min(BATCH, end - first)
            waiting.append(pool.submit(try_batch, first, number, not options.no_shrink))
        end = options.seed + options.qemu
        for first in range(options.seed, end, QEMU_BATCH):
            number = min(QEMU_BATCH, end - first)
            waiting.append(pool.submit(try_in_qemu, first, number, not options.no_shrink))
        waiting += [pool.submit(fail.run, *case) for case in fail.cases()]
        for done in waiting:
            good = say(*done.result()) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
