# SPDX-License-Identifier: BSD-2-Clause
"""
The image anywhere: QEMU's machine with the RAM of a tree that begins elsewhere than the machine's,
so that the direct map has another base, and images at the first, at odd and at the last possible
2 MiB of it; and the boards' own maps on the host, with the image at many places of each.
"""
import os

import host
import proof
import trees
from cases import REST, expects, per_model
from cases_handoff import Loaded, blob_of, boots
from images import Image
from ranges import MIB, align_up, text
from suite import MODELS, Failure, Test, expect, expect_equal

STEP = 2 * MIB
# (name, bank, image, what QEMU has). The first three are as on other machines, moved up: RAM off
# a GiB, RAM from 3 GiB on, RAM above 4 GiB only. In the last, the image ends where RAM does.
PLACES = (
    ("bank from 0x87654000", (0x87654000, 0x97654000), 0x88400000, "512M"),
    ("bank from 3 GiB", (0xC0000000, 0x100000000), 0xC0200000, "4G"),
    ("bank from 4 GiB", (0x100000000, 0x140000000), 0x10DE00000, "4G"),
    ("image at the end of RAM", (0x80000000, 0x8A000000), None, "512M"),
)
BOARDS = ("visionfive1", "visionfive2-2g", "visionfive2-4g", "visionfive2-8g", "polarfire-icicle",
          "hifive-unmatched", "licheepi-4a")


def moved(bank, where, memory):
    """RAM is the bank and nothing else; below the image there is room that is used."""

    def run(image, directory):
        start, end = bank
        at = where
        if at is None:
            at = (end - image_bytes(image, directory)) // STEP * STEP
        reg = f"{start >> 32:#x} {start & 0xffffffff:#x} 0 {end - start:#x}"
        # One page at the start of the bank stands for the firmware that a real board has there.
        first = f"{start >> 32:#x} {start & 0xffffffff:#x} 0 0x1000"
        held = f"reserved-memory {{ firmware@0 {{ no-map; reg = <{first}>; }}; }};"
        blob = blob_of((reg,), held, f"shift-{start:x}")
        dtb = align_up(start, STEP) + 4 * MIB if at > start + 8 * MIB else at + 32 * MIB
        result = boots(image, directory, Loaded(image, directory, kernel=at, blob=blob, at=dtb),
                       memory=memory, cpu=0)
        record = result.record
        expect_equal("where the image is", record.one("handoff").number("image"), at)
        expect_equal("the banks", text(record.ranges("bank")), text([bank]))
        expects(result, f"record mm.reserved base={start:#x} end={start + 4096:#x} nomap=1")
        expect(any(r[0] < at for r in record.ranges("free") + record.ranges("early")),
               "RAM below the image is not used")

    return run


def image_bytes(image, directory):
    """Bytes that the image takes in memory: the header says (boot-image-header, image_size)."""
    os.makedirs(directory, exist_ok=True)
    with open(image.target(), "rb") as file:
        return int.from_bytes(file.read(24)[16:24], "little")


def free_places(record):
    """Starts of 2 MiB blocks where an image and, 4 MiB above it, a blob could lie."""
    found = []
    for start, end in record.ranges("free"):
        at = align_up(start, STEP)
        if at + 6 * MIB <= end:
            found += [at, (at + end) // 2 // STEP * STEP, (end - 6 * MIB) // STEP * STEP]
    return sorted(set(at for at in found if any(
        start <= at and at + 6 * MIB <= end for start, end in record.ranges("free"))))


def board_everywhere(name, image):
    """A board with the image in the first, the middle and the last free place of each free range."""
    tree = trees.read(f"dts/boards/{name}.dts")
    first = host.boot(image, tree.blob(), "record")
    places = free_places(first.record)
    expect(len(places) >= 3, f"{name} has only {len(places)} places for an image")
    for at in places:
        parts = ":".join(f"{at + part * 1024:#x}" for part in (0, 96, 128, 512))
        options = [f"--image={parts}", f"--dtb-at={at + 4 * MIB:#x}"]
        result = host.boot(image, tree.blob(), "record", options, keep=False)
        if not result.record.is_ok():
            raise Failure(f"image at {at:#x}: {result.record.verdict}", result.output[-20:])
        expect_equal(f"the banks, image at {at:#x},", text(result.record.ranges("bank")),
                     text(first.record.ranges("bank")))
        try:
            proof.judge_record(result.record)
        except Failure as failure:
            raise Failure(f"image at {at:#x}: {failure}", failure.details) from failure


def tests():
    result = []
    for name, bank, where, memory in PLACES:
        few = {} if where is None or bank[0] == 0xC0000000 else {"models": ["vmemmap"], "also": REST}
        result += per_model(f"c48 {name}", moved(bank, where, memory), **few)
    for name in BOARDS:
        tree = trees.read(f"dts/boards/{name}.dts")
        for model in tree.models or MODELS:
            image = Image(model)
            result.append(Test(f"host c159 {name} image anywhere {model}",
                               lambda d, n=name, i=image: board_everywhere(n, i), [image],
                               model not in ("vmemmap", "discontig")))
    return result
