# SPDX-License-Identifier: BSD-2-Clause
"""
One machine of generate.py, booted on the host through all four models and perhaps one more build,
and judged: by the checks that every record must pass, and by oracle.py. check() gives None or what
is wrong.
"""
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(1, os.path.join(TOP, "tests/boot"))

import generate  # noqa: E402
import oracle_huge  # noqa: E402
import host  # noqa: E402
import proof  # noqa: E402
from images import Image  # noqa: E402
from oracle import Oracle, ceil  # noqa: E402
from ranges import intersect, normal, size, subtract, union  # noqa: E402
from record import GrammarError  # noqa: E402
from suite import LOGS, MODELS, Failure, expect, expect_equal  # noqa: E402

BASE = [Image(model) for model in MODELS]
VARIANTS = [
    Image("vmemmap", "SECTION_SIZE_64M=y"),
    Image("sparse", "SECTION_SIZE_64M=y"),
    Image("vmemmap", "SECTION_SIZE_1G=y"),
    Image("sparse", "SECTION_SIZE_1G=y"),
    Image("vmemmap", "VMEMMAP_LEAF_BASE=y"),
    Image("flat", "FREE_UNUSED_MEMMAP=y"),
    Image("discontig", "FREE_UNUSED_MEMMAP=y"),
    Image("vmemmap", "MEMMAP_POISON=y"),
]
SECTION_BITS = {"SECTION_SIZE_64M=y": 26, "SECTION_SIZE_1G=y": 30}
FOLDER = f"{LOGS}/diff"


def join(ranges):
    """Ranges in order, joined where they touch; empty ones left out."""
    result = []
    for start, end in sorted((r[0], r[1]) for r in ranges if r[0] < r[1]):
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return result


def show(ranges):
    return " ".join(f"[0x{start:x}, 0x{end:x})" for start, end in join(ranges)) or "nothing"


def compile_machine(machine, name, size=0):
    """Write and compile; (file of the blob, its size). size: bytes that it shall have at least."""
    os.makedirs(FOLDER, exist_ok=True)
    path = f"{FOLDER}/{name}"
    with open(f"{path}.dts", "w", encoding="utf-8") as file:
        file.write(generate.dts(machine))
    done = subprocess.run(
        ["dtc", "-q", "-I", "dts", "-O", "dtb", "-i", "dts/maps", "-S", str(size),
         "-o", f"{path}.dtb", f"{path}.dts"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise Failure("dtc cannot compile it", done.stdout.decode(errors="replace").splitlines())
    return f"{path}.dtb", os.path.getsize(f"{path}.dtb")


def places(machine):
    parts = ":".join(f"0x{machine['image'] + part:x}" for part in generate.IMAGE_PARTS)
    return [f"--image={parts}", f"--dtb-at=0x{machine['dtb']:x}"]


def boot(machine, image, blob, more=""):
    words = " ".join(["record", *machine["args"], *more.split()])
    return host.boot(image, blob, words, places(machine))


def judge_stop(oracle, image, verdict):
    reason = verdict.split('reason="', 1)[1]
    wanted = oracle.stop(image.model)
    if wanted:
        expect(reason.startswith(wanted), f"stops with {reason} instead of {wanted} ...")
        return
    bits = SECTION_BITS.get(image.overrides, 27)
    expect(oracle.may_be_short(image.model, bits, reason), f"there is no reason to stop: {reason}")


def judge_banks(oracle, record, image):
    expect_equal("banks", show(record.ranges("bank")), show(oracle.pages))
    left_out = record.ranges("dropped", why="no memmap")
    others = [line.range() for line in record.all("dropped") if line["why"] != "no memmap"]
    expect_equal("dropped bytes", show(others), show(oracle.dropped()))
    ram = join([*record.ranges("bank"), *oracle.dropped()])
    expect_equal("the ledger's ram", record.one("ledger").number("ram"), sum(e - s for s, e in ram))
    if left_out:
        bits = SECTION_BITS.get(image.overrides, 27)
        expect(not oracle.must_suffice(image.model, bits),
               f"left out although there is memory: {show(left_out)}")
    args = oracle.machine["args"]
    if image.model == "flat" or any(a.startswith("numa=fake") for a in args):
        return
    ids = oracle.has_ids() and "numa=off" not in args
    if image.model == "discontig" and not ids:
        return
    for nid in sorted({line["node"] for line in record.all("bank")}):
        mine = [p for p in oracle.pages if oracle.node_of(p[2], ids) == int(nid)]
        expect_equal(f"banks of node {nid}", show(record.ranges("bank", node=nid)), show(mine))


def judge_pools(oracle, record):
    """Ranges of dynamic reservations: where their wishes allow. Gives all of them."""
    found = []
    for pool in oracle.machine["dynamic"]:
        name = f"/reserved-memory/{pool['name']}"
        lines = [line for line in record.all("reserved") if line["owner"] == name]
        expect(len(lines) < 2, f"{name} is reserved twice")
        found += [(*line.range(), line["nomap"] == "1") for line in lines]
    for pool in oracle.machine["dynamic"]:
        size, align = ceil(pool["size"]), max(pool["align"], 4096)
        windows = [(b, b + s) for b, s in pool["ranges"]] or [(0, 1 << 64)]
        windows = [(max(b, 4096), e) for b, e in windows]
        mine = record.ranges("reserved", owner=f"/reserved-memory/{pool['name']}")
        if not mine:
            for start, end, owner in oracle.free(found):
                hot = owner >= 0 and oracle.tuples[owner][3]
                for low, high in windows:
                    at = -(-max(start, low) // align) * align
                    fits = at + size <= min(end, high) and not hot
                    expect(not fits, f"{pool['name']} is not placed, but 0x{at:x} is free")
            continue
        start, end = mine[0]
        good = end - start == size and start % align == 0
        good = good and any(low <= start and end <= high for low, high in windows)
        clash = [t for t in oracle.taken if t[0] < end and start < t[1]]
        clash += [f for f in found if f[:2] != (start, end) and f[0] < end and start < f[1]]
        inside = show(oracle.free()) if not clash else ""
        expect(good and not clash, f"{pool['name']} at {show(mine)} is not as it was asked for",
               [f"clashes with {clash}", inside])
    return found


def judge_huge(oracle, record):
    """The pools: what the arguments ask for, and as much of it as there is."""
    asked = oracle_huge.Asked(oracle.machine["args"]).by_size
    asked = {bytes_: wanted for bytes_, wanted in asked.items() if wanted[0]}
    said = {line.number("size"): line.number("asked") for line in record.all("hugetlb")}
    expect_equal("huge pages asked for", said, {b: wanted[0] for b, wanted in asked.items()})
    whole = not record.ranges("dropped", why="no memmap")
    if not whole or any(hot for _, _, _, hot in oracle.tuples):
        return  # which memory is free for them, the record alone does not say
    ram = size(record.ranges("bank"))
    memory = {int(line["node"]) for line in record.all("bank")}
    for bytes_, wanted in asked.items():
        free = record.ranges("free")
        if bytes_ > 2 << 20:  # they were free before hand-over; usage maps and tables were taken before
            free = union(free, record.ranges("early", owner="hugetlb"))
        by_node = {nid: intersect(normal(free), record.ranges("bank", node=str(nid)))
                   for nid in memory}
        found = {line.number("node"): line.number("got") for line in record.all("hugetlb_node")
                 if line.number("size") == bytes_}
        right = oracle_huge.got(wanted, bytes_, by_node, memory, ram)
        expect_equal(f"huge pages of {bytes_} by node", {n: g for n, g in found.items() if g},
                     {n: g for n, g in right.items() if g})


def judge_ok(oracle, record, image):
    wanted = oracle.stop(image.model)
    expect(not wanted, f"verdict ok, must stop with {wanted} ...")
    proof.judge_record(record, gives_back="FREE_UNUSED_MEMMAP=y" in image.overrides)
    judge_banks(oracle, record, image)
    judge_huge(oracle, record)
    pools = judge_pools(oracle, record)
    reserved = [(*line.range(), line["nomap"] == "1") for line in record.all("reserved")]
    wrong = sorted({*reserved} ^ {*oracle.taken, *pools})
    expect(not wrong, f"reserved by one of kernel and oracle only: {wrong}")
    expect_equal("reserved", sorted(reserved), sorted(oracle.taken + pools))
    left_out = record.ranges("dropped", why="no memmap")
    # What bring-up took before the rest of a bank was given up stays taken.
    mine = subtract(union(record.ranges("free"), record.ranges("early")), left_out)
    expect_equal("free or early", show(mine), show(oracle.free([*pools, *left_out])))


# What a deferred boot says otherwise than an eager one.
DEFERRED_TOPICS = {"build", "deferred", "deferred_share", "phase"}
# On demand the lists begin short, so that huge pages, as many, come from other places; the self-test
# makes the lists grow, and has four frees refused.
DEMAND_TOPICS = {*DEFERRED_TOPICS, "buddy", "hugepage", "warn"}


def judge_deferred(machine, image, blob, eager):
    """Boots with deferred struct pages end as the eager one did and say the same."""
    roomy = eager.is_ok() and eager.one("ledger").number("free") > 1 << 20
    for more, own in (("deferred=on", DEFERRED_TOPICS),
                      ("deferred=demand" + " selftest" * roomy, DEMAND_TOPICS)):
        late = boot(machine, image, blob, more).record
        expect_equal(f"with {more} the verdict", late.verdict, eager.verdict)
        one, two = ([line.text for line in r.lines if line.topic not in own] for r in (eager, late))
        expect(one == two, f"{more} makes a difference: {proof.difference(one, two)[:4]}")


def is_deferred_too(machine, image, images):
    """One of the images for every second machine."""
    turn = (machine["image"] >> 21) % (2 * len(images))
    return turn < len(images) and image is images[turn]


def check(machine, name, images):
    """None when every boot is as it must be; else what is wrong, in one line."""
    try:
        blob, size = compile_machine(machine, name)
        oracle = Oracle(machine, size)
    except Failure as failure:
        return f"{failure} {' '.join(failure.details)}"
    for image in images:
        try:
            result = boot(machine, image, blob)
            if result.record.is_ok():
                judge_ok(oracle, result.record, image)
            else:
                judge_stop(oracle, image, result.record.verdict)
            if is_deferred_too(machine, image, images):
                judge_deferred(machine, image, blob, result.record)
        except (Failure, GrammarError) as failure:
            host._boots.clear()
            return f"{image.name()}: {failure}"
    host._boots.clear()
    host._locks.clear()
    return None
