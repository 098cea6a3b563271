# SPDX-License-Identifier: BSD-2-Clause
"""
The facts that the checks share: banks and regions as the tree has them, what of the banks the
kernel can use, and where image and blob lie.
"""
from dataclasses import dataclass
from typing import Optional

from lint_alias import alias_of
from lint_ranges import (GIGAPAGE, KIB, MEGAPAGE, MIB, PAGE, down, grow, meet, overlaps, shrink,
                         subtract, union, up)

REACH = 128 << 30  # of the direct map, from the lowest bank rounded down to 1 GiB
PHYS_BITS = 56
MAX_NODES = 16  # MAX_NUMNODES, as configured by default
SECTION_BITS = 27
# Without a record the image is where the host program assumes it: kernel/arch/host/host.c.
IMAGE_DATA, IMAGE_END = 128 * KIB, 512 * KIB
USUAL_IMAGE = 0x80200000
# OpenSBI puts a blob 32 MiB above the image, so that much is left to the image: no advice there.
IMAGE_ROOM = 32 * MIB


@dataclass
class Bank:
    """One (base, size) entry of a memory node."""

    range: tuple
    node: str
    prop: str
    nid: Optional[int] = None
    hotpluggable: bool = False

    def name(self):
        return f"{self.node} {self.prop}"


@dataclass
class Region:
    """One entry of a reserved node, of the reservation block, or a dynamic region's place."""

    range: tuple
    node: str
    prop: str
    cells: tuple
    nomap: bool = False
    firmware: bool = False
    memreserve: bool = False

    def name(self):
        return f"{self.node} {self.prop}".rstrip()


@dataclass
class Dynamic:
    """A region with size: the kernel chooses its place."""

    node: str
    size: int
    alignment: int
    ranges: list
    cells: tuple
    nomap: bool = False
    reusable: bool = False
    place: Optional[tuple] = None


class Board:
    """What lint_memory and lint_reserved fill in, and settle() draws conclusions from."""

    def __init__(self, tree, records, report):
        self.tree = tree
        self.records = records
        self.report = report
        self.cells = (2, 1)
        self.memory_nodes = []  # those that are used
        self.banks = []
        self.regions = []
        self.dynamic = []
        self.ram = []  # union of the banks, to the byte
        self.usable = []  # whole pages of it within the reach, as the kernel's bank table has them
        self.phys_base = 0
        self.image = self.fixed = self.dtb = (0, 0)
        self.unlisted = None  # what the kernel keeps below the image when nothing is listed there
        self.section_bits = SECTION_BITS

    def add(self, *finding):
        self.report.add(*finding)

    def first(self, topic):
        """The line of a topic from the first record that has it, or {}."""
        return next((r.one(topic) for r in self.records.values() if r.one(topic)), {})

    def settle(self):
        """After reading: everything that follows from banks, regions and records."""
        self.ram = union(bank.range for bank in self.banks)
        alias = alias_of(self)
        whole = [shrink(alias.cut(r) if alias else r) for r in self.disjoint()]
        whole = [r for r in whole if r[0] < r[1]]
        if whole:
            self.phys_base = down(min(whole)[0], GIGAPAGE)
            reach = (self.phys_base, self.phys_base + REACH)
            self.usable = union(meet(r, reach) for r in whole)
        for model in ("vmemmap", "sparse"):
            if model in self.records and self.records[model].one("build"):
                self.section_bits = self.records[model].one("build")["section_bits"]
                break
        self.settle_handoff()
        home = self.bank_of(self.image[0])
        below = (home.range[0], self.image[0]) if home else (0, 0)
        listed = any(r.nomap and overlaps(grow(r.range), below) for r in self.regions)
        if below[0] < below[1] and not listed:
            self.unlisted = below

    def disjoint(self):
        """The banks' bytes, each once, as the first bank of the tree that has them keeps them."""
        seen = []
        for bank in self.banks:
            pieces = subtract([bank.range], seen)
            seen += pieces
        return seen

    def settle_handoff(self):
        handoff = self.first("handoff")
        if handoff:
            self.image = handoff["image"], handoff["image_end"]
            self.fixed = handoff["image"], handoff.get("image_data", handoff["image_end"])
            self.dtb = handoff["dtb"], handoff["dtb"] + handoff["dtb_bytes"]
            return
        large = [b.range[0] for b in self.banks if b.range[1] - b.range[0] >= 2 * MEGAPAGE]
        text = up(min(large), MEGAPAGE) + MEGAPAGE if large else USUAL_IMAGE
        self.image = text, text + IMAGE_END
        self.fixed = text, text + IMAGE_DATA

    def firmware(self):
        """What of RAM is firmware's, or kept as such."""
        listed = [grow(r.range) for r in self.regions if r.firmware]
        return union(listed + ([self.unlisted] if self.unlisted else []))

    def taken(self, but=()):
        """Whole pages that somebody has, before anything is allocated; but: regions left out."""
        out = [grow(r.range) for r in self.regions if not any(r is other for other in but)]
        out += [d.place for d in self.dynamic if d.place]
        out += [grow(self.image), grow(self.dtb)] + self.firmware()
        initrd = self.initrd()
        if initrd:
            out.append(grow(initrd))
        return union(out + [(0, PAGE)])

    def initrd(self):
        """/chosen's initrd as a range, or None when it is absent or malformed."""
        chosen = self.tree.child(self.tree.root, "chosen")
        if not chosen:
            return None
        ends = [self.tree.number(chosen, f"linux,initrd-{word}") for word in ("start", "end")]
        return tuple(ends) if None not in ends and ends[0] < ends[1] < 1 << 64 else None

    def free(self, but=()):
        """Usable RAM that nobody has."""
        return subtract(self.usable, self.taken(but))

    def bank_of(self, address):
        return next((b for b in self.banks if b.range[0] <= address < b.range[1]), None)

    def place_for(self, size, align, near=0):
        """The free, aligned range of that size nearest to an address, not where images go; None."""
        room = (self.image[0], self.image[0] + IMAGE_ROOM)
        best = None
        for start, end in subtract(self.free(), [room]):
            low, high = up(start, align), down(end - size, align) if end >= size else -1
            if high < low:
                continue
            at = min(max(down(near, align), low), high)
            if best is None or abs(at - near) < abs(best - near):
                best = at
        return None if best is None else (best, best + size)
