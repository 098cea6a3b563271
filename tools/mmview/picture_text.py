# SPDX-License-Identifier: BSD-2-Clause
"""
The picture of a boot in characters, for a terminal: one strip for the whole map and one for the
sections, on the same scale; then a line for each range.

    map       KF......................................../////............................MM
    sections  ##########################################-----##############################

The bar of a range has a mark for each doubling from 4 KiB on.
"""
import picture_buddy
from picture_facts import HOLE, OUTSIDE, PAGE, Facts
from picture_scale import Scale, item_parts
from sizes import size_text

GUTTER = 10
LETTERS = {"firmware": "F", "kernel": "K", "dtb": "D", "initrd": "I", "reserved": "R",
           "frame0": "0", "memmap": "M", "tables": "T", "early": "E", "hugetlb": "H", "badmem": "B",
           "lost": "x", "free": ".", HOLE: "/", OUTSIDE: "r"}
COLOURS = {"firmware": 31, "kernel": 34, "dtb": 33, "initrd": 35, "reserved": 33, "frame0": 37,
           "memmap": 36, "tables": 35, "early": 33, "hugetlb": 36, "badmem": 7, "lost": 90,
           "free": 32,
           HOLE: 90, OUTSIDE: 90}
STATES = {"present": "#", "mixed": "%", "absent": "-"}


def painted(text, kind, is_coloured):
    """A text in its kind's colour, when colour is asked for."""
    return f"\033[{COLOURS[kind]}m{text}\033[0m" if is_coloured else text


def columns(scale, width):
    """The item at each column of the strip; a part of one column or more never disappears."""
    result = []
    for column in range(width):
        middle = column + 0.5
        part = next((p for p in scale.parts if middle < int(p.x + p.width + 0.5)), scale.parts[-1])
        result.append(part.items[0])
    return result


def strip(facts, width, is_coloured):
    """The whole map in one line, and the sections beneath it."""
    least = min(1.0, 0.4 * width / len(facts.items))  # a column for each, unless there are too many
    scale = Scale(item_parts(facts.items, width, least), 0.0, float(width))
    letters = "".join(painted(LETTERS[item.kind], item.kind, is_coloured)
                      for item in columns(scale, width))
    lines = [f"{'map':<{GUTTER}}{letters}"]
    if facts.sections:
        marks = []
        for column in range(width):
            address = scale.address(column + 0.5)
            state = next((s.state for s in facts.sections if s.base <= address < s.end), None)
            marks.append(STATES.get(state, " "))
        lines.append(f"{'sections':<{GUTTER}}{''.join(marks)}".rstrip())
    return lines


def section_line(facts):
    """The sections in numbers."""
    size = size_text(1 << facts.build["section_bits"])
    return (f"{'':<{GUTTER}}sections of {size}: # {facts.count_sections('present')} present, "
            f"% {facts.count_sections('mixed')} of them mixed, "
            f"- {facts.count_sections('absent')} absent")


def bar(item, width):
    """A mark for each doubling from a page on."""
    marks = max((item.size // PAGE).bit_length(), 1)
    return LETTERS[item.kind] * min(marks, width)


def range_lines(facts, width, is_coloured):
    """One line a range."""
    for item in facts.items:
        name = "hole" if item.kind == HOLE else item.name
        detail = f", {item.detail}" if item.detail and item.kind in ("lost", OUTSIDE) else ""
        if "no-map" in item.detail and item.kind != OUTSIDE:
            detail = ", no-map"
        head = f"[{item.base:#012x}, {item.end:#012x}) {size_text(item.size):>10}  "
        marks = bar(item, 24)
        room = width - len(head) - 26
        text = f"{name}{detail}"
        text = text if len(text) <= room else text[: room - 3] + "..."
        filler = " " * (26 - len(marks)) if text else ""
        yield head + painted(marks, item.kind, is_coloured) + filler + text


def run_lines(facts):
    """The leaves of the vmemmap window."""
    for number, run in enumerate(facts.runs):
        name = "vmemmap" if number == 0 else ""
        size = run.end - run.va
        yield (f"{name:<{GUTTER}}{run.va:#x}  {run.leaves:>5} x {size_text(run.leaf)} in RAM "
               f"[{run.pa:#012x}, {run.pa + size:#012x})")


def block_lines(facts):
    """Free blocks by order."""
    orders = range(facts.build.get("max_order", 10) + 1)
    blocks = dict.fromkeys(orders, 0)
    for _, order in picture_buddy.blocks(facts.record):
        blocks[order] += 1
    yield f"{'order':<{GUTTER}}" + "".join(f"{order:>7}" for order in orders)
    yield f"{'blocks':<{GUTTER}}" + "".join(f"{blocks[order]:>7}" for order in orders)


def text_map(record, width=100, colour=False):
    """The map of a record as text, width columns at most, with colour only when it is asked for."""
    facts = Facts(record)
    if not facts.banks:
        raise ValueError("no mm.bank line in the record: the boot stopped before it printed one")
    lines = strip(facts, width - GUTTER, colour)
    if facts.sections:
        lines.append(section_line(facts))
    lines += range_lines(facts, width, colour)
    lines += run_lines(facts)
    lines += block_lines(facts)
    return "\n".join(lines) + "\n"
