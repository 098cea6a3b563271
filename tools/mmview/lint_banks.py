# SPDX-License-Identifier: BSD-2-Clause
"""
Banks among themselves and against what the machine can reach: overlaps, edges inside a page, the
reach of the direct map, and RAM that is there twice because the board shows it at two addresses.
"""
from lint_alias import alias_of
from lint_board import REACH
from lint_ranges import (GIB, GIGAPAGE, PAGE, contains, down, meet, reg_text, shrink, size,
                         size_text, subtract, text, texts, total)


# The vendor's U-Boot of VisionFive 2 writes CMA to 0x70000000 with a size for each size of RAM.
CMA_BASE = 0x70000000
CMA_RAM = {0xB000000: GIB, 0x20000000: 2 * GIB, 0x40000000: 4 * GIB, 0x60000000: 8 * GIB}


def check(board):
    check_pairs(board)
    for bank in board.banks:
        check_edges(board, bank)
        check_reach(board, bank)
        check_alias(board, bank)
    check_size(board)


def check_pairs(board):
    for i, later in enumerate(board.banks):
        for first in board.banks[:i]:
            both = meet(first.range, later.range)
            if size(both):
                report_pair(board, first, later, both)


def report_pair(board, first, later, both):
    rest = subtract([later.range], [first.range])
    if first.range == later.range:
        board.add("L112", later.node, later.prop,
                  f"{text(both)} ({size_text(size(both))}) is {first.name()} once more: it is "
                  "counted once.", f"remove one of {first.name()} and {later.name()}")
    else:
        board.add("L111", later.node, later.prop,
                  f"It shares {text(both)} ({size_text(size(both))}) with {first.name()}, which "
                  "keeps them: one of the two is wrong, and RAM that does not exist may be used.",
                  f"{reg_text(rest, board.cells)} here, or correct {first.name()}" if rest else
                  f"remove it, all of it lies in {first.name()}; or correct one of them")
    if first.nid != later.nid and None not in (first.nid, later.nid):
        board.add("L407", later.node, "numa-node-id",
                  f"{text(both)} is on node {first.nid} by {first.name()} and on node {later.nid} "
                  f"here: node {first.nid} keeps it, Linux drops all NUMA information.",
                  f"numa-node-id = <{first.nid}>; or make the ranges disjoint")


def check_edges(board, bank):
    whole = shrink(bank.range)
    lost = size(bank.range) - size(whole)
    if not lost:
        return
    if size(whole):
        board.add("L113", bank.node, bank.prop,
                  f"{text(bank.range)} does not begin and end on pages of {PAGE} bytes: "
                  f"{size_text(lost)} are not used.", reg_text([whole], board.cells))
    else:
        board.add("L113", bank.node, bank.prop,
                  f"{text(bank.range)} holds no whole page: its {size_text(lost)} are not used.",
                  "remove the entry, or give it page aligned values")


def check_reach(board, bank):
    reach = board.phys_base + REACH
    beyond = meet(shrink(bank.range), (reach, max(reach, bank.range[1])))
    if not size(beyond):
        return
    inside = meet(shrink(bank.range), (0, reach))
    what = f"nothing in the tree: the direct map ends at {reach:#x}. "
    what += (f"{reg_text([inside], board.cells)} says so" if size(inside) else
             "Removing the entry says so")
    lowest = min(b.range[0] for b in board.banks)
    if any(down(b.range[0], GIGAPAGE) > board.phys_base for b in board.banks):
        what += f"; without the bank at {lowest:#x} the map would begin and end higher"
    board.add("L116", bank.node, bank.prop,
              f"{size_text(size(beyond))} in {text(beyond)} lie beyond the direct map, which shows "
              f"{size_text(REACH)} from {board.phys_base:#x} on: they are not used.", what)


def check_alias(board, bank):
    alias = alias_of(board)
    both = meet(bank.range, alias.window) if alias else (0, 0)
    if not size(both):
        return
    shift = alias.base - alias.window[0]
    again = both[0] + shift, both[1] + shift
    rest = subtract([bank.range], [alias.window])
    board.add("L117", bank.node, bank.prop,
              f"{text(both)} is the uncached alias of {text(again)} on {alias.compatible}: "
              f"{size_text(size(both))} of the same DRAM, which the kernel refuses.",
              reg_text(rest, board.cells) if rest else "remove the entry")


def check_size(board):
    """VisionFive 2 with the vendor's U-Boot: CMA tells how much RAM the board has."""
    alias = alias_of(board)
    if not alias or alias.compatible != "starfive,jh7110":
        return
    said = total(r for r in board.ram if not contains(alias.window, r))
    for region in board.dynamic:
        if len(region.ranges) != 1 or not region.reusable or region.ranges[0][0] != CMA_BASE:
            continue
        real = CMA_RAM.get(size(region.ranges[0]))
        if not real or real == said:
            continue
        wrong = ("RAM that is not there would be used, and the first touch of it hangs"
                 if real < said else f"{size_text(real - said)} are not used")
        board.add("L118", board.banks[0].node, board.banks[0].prop,
                  f"The banks have {size_text(said)} in {texts(board.ram)}, and U-Boot wrote the "
                  f"CMA region {region.node} for a board with {size_text(real)}: {wrong}.",
                  reg_text([(alias.base, alias.base + real)], board.cells)
                  + f" (in U-Boot: fdt memory {alias.base:#x} {real:#x})")
