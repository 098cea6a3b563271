# SPDX-License-Identifier: BSD-2-Clause
"""
The rows beneath the map, on the same scale: zones, sections, the vmemmap window, and the free
blocks as a heat map with one line per order.
"""
import math

import picture_buddy
from picture_facts import PAGE
from picture_labels import Label, mono_width, sans_width
from picture_map import draw_labels, hex_range
from sizes import size_text

NARROWEST = 3.5  # places: sections and leaves that are narrower are drawn as one piece per run
BIN = 4.0  # width of a cell of the heat map
LEVELS = 5
CELL = 11.0  # height of a line of the heat map


def merged(scale, pieces, always=lambda piece: False):
    """
    Pieces (state, base, end) of one state side by side become one where most of them are too narrow
    to be told apart, or always: [(state, base, end of the last, how many), ...].
    """
    groups = []
    for piece in pieces:
        last = groups[-1][-1] if groups else None
        if last and last[2] == piece[1] and last[0] == piece[0]:
            groups[-1].append(piece)
        else:
            groups.append([piece])
    result = []
    for group in groups:
        widths = sorted(scale.span(base, end)[1] for _, base, end in group)
        if widths[len(widths) // 2] < NARROWEST or always(group[0]):
            result.append((group[0][0], group[0][1], group[-1][2], len(group)))
        else:
            result += [(*piece, 1) for piece in group]
    return result


def spaced(scale, pieces, least=3.0):
    """
    (x, width) of pieces that follow each other, with none so narrow that it is not seen: a narrow
    one pushes its neighbours aside, as far as there is room.
    """
    places = [scale.span(base, end) for _, base, end, _ in pieces]
    if len(places) * least > scale.width / 2:
        return places
    edge, result = scale.x, []
    for x, width in places:
        start = max(x, edge)
        edge = max(x + width, start + least)
        result.append((start, edge))
    limit = scale.x + scale.width
    for number in range(len(result) - 1, -1, -1):
        start, end = result[number]
        end = min(end, limit)
        limit = min(start, end - least)
        result[number] = (limit, end)
    return [(start, end - start) for start, end in result]


def box_text(canvas, x, width, y, text, classes):
    """A text in the middle of a box, when it fits."""
    if sans_width(text, 10.5) <= width - 6:
        canvas.text(x + width / 2, y, text, classes + " small", "middle")


def draw_zones(canvas, facts, scale, y):
    """Node and zone of each bank."""
    for base, end, node, zone in facts.zones():
        x, width = scale.span(base, end)
        canvas.rect((x, y, max(width - 1, 0.5), 15), "zone",
                    f"node {node}, zone {zone}: {hex_range(base, end)}")
        long = f"node {node} {zone}"
        fits = sans_width(long, 10.5) <= width - 6
        box_text(canvas, x, width, y + 11.5, long if fits else f"{node}", "faint")


def draw_sections(canvas, facts, scale, y, height=17.0):
    """Sections: present, mixed (with a hole), absent."""
    size = 1 << facts.build["section_bits"]
    pieces = [(one.state, one.base, one.end) for one in facts.sections]
    pieces = merged(scale, pieces, lambda one: one[0] == "absent")
    for (state, base, _, count), (x, width) in zip(pieces, spaced(scale, pieces)):
        first = base // size
        name = f"section {first}" if count == 1 else f"sections {first} to {first + count - 1}"
        title = f"{name}, {state}: {hex_range(first * size, (first + count) * size)}"
        box = (x, y, max(width - (1 if width > 2 else 0), 0.5), height)
        absent = state == "absent"
        canvas.rect(box, "section absent" if absent else "section o-present", title)
        if state == "mixed":
            canvas.hatch(box)
        text = f"{count} {state}" if count > 1 or state != "present" else ""
        box_text(canvas, x, width, y + 12.5, text, "faint" if absent else "halo")


def leaf_pieces(facts, scale):
    """
    The leaves of all runs, merged where they are narrow: [(run, base, end, how many),
    ...] with the physical range that the struct pages describe.
    """
    pieces = []
    for run in facts.runs:
        step = (run.limit - run.base) // run.leaves
        pieces += [(run, run.base + i * step, run.base + (i + 1) * step)
                   for i in range(run.leaves)]
    return merged(scale, pieces)


def run_label(run, anchor, is_first):
    """How many leaves, and which RAM they show; the first one says where the window begins."""
    leaves = f"{run.leaves} × {size_text(run.leaf)} "
    if is_first:
        leaves += f"from {run.va:#x} in RAM "
    else:
        leaves = "in " if run.leaves == 1 else leaves + "in "
    limits = hex_range(run.pa, run.pa + run.end - run.va)
    spans = [(leaves, ""), (limits, "mono faint")]
    return Label(anchor, sans_width(spans[0][0], 11) + mono_width(limits, 10), spans, run.leaves)


def draw_window(canvas, facts, scale, y, bounds, height=17.0):
    """The leaves of the vmemmap window, and the RAM that backs them. Returns the height."""
    pieces = leaf_pieces(facts, scale)
    labels, labelled = [], set()
    for (run, base, end, count), (x, width) in zip(pieces, spaced(scale, pieces)):
        title = (f"{count} of {run.leaves} leaves of {size_text(run.leaf)}: struct pages of "
                 f"{hex_range(base, end)}, all {run.leaves} in RAM "
                 f"{hex_range(run.pa, run.pa + run.end - run.va)}")
        kind = "o-memmap" if run.leaf > PAGE else "o-base"
        canvas.rect((x, y, max(width - (1 if width > 2 else 0), 0.8), height), f"leaf {kind}",
                    title)
        if run not in labelled:
            labelled.add(run)
            labels.append(run_label(run, x + min(width / 2, 8), run is facts.runs[0]))
    used, left_out = draw_labels(canvas, labels, y + height, 6, bounds, upward=False)
    return height + used, left_out


def spread(scale, base, end):
    """Yield (cell, share of the range) of the cells that a range covers."""
    x, width = scale.span(base, end)
    start, stop = x - scale.x, x - scale.x + max(width, 1e-6)
    for cell in range(int(start / BIN), int((stop - 1e-9) / BIN) + 1):
        part = min(stop, (cell + 1) * BIN) - max(start, cell * BIN)
        if part > 0:
            yield cell, part / (stop - start)


def heat(facts, scale):
    """{order: {cell: level}} and {order: blocks}. A level is a share of the cell's RAM, in logs."""
    room, filled, blocks = {}, {}, {}
    for item in facts.items:
        if item.is_ram:
            for cell, share in spread(scale, item.base, item.end):
                room[cell] = room.get(cell, 0) + share * item.size
    for base, order in picture_buddy.blocks(facts.record):
        size = PAGE << order
        blocks[order] = blocks.get(order, 0) + 1
        for cell, share in spread(scale, base, base + size):
            cells = filled.setdefault(order, {})
            cells[cell] = cells.get(cell, 0) + share * size
    levels = {}
    for order, cells in filled.items():
        for cell, used in cells.items():
            whole = max(math.log2(max(room.get(cell, used), 2 * PAGE) / PAGE), 1)
            part = max(math.log2(max(used, PAGE) / PAGE), 0) / whole
            levels.setdefault(order, {})[cell] = 1 + min(int(part * LEVELS * 0.999), LEVELS - 1)
    return levels, blocks


def draw_order(canvas, scale, order, cells, y):
    """One line of the heat map: neighbouring cells of a level are one rectangle."""
    row = sorted(cells.items())
    while row:
        count = 1
        while count < len(row) and row[count] == (row[0][0] + count, row[0][1]):
            count += 1
        x = scale.x + row[0][0] * BIN
        width = min(count * BIN, scale.x + scale.width - x)
        limits = hex_range(scale.address(x), scale.address(x + width - 1e-6))
        canvas.rect((x, y, width, CELL - 1.5), f"h{row[0][1]}",
                    f"order {order} ({size_text(PAGE << order)}) in about {limits}")
        row = row[count:]


def draw_heat(canvas, facts, scale, y, gutter):
    """Free blocks by order; the largest on top. Returns the height."""
    levels, blocks = heat(facts, scale)
    top = facts.build.get("max_order", 10)
    for order in range(top, -1, -1):
        line = y + (top - order) * CELL
        canvas.line(scale.x, line + CELL - 1, scale.x + scale.width, line + CELL - 1, "line thin")
        canvas.text(gutter, line + CELL - 2.5, f"{order}", "mono faint", "end")
        canvas.text(scale.x - 8, line + CELL - 2.5, f"{blocks.get(order, 0)}", "mono", "end")
        draw_order(canvas, scale, order, levels.get(order, {}), line)
    return (top + 1) * CELL
