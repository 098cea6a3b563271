# SPDX-License-Identifier: BSD-2-Clause
"""
Arithmetic with half-open ranges of physical memory, (start, end), and how they are written.
RAM that we use shrinks inward to whole pages; what we protect grows outward.
"""
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30
PAGE, MEGAPAGE, GIGAPAGE = 4 * KIB, 2 * MIB, GIB
TOP = 1 << 64


def down(value, align):
    return value - value % align


def up(value, align):
    return value + -value % align


def grow(r):
    """The whole pages that a range touches."""
    return down(r[0], PAGE), up(r[1], PAGE)


def shrink(r):
    """The whole pages inside a range; empty ranges are (start, start)."""
    start, end = up(r[0], PAGE), down(r[1], PAGE)
    return start, max(start, end)


def size(r):
    return max(0, r[1] - r[0])


def total(ranges):
    return sum(size(r) for r in ranges)


def meet(a, b):
    """What two ranges share; empty when they share nothing."""
    start, end = max(a[0], b[0]), min(a[1], b[1])
    return start, max(start, end)


def overlaps(a, b):
    return a[0] < b[1] and b[0] < a[1]


def contains(outer, inner):
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def union(ranges):
    """The same bytes, sorted; what touches is one range."""
    out = []
    for start, end in sorted(r for r in ranges if r[0] < r[1]):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((start, end))
    return out


def subtract(ranges, holes):
    """The union of ranges without the holes, sorted."""
    out = []
    holes = union(holes)
    for start, end in union(ranges):
        for hole in holes:
            if hole[1] <= start or hole[0] >= end:
                continue
            if start < hole[0]:
                out.append((start, hole[0]))
            start = hole[1]
        if start < end:
            out.append((start, end))
    return out


def cut(ranges, at):
    """The same ranges, none of which goes across the address."""
    out = []
    for start, end in ranges:
        out += [(start, at), (at, end)] if start < at < end else [(start, end)]
    return out


def size_text(number):
    """A size without rounding: the largest unit that divides it."""
    for unit, name in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if number and number % unit == 0:
            return f"{number // unit} {name}"
    return f"{number} bytes" if number != 1 else "1 byte"


def text(r):
    return f"[{r[0]:#x}, {r[1]:#x})"


def texts(ranges, most=4):
    """Several ranges; of many only the first ones."""
    ranges = list(ranges)
    shown = ", ".join(text(r) for r in ranges[:most])
    return shown + (f" and {len(ranges) - most} more" if len(ranges) > most else "")


def numbers(values, most=4):
    values = list(values)
    shown = ", ".join(str(value) for value in values[:most])
    return shown + (f" and {len(values) - most} more" if len(values) > most else "")


def cells_text(value, cells):
    """A number in so many cells, as a .dts file has it."""
    words = [value >> 32 * i & 0xFFFFFFFF for i in reversed(range(max(cells, 1)))]
    return " ".join(f"{word:#x}" for word in words)


def reg_text(ranges, cells, name="reg"):
    """A whole property for some ranges: reg = <...>, <...>;"""
    entries = (f"<{cells_text(r[0], cells[0])} {cells_text(size(r), cells[1])}>" for r in ranges)
    return f"{name} = {', '.join(entries)};"
