# SPDX-License-Identifier: BSD-2-Clause
"""
The physical map as a bar: one rectangle per owner's range, holes cut, labels on leaders. The same
code draws the whole map and the magnified strip of a crowd.
"""
from picture_facts import HOLE, OUTSIDE
from picture_labels import Label, mono_width, place, sans_width
from sizes import size_text

ROW = 14.0  # distance of two rows of labels
MANY = 8
NAMES = {"lost": "not used", "outside": "reserved, no RAM"}
STRONG = {"kernel", "firmware", "dtb", "initrd", "reserved", "frame0", "memmap", "tables", "early",
          "hugetlb", "badmem", "crowd"}
WEIGHTS = {"kernel": 9, "firmware": 8, "memmap": 8, "initrd": 7, "dtb": 7, "tables": 6, "lost": 6,
           "reserved": 5, "early": 4, "frame0": 4, "outside": 3, "hole": 2, "badmem": 5,
           "hugetlb": 6}


def hex_range(base, end):
    """Half-open, as in the boot report."""
    return f"[{base:#012x}, {end:#012x})"


def hover(item):
    """What is shown when the pointer rests on an item."""
    detail = f", {item.detail}" if item.detail else ""
    return f"{item.name} {hex_range(item.base, item.end)} {size_text(item.size)}{detail}"


def short(item):
    """An item in a few words."""
    return f"{'hole' if item.kind == HOLE else item.name} {size_text(item.size)}"


def colour(item):
    """The classes of an item's rectangle."""
    if item.kind == OUTSIDE:
        return "o-reserved outside edge"
    return "hole" if item.kind == HOLE else f"o-{item.kind}"


def box(part, y, height):
    """A part's rectangle; a hair's breadth of paper keeps neighbours of one colour apart."""
    return part.x, y, part.width - (0.8 if part.width > 3 else 0), height


def inner_texts(part, height):
    """The lines of text that fit into a part's rectangle, most important first."""
    item = part.items[0]
    room = part.width - 10 - (24 if part.is_cut else 0)
    lines = []
    for text in (short(item), size_text(item.size)):
        if sans_width(text, 11) <= room and (text == short(item) or item.kind == HOLE):
            lines.append((text, ""))
            break
    limits = hex_range(item.base, item.end)
    if lines and height >= 30 and item.kind != HOLE and mono_width(limits, 10) <= room:
        lines.append((limits, "mono "))
    return lines


def draw_part(canvas, part, y, height):
    """A part's rectangle, break mark and inner text; True when it says what it is."""
    item = part.items[0]
    slim = " slim" if item.kind == HOLE and part.width < 12 else ""
    cut = " cut" if part.is_cut else ""
    canvas.rect(box(part, y, height), "own " + colour(item) + slim + cut, hover(item))
    if item.kind == "lost" and part.width > 8:
        canvas.hatch(box(part, y, height))
    lines = inner_texts(part, height)
    middle = part.x + part.width / 2
    if part.is_cut and part.width >= 10:
        at = part.x + 14 if lines and item.kind != HOLE else middle
        canvas.break_mark(at, y, height if item.kind != HOLE else height * 0.45)
    ink = "on" if item.kind in STRONG else ""
    top = y + height / 2 + 4 - 6.5 * (len(lines) - 1)
    if item.kind == HOLE:
        top = y + height - 5
    for number, (text, font) in enumerate(lines):
        canvas.text(middle, top + 13 * number, text, (font + ink).strip(), "middle")
    return bool(lines)


def draw_crowd(canvas, part, letter, y, height):
    """The block that stands for a crowd in the whole map."""
    title = f"{letter}: {hex_range(part.base, part.end)}, {len(part.items)} ranges, magnified"
    canvas.rect((part.x, y, part.width, height), "crowd o-crowd", title)
    if part.width >= 11:
        canvas.text(part.x + part.width / 2, y + height / 2 + 4, letter, "name on", "middle")


def item_label(part, with_range=True, with_name=True):
    """A label for an item: its name unless that stands inside, and its range."""
    item = part.items[0]
    spans, width = [], 0.0
    if with_name:
        spans.append((short(item) + "  ", ""))
        width += sans_width(short(item) + "  ", 11)
    if with_range:
        limits = hex_range(item.base, item.end)
        spans.append((limits, "mono faint"))
        width += mono_width(limits, 10)
    return Label(part.x + min(part.width / 2, 10), width, spans, WEIGHTS.get(item.kind, 1))


def grouped(parts, with_range=True, with_name=lambda part: True):
    """
    Labels for parts. Of a kind that comes in large numbers only the first is labelled, with the sum
    of all; the number of holes stands beside the map.
    """
    kinds = {}
    for part in parts:
        kinds.setdefault(part.kind, []).append(part)
    for kind, members in kinds.items():
        if len(members) <= MANY:
            for part in members:
                yield item_label(part, with_range and kind != HOLE, with_name(part))
        elif kind != HOLE:
            size = sum(part.size for part in members)
            text = f"{len(members)} × {NAMES.get(kind, kind)}, {size_text(size)} in all"
            first = members[0]
            yield Label(first.x + min(first.width / 2, 10), sans_width(text, 11), [(text, "")], 8)


def address_labels(banks, scale):
    """Where banks begin and end; a place where two touch is written once."""
    edges = sorted({bank["base"] for bank in banks} | {bank["end"] for bank in banks})
    if len(edges) > 12:
        edges = [edges[0], edges[-1]]
    for edge in edges:
        text = f"{edge:#012x}"
        before, _ = scale.span(edge - 1, edge)
        at = scale.place(edge) if edge == edges[0] else before
        weight = 20 if edge in (edges[0], edges[-1]) else 1
        yield Label(at, mono_width(text, 10), [(text, "mono")], weight)


def draw_labels(canvas, labels, y, rows, bounds, upward):
    """
    Labels on leaders, away from the bar's edge y, at most so many rows. (height, left out): what
    they took, and how many found no room.
    """
    placed = place(labels, rows, bounds)
    direction = -1 if upward else 1
    for label in placed:
        base = y + direction * ((label.row + 1) * ROW) + (3 if upward else -1)
        foot = label.anchor + (-3 if label.is_left else 3)
        canvas.path([(label.anchor, y), (label.anchor, base - 4), (foot, base - 4)], "leader",
                    close=False)
        if label.is_left:
            canvas.words(label.end, base, label.content, "end")
        else:
            canvas.words(label.start, base, label.content)
    return height_of(placed), len(labels) - len(placed)


def height_of(placed):
    """What placed labels take."""
    used = max((label.row + 1 for label in placed), default=0)
    return used * ROW + (4 if used else 0)
