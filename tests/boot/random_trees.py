# SPDX-License-Identifier: BSD-2-Clause
"""
Trees that nobody drew: random banks, nodes, holes and reservations, from a fixed seed each, through
all four models on the host (C167). Whatever the tree says, the boot ends well and every check of
proof.py holds, or it stops with a reason that blames the tree. A tree that fails is in
build/tests/dtb/random-SEED.dts: make it smaller by hand and keep it in dts/maps.
"""
import random

import host
import proof
import trees
from images import Image
from ranges import GIB, MIB, PAGE, align_up, intersect, normal, size, text, union
from suite import MODELS, Failure, Test

TREES = 120  # with --full ten times as many
PER_TEST = 20
BASES = [0x80000000, 0x80000000, 0x40000000, 0, 0x1000000000, 0x8000000000]
ARGUMENTS = ["", "", "", "selftest", "numa=off", "numa=fake=3", "mem=48M", "memtest=1", "probe"]
GRAINS = [1, PAGE, PAGE, PAGE, 2 * MIB, 2 * MIB, 128 * MIB]
# A stop with one of these is our own mistake, whatever the tree says.
OUR_FAULT = ("our own bug", "audit:", "ledger", "trap:", "selftest:")


def cells(value):
    return f"{value >> 32:#x} {value & 0xFFFFFFFF:#x}"


def entry(start, size):
    return f"<{cells(start)} {cells(size)}>"


def banks(chance, base):
    """The first bank is large enough for image and struct pages; then anything."""
    result = [(base, chance.choice([64, 100, 256, 1024]) * MIB + chance.randrange(512) * PAGE)]
    for _ in range(chance.choice([0, 0, 1, 2, 3, 5, 12, 24])):
        grain = chance.choice(GRAINS)
        last = result[-1][0] + result[-1][1]
        gap = chance.choice([0, 0, PAGE, 3 * PAGE, MIB, 64 * MIB, 200 * MIB, GIB])
        start = align_up(last + gap, grain) + (chance.randrange(grain) if grain == 1 else 0)
        size = chance.choice([1, 3 * PAGE, 17 * PAGE, MIB, 2 * MIB, 33 * MIB, 128 * MIB, 300 * MIB])
        result.append((start, align_up(size, grain)))
    if chance.random() < 0.2:  # overlaps, contained, identical
        start, size = chance.choice(result)
        result.append((start + chance.choice([0, PAGE, size // 2]), size))
    return result


def memory_nodes(chance, all_banks):
    """The banks as memory nodes, shuffled, several to a node, with node ids or without."""
    numa = chance.choice([None, None, 1, 2, 4, 20])
    order = all_banks[1:]
    chance.shuffle(order)
    order.insert(0, all_banks[0])
    text = ""
    while order:
        take = order[: chance.choice([1, 1, 1, 2, 4])]
        order = order[len(take) :]
        node_id = f"numa-node-id = <{chance.randrange(numa)}>;" if numa else ""
        if numa and chance.random() < 0.05:
            node_id = ""
        hot = "hotpluggable;" if text and chance.random() < 0.1 else ""
        reg = ", ".join(entry(*bank) for bank in take)
        name = f"memory@{take[0][0]:x}" if f"memory@{take[0][0]:x} " not in text else "memory@f"
        text += f'\t{name} {{ device_type = "memory"; {node_id} {hot} reg = {reg}; }};\n'
    return text


def reserved(chance, all_banks, base):
    """Reservations anywhere but over the image and the blob: those are other cases."""
    text = f"\t\tmmode_resv@0 {{ no-map; reg = {entry(base, 0x80000)}; }};\n"
    for i in range(chance.choice([0, 1, 2, 4, 16, 40])):
        kind = chance.choice(["", "", "no-map;", "no-map;", "reusable;"])
        if chance.random() < 0.15:
            size = chance.choice([PAGE, 5 * PAGE, 2 * MIB])
            text += f"\t\td{i} {{ {kind} size = <{cells(size)}>; }};\n"
            continue
        start, length = chance.choice(all_banks)
        at = start + chance.randrange(max(1, length)) - chance.choice([0, 0, PAGE])
        at -= chance.choice([0, at % PAGE, at % (2 * MIB)])
        if base <= at < base + 8 * MIB or at < 0:
            at = base + 8 * MIB
        size = chance.choice([1, 100, PAGE, 3 * PAGE, MIB, 2 * MIB, 20 * MIB, length])
        text += f"\t\tr{i}@{at:x} {{ {kind} reg = {entry(at, size)}; }};\n"
    return text


def ranges_of(all_banks):
    return [(start, start + length) for start, length in all_banks]


def make(seed):
    """The file of a tree's blob, and boot arguments."""
    chance = random.Random(seed)
    base = chance.choice(BASES)
    all_banks = banks(chance, base)
    body = memory_nodes(chance, all_banks)
    body += "\treserved-memory {\n\t\t#address-cells = <2>;\n\t\t#size-cells = <2>;\n\t\tranges;\n"
    body += reserved(chance, all_banks, base) + "\t};\n"
    head = "/ {\n\t#address-cells = <2>;\n\t#size-cells = <2>;\n"
    args = chance.choice(ARGUMENTS)
    if size(ranges_of(all_banks)) > 512 * MIB:
        args = args.replace("memtest=1", "")  # it touches every page
    return trees.write_tree(f"random-{seed}", f"{head}{body}}};", include=""), f"record {args}"


def judge(seed):
    """One tree through all models."""
    blob, args = make(seed)
    records = {}
    for model in MODELS:
        result = host.boot(Image(model), blob, args, keep=False)
        if not result.record.is_ok():
            if any(sign in result.record.verdict for sign in OUR_FAULT):
                raise Failure(f"{model}: verdict {result.record.verdict}", result.output[-20:])
            continue
        try:
            proof.judge_record(result.record)
        except Failure as failure:
            raise Failure(f"{model}: {failure}", failure.details) from failure
        given_up = {line["why"] for line in result.record.all("dropped")}
        if not given_up & {"no memmap", "over the hole budget"}:
            records[model] = result.record
    same_but_for_places(records)


def same_but_for_places(records):
    """
    Models agree. A dynamic reservation stays within one node, so where touching banks are one
    node here and two there, its place may differ, but not its size.
    """
    places = {model: [l.text for l in r.all("reserved")] for model, r in records.items()}
    if all(one == two for one in places.values() for two in places.values()):
        proof.same_free(records)
        return
    known = None
    for model, record in records.items():
        banks = record.ranges("bank")
        sizes = sorted((l["owner"], size([l.range()])) for l in record.all("reserved"))
        parts = record.ranges("free"), record.ranges("early"), record.ranges("reserved")
        mine = text(normal(banks), 99), sizes, text(intersect(union(*parts), banks), 99)
        if known and known[1] != mine:
            raise Failure(f"{known[0]} and {model} disagree", [str(known[1]), str(mine)])
        known = model, mine


def many(first):
    def run(_):
        failures = []
        for seed in range(first, first + PER_TEST):
            try:
                judge(seed)
            except Failure as failure:
                failures.append((f"seed {seed}: {failure}", failure.details))
        if failures:
            details = [line for why, more in failures for line in (why, *more)]
            raise Failure(f"{len(failures)} of {PER_TEST}: {failures[0][0]}", details)

    return run


def tests():
    images = [Image(model) for model in MODELS]
    return [
        Test(f"host random trees {first} to {first + PER_TEST - 1}", many(first), images,
             full=first >= TREES)
        for first in range(0, 10 * TREES, PER_TEST)
    ]
