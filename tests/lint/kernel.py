# SPDX-License-Identifier: BSD-2-Clause
"""
The linter against the kernel: every tree of dts/maps is booted on the host with all four models,
and what the linter worked out from the tree alone must be what the boots did.

  banks     the usable RAM is the union of mm.bank
  leaves    the leaves and tables that it counts are those of mm.direct
  places    a dynamic region is where mm.reserved has it, or both say that there is no place
  sections  present and mixed sections, and the bytes of the memmap, are those of mm.memmap
  warnings  each warning of the kernel has a finding that explains it, and the other way round
  stops     with the records each stop is a finding
"""
import concurrent.futures
import os

import lint
import lint_board
import lint_leaves
import lint_memory
import lint_record
import lint_regions
import lint_reserved
import lint_sections
import trees
from lint_ranges import union
from lint_tree import Tree as Blob

# Findings that exist only where the kernel warns: the reverse of lint_record.EXPLAINED. Those that
# it says as a log line, or repairs in silence, are left out.
ALWAYS_WARNED = {
    "L101": {"root-cells"}, "L104": {"reg-missing"},
    "L106": {"memory-no-device-type"}, "L107": {"memory-nested"}, "L111": {"bank-overlap"},
    "L112": {"bank-duplicate"}, "L113": {"bank-trimmed", "bank-too-small"}, "L114": {"bank-wraps"},
    "L115": {"bank-beyond-56"}, "L116": {"bank-capped"}, "L201": {"reserved-cells"},
    "L202": {"reserved-ranges"}, "L203": {"reserved-ignored"}, "L209": {"firmware-not-listed"},
    "L211": {"dynamic-unplaced"}, "L212": {"reserved-alignment"}, "L402": {"numa-id-range"},
    "L403": {"numa-id-missing"}, "L406": {"numa-distance"}, "L502": {"dtb-in-reserved"},
    "L504": {"initrd-range"}, "L505": {"initrd-dropped"}, "L506": {"initrd-dropped"},
}
ONLY_WITH_NODES = {"L402", "L403"}  # FLAT takes no ids, so it does not judge them


def board_of(blob, records):
    """What the linter knows before it judges."""
    board = lint_board.Board(Blob(blob), records, lint.Report())
    lint_memory.read(board)
    lint_reserved.read(board)
    board.settle()
    lint_regions.place_dynamic(board)
    return board


def ranges(lines):
    return [(line["base"], line["end"]) for line in lines]


def check_banks(board, record):
    if union(ranges(record.bank)) != board.usable:
        return f"banks {ranges(record.bank)}, linter {board.usable}"
    return None


def check_leaves(board, record):
    nomap = [(r["base"], r["end"]) for r in record.reserved if r["nomap"]]
    found = lint_leaves.count(lint_leaves.pieces(board.usable, nomap, board.fixed))
    direct = record.one("direct")
    if (found.pages, found.megapages, found.gigapages) != (
            direct["leaf_4k"], direct["leaf_2m"], direct["leaf_1g"]):
        return f"leaves {direct}, linter {found.pages} {found.megapages} {found.gigapages}"
    # Besides the root there are tables for the image (2) and, on QEMU, for the test device (2).
    if direct["tables"] - 1 - found.tables() not in (2, 4):
        return f"{direct['tables']} tables, linter {found.tables()}"
    ours = list(lint_leaves.fixed_nomap(board))
    ours += [whole for whole, _ in lint_leaves.clusters(board)]
    ours += [d.place for d in board.dynamic if d.nomap and d.place]
    if lint_leaves.subtract(board.usable, ours) != lint_leaves.subtract(board.usable, nomap):
        return "the linter takes other RAM for no-map"
    return None


def check_places(board, record):
    for region in board.dynamic:
        there = [(r["base"], r["end"]) for r in record.reserved if r["owner"] == region.node]
        if there != ([region.place] if region.place else []):
            return f"{region.node} is at {there}, linter {region.place}"
    return None


def check_sections(board, record):
    memmap = record.one("memmap")
    if not memmap["sections"] or any(line["why"] == "no memmap" for line in record.dropped):
        return None
    unit = 1 << record.one("build")["section_bits"]
    found = lint_sections.present(board.usable, unit)
    mixed = sum(1 for ram in found.values() if ram < unit)
    ours = len(found), mixed, lint_sections.cost(board.usable, unit)
    if ours != (memmap["sections"], memmap["mixed"], memmap["bytes"]):
        return f"memmap {memmap}, linter {ours}"
    return None


def check_warnings(found, model, record):
    """Each warning explained, each finding warned of."""
    if not record.is_ok():
        return None
    codes = {one.code for one in found}
    names = {line["name"] for line in record.warn}
    for name in names & set(lint_record.EXPLAINED):
        if not codes & set(lint_record.EXPLAINED[name]):
            return f"{model} warns {name}, the linter says {sorted(codes)}"
    for code in codes & set(ALWAYS_WARNED):
        if model == "flat" and code in ONLY_WITH_NODES:
            continue
        if not names & ALWAYS_WARNED[code]:
            return f"the linter says {code}, {model} warns {sorted(names)}"
    return None


def check_tree(tree, programs):
    """None, or the first thing that differs."""
    path = trees.blob_of(tree)
    with open(path, "rb") as file:
        blob = file.read()
    lint.findings(blob)
    args = f"--bootargs=record {tree.one('args')}".strip()
    models = (tree.one("models") or " ".join(trees.MODELS)).split()
    records = {model: trees.boot(programs[model], path, [args]) for model in models}
    found = lint.findings(blob, records)
    stops = {model for model, record in records.items() if not record.is_ok()}
    if bool(stops) != any(one.code == "L701" for one in found):
        return f"stops with {sorted(stops)}, findings {[one.code for one in found]}"
    for model, record in records.items():
        one = board_of(blob, {model: record})
        why = check_warnings(found, model, record)
        if not why and record.is_ok() and "mem" not in args:
            why = (check_banks(one, record) or check_leaves(one, record)
                   or check_places(one, record) or check_sections(one, record))
        if why:
            return why
    return None


def attempt(tree, programs):
    try:
        return f"kernel {tree.name()}", check_tree(tree, programs)
    except Exception as error:  # a failure like any other
        return f"kernel {tree.name()}", f"{type(error).__name__}: {error}"


def tests(programs):
    """(name, why it fails or None) of every tree that the kernel's own tests have."""
    every = trees.all_of("dts/maps") + trees.all_of("dts/boards") + trees.all_of("dts/lint")
    every = [tree for tree in every if not tree.all("patch")]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(lambda tree: attempt(tree, programs), every)
    yield "kernel: all trees", None if len(every) > 200 else f"only {len(every)} trees"
