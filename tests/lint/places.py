# SPDX-License-Identifier: BSD-2-Clause
"""
Advice against brute force: random boards (fixed seed) with one bank, whose edges may lie inside a
megapage, firmware, mapped regions, and one no-map region that splits something. The place that the
linter offers must touch nothing, split nothing, and no page of the bank may be a nearer one.

The oracle has its own idea of a split: the no-map region must cover whole every megapage that it
touches, unless the bank or the firmware break that megapage anyway; the same for gigapages.
"""
import random

import lint
import lint_board
import lint_leaves
from lint_ranges import GIGAPAGE, MEGAPAGE, MIB, PAGE, overlaps, size, subtract, union

BOARDS = 60
CELLS = (2, 2)


def board_of(bank, others, region):
    board = lint_board.Board(None, {}, lint.Report())
    board.banks = [lint_board.Bank(bank, "/memory", "reg")]
    board.ram = board.usable = [bank]
    board.regions = [lint_board.Region(r, f"/other{i}", "reg", CELLS) for i, r in enumerate(others)]
    board.regions[0].nomap = board.regions[0].firmware = True
    board.regions.append(lint_board.Region(region, "/region", "reg", CELLS, nomap=True))
    text = others[0][0] // MEGAPAGE * MEGAPAGE + MEGAPAGE
    board.image = board.fixed = (text, text + MIB // 2)
    board.initrd = lambda: None
    return board


def splits(board, place):
    """Does a no-map region at that place make leaves smaller, by the definition above?"""
    bank, firmware = board.usable[0], board.regions[0].range
    for unit in (MEGAPAGE, GIGAPAGE):
        for at in {place[0] // unit * unit, (place[1] - 1) // unit * unit}:
            whole = (at, at + unit)
            is_leaf = bank[0] <= at and at + unit <= bank[1] and not overlaps(whole, firmware)
            # The image's first half MiB has other rights, and so leaves of its own.
            is_leaf = is_leaf and not overlaps(whole, board.fixed)
            if is_leaf and subtract([whole], [place]):
                return True
    return False


def nearest(board, region):
    """The nearest free place, page by page."""
    bank = board.usable[0]
    length = size(region)
    room = (board.image[0], board.image[0] + lint_board.IMAGE_ROOM)
    taken = union([r.range for r in board.regions[:-1]] + [room, (0, PAGE)])
    best = None
    for at in range(bank[0], bank[1] - length + 1, PAGE):
        place = at, at + length
        if at == region[0] or (best is not None and abs(at - region[0]) >= abs(best - region[0])):
            continue
        if not any(overlaps(place, r) for r in taken) and not splits(board, place):
            best = at
    return None if best is None else (best, best + length)


def pages(rng, low, high):
    return rng.randrange(low // PAGE, high // PAGE + 1) * PAGE


def random_board(rng):
    start = 0x80000000 + rng.choice((0, 0, MIB, 3 * PAGE))
    bank = start, start + 48 * MIB + rng.choice((0, MEGAPAGE, 5 * PAGE, MIB))
    image = start // MEGAPAGE * MEGAPAGE + MEGAPAGE
    others = [(start, rng.choice((start + pages(rng, PAGE, MIB), image)))]
    for _ in range(rng.randrange(3)):
        at = pages(rng, start + 36 * MIB, bank[1] - MIB)
        others.append((at, at + pages(rng, PAGE, MIB)))
    length = rng.choice((PAGE, 16 * PAGE, MIB, MEGAPAGE, MEGAPAGE, 2 * MEGAPAGE, 3 * MIB))
    at = pages(rng, start + 35 * MIB, bank[1] - length)
    region = at, at + length
    if any(overlaps(region, other) for other in others):
        return None
    return board_of(bank, others, region), region


def tests():
    rng = random.Random(39)
    why, places, without = None, 0, 0
    while places + without < BOARDS:
        made = random_board(rng)
        if not made:
            continue
        board, region = made
        base = lint_leaves.count(lint_leaves.pieces(board.usable, lint_leaves.fixed_nomap(board),
                                                    board.fixed))
        found = lint_leaves.free_place(board, base, region)
        wanted = nearest(board, region)
        places, without = places + bool(wanted), without + (not wanted)
        distance = [place and abs(place[0] - region[0]) for place in (found, wanted)]
        if distance[0] != distance[1]:
            why = why or f"{board.usable} {[r.range for r in board.regions]}: {found}, {wanted}"
    yield "free places are the nearest ones", why
    few = min(places, without) < 6
    yield "free places: both answers occur", f"{places} {without}" if few else None
