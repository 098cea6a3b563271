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


def place_one(label, placed, rows, bounds, sides):
    """Put a label into the nearest row that is free; True when there is one."""
    for label.is_left in sides:
        if label.start < bounds[0] or label.end > bounds[1]:
            continue
        for label.row in range(rows):
            if not any(collides(label, other) for other in placed):
                return True
    return False


def place_all(labels, rows, bounds):
    """
    Those of the labels that find room. Texts go to the right of their leaders, so the rightmost
    comes first and each further one is put above those that it covers: a staircase. Where the page
    ends texts go to the left, and the staircase is the other way round.
    """
    rising, falling = [], []
    for label in sorted(labels, key=lambda one: one.anchor):
        fits = label.anchor + ASIDE + label.width <= bounds[1]
        (rising if fits else falling).append(label)
    placed = []
    for label in rising[::-1]:
        if place_one(label, placed, rows, bounds, (False, True)):
            placed.append(label)
    for label in falling:
        if place_one(label, placed, rows, bounds, (True,)):
            placed.append(label)
    return placed


def place(labels, rows, bounds, most=24):
    """
    Give labels a row, at most `most` of them: those that found one, ascending. When there is no
    room for all, the lightest go first.
    """
    kept = sorted(labels, key=lambda one: (-one.weight, one.anchor))[:most]
    while True:
        placed = place_all(kept, rows, bounds)
        missing = [one.weight for one in kept if not any(one is other for other in placed)]
        if not missing or max(missing) <= kept[-1].weight:
            return sorted(placed, key=lambda one: one.anchor)
        kept = kept[:-1]
