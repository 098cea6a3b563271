# SPDX-License-Identifier: BSD-2-Clause
"""
Memory nodes -> banks, by the rules of kernel/dt/memory.c, with a finding for each entry that
the kernel refuses, repairs or reads in a way that may surprise.
"""
from lint_board import PHYS_BITS, Bank
from lint_ranges import TOP, cells_text, reg_text, size_text, union
from lint_ranges import size as size_of
from lint_tree import tuples

MAX_CELLS = 8
BOTH_TWO = "#address-cells = <2>; #size-cells = <2>;"


def read(board):
    """Fill in board.cells, board.banks and board.memory_nodes."""
    if not read_root_cells(board):
        return
    tree = board.tree
    typed = [node for node in tree.root.children if tree.is_memory(node)]
    untyped = [node for node in tree.root.children
               if node.is_called("memory") and tree.prop(node, "device_type") is None]
    for node in untyped:
        report_untyped(board, node, typed)
    for node in tree.nodes:
        if node.depth > 1 and tree.is_memory(node):
            report_nested(board, node)
    stopped = [read_node(board, node) for node in typed or untyped]
    if not board.banks and not any(stopped):
        report_no_memory(board, typed or untyped)


def read_root_cells(board):
    board.cells, missing = board.tree.cells(board.tree.root)
    if missing:
        board.add("L101", "/", " ".join(missing),
                  f"Read with {board.cells[0]} and {board.cells[1]} cells, as the specification "
                  "says; Linux takes 1 and 1 and would read other banks.",
                  f"add {better_cells(board)} to the root")
    return cells_are_good(board, board.tree.root, board.cells)


def better_cells(board):
    """The pair of cells that fits the memory nodes' reg."""
    lengths = [len(board.tree.prop(node, "reg") or b"") for node in board.tree.root.children
               if node.is_called("memory") or board.tree.is_memory(node)]
    fits = [n for n in (4, 3, 2) if all(length % (4 * n) == 0 for length in lengths)]
    pair = {4: (2, 2), 3: (2, 1), 2: (1, 1)}[fits[0] if fits else 4]
    return f"#address-cells = <{pair[0]}>; #size-cells = <{pair[1]}>;"


def cells_are_good(board, node, cells):
    if max(cells) <= MAX_CELLS:
        return True
    board.add("L102", node.path, "#address-cells #size-cells",
              f"The boot stops: {cells[0]} and {cells[1]} cells, at most {MAX_CELLS} can be read.",
              BOTH_TWO)
    return False


def entries(board, node, prop, value, cells):
    """
    The (index, base, size) of a reg that can be read; what is left over, too wide or cannot
    hold an address has its finding. None when the boot stops at it.
    """
    found, rest = tuples(value, cells)
    if rest or (not found and prop == "reg"):
        report_length(board, node, prop, value, cells)
    if found and cells[0] == 0:
        board.add("L102", node.path, prop,
                  "The boot stops: with #address-cells = 0 reg cannot hold an address.",
                  f"set {BOTH_TWO} and give reg as <address size> with two cells each")
        return None
    for i, (base, size) in enumerate(found):
        if max(base, size) >= TOP:
            board.add("L102", node.path, f"{prop}[{i}]",
                      f"The boot stops: {max(base, size):#x} has more than 64 bits (read with "
                      f"{cells[0]} and {cells[1]} cells).",
                      f"{BOTH_TWO} and two cells for each number")
            return None
    return [(i, base, size) for i, (base, size) in enumerate(found)]


def report_length(board, node, prop, value, cells):
    step = 4 * sum(cells)
    whole = len(value) // step if step else 0
    more = f"cut it to {whole * step} bytes or make it {(whole + 1) * step}" if step else BOTH_TWO
    board.add("L103", node.path, prop,
              f"{prop} has {len(value)} bytes: {whole} entries of {cells[0]} and {cells[1]} cells, "
              f"and {len(value) - whole * step} bytes that are ignored.",
              f"each entry takes {step} bytes: {more}, or correct the #cells of the parent")


def read_node(board, node):
    """Banks of one node. True when the boot stops at it."""
    tree = board.tree
    usable = tree.prop(node, "linux,usable-memory")
    reg = tree.prop(node, "reg")
    check_unit_address(board, node, reg, board.cells)
    if not tree.is_enabled(node) or usable == b"":
        report_disabled(board, node, reg)
        return False
    value, prop = (reg, "reg") if usable is None else (usable, "linux,usable-memory")
    if value is None:
        board.add("L104", node.path, "reg", "It names no memory, so the node is ignored.",
                  f"add reg, for example reg = <{cells_text(0x80000000, board.cells[0])} "
                  f"{cells_text(1 << 30, board.cells[1])}>; or remove the node")
        return False
    found = entries(board, node, prop, value, board.cells)
    if found is None:
        return True
    for i, base, size in found:
        name = f"{prop}[{i}]" if len(found) > 1 else prop
        add_bank(board, node, name, base, size)
    board.memory_nodes.append(node)
    return False


def add_bank(board, node, prop, base, size):
    if size == 0:
        board.add("L110", node.path, prop, "The entry has size 0: it names no memory and is "
                  "skipped.", "remove the entry, or give it its size")
    elif base >> PHYS_BITS:
        board.add("L115", node.path, prop,
                  f"It starts at {base:#x}; physical addresses have {PHYS_BITS} bits, so "
                  f"{size_text(size)} are refused.",
                  f"an address below {1 << PHYS_BITS:#x}; too many or swapped cells look like this")
    elif base + size >= TOP:
        board.add("L114", node.path, prop,
                  f"{base:#x} + {size:#x} exceeds 64 bits: the bank is refused.",
                  f"a size of at most {(1 << PHYS_BITS) - base:#x}")
    else:
        board.banks.append(Bank((base, base + size), node.path, prop, board.tree.cell(
            node, "numa-node-id"), board.tree.prop(node, "hotpluggable") is not None))


def check_unit_address(board, node, reg, cells):
    """For memory nodes and reserved regions: the @number is the first address of reg."""
    found = tuples(reg, cells)[0] if reg else []
    unit = node.unit_address()
    if not found or found[0][0] == unit or cells[0] == 0 or found[0][0] >= TOP:
        return
    base = found[0][0]
    said = "has no unit address" if unit is None else f"says @{node.name.partition('@')[2]}"
    board.add("L109", node.path, "reg",
              f"The name {said} and reg starts at {base:#x}. The kernel believes reg alone; "
              "scripts, overlays and other kernels that go by the name get another place.",
              f"rename the node to {node.name.partition('@')[0]}@{base:x}, or correct reg")


def claimed(reg, cells):
    """The bytes that a reg names, as far as it can be read."""
    ranges = [(base, base + size) for base, size in tuples(reg or b"", cells)[0]
              if base + size < TOP]
    return union(ranges)


def report_disabled(board, node, reg):
    ranges = claimed(reg, board.cells)
    lost = sum(size_of(r) for r in ranges)
    empty = board.tree.is_enabled(node)
    why = "linux,usable-memory is empty" if empty else "its status is not okay"
    board.add("L108", node.path, "linux,usable-memory" if empty else "status",
              f"{size_text(lost)} are not used, because {why}.",
              "nothing, if that is meant; else remove "
              + ("linux,usable-memory" if empty else "status, or set it to okay"))


def report_untyped(board, node, typed):
    lost = sum(size_of(r) for r in claimed(board.tree.prop(node, "reg"), board.cells))
    what = (f"Its {size_text(lost)} are not used, because other memory nodes have a device_type."
            if typed else "Used only because no memory node has a device_type; other kernels "
            "find no memory at all.")
    board.add("L106", node.path, "device_type", what, 'add device_type = "memory";')


def report_nested(board, node):
    cells = board.tree.cells(node.parent)[0]
    ranges = claimed(board.tree.prop(node, "reg"), cells)
    lost = sum(size_of(r) for r in ranges)
    board.add("L107", node.path, "",
              f"A memory node below {node.parent.path}: its {size_text(lost)} are not used.",
              "move it to the root" + (f" with {reg_text(ranges, board.cells)}" if ranges else ""))


def report_no_memory(board, nodes):
    if nodes:
        names = ", ".join(node.path for node in nodes[:4])
        what = f"The boot stops: every memory node is disabled, empty or refused ({names})."
    else:
        what = "The boot stops: no child of the root is a memory node."
    example = (f'memory@80000000 {{ device_type = "memory"; '
               f"{reg_text([(0x80000000, 0xC0000000)], board.cells)} }};")
    board.add("L105", "/", "", what, f"a node with the true address and size, such as {example}")
