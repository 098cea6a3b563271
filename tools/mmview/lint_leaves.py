# SPDX-License-Identifier: BSD-2-Clause
"""
What a no-map region costs in the direct map. No leaf may touch it, so a region that does not fill
whole megapages (2 MiB) or gigapages (1 GiB) breaks those around it into smaller leaves:

    without   [        one leaf of 2 MiB        )
    with      [4K|4K|4K|==no-map==|4K|4K|4K|4K|4K)    and one more table to hold them

Each region is judged as if it were the only one besides the firmware, so that two in one
megapage both have their finding. Firmware below the image is not judged: it cannot move.
"""
from dataclasses import dataclass, field

from lint_board import IMAGE_ROOM
from lint_ranges import (GIGAPAGE, MEGAPAGE, PAGE, contains, cut, down, grow, meet, overlaps,
                         reg_text, size, size_text, subtract, text, union, up)


@dataclass
class Leaves:
    """Leaves by size, and which megapages and gigapages need a table of their own."""

    pages: int = 0
    megapages: int = 0
    gigapages: int = 0
    small: set = field(default_factory=set)
    large: set = field(default_factory=set)

    def tables(self):
        return len(self.small) + len(self.large)

    def entries(self):
        return self.pages + self.megapages + self.gigapages


def aligned(piece, align):
    """The part of a piece that leaves of that size fill, and what is left before and behind."""
    start, end = up(piece[0], align), down(piece[1], align)
    if start >= end:
        return None, [piece]
    return (start, end), [r for r in ((piece[0], start), (end, piece[1])) if r[0] < r[1]]


def count(pieces):
    """The largest leaves that show these pieces of equal rights, as kernel/arch/riscv/sv39.c."""
    out = Leaves()
    for piece in pieces:
        whole, rest = aligned(piece, GIGAPAGE)
        out.gigapages += size(whole) // GIGAPAGE if whole else 0
        for part in rest:
            out.large.update(range(part[0] // GIGAPAGE, (part[1] - 1) // GIGAPAGE + 1))
            whole, edges = aligned(part, MEGAPAGE)
            out.megapages += size(whole) // MEGAPAGE if whole else 0
            for edge in edges:
                out.pages += size(edge) // PAGE
                out.small.update(range(edge[0] // MEGAPAGE, (edge[1] - 1) // MEGAPAGE + 1))
    return out


def pieces(ram, nomap, fixed):
    """What the direct map shows: RAM without no-map, cut where the image is read-only."""
    return cut(cut(subtract(ram, nomap), fixed[0]), fixed[1])


def clusters(board):
    """No-map regions that could move, joined where they touch: [(range, [region, ...])]."""
    movable = [r for r in board.regions if r.nomap and not r.firmware
               and not is_below_image(board, r)]
    out = []
    for whole in union(grow(r.range) for r in movable):
        if any(overlaps(whole, bank) for bank in board.usable):
            out.append((whole, [r for r in movable if contains(whole, grow(r.range))]))
    return out


def is_below_image(board, region):
    """A no-map region between the start of RAM and the image is firmware, whatever its name."""
    bank = board.bank_of(board.image[0])
    return bool(bank) and bank.range[0] <= region.range[0] < board.image[0]


def fixed_nomap(board):
    below = [grow(r.range) for r in board.regions if r.nomap and is_below_image(board, r)]
    return union(board.firmware() + below)


def check(board):
    bare = fixed_nomap(board)
    base = count(pieces(board.usable, bare, board.fixed))
    for whole, regions in clusters(board):
        cost = count(pieces(board.usable, bare + [whole], board.fixed))
        if not is_free(base, cost):
            report(board, base, cost, whole, regions)
    for region in board.dynamic:
        if region.nomap and region.place:
            cost = count(pieces(board.usable, bare + [region.place], board.fixed))
            if not is_free(base, cost):
                report_dynamic(board, base, cost, region)


def is_free(base, cost):
    """Does no leaf become smaller?"""
    return cost.pages <= base.pages and cost.megapages <= base.megapages


def price(base, cost):
    """The difference in words."""
    parts = [f"{name} {after - before:+}" for before, after, name in (
        (base.pages, cost.pages, "4 KiB"), (base.megapages, cost.megapages, "2 MiB"),
        (base.gigapages, cost.gigapages, "1 GiB")) if after != before]
    tables = cost.tables() - base.tables()
    more = cost.entries() - base.entries()
    return (f"leaves {', '.join(parts)}; tables {tables:+} ({size_text(abs(tables) * PAGE)}); the "
            f"TLB needs {more} more entries to reach the same RAM")


def broken(board, whole, align):
    """The whole leaves of that size that the range touches and does not fill."""
    units = {down(whole[0], align), down(whole[1] - 1, align)}
    return sorted((at, at + align) for at in units if not contains(whole, (at, at + align))
                  and any(contains(bank, (at, at + align)) for bank in board.usable))


def report(board, base, cost, whole, regions):
    is_mega = cost.pages > base.pages
    code, align, name = (("L301", MEGAPAGE, "megapage") if is_mega
                         else ("L302", GIGAPAGE, "gigapage"))
    units = broken(board, whole, align)
    where = " and ".join(text(unit) for unit in units) or text(whole)
    first = regions[0]
    others = "".join(f" with {region.name()}" for region in regions[1:4])
    board.add(code, first.node, first.prop,
              f"No-map {text(whole)} ({size_text(size(whole))}){others} splits the {name} "
              f"{where}: {price(base, cost)}.", advice(board, base, whole, first.cells))


def advice(board, base, whole, cells):
    out = []
    place = free_place(board, base, whole)
    if place:
        out.append(f"{reg_text([place], cells)} is the nearest place that is free and splits "
                   "nothing")
    bank = next(r for r in board.usable if overlaps(r, whole))
    larger = meet((down(whole[0], MEGAPAGE), up(whole[1], MEGAPAGE)), bank)
    if size(larger) > size(whole) and may_grow(board, whole, larger):
        cost = count(pieces(board.usable, fixed_nomap(board) + [larger], board.fixed))
        left = "no leaf is split then" if is_free(base, cost) else "no megapage is split then"
        more = size_text(size(larger) - size(whole))
        out.append(f"{reg_text([larger], cells)} takes {more} more RAM, and {left}")
    return ". Or ".join(out) or ("no place in its bank is free of cost: merge it with another "
                                 "no-map region, or accept the leaves")


def may_grow(board, whole, larger):
    """Is what it would take in addition free?"""
    return not any(overlaps(r, larger) for r in board.taken(but_inside(board, whole)))


def but_inside(board, whole):
    return [r for r in board.regions if contains(whole, grow(r.range))]


def candidates(gap, length, near):
    """Where in a free gap a region may cost nothing: at its ends and at aligned places near by."""
    low, high = gap[0], gap[1] - length
    out = {low, high}
    for align in (PAGE, MEGAPAGE, GIGAPAGE):
        # The first and the last aligned place, beside them what bank edges split anyway.
        out |= {up(low, align), down(high, align), up(low, align) - length, down(gap[1], align)}
        out |= {down(near, align), up(near, align), down(near, align) - length}
    return [at for at in out if low <= at <= high]


def free_place(board, base, whole):
    """The nearest place in the same bank where the region splits nothing and touches nothing."""
    bank = next(r for r in board.usable if overlaps(r, whole))
    room = (board.image[0], board.image[0] + IMAGE_ROOM)
    free = subtract(board.free(but_inside(board, whole)), [room])
    gaps = [r for r in (meet(r, bank) for r in free) if size(r) >= size(whole)]
    found = sorted({(abs(at - whole[0]), at) for gap in gaps
                    for at in candidates(gap, size(whole), whole[0])})
    bare = fixed_nomap(board)
    for _, at in found:
        place = at, at + size(whole)
        if place != whole and is_free(base, count(pieces(board.usable, bare + [place],
                                                         board.fixed))):
            return place
    return None


def report_dynamic(board, base, cost, region):
    length = up(region.size, MEGAPAGE)
    board.add("L303", region.node, "size alignment",
              f"No-map, placed at {text(region.place)}, it splits leaves: {price(base, cost)}.",
              f"{reg_text([(0, length)], (0, region.cells[1]), 'size').replace('<0x0 ', '<')} "
              f"and the same form with {MEGAPAGE:#x} for alignment, inside a gigapage that is "
              "split anyway")
