# SPDX-License-Identifier: BSD-2-Clause
"""
Where the image, the blob and the initrd lie. The blob's address is known from a record only; the
image is where the record says, or where the host program assumes it.
"""
from lint_ranges import MEGAPAGE, TOP, contains, grow, overlaps, size, size_text, subtract, text, up


def check(board):
    for region in board.regions:
        if overlaps(grow(region.range), grow(board.image)):
            report_over_image(board, region)
    if size(board.dtb):
        check_dtb(board)
    check_initrd(board)


def free_place(board, length, align=MEGAPAGE):
    place = board.place_for(up(length, 4096), align)
    return f"{place[0]:#x}" if place else "other RAM (none is free now)"


def report_over_image(board, region):
    what = ("the boot stops, the image may not be mapped" if region.nomap
            else "its contents are lost when the image is loaded")
    elsewhere = board.place_for(up(size(region.range), 4096), MEGAPAGE, region.range[0])
    away = f"the region at {elsewhere[0]:#x} (free), or " if elsewhere else ""
    board.add("L503", region.node, region.prop,
              f"{text(region.range)} covers the image in {text(board.image)}: {what}.",
              f"{away}the image at {free_place(board, size(board.image))}")


def check_dtb(board):
    outside = subtract([board.dtb], board.ram)
    away = f"load it to free RAM, for example {free_place(board, size(board.dtb))}"
    if outside:
        board.add("L501", "/", "",
                  f"The blob at {text(board.dtb)} is not in RAM that the tree names "
                  f"({size_text(sum(size(r) for r in outside))} outside): it is read there, and "
                  "never counted or freed.", f"{away}, or add that RAM to a memory node")
    for region in board.regions:
        if region.memreserve or not overlaps(grow(region.range), grow(board.dtb)):
            continue
        then = ("no leaf shows it afterwards, so nothing can read it again" if region.nomap else
                "the owner of the region will overwrite it")
        board.add("L502", region.node, region.prop,
                  f"The blob at {text(board.dtb)} lies in {text(region.range)}: it is read before "
                  f"the region is left alone, and {then}.", away)


def check_initrd(board):
    chosen = board.tree.child(board.tree.root, "chosen")
    props = ("linux,initrd-start", "linux,initrd-end")
    given = [name for name in props if chosen and board.tree.prop(chosen, name) is not None]
    if not given:
        return
    ends = [board.tree.number(chosen, name) for name in props]
    initrd = board.initrd()
    if not initrd:
        bad = [f"{name} is missing or not of 4 or 8 bytes" for name, value in zip(props, ends)
               if value is None or value >= TOP]
        why = " and ".join(bad) or f"start {ends[0]:#x} is not below end {ends[1]:#x}"
        board.add("L504", chosen.path, " ".join(props), f"The initrd is ignored: {why}.",
                  "both properties, of one or two cells; end is the first byte behind it")
        return
    away = f"load it to {free_place(board, size(initrd))}"
    if not any(contains(bank.range, initrd) for bank in board.banks):
        board.add("L505", chosen.path, " ".join(props),
                  f"{text(initrd)} ({size_text(size(initrd))}) is not inside one bank: the initrd "
                  "is not kept.", away)
    others = [(text(board.image), "the image", board.image)]
    others += [(text(board.dtb), "the blob", board.dtb)] if size(board.dtb) else []
    others += [(text(r.range), r.name(), r.range) for r in board.regions if not r.memreserve]
    for place, name, other in others:
        if overlaps(initrd, other):
            board.add("L506", chosen.path, " ".join(props),
                      f"{text(initrd)} overlaps {name} in {place}: the initrd is not kept.", away)
