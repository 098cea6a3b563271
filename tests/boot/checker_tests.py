# SPDX-License-Identifier: BSD-2-Clause
"""
Would the checks notice? A good record and good page tables are changed a little, over and over,
and each change must be called wrong. The random choices are the same in every run.
"""
import random
import struct

import host
import mapping
import pagetables
import proof
import qemu
import record as grammar
import trees
from images import Image
from ranges import PAGE
from suite import Failure, Test, expect

TREE = "dts/maps/c26-four-in-one-reg.dts"
HUGE_TREE = "dts/maps/c157-3g.dts"
HUGE_ARGS = "record hugepages=4 hugepagesz=1G hugepages=2"
FLIPS = 400

# What the record alone cannot prove wrong: names, choices of the build, measurements.
UNJUDGED = {
    ("handoff", "hart"),
    ("hart", "node"),  # the cpu nodes of the tree tell
    ("handoff", "sbi_version"),
    ("handoff", "image_rodata"),  # these two: the page tables tell
    ("handoff", "image_data"),
    ("bank", "reg"),
    ("direct", "tables"),
    ("memmap", "tables"),
    ("memmap", "remote"),  # of several nodes only the model vmemmap says where struct pages lie
}
UNJUDGED_TOPICS = {"record", "build", "phase", "cost", "warn"}


def is_judged(text):
    """Does judge_record() find something wrong with this output?"""
    try:
        proof.judge_record(grammar.parse(text))
    except (Failure, grammar.GrammarError):
        return True
    return False


def changed_number(key, value):
    """A number of the record, wrong by little: a page for addresses and the blob, else one."""
    if key == "dtb_bytes":
        return [str(int(value) + PAGE)]
    if grammar.ADDRESS.match(value):
        steps = [PAGE] if key == "dtb" else [PAGE, 8]
        return [f"0x{int(value, 16) + step:016x}" for step in steps]
    return [str(int(value) + 1)] + ([str(int(value) - 1)] if value != "0" else [])


def changes_of(line):
    """Texts of a line with one number changed."""
    if line.topic in UNJUDGED_TOPICS:
        return
    for key, value in line.items():
        is_number = value.isdigit() or grammar.ADDRESS.match(value)
        if not is_number or (line.topic, key) in UNJUDGED:
            continue
        for other in changed_number(key, value):
            yield line.text.replace(f" {key}={value}", f" {key}={other}", 1)


def every_number(image, tree=TREE, bootargs="record"):
    """Each number of a good record, changed, and each line left out, is noticed."""
    boot = host.boot(image, trees.compile_tree(tree), bootargs)
    text = [line for line in boot.output if line.startswith("mm.")]
    expect(not is_judged(text), "the record is not good to begin with")
    missed = []
    for line in boot.record.lines:
        at = text.index(line.text)
        for change in changes_of(line):
            if not is_judged([*text[:at], change, *text[at + 1 :]]):
                missed.append(change)
        if line.topic not in UNJUDGED_TOPICS and not is_judged(text[:at] + text[at + 1 :]):
            missed.append(f"left out: {line.text}")
    expect(not missed, f"{len(missed)} wrong records pass", missed[:40])


class Copy:
    """The tables of a machine that is gone, to be changed entry by entry."""

    def __init__(self, machine, tables):
        self.frames = {frame: bytearray(machine.read(frame, PAGE)) for frame in tables.frames}

    def read(self, address, size):
        frame = self.frames.get(address - address % PAGE, bytes(PAGE))
        return bytes(frame[address % PAGE :][:size])

    def entry(self, frame, index):
        return struct.unpack_from("<Q", self.frames[frame], index * 8)[0]

    def set_entry(self, frame, index, word):
        struct.pack_into("<Q", self.frames[frame], index * 8, word)


def does_not_matter(word, bit):
    """G, the bits for software, and D of what cannot be written have no effect here."""
    if 1 << bit == pagetables.G or bit in (8, 9):
        return True
    leaf = word & (pagetables.R | pagetables.W | pagetables.X)
    return bool(leaf) and 1 << bit == pagetables.D and not word & pagetables.W


def tables_are_judged(record, copy, satp):
    try:
        tables = pagetables.walk(copy, satp)
        for check in mapping.CHECKS:
            check(record, tables)
    except Failure:
        return True
    return False


def every_bit(image, directory):
    """Any bit of any entry of the page tables, flipped, is noticed; so is a new leaf."""
    words = qemu.command(image.target(), "512M", ["-dtb", trees.compile_tree(TREE)])
    with qemu.Machine(words, directory) as machine:
        record = machine.wait_verdict()
        machine.stop()
        satp = machine.registers(record.one("handoff").number("hart"))["satp"]
        copy = Copy(machine, pagetables.walk(machine, satp))
        machine.quit()
    expect(not tables_are_judged(record, copy, satp), "the tables are not good to begin with")
    chance = random.Random(39)
    used = [(frame, i) for frame in copy.frames for i in range(512) if copy.entry(frame, i)]
    empty = [(frame, i) for frame in copy.frames for i in range(512) if not copy.entry(frame, i)]
    missed = []
    for flip in range(FLIPS):
        frame, index = chance.choice(used)
        word = copy.entry(frame, index)
        bit = chance.randrange(64)
        if flip % 8 == 0:  # a leaf where none was, that shows the kernel's first frame
            frame, index = chance.choice(empty)
            word, changed = 0, record.one("handoff").number("image") >> 2 | 0xC3
        elif does_not_matter(word, bit):
            continue
        else:
            changed = word ^ 1 << bit
        copy.set_entry(frame, index, changed)
        if not tables_are_judged(record, copy, satp):
            missed.append(f"table 0x{frame:x} entry {index}: 0x{word:x} -> 0x{changed:x}")
        copy.set_entry(frame, index, word)
    expect(not missed, f"{len(missed)} wrong page tables pass", missed[:40])


def tests():
    result = []
    for model in ("flat", "discontig", "sparse", "vmemmap"):
        image = Image(model)
        result.append(Test(f"host the checks notice every number {model}",
                           lambda _, i=image: every_number(i), [image]))
        result.append(Test(f"host the checks notice every number of huge pages {model}",
                           lambda _, i=image: every_number(i, HUGE_TREE, HUGE_ARGS), [image]))
    image = Image("vmemmap")
    result.append(Test("qemu the checks notice every bit vmemmap",
                       lambda d: every_bit(image, d), [image]))
    return result
