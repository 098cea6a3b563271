# SPDX-License-Identifier: BSD-2-Clause
"""
What sections cost in the sparse models. A section with any RAM gets struct pages for all of it,
1/64 of its size: a hole in it costs what RAM costs, and a section with less RAM than that is a
loss.
"""
from lint_ranges import MIB, down, meet, overlaps, size, size_text, text, texts

SIZES = (64 * MIB, 128 * MIB, 256 * MIB, 512 * MIB, 1024 * MIB)
PER_BYTE = 64  # a struct page of 64 bytes for 4096


def present(usable, unit):
    """{start of a section: bytes of RAM in it}"""
    sections = {}
    for start, end in usable:
        at = down(start, unit)
        while at < end:
            sections[at] = sections.get(at, 0) + size(meet((start, end), (at, at + unit)))
            at += unit
    return sections


def cost(usable, unit):
    """Bytes of struct pages."""
    return len(present(usable, unit)) * unit // PER_BYTE


def check(board):
    if not board.usable:
        return
    unit = 1 << board.section_bits
    sections = present(board.usable, unit)
    check_mixed(board, sections, unit)
    check_loss(board, sections, unit)


def owner(board, at, unit):
    """The first memory node with RAM in the section."""
    return next(b for b in board.banks if overlaps(b.range, (at, at + unit)))


def check_mixed(board, sections, unit):
    mixed = {at: ram for at, ram in sections.items() if ram < unit}
    best = min(SIZES, key=lambda one: (cost(board.usable, one), abs(one - unit)))
    now, then = cost(board.usable, unit), cost(board.usable, best)
    if not mixed or then >= now:
        return
    holes = sum(unit - ram for ram in mixed.values()) // PER_BYTE
    bank = owner(board, min(mixed), unit)
    board.add("L601", bank.node, bank.prop,
              f"With sections of {size_text(unit)}, {len(mixed)} of {len(sections)} sections have "
              f"holes: struct pages take {size_text(now)}, {size_text(holes)} of it for no RAM.",
              f"SECTION_SIZE_{size_text(best)[:-2].replace(' ', '')} in menuconfig: "
              f"{size_text(then)}, saves {size_text(now - then)}")


def check_loss(board, sections, unit):
    """One finding per memory node."""
    nodes = {}
    for at, ram in sorted(sections.items()):
        if ram < unit // PER_BYTE:
            nodes.setdefault(owner(board, at, unit).node, []).append(at)
    for losing in nodes.values():
        bank = owner(board, losing[0], unit)
        spent = len(losing) * unit // PER_BYTE
        ram = sum(sections[at] for at in losing)
        where = (text((losing[0], losing[0] + unit)) if len(losing) == 1 else
                 f"{len(losing)} sections, {texts([(at, at + unit) for at in losing], 2)}")
        board.add("L602", bank.node, bank.prop.partition("[")[0],
                  f"Its {size_text(ram)} in {where} cost {size_text(spent)} of struct pages, "
                  f"{size_text(spent - ram)} more than they bring. When memory is short the "
                  "kernel gives them up.", change(board, losing, ram, unit))


def change(board, losing, ram, unit):
    """The largest section size with which the same RAM pays, or the advice to do without."""
    start, end = losing[0], losing[-1] + unit
    here = [meet(r, (start, end)) for r in board.usable if overlaps(r, (start, end))]
    for one in sorted((one for one in SIZES if one < unit), reverse=True):
        if all(bytes_ >= one // PER_BYTE for bytes_ in present(here, one).values()):
            return f"SECTION_SIZE_{one // MIB}M in menuconfig: there they cost at most what they " \
                   f"bring; or remove the entry ({size_text(ram)})"
    return f"remove the entry, or move its {size_text(ram)} next to other RAM of the same section"
