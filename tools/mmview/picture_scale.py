# SPDX-License-Identifier: BSD-2-Clause
"""
From address to place: a scale that is true for RAM and shortens holes.

    address    0x80000000        0xa0000000        0x1000000000
               [ bank            )                 [ bank            )
    place      0                 400          446                    800
                                  ~~ hole, cut ~~

Every part gets scale * size, but at least `low` and at most `high` places: a small range stays
visible, a hole does not fill the page. The scale is what makes all of them fill the width. So of
two parts with the same limits the larger one is never drawn narrower.
"""
import bisect
from dataclasses import dataclass, field
from typing import List

from picture_facts import HOLE, OUTSIDE

INFINITE = float("inf")
STEPS = 100  # halvings: more than a float can tell apart


@dataclass
class Part:
    """A range of the map that is drawn as one piece."""

    base: int
    end: int
    low: float
    high: float
    items: List = field(default_factory=list)  # one, or all of a crowd
    x: float = 0.0
    width: float = 0.0
    is_cut: bool = False  # drawn shorter than the scale says

    @property
    def size(self):
        """Bytes."""
        return self.end - self.base

    @property
    def kind(self):
        """The kind of its item; a part with several is a crowd."""
        return self.items[0].kind if len(self.items) == 1 else "crowd"


def total(parts, scale):
    """The width of all parts at a scale."""
    return sum(min(max(part.size * scale, part.low), part.high) for part in parts)


def solve(parts, width):
    """The scale at which the parts fill the width."""
    low, high = 0.0, width / min(part.size for part in parts)
    for _ in range(STEPS):
        middle = (low + high) / 2
        if total(parts, middle) < width:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def fit_limits(parts, width):
    """Lower limits that do not fit into the width shrink; upper ones that leave a gap go away."""
    lows = sum(part.low for part in parts)
    if lows > width * 0.9:
        for part in parts:
            part.low *= width * 0.9 / lows
            part.high = max(part.high, part.low)
    if sum(part.high for part in parts) < width:
        for part in parts:
            part.high = INFINITE


class Scale:
    """Parts side by side from x on, width places in all."""

    def __init__(self, parts, x, width):
        self.parts = parts
        self.x = x
        self.width = width
        fit_limits(parts, width)
        self.scale = solve(parts, width)
        for part in parts:
            part.x = x
            part.width = min(max(part.size * self.scale, part.low), part.high)
            part.is_cut = part.size * self.scale > part.width * 1.001
            x += part.width
        self.bases = [part.base for part in parts]

    def part_at(self, address):
        """The part that holds an address; the first or last one when it is outside."""
        return self.parts[max(bisect.bisect_right(self.bases, address) - 1, 0)]

    def place(self, address):
        """The place of an address, inside the scale."""
        part = self.part_at(address)
        inside = min(max(address - part.base, 0), part.size)
        return part.x + part.width * inside / part.size

    def address(self, place):
        """The address at a place: the inverse."""
        for part in self.parts:
            if place < part.x + part.width:
                return part.base + int((place - part.x) / part.width * part.size)
        return self.parts[-1].end

    def span(self, base, end):
        """(place, width) of a range; what lies outside the map is left out."""
        start, stop = self.place(base), self.place(end)
        # The end of a range belongs to the part before it, when they only touch.
        before = self.part_at(end - 1)
        if end >= before.end:
            stop = before.x + before.width
        return start, stop - start


def limits(item, holes, width, least):
    """(low, high) of an item's part."""
    if item.kind == HOLE:
        each = width * 0.3 / holes
        return min(least, each), max(min(46.0, each), least)
    return least, (INFINITE if item.kind != OUTSIDE else 46.0)


def item_parts(items, width, least):
    """A part for each item."""
    holes = max(sum(item.kind == HOLE for item in items), 1)
    return [Part(item.base, item.end, *limits(item, holes, width, least), [item])
            for item in items]
