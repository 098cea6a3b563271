# SPDX-License-Identifier: BSD-2-Clause
"""
Sv39 page tables (Privileged 1.12, 4.4), read from the machine's memory entry by entry. Nothing
here comes from the kernel: the format is the specification's, the root is what satp holds.

   entry   63   54 53               10 9 8 7 6 5 4 3 2 1 0
          |   0   |      pfn (44)     | RSW |D A G U X W R V|
"""
import struct
from dataclasses import dataclass

from suite import Failure, expect, expect_equal

V, R, W, X, U, G, A, D = (1 << bit for bit in range(8))
RESERVED = ~((1 << 54) - 1) & ((1 << 64) - 1)
PFN_MASK = (1 << 44) - 1
SATP_SV39 = 8
ROOT_LEVEL = 2


def shift(level):
    """log2 of the bytes that one entry of a level shows: 12, 21, 30."""
    return 12 + 9 * level


@dataclass(frozen=True)
class Leaf:
    va: int
    pa: int
    level: int
    bits: int  # the low ten of the entry

    def size(self):
        return 1 << shift(self.level)

    def pa_range(self):
        return self.pa, self.pa + self.size()

    def rights(self):
        return "".join(c if self.bits & bit else "-" for c, bit in (("r", R), ("w", W), ("x", X)))

    def text(self):
        return f"leaf 0x{self.va:x} -> 0x{self.pa:x} of {self.size()} bytes, {self.rights()}"


@dataclass
class Tables:
    leaves: list  # ascending by va
    frames: list  # physical addresses of all tables, the root first


def canonical(va):
    """Bits 63 to 39 copy bit 38."""
    return va | ~((1 << 39) - 1) & ((1 << 64) - 1) if va >> 38 & 1 else va


def check_leaf(leaf, word, may_write_and_execute):
    """What must hold for a leaf whatever it shows."""
    problems = []
    if leaf.pa % leaf.size():
        problems.append("its address is no multiple of its size")
    if leaf.bits & W and not leaf.bits & R:
        problems.append("writable but not readable is reserved")
    if leaf.bits & W and leaf.bits & X and not may_write_and_execute:
        problems.append("writable and executable")
    if not leaf.bits & A:
        problems.append("A is clear")
    if leaf.bits & W and not leaf.bits & D:
        problems.append("writable with D clear")
    if leaf.bits & U:
        problems.append("U is set")
    if word & RESERVED:
        problems.append("reserved bits are set")
    if problems:
        raise Failure(f"{leaf.text()}: {', '.join(problems)}; the entry is 0x{word:016x}")


def check_pointer(word, va, level):
    """What must hold for an entry that points to a table."""
    expect(level > 0, f"the entry for 0x{va:x} of the last level is no leaf: 0x{word:016x}")
    expect(not word & (A | D | U), f"the pointer for 0x{va:x} has A, D or U: 0x{word:016x}")
    expect(not word & RESERVED, f"the pointer for 0x{va:x} has reserved bits: 0x{word:016x}")


def walk(machine, satp, may_write_and_execute=False):
    """
    All leaves and tables below the root that satp names; Failure where the format is broken.
    may_write_and_execute: these are the boot tables, which show the image in one piece.
    """
    expect_equal("satp's mode", satp >> 60, SATP_SV39)
    tables = Tables([], [])
    _walk_table(machine, (satp & PFN_MASK) << 12, ROOT_LEVEL, 0, tables, may_write_and_execute)
    return tables


def _walk_table(machine, frame, level, va, tables, may):
    expect(frame not in tables.frames, f"the table at 0x{frame:x} is reached twice")
    tables.frames.append(frame)
    for index, word in enumerate(struct.unpack("<512Q", machine.read(frame, 4096))):
        if not word & V:
            continue
        at = va | index << shift(level)
        target = (word >> 10 & PFN_MASK) << 12
        if word & (R | W | X):
            leaf = Leaf(canonical(at), target, level, word & 0x3FF)
            check_leaf(leaf, word, may)
            tables.leaves.append(leaf)
        else:
            check_pointer(word, canonical(at), level)
            _walk_table(machine, target, level - 1, at, tables, may)
