# SPDX-License-Identifier: BSD-2-Clause
"""
Regions among themselves and against RAM: overlaps, edges inside a page, places outside RAM,
firmware that nobody lists, and whether dynamic regions find a place.
"""
from lint_banks import alias_of
from lint_ranges import (PAGE, contains, down, grow, meet, overlaps, reg_text, size, size_text,
                         subtract, text, texts, total, up)

OPENSBI_BYTES = 0x80000  # OpenSBI 1.1 and older on generic platforms; newer ones take less


def check(board):
    check_pairs(board)
    for region in board.regions:
        check_edges(board, region)
    check_outside(board)
    check_firmware(board)
    place_dynamic(board)


def check_pairs(board):
    for i, later in enumerate(board.regions):
        for first in board.regions[:i]:
            if first.firmware and later.firmware:
                continue  # firmware lists itself beside the tree's own entry for it
            if overlaps(grow(first.range), grow(later.range)):
                report_pair(board, first, later)


def report_pair(board, first, later):
    both = meet(first.range, later.range)
    wins = "" if first.nomap == later.nomap else "; no-map wins there"
    if first.range == later.range:
        board.add("L205", later.node, later.prop,
                  f"{text(both)} ({size_text(size(both))}) is {first.name()} once more: it is "
                  f"reserved once{wins}.", f"remove one of {first.name()} and {later.name()}")
        return
    if size(both):
        what = f"It shares {text(both)} ({size_text(size(both))}) with {first.name()}: two owners"
    else:
        both = meet(grow(first.range), grow(later.range))
        what = (f"It shares the page at {both[0]:#x} with {first.name()}, not a byte of it: two "
                "owners")
    rest = subtract([later.range], [grow(first.range)])
    board.add("L204", later.node, later.prop,
              f"{what} believe to have it for themselves. The union is reserved{wins}.",
              f"{reg_text(rest, later.cells)} here, or correct {first.name()}" if rest else
              f"remove it, all of it lies in {first.name()}; or correct one of them")


def check_edges(board, region):
    whole = grow(region.range)
    extra = [r for r in subtract([whole], [region.range])
             if any(overlaps(r, bank) for bank in board.usable)]
    if extra:
        board.add("L206", region.node, region.prop,
                  f"{text(region.range)} does not begin and end on pages of {PAGE} bytes: "
                  f"{size_text(total(extra))} more are reserved.", reg_text([whole], region.cells))


def check_outside(board):
    """One finding per node: what of its entries no bank has."""
    nodes = {}
    for region in board.regions:
        outside = subtract([region.range], board.ram)
        if outside:
            nodes.setdefault(region.node, []).append((region, outside))
    for node, entries in nodes.items():
        outside = [r for _, ranges in entries for r in ranges]
        rest = [r for region, _ in entries for r in subtract([region.range], outside)]
        what, change = explain_outside(board, outside, rest, entries[0][0].cells)
        if not what:
            continue
        board.add("L207", node, " ".join(region.prop for region, _ in entries),
                  f"{size_text(total(outside))} in {texts(outside)} are in no bank. {what}", change)


def explain_outside(board, outside, rest, cells):
    """What it means, and what to change; "" when a driver may want it so."""
    alias = alias_of(board)
    if alias and all(contains(alias.window, r) for r in outside):
        shift = alias.base - alias.window[0]
        behind = [(r[0] + shift, r[1] + shift) for r in outside]
        bare = subtract(behind, [r.range for r in board.regions])
        if not bare:
            return "", ""
        return (f"That is the uncached alias of {texts(behind)}, and nothing reserves "
                f"{texts(bare)}: those pages are given out as well.",
                f"one more region with {reg_text(bare, cells)} no-map;")
    return ("No struct page is made for it and nothing is mapped: it reserves nothing. The tree "
            "may be one for a board with more RAM.",
            reg_text(rest, cells) if rest else
            "remove it, or correct its address or the memory node")


def check_firmware(board):
    below = board.unlisted
    if not below:
        return
    name = f"mmode_resv0@{below[0]:x}"
    example = (below[0], min(below[0] + OPENSBI_BYTES, below[1]))
    back = size(below) - size(example)
    board.add("L209", "/reserved-memory", "",
              f"No no-map region below the image at {board.image[0]:#x}: all of {text(below)} "
              f"({size_text(size(below))}) is kept from use. Other kernels use it, and the "
              "firmware in it answers with access faults.",
              f"list the firmware with its true size, for OpenSBI such as {name} {{ "
              f"{reg_text([example], board.cells)} no-map; }}; gives {size_text(back)} back")


def place_dynamic(board):
    """Give each dynamic region the place that the kernel gives it: the highest that fits."""
    cold = [bank.range for bank in board.banks if not bank.hotpluggable]
    for region in board.dynamic:
        free = [meet(r, bank) for r in board.free() for bank in cold if overlaps(r, bank)]
        region.place = find_place(free, region)
        if not region.place:
            report_unplaced(board, region, free)


def windows(free, region):
    """The free ranges inside each of alloc-ranges, in the order in which they are tried."""
    for want in region.ranges or [(0, 1 << 64)]:
        yield [meet(r, want) for r in sorted(free, reverse=True)]


def find_place(free, region):
    for ranges in windows(free, region):
        for start, end in ranges:
            at = down(end - region.size, region.alignment) if end - start >= region.size else -1
            if at >= max(start, PAGE):
                return at, at + region.size
    return None


def report_unplaced(board, region, free):
    def room(ranges):
        """The largest piece that fits: (bytes, its place)."""
        aligned = ((up(start, region.alignment), end) for start, end in ranges)
        return max(((max(0, end - at), at) for at, end in aligned), default=(0, 0))

    inside, at = max((room(ranges) for ranges in windows(free, region)), default=(0, 0))
    inside = down(inside, PAGE)
    best, where = room(free)
    change = f"size = at most {size_text(inside)} (at {at:#x})" if inside else "a smaller size"
    if region.ranges and best >= region.size:
        place = where, where + down(best, PAGE)
        change += f", or {reg_text([place], region.cells, 'alloc-ranges')}"
    elif not inside:
        change = "remove the node, nothing is free for it"
    board.add("L211", region.node, "size",
              f"{size_text(region.size)} aligned to {size_text(region.alignment)} fit nowhere in "
              f"{texts(region.ranges) if region.ranges else 'RAM'}: nothing is reserved, and its "
              "driver goes without.", change)
