# SPDX-License-Identifier: BSD-2-Clause
"""
What a picture shows, worked out from a record: every byte of the physical map with one owner, the
sections, the parts of the vmemmap window.

    facts = Facts(record)          # Record of record.py
    facts.items                    [Item, ...] ascending, gapless from the first byte to the last
    facts.sections                 [Section, ...] from the first to the last byte of RAM
    facts.runs                     [Run, ...] leaves of the vmemmap window

Where two owners want a byte the order is the ledger's (docs/record.md), so the sizes of the items
of one kind add up to the ledger's figure; tests/picture holds the two against each other.
"""
from dataclasses import dataclass

VMEMMAP_START = 0xFFFFFFC500000000
PAGE = 4096
GIB = 1 << 30
FIRMWARE_NAMES = ("mmode_resv", "mmode_", "opensbi")  # kernel/dt/reserved.c
# The kinds in the order of the ledger: the first of two that meet has the byte.
OWNERS = ("firmware", "kernel", "dtb", "initrd", "reserved", "frame0", "memmap", "tables",
          "early", "hugetlb", "badmem", "lost", "free")
HOLE, OUTSIDE = "hole", "outside"  # no RAM; no RAM, but a reservation names it


@dataclass(frozen=True)
class Item:
    """A range with one owner."""

    base: int
    end: int
    kind: str  # one of OWNERS, HOLE or OUTSIDE
    name: str  # what people call it: the node's name, "kernel", "node_data"
    detail: str = ""  # the node's path, why it was dropped

    @property
    def size(self):
        """Bytes."""
        return self.end - self.base

    @property
    def is_ram(self):
        """Is it RAM that the tree names?"""
        return self.kind not in (HOLE, OUTSIDE)


@dataclass(frozen=True)
class Section:
    """A section of a SPARSE model."""

    number: int
    base: int
    end: int
    state: str  # present, mixed, absent


@dataclass(frozen=True)
class Run:
    """Leaves of one size that follow each other in the window and in RAM (mm.vmemmap)."""

    va: int
    end: int
    pa: int
    leaf: int
    base: int  # the physical range that its struct pages describe
    limit: int

    @property
    def leaves(self):
        """How many."""
        return (self.end - self.va) // self.leaf


def is_firmware(path):
    """Does a node of /reserved-memory bear the firmware's name?"""
    return path.startswith("/") and path.rsplit("/", 1)[-1].startswith(FIRMWARE_NAMES)


def reserved_claim(line):
    """The claim of an mm.reserved line: (base, end, kind, name, detail)."""
    owner = str(line["owner"])
    kind = owner if owner in OWNERS else "firmware" if is_firmware(owner) else "reserved"
    detail = owner if owner.startswith("/") else ""
    if line.get("nomap"):
        detail = f"{detail}, no-map".lstrip(", ")
    return line["base"], line["end"], kind, owner.rsplit("/", 1)[-1], detail


def claims(record):
    """Every claim on a range: (base, end, kind, name, detail)."""
    for line in record.bank:
        yield line["base"], line["end"], "ram", "", ""
    for line in record.dropped:
        yield line["base"], line["end"], "lost", "not used", line["why"]
    for line in record.reserved:
        yield reserved_claim(line)
    for line in record.early:
        owner = line["owner"]
        kind = owner if owner in OWNERS else "early"
        yield line["base"], line["end"], kind, owner, ""
    for line in record.free:
        yield line["base"], line["end"], "free", "free", ""


def decide(active):
    """Who has a byte of these claims: (kind, name, detail)."""
    in_bank = any(claim[2] == "ram" for claim in active)
    is_ram = in_bank or any(claim[2] == "lost" for claim in active)
    # RAM that was dropped before there were banks is nobody's, whatever is reserved there.
    owners = [c for c in active if c[2] == "lost" or c[2] != "ram" and (in_bank or not is_ram)]
    if not owners:
        return ("lost", "nobody's", "") if is_ram else (HOLE, "no RAM", "")
    _, _, kind, name, detail = min(owners, key=lambda c: (OWNERS.index(c[2]), c[:2]))
    if is_ram:
        return kind, name, detail
    return OUTSIDE, name, f"{detail}, no RAM here".lstrip(", ")


def sweep(record):
    """The physical map as items without gaps."""
    changes = {}
    for claim in claims(record):
        if claim[0] < claim[1]:
            changes.setdefault(claim[0], []).append((True, claim))
            changes.setdefault(claim[1], []).append((False, claim))
    active, items, edges = [], [], sorted(changes)
    for edge, following in zip(edges, edges[1:]):
        for is_start, claim in changes[edge]:
            if is_start:
                active.append(claim)
            else:
                active.remove(claim)
        owner = decide(active)
        last = items[-1] if items else None
        if last and (last.kind, last.name, last.detail) == owner:
            items[-1] = Item(last.base, following, *owner)
        else:
            items.append(Item(edge, following, *owner))
    return items


def make_sections(record):
    """The sections from the first to the last byte of RAM; [] in a model without sections."""
    if not record.one("memmap").get("sections"):
        return []
    shift = record.one("build")["section_bits"]
    size = 1 << shift
    ram, given_up = {}, set()
    for line in record.bank:
        for number in range(line["base"] >> shift, ((line["end"] - 1) >> shift) + 1):
            inside = min(line["end"], (number + 1) * size) - max(line["base"], number * size)
            ram[number] = ram.get(number, 0) + inside
    for line in record.dropped:
        if line["why"] == "no memmap":
            given_up.update(range(line["base"] >> shift, ((line["end"] - 1) >> shift) + 1))
    present = sorted(set(ram) - given_up)
    result = []
    for number in range(min(ram), max(ram) + 1) if present else ():
        whole = "present" if ram.get(number) == size else "mixed"
        state = whole if number in ram and number not in given_up else "absent"
        result.append(Section(number, number * size, (number + 1) * size, state))
    return result


def make_runs(record):
    """The window's leaves, with the frames that their struct pages describe."""
    if not record.bank:
        return []
    first = record.bank[0]["base"] // GIB * GIB
    struct_page = record.one("build").get("page_struct", 64)

    def frame_of(va):
        return first + (va - VMEMMAP_START) // struct_page * PAGE

    return [Run(line["va"], line["end"], line["pa"], line["leaf"], frame_of(line["va"]),
                frame_of(line["end"])) for line in record.vmemmap]


class Facts:
    """Everything that the pictures show."""

    def __init__(self, record):
        self.record = record
        self.items = sweep(record)
        self.sections = make_sections(record)
        self.runs = make_runs(record)
        self.model = record.one("record").get("model", "")
        self.build = record.one("build")
        self.banks = record.bank

    def totals(self):
        """{kind: bytes} of the items, in the order of OWNERS."""
        sums = {}
        for item in self.items:
            sums[item.kind] = sums.get(item.kind, 0) + item.size
        return {kind: sums[kind] for kind in (*OWNERS, HOLE, OUTSIDE) if kind in sums}

    def ram(self):
        """Bytes of RAM in the tree."""
        return sum(item.size for item in self.items if item.is_ram)

    def zones(self):
        """[(base, end, node, zone), ...]: the banks, cut at 4 GiB; pieces that touch are one."""
        pieces = []
        for bank in self.banks:
            for low, high, zone in ((0, 4 * GIB, "DMA32"), (4 * GIB, 1 << 64, "Normal")):
                base, end = max(bank["base"], low), min(bank["end"], high)
                if base >= end:
                    continue
                if pieces and pieces[-1][1:] == (base, bank["node"], zone):
                    pieces[-1] = (pieces[-1][0], end, bank["node"], zone)
                else:
                    pieces.append((base, end, bank["node"], zone))
        return pieces

    def count_sections(self, state):
        """How many sections are present (mixed ones included), mixed or absent."""
        wanted = ("present", "mixed") if state == "present" else (state,)
        return sum(section.state in wanted for section in self.sections)
