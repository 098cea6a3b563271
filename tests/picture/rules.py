# SPDX-License-Identifier: BSD-2-Clause
"""
What every picture must keep to. Each rule yields findings; a picture without any is good. The
expected ranges are worked out here from the record's lines, with sums and intersections only.
"""
from drawing import LEAVES

LEAST_GAP = 0.5  # texts may come this close
MARGIN = 20  # places beside the map
STRIPS_APART = 20  # places between two magnified strips


def normal(ranges):
    """Sorted ranges, touching ones joined."""
    result = []
    for base, end in sorted(ranges):
        if result and base <= result[-1][1]:
            result[-1][1] = max(result[-1][1], end)
        elif base < end:
            result.append([base, end])
    return [tuple(one) for one in result]


def lines(record, topic):
    """The ranges of a topic."""
    return [(line["base"], line["end"]) for line in record.topics.get(topic, [])]


def ram(record):
    """All RAM that the tree names."""
    return normal(lines(record, "bank") + lines(record, "dropped"))


def once(drawing, record):
    """Owners' rectangles tile the map; each range of the record is there exactly once."""
    boxes = sorted(drawing.of("own"), key=lambda box: box.range())
    ranges = [box.range() for box in boxes]
    for one, other in zip(ranges, ranges[1:]):
        if one[1] != other[0]:
            yield f"{one} is followed by {other}"
    known = ram(record) + lines(record, "reserved")
    limits = (min(base for base, _ in known), max(end for _, end in known))
    if (ranges[0][0], ranges[-1][1]) != limits:
        yield f"the map is {ranges[0][0]:#x} to {ranges[-1][1]:#x}, not {limits}"
    for topic in ("early", "free"):
        for line in record.topics.get(topic, []):
            count = ranges.count((line["base"], line["end"]))
            if count != 1:
                yield f"mm.{topic} {line['base']:#x} has {count} rectangles"
    shown = normal(box.range() for box in boxes if box.kind() not in ("hole", "outside"))
    if shown != ram(record):
        yield "what is drawn as RAM is not the RAM of the record"


def sums(drawing, record):
    """Rectangles of a kind add up to the ledger."""
    ledger, found = record.one("ledger"), {}
    for box in drawing.of("own"):
        base, end = box.range()
        found[box.kind()] = found.get(box.kind(), 0) + end - base
    for kind, size in ledger.items():
        if kind != "ram" and found.get(kind, 0) != size:
            yield f"{kind}: {found.get(kind, 0)} bytes drawn, {size} in mm.ledger"


def bars(drawing):
    """The magnified strips, and last the whole map with the blocks of its crowds."""
    boxes = [box for box in drawing.boxes if box.classes & {"own", "crowd"}]
    result = []
    for box in sorted(boxes, key=lambda box: (box.y, box.x)):
        last = result[-1][-1] if result else None
        if last and last.y == box.y and box.x - last.end < STRIPS_APART:
            result[-1].append(box)
        else:
            result.append([box])
    return result


def proportions(drawing, _record):
    """Ascending, side by side, inside the page; the larger range is not the narrower one."""
    for row in bars(drawing):
        for one, other in zip(row, row[1:]):
            if other.x < one.end - 0.02:
                yield f"{one.title} overlaps {other.title}"
            if other.x - one.end > 1.0 and one.range()[1] == other.range()[0]:
                yield f"a gap between {one.title} and {other.title}"
        ranges = [box.range() for box in row]
        places = sorted(range(len(row)), key=lambda n: ranges[n])
        if places != sorted(places) and normal(ranges) != ranges:
            yield "the addresses of a row do not ascend"
        yield from true_to_scale(row)


def true_to_scale(row):
    """RAM that is neither cut nor at its least width has one scale; more is never narrower."""
    plain = [b for b in row if not b.classes & {"cut", "hole", "outside", "crowd"}]
    plain.sort(key=lambda box: box.range()[1] - box.range()[0])
    for small, large in zip(plain, plain[1:]):
        if large.width < small.width - 0.9:
            yield f"{large.title} is narrower than {small.title}"
    wide = [box for box in plain if box.width > 16]
    wide = [(box.width + 0.8) / (box.range()[1] - box.range()[0]) for box in wide]
    if wide and max(wide) > min(wide) * 1.05:
        yield f"two scales in one row: {min(wide)} and {max(wide)}"


def inside(drawing, _record):
    """Nothing leaves the page; nothing has no width."""
    _, _, width, height = drawing.view
    for box in drawing.boxes:
        if box.width <= 0 and box.height <= 0:
            yield f"an empty rectangle: {box.title}"
        if min(box.x, box.y) < 0 or box.end > width + 0.05 or box.y + box.height > height:
            yield f"outside the page: {box}"
    for text in drawing.texts:
        if text.x < 0 or text.end > width or text.y < 0 or text.y + text.height > height:
            yield f"outside the page: {text.text}"


def texts_apart(drawing, _record):
    """No text touches another."""
    texts = sorted(drawing.texts, key=lambda text: text.y)
    for number, one in enumerate(texts):
        for other in texts[number + 1 :]:
            if other.y >= one.y + one.height - LEAST_GAP:
                break
            if one.x < other.end + LEAST_GAP and other.x < one.end + LEAST_GAP:
                yield f'"{one.text}" touches "{other.text}"'


def aligned(drawing, _record):
    """The map fills its width; what stands beneath it has its addresses where the map has them."""
    whole = bars(drawing)[-1]
    begins = {box.range()[0]: box.x for box in whole}
    ends = {box.range()[1]: box.end for box in whole}
    if abs(whole[-1].end - (drawing.view[2] - MARGIN)) > 1.5:
        yield f"the map ends at {whole[-1].end}"
    for box in [*drawing.of("section"), *drawing.of("zone"), *drawing.of("leaf")]:
        base, end = box.range()
        if abs(begins.get(base, box.x) - box.x) > 1.0:
            yield f"{box.title} begins at {box.x}, the map has that address at {begins[base]}"
        if abs(ends.get(end, box.end) - box.end) > 1.5:
            yield f"{box.title} ends at {box.end}, the map has that address at {ends[end]}"


def sections(drawing, record):
    """As many sections as mm.memmap says, none over another."""
    memmap, size = record.one("memmap"), 1 << record.one("build")["section_bits"]
    found = {"present": 0, "mixed": 0, "absent": 0}
    for box in drawing.of("section"):
        base, end = box.range()
        state = next(state for state in found if f", {state}:" in box.title)
        found[state] += (end - base) // size
    if (found["present"] + found["mixed"], found["mixed"]) != (memmap["sections"], memmap["mixed"]):
        yield f"{found}, but mm.memmap has {memmap['sections']} and {memmap['mixed']} mixed"
    boxes = drawing.of("section")
    for one, other in zip(boxes, boxes[1:]):
        if other.x < one.end - 0.02 or other.range()[0] != one.range()[1]:
            yield f"{one.title} and {other.title} are not side by side"


def window(drawing, record):
    """The leaves show the struct pages of exactly the present sections, and are wide as these."""
    memmap = record.one("memmap")
    leaves = drawing.of("leaf")
    if not memmap["leaf_4k"] + memmap["leaf_2m"]:
        if leaves:
            yield "leaves in a model without a window"
        return
    found = {"KiB": 0, "MiB": 0}
    for box in leaves:
        match = LEAVES.match(box.title)
        found[match.group(4)] += int(match.group(1))
    if (found["KiB"], found["MiB"]) != (memmap["leaf_4k"], memmap["leaf_2m"]):
        yield f"{found} leaves, not {memmap['leaf_4k']} of 4 KiB and {memmap['leaf_2m']} of 2 MiB"
    present = [box for box in drawing.of("section") if ", absent:" not in box.title]
    if normal(b.range() for b in leaves) != normal(b.range() for b in present):
        yield "the leaves do not cover the present sections"
    places = [normal((round(b.x), round(b.end + 1)) for b in row) for row in (leaves, present)]
    if len(places[0]) == len(places[1]):
        for one, other in zip(*places):
            if abs(one[0] - other[0]) > 2 or abs(one[1] - other[1]) > 2:
                yield f"leaves at {one}, their sections at {other}"


def heat(drawing, record):
    """The lines of the heat map name the blocks of mm.buddy, and have marks where there are any."""
    wanted = {}
    for line in record.topics.get("buddy", []):
        wanted[line["order"]] = wanted.get(line["order"], 0) + line["blocks"]
    orders = {int(b.title.split()[1]) for b in drawing.boxes if b.title.startswith("order ")}
    if orders != set(wanted):
        yield f"marks for orders {sorted(orders)}, mm.buddy has {sorted(wanted)}"
    top = record.one("build")["max_order"]
    numbers = [text.text for text in drawing.texts if text.text.isdigit()][-2 * (top + 1) :]
    shown = dict(zip(map(int, numbers[::2]), map(int, numbers[1::2])))
    if shown != {order: wanted.get(order, 0) for order in range(top + 1)}:
        yield f"blocks by order: {shown}, mm.buddy has {wanted}"


RULES = (once, sums, proportions, inside, texts_apart, aligned, sections, window, heat)


def findings(drawing, record):
    """Everything that is wrong with a picture."""
    return [f"{rule.__name__}: {text}" for rule in RULES for text in rule(drawing, record)]
