# SPDX-License-Identifier: BSD-2-Clause
"""
The figures of the record that follow from the banks: how the direct map is cut into leaves, what
the memmap of each model costs, where the vmemmap shows it.
"""
from layout import STRUCT_PAGE, VMEMMAP
from ranges import (
    GIB,
    MIB,
    PAGE,
    align_down,
    align_up,
    disorder,
    intersect,
    normal,
    size,
    subtract,
    text,
    union,
)
from suite import expect, expect_equal

LEAVES = ((GIB, "leaf_1g"), (2 * MIB, "leaf_2m"), (PAGE, "leaf_4k"))


def phys_base(record):
    """What the start of the direct map and of the vmemmap stands for: kernel/mm/bank.h."""
    return align_down(record.ranges("bank")[0][0], GIB)


def mapped_ram(record):
    """What the direct map must show: RAM without what is not to be mapped."""
    return subtract(record.ranges("bank"), record.ranges("reserved", nomap="1"))


def direct_pieces(record):
    """The same, cut where the rights change: text and rodata of the image are read only."""
    handoff = record.one("handoff")
    fixed = [(handoff.number("image"), handoff.number("image_data"))]
    ram = mapped_ram(record)
    return sorted(subtract(ram, fixed) + intersect(ram, fixed))


def greedy_leaves(start, end):
    """The fewest leaves that show [start, end) at a place aligned like itself: {size: count}."""
    count = {leaf: 0 for leaf, _ in LEAVES}
    while start < end:
        leaf = next(leaf for leaf, _ in LEAVES if start % leaf == 0 and end - start >= leaf)
        # As many of these as come before a border where a larger one could begin.
        larger = {PAGE: 2 * MIB, 2 * MIB: GIB, GIB: 1 << 64}[leaf]
        border = align_up(start + 1, larger)
        run = min(end, border) - start
        count[leaf] += run // leaf
        start += align_down(run, leaf)
    return count


def check_direct(record):
    """mm.direct counts the fewest leaves that can show RAM with these rights."""
    line = record.one("direct")
    total = {leaf: 0 for leaf, _ in LEAVES}
    for start, end in direct_pieces(record):
        for leaf, count in greedy_leaves(start, end).items():
            total[leaf] += count
    for leaf, key in LEAVES:
        expect_equal(f"mm.direct {key}", line.number(key), total[leaf])


def section_bytes(record):
    return 1 << record.one("build").number("section_bits")


def present_sections(record):
    """The sections that some bank touches, less those that were left out: sorted numbers."""
    grain = section_bytes(record)
    left_out = normal(record.ranges("dropped", why="no memmap"))
    found = set()
    for start, end in subtract(record.ranges("bank"), left_out):
        found.update(range(start // grain, (end - 1) // grain + 1))
    return sorted(found)


def spans(record):
    """What the memmap covers, holes included: a list of ranges of physical addresses."""
    if record.one("record")["model"] in ("sparse", "vmemmap"):
        grain = section_bytes(record)
        return [(nr * grain, (nr + 1) * grain) for nr in present_sections(record)]
    block = PAGE << record.one("build").number("max_order")
    covered = []
    left_out = normal(record.ranges("dropped", why="no memmap"))
    for line in record.all("node"):
        kept = subtract(record.ranges("bank", node=line["id"]), left_out)
        if kept:  # else no memory for this node's array, so none of its frames is used
            covered.append((align_down(kept[0][0], block), align_up(kept[-1][1], block)))
    return covered


def check_memmap(record, gives_back=False):
    """
    mm.memmap: bytes, holes, sections. gives_back: the build has FREE_UNUSED_MEMMAP, so that
    there is at most this much.
    """
    line = record.one("memmap")
    covered = spans(record)
    pages = sum((end - start) // PAGE for start, end in covered)
    used = subtract(record.ranges("bank"), record.ranges("dropped", why="no memmap"))
    ram = size(intersect(used, covered)) // PAGE
    wanted = pages * STRUCT_PAGE - sum(hvo.number("released") for hvo in record.all("hvo"))
    if gives_back:
        expect(line.number("bytes") <= wanted, f"mm.memmap bytes is more than {wanted}")
    else:
        expect_equal("mm.memmap bytes", line.number("bytes"), wanted)
        expect_equal("mm.memmap hole_bytes", line.number("hole_bytes"), (pages - ram) * STRUCT_PAGE)
    expect_equal("the ledger's memmap", record.one("ledger").number("memmap"), line.number("bytes"))

    model = record.one("record")["model"]
    sections = present_sections(record) if model in ("sparse", "vmemmap") else []
    grain = section_bytes(record)
    banks = record.ranges("bank")
    mixed = [n for n in sections if size(intersect(banks, [(n * grain, (n + 1) * grain)])) < grain]
    expect_equal("mm.memmap sections", line.number("sections"), len(sections))
    expect_equal("mm.memmap mixed", line.number("mixed"), len(mixed))
    expect_equal("mm.memmap leaf_1g", line.number("leaf_1g"), 0)
    if model == "vmemmap":
        expect_equal("mm.memmap remote", line.number("remote"), remote_bytes(record))
    elif len(record.all("node")) == 1:
        expect_equal("mm.memmap remote", line.number("remote"), 0)


def remote_bytes(record):
    """
    Bytes of struct pages whose memory lies on another node than the section's: that of the lowest RAM
    in it. The model vmemmap only: of the others the record does not say where they lie.
    """
    grain, base = section_bytes(record), align_down(phys_base(record), section_bytes(record))
    banks = sorted((*line.range(), line["node"]) for line in record.all("bank"))
    remote = 0
    for line in record.all("vmemmap"):
        va, end = line.range()
        for at in range(va, end, PAGE):
            start = base + (at - VMEMMAP[0]) // STRUCT_PAGE * PAGE // grain * grain
            start = align_down(start, grain)
            home = next((n for s, e, n in banks if s < start + grain and start < e), None)
            pa = line.number("pa") + (0 if line["shared"] == "1" else at - va)
            lies = next((n for s, e, n in banks if s <= pa < e), None)
            remote += PAGE * (lies != home)
    return remote


def window_of(record):
    """The part of the vmemmap window that belongs to present sections: a list of ranges."""
    if record.one("record")["model"] != "vmemmap":
        return []
    grain = section_bytes(record)
    base = align_down(phys_base(record), grain)
    starts = [VMEMMAP[0] + (nr * grain - base) // PAGE * STRUCT_PAGE
              for nr in present_sections(record)]
    return normal([(start, start + grain // PAGE * STRUCT_PAGE) for start in starts])


def check_vmemmap(record):
    """mm.vmemmap shows exactly the present sections, each byte backed by RAM of its own."""
    lines = record.all("vmemmap")
    wrong = disorder([line.range() for line in lines])
    expect(wrong is None, f"mm.vmemmap: {wrong}")
    for leaf, key in LEAVES:
        bytes_ = sum(end - va for va, end in record.ranges("vmemmap", leaf=str(leaf)))
        count = record.one("memmap").number(key)
        expect_equal(f"bytes of mm.vmemmap leaf={leaf}", bytes_, count * leaf)
    backing, shared = [], []
    for line in lines:
        va, end = line.range()
        leaf, pa = line.number("leaf"), line.number("pa")
        expect(not (va % leaf or end % leaf or pa % leaf), f"not multiples of leaf: {line.text}")
        if line["shared"] == "1":
            shared.append((pa, pa + PAGE))
        else:
            backing.append((pa, pa + end - va))
    expect_equal("mm.vmemmap", text(normal([l.range() for l in lines]), 99),
                 text(window_of(record), 99))
    if lines:
        memmap = union(record.ranges("early", owner="memmap"), record.ranges("held", owner="memmap"))
        expect_equal("memory behind mm.vmemmap", text(union(backing, shared), 99), text(memmap, 99))
        both = intersect(normal(backing), normal(shared))
        expect(not both, f"a page of struct pages is shared and not: {text(both)}")
        bytes_ = sum(end - pa for pa, end in backing)
        expect_equal("memory behind mm.vmemmap", bytes_, size(backing))
