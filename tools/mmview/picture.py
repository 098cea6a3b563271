# SPDX-License-Identifier: BSD-2-Clause
"""
The picture of a boot: what lies where in physical memory, as an SVG page or as text.

    svg(record, "VisionFive 2")    the text of an SVG file, 960 wide, for light and dark pages
    text_map(record)               the same for a terminal, 100 columns

From top to bottom: title and figures; the owners with their sums; the crowded parts magnified;
the whole map; beneath it, on the same scale, zones, sections, the vmemmap window with the leaves
that show it, and the free blocks by order.
"""
from picture_canvas import WIDTH, Canvas
from picture_crowd import find_crowds, map_scale, strip_places, strip_scale
from picture_facts import HOLE, Facts
from picture_labels import place, sans_width
from picture_map import (address_labels, draw_crowd, draw_labels, draw_part, grouped,
                         height_of, hex_range, inner_texts)
from picture_rows import draw_heat, draw_sections, draw_window, draw_zones
from picture_text import text_map
from sizes import size_text

__all__ = ["svg", "text_map"]

MARGIN = 20.0
LEFT = 136.0  # where the map begins; the names of the rows stand before it
BOUNDS = (MARGIN, WIDTH - MARGIN)
STRIP, BAR = 26.0, 38.0  # heights
LEGEND = {"early": "other early structures", "outside": "reserved, no RAM",
          "lost": "not used", "reserved": "reserved by the tree"}


def percent(part, whole):
    """A share with as many digits as it takes to be more than nothing."""
    share = 100 * part / whole if whole else 0
    if share >= 99.95 and part < whole:
        return "> 99.9 %"
    return f"{share:.1f} %" if share >= 0.05 or not part else "< 0.1 %"


def plural(count, word):
    """1 bank, 2 banks."""
    return f"{count} {word}" + ("" if count == 1 else "s")


def summary(facts):
    """The figures in one line."""
    totals, ram = facts.totals(), facts.ram()
    nodes = len({bank["node"] for bank in facts.banks})
    words = [f"{size_text(ram)} of RAM in {plural(len(facts.banks), 'bank')}"]
    if nodes > 1:
        words[0] += f" on {nodes} nodes"
    words.append(f"{size_text(totals.get('free', 0))} free ({percent(totals.get('free', 0), ram)})")
    words.append(f"struct pages {size_text(totals.get('memmap', 0))} "
                 f"({percent(totals.get('memmap', 0), ram)})")
    words.append(f"memory model {facts.model}")
    return "; ".join(words)


def draw_legend(canvas, facts, y):
    """A chip per kind of owner, with its sum. Returns the y after it."""
    x = MARGIN
    for kind, size in facts.totals().items():
        if kind == HOLE:
            continue
        text = f"{LEGEND.get(kind, kind)} {size_text(size)}"
        width = 16 + sans_width(text, 11) + 14
        if x + width > WIDTH - MARGIN:
            x, y = MARGIN, y + 17
        classes = "o-reserved outside edge" if kind == "outside" else f"o-{kind}"
        canvas.rect((x, y - 9, 11, 11), classes)
        canvas.text(x + 16, y, text)
        x += width
    return y + 12


def gutter(canvas, y, name, *lines):
    """The name of a row, and facts beneath it."""
    canvas.text(MARGIN, y, name, "name")
    for number, line in enumerate(lines, 1):
        canvas.text(MARGIN, y + 13 * number, line, "small faint")
    return y + 13 * len(lines) + 4


def draw_strips(canvas, crowds, scale, y):
    """The crowds, magnified, above the map. Returns the y of the map, and the labels left out."""
    if not crowds:
        return y, 0
    strips = [strip_scale(crowd, *place)
              for crowd, place in zip(crowds, strip_places(crowds, MARGIN, WIDTH - 2 * MARGIN))]
    labels = [label for strip in strips for label in grouped(
        [part for part in strip.parts if part.kind != "free"],
        with_name=lambda part: not inner_texts(part, STRIP))]
    bar = y + 18 + height_of(place(labels, 9, BOUNDS))
    for letter, strip in zip("ABC", strips):
        base, end = strip.parts[0].base, strip.parts[-1].end
        head = [(f"{letter} ", "name"), (size_text(end - base) + " ", "")]
        canvas.words(strip.x, y + 10, head + [(hex_range(base, end), "mono faint")])
        target = scale.part_at(base)
        foot = bar + STRIP + 24
        canvas.path([(strip.x, bar + STRIP), (strip.x + strip.width, bar + STRIP),
                     (target.x + target.width, foot), (target.x, foot)], "veil")
        for part in strip.parts:
            draw_part(canvas, part, bar, STRIP)
    _, left_out = draw_labels(canvas, labels, bar, 9, BOUNDS, upward=True)
    return bar + STRIP + 24, left_out


def draw_map(canvas, facts, scale, y, unlabelled):
    """The whole map with its labels. Returns the y after it."""
    nameless = []
    letters = iter("ABC")
    quiet = [part for part in scale.parts if len(part.items) == 1]
    few = sum(part.width < 90 for part in quiet) <= 8
    for part in scale.parts:
        if len(part.items) > 1:
            draw_crowd(canvas, part, next(letters), y, BAR)
        elif not draw_part(canvas, part, y, BAR) and part.kind != "free":
            nameless.append(part)
    labels = [*address_labels(facts.banks, scale), *grouped(nameless, with_range=few)]
    bounds = (LEFT - 2, WIDTH - MARGIN)
    used, left_out = draw_labels(canvas, labels, y + BAR, 6, bounds, upward=False)
    holes = [item for item in facts.items if item.kind == HOLE]
    lines = [size_text(facts.ram()), plural(len(facts.banks), "bank")]
    if holes:
        lines.append(f"{plural(len(holes), 'hole')}: {size_text(sum(i.size for i in holes))}")
    if left_out + unlabelled:
        lines.append(f"{left_out + unlabelled} without a label")
    bottom = gutter(canvas, y + 15, "memory", *lines)
    return max(y + BAR + used, bottom) + 6


def draw_struct_pages(canvas, facts, scale, y):
    """The row of the vmemmap window, or what the other models have instead."""
    memmap = facts.record.one("memmap")
    lines = [f"{size_text(memmap.get('bytes', 0))}"]
    if memmap.get("hole_bytes"):
        lines.append(f"{size_text(memmap['hole_bytes'])} for holes")
    if facts.runs:
        bottom = gutter(canvas, y + 12, "vmemmap", *lines)
        height, _ = draw_window(canvas, facts, scale, y, (LEFT - 2, WIDTH - MARGIN))
        return max(y + height, bottom) + 8
    texts = {"flat": "one array from the first to the last frame, holes included",
             "discontig": "one array per node, from its first to its last frame",
             "sparse": "one array per present section"}
    canvas.text(LEFT, y + 12, texts.get(facts.model, ""), "faint")
    return gutter(canvas, y + 12, "struct pages", *lines) + 8


def draw_rows(canvas, facts, scale, y):
    """Everything beneath the map. Returns the y after it."""
    gutter(canvas, y + 12, "zones")
    draw_zones(canvas, facts, scale, y)
    y += 26
    if facts.sections:
        size = size_text(1 << facts.build["section_bits"])
        lines = [f"{facts.count_sections('present')} of {size}"]
        if facts.count_sections("mixed"):
            lines.append(f"{facts.count_sections('mixed')} of them mixed")
        if facts.count_sections("absent"):
            lines.append(f"{facts.count_sections('absent')} absent")
        draw_sections(canvas, facts, scale, y)
        y = gutter(canvas, y + 12, "sections", *lines) + 8
    y = draw_struct_pages(canvas, facts, scale, y)
    gutter(canvas, y + 12, "free blocks")
    canvas.text(LEFT, y + 12, "order and number of blocks; the stronger the colour, the more of "
                "the place is free in blocks of that size", "small faint")
    return y + 20 + draw_heat(canvas, facts, scale, y + 20, LEFT - 44)


def board_name(record):
    """The tree's model text, when the record was read together with the boot's log."""
    for line in record.log:
        if line.startswith("device tree "):
            return line.split('"')[1] if line.count('"') >= 2 else ""
    return ""


def svg(record, title):
    """The picture of a record as the text of an SVG file."""
    facts = Facts(record)
    if not facts.banks:
        raise ValueError("no mm.bank line in the record: the boot stopped before it printed one")
    canvas = Canvas()
    canvas.text(MARGIN, 32, title, "title")
    board = board_name(record)
    if board and board not in title and sans_width(title, 20) + sans_width(board, 11) < 880:
        canvas.text(WIDTH - MARGIN, 32, board, "faint", "end")
    canvas.text(MARGIN, 52, summary(facts), "faint")
    y = draw_legend(canvas, facts, 76)
    width = WIDTH - MARGIN - LEFT
    crowds = find_crowds(facts.items, width)
    scale = map_scale(facts.items, crowds, LEFT, width)
    y, unlabelled = draw_strips(canvas, crowds, scale, y + 10)
    y = draw_map(canvas, facts, scale, y, unlabelled)
    y = draw_rows(canvas, facts, scale, y)
    return canvas.document(y + MARGIN, title, describe(facts))


def describe(facts):
    """The picture in words, for those who do not see it."""
    totals = ", ".join(f"{kind} {size_text(size)}" for kind, size in facts.totals().items())
    return (f"Physical memory map. {summary(facts)}. Owners: {totals}. "
            f"{facts.count_sections('present')} sections present, "
            f"{facts.count_sections('mixed')} of them mixed.")
