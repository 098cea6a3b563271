# SPDX-License-Identifier: BSD-2-Clause
"""
Labels that do not overlap. Each hangs on a vertical line (its leader) at a given place, as many
rows away from the bar as it takes:

    row 2   kernel 512 KiB
    row 1   |    tables 24 KiB
    row 0   |    |                    dtb 4 KiB
    bar     [====][==]...             [=]
"""
from dataclasses import dataclass

MONO = 0.61  # width of a character of a typewriter font, in parts of the font size
NARROW, WIDE = set("iljtfrI.,:;|!'()[] "), set("mwMW@%—")
GAP = 7.0  # between two labels of a row
ASIDE = 4.0  # from the leader to its text


def sans_width(text, size):
    """An upper estimate of a text's width in a usual sans-serif font."""
    return size * sum(0.43 if c in NARROW else 0.98 if c in WIDE else 0.72 if c.isupper() else 0.64
                      for c in text)


def mono_width(text, size):
    """The width of a text in a typewriter font."""
    return size * MONO * len(text)


@dataclass
class Label:
    """What to place: an anchor on the bar, and how wide the text is."""

    anchor: float
    width: float
    content: object
    weight: int = 0  # the heavier ones are kept when there is no room for all
    row: int = -1
    is_left: bool = False  # the text ends at the leader instead of beginning there

    @property
    def start(self):
        """Where the text begins."""
        return self.anchor - ASIDE - self.width if self.is_left else self.anchor + ASIDE

    @property
    def end(self):
        """Where it ends."""
        return self.start + self.width


def collides(one, other):
    """Do two placed labels touch, or does the leader of one cross the text of the other?"""
    if one.row == other.row:
        # Their texts and leaders, side by side.
        low, high = (one, other) if one.start < other.start else (other, one)
        if min(high.start, high.anchor) < max(low.end, low.anchor) + GAP:
            return True
    near, far = (one, other) if one.row < other.row else (other, one)
    return near.row != far.row and near.start - 2 < far.anchor < near.end + 2


def place_one(label, placed, rows, bounds):
    """Put a label into the nearest row that is free; True when there is one."""
    for label.row in range(rows):
        for label.is_left in (False, True):
            if label.start < bounds[0] or label.end > bounds[1]:
                continue
            if not any(collides(label, other) for other in placed):
                return True
    return False


def place_all(labels, rows, bounds):
    """Those of the labels that find room, from the right to the left: a staircase."""
    placed = []
    for label in sorted(labels, key=lambda one: -one.anchor):
        if place_one(label, placed, rows, bounds):
            placed.append(label)
    return placed


def place(labels, rows, bounds):
    """
    Give every label a row. (placed, number of those left out): when there is no room for all, the
    lightest go first.
    """
    kept = sorted(labels, key=lambda one: (-one.weight, one.anchor))
    while True:
        placed = place_all(kept, rows, bounds)
        if len(placed) == len(kept):
            return sorted(placed, key=lambda one: one.anchor), len(labels) - len(kept)
        kept = kept[:-1]
