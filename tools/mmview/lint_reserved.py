# SPDX-License-Identifier: BSD-2-Clause
"""
What the tree reserves -> regions, by the rules of kernel/dt/reserved.c, with a finding for each
thing that is wrong with a node by itself. Regions against each other: lint_regions.
"""
from lint_board import Dynamic, Region
from lint_memory import cells_are_good, check_unit_address, entries
from lint_ranges import PAGE, TOP, cells_text, reg_text, size_text, up
from lint_tree import tuples

FIRMWARE_NAMES = ("mmode_resv", "mmode_", "opensbi")


def read(board):
    """Fill in board.regions and board.dynamic."""
    read_memreserve(board)
    for parent in board.tree.root.children:
        if parent.is_called("reserved-memory") and parent.children:
            read_parent(board, parent)


def read_memreserve(board):
    found, ended = board.tree.reserved
    for i, (base, size) in enumerate(found):
        if size and base + size < TOP:
            board.regions.append(Region((base, base + size), "/memreserve/", f"entry {i}", (2, 2),
                                        memreserve=True))
        else:
            report_ignored(board, "/memreserve/", f"entry {i}", base, size)
    if not ended:
        board.add("L213", "/memreserve/", f"entry {len(found)}",
                  f"The list runs into the next block after {len(found)} entries without its "
                  "empty last entry: all of them are kept, and none behind them.",
                  "end it with an entry of address 0 and size 0, as dtc does")


def report_ignored(board, node, prop, base, size):
    why = "has size 0" if size == 0 else f"{base:#x} + {size:#x} exceeds 64 bits"
    board.add("L203", node, prop, f"The entry {why}, so it reserves nothing.",
              f"the true size for {base:#x}, or remove the entry")


def read_parent(board, parent):
    cells, missing = board.tree.cells(parent)
    if not cells_are_good(board, parent, cells):
        return
    if missing:
        report_cells(board, parent, "missing", board.cells, " ".join(missing))
        cells = board.cells
    elif cells != board.cells:
        report_cells(board, parent, f"{cells[0]} and {cells[1]}", cells, "")
    ranges = board.tree.prop(parent, "ranges")
    if ranges != b"":
        board.add("L202", parent.path, "ranges",
                  ("It is missing" if ranges is None else f"It has {len(ranges)} bytes")
                  + ": addresses are taken as they are here, Linux ignores the whole node and "
                  "gives the firmware's memory away.",
                  "ranges; (present and empty)")
    for node in parent.children:
        if board.tree.is_enabled(node):
            read_region(board, node, cells)


def report_cells(board, parent, what, used, missing):
    root = board.cells
    board.add("L201", parent.path, missing or "#address-cells #size-cells",
              f"They are {what}, the root has {root[0]} and {root[1]}. Read with {used[0]} and "
              f"{used[1]} here; Linux ignores the whole node and gives the firmware's memory away.",
              f"#address-cells = <{root[0]}>; #size-cells = <{root[1]}>;"
              + ("" if missing else " and every reg below written with them"))


def read_region(board, node, cells):
    tree = board.tree
    reg = tree.prop(node, "reg")
    firmware = node.name.startswith(FIRMWARE_NAMES)
    nomap = tree.prop(node, "no-map") is not None
    reusable = tree.prop(node, "reusable") is not None
    if nomap and reusable:
        board.add("L210", node.path, "reusable",
                  "no-map says that nobody may map the region, reusable that everybody may use "
                  "it meanwhile. The kernel leaves it unmapped; Linux refuses the region.",
                  "remove reusable for firmware and devices, no-map for a pool such as CMA")
    check_unit_address(board, node, reg, cells)
    if reg is None:
        read_dynamic(board, node, cells, nomap or firmware, reusable)
        return
    if firmware and not nomap:
        board.add("L208", node.path, "no-map",
                  "Firmware by its name, without no-map: kept unmapped here because of the name. "
                  "Other kernels map it, and a read through that map ends in an access fault.",
                  "add no-map; or use OpenSBI 1.3 or later, which adds it")
    found = entries(board, node, "reg", reg, cells) or []
    for i, base, size in found:
        prop = f"reg[{i}]" if len(found) > 1 else "reg"
        if size and base + size < TOP:
            board.regions.append(Region((base, base + size), node.path, prop, cells,
                                        nomap or firmware, firmware))
        else:
            report_ignored(board, node.path, prop, base, size)


def read_dynamic(board, node, cells, nomap, reusable):
    size = board.tree.number(node, "size")
    if not size or size >= TOP:
        board.add("L203", node.path, "reg size",
                  "It has neither a reg nor a size above 0, so it reserves nothing.",
                  f"size = <{cells_text(0x1000000, cells[1])}>; or a reg")
        return
    alignment = read_alignment(board, node, cells)
    ranges = read_alloc_ranges(board, node, cells)
    if ranges is not None:
        board.dynamic.append(Dynamic(node.path, up(size, PAGE), alignment, ranges, cells, nomap,
                                     reusable))


def read_alignment(board, node, cells):
    value = board.tree.prop(node, "alignment")
    asked = board.tree.number(node, "alignment")
    asked = 0 if asked is None or asked >= TOP else asked
    used = PAGE
    while used < asked:
        used *= 2
    if value is not None and (asked == 0 or asked & (asked - 1)):
        board.add("L212", node.path, "alignment",
                  f"{asked:#x} ({len(value)} bytes) is no power of two: {used:#x} "
                  f"({size_text(used)}) is used.",
                  f"alignment = <{cells_text(used, cells[1])}>;")
    return used


def read_alloc_ranges(board, node, cells):
    """The ranges, [] for anywhere, None when the kernel ignores the node because of them."""
    value = board.tree.prop(node, "alloc-ranges")
    if value is None:
        return []
    found, rest = tuples(value, cells)
    ranges = [(base, min(base + size, TOP - 1)) for base, size in found
              if size and max(base, size) < TOP]
    if ranges and not rest:
        return ranges
    board.add("L203", node.path, "alloc-ranges",
              f"Its {len(value)} bytes hold no whole, non-empty ranges of {cells[0]} and "
              f"{cells[1]} cells: the node is ignored and reserves nothing.",
              reg_text([board.banks[0].range], cells, "alloc-ranges") if board.banks else
              "an address and a size, or remove it")
    return None
