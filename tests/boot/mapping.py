# SPDX-License-Identifier: BSD-2-Clause
"""
Do the page tables of a booted machine show what they should, and nothing else? The tables come
from pagetables.walk(), the banks and reservations from the record, the windows from layout.py.
"""
from figures import LEAVES, mapped_ram, phys_base, section_bytes, window_of
from layout import (
    DIRECT_MAP,
    FIXMAP,
    HART_STACK,
    HART_STACKS,
    HART_TRAP_STACK,
    KERNEL,
    STRUCT_PAGE,
    VMEMMAP,
)
from pagetables import W, X
from ranges import PAGE, intersect, normal, size, subtract, text, union
from suite import expect, expect_equal


def inside(leaves, window):
    """The leaves in one window of the virtual map."""
    start, length = window
    return [leaf for leaf in leaves if start <= leaf.va < start + length]


def shown(leaves):
    """The physical memory that leaves show."""
    return normal([leaf.pa_range() for leaf in leaves])


def virtual(leaves):
    return normal([(leaf.va, leaf.va + leaf.size()) for leaf in leaves])


def check_counts(what, leaves, line):
    """The number of leaves of each size is what the record says."""
    for leaf_size, key in LEAVES:
        found = sum(1 for leaf in leaves if leaf.size() == leaf_size)
        expect_equal(f"the tables' number of leaves in the {what} of {leaf_size} bytes",
                     found, line.number(key))


def check_rights(record, tables):
    """Nothing is executable but the text, and that is writable nowhere."""
    handoff = record.one("handoff")
    text_range = [(handoff.number("image"), handoff.number("image_rodata"))]
    executable = shown(leaf for leaf in tables.leaves if leaf.bits & X)
    writable = shown(leaf for leaf in tables.leaves if leaf.bits & W)
    both = intersect(executable, writable)
    expect(not both, f"writable in one place and executable in another: {text(both)}")
    expect_equal("what can be executed", text(executable), text(text_range))
    constant = [(handoff.number("image"), handoff.number("image_data"))]
    both = intersect(constant, writable)
    expect(not both, f"text or rodata of the image, but writable: {text(both)}")


def check_nomap(record, tables):
    """No leaf touches a no-map byte; registers in no RAM (check_devices) are another matter."""
    nomap = normal(record.ranges("reserved", nomap="1"))
    devices = inside(tables.leaves, FIXMAP)
    for leaf in (leaf for leaf in tables.leaves if leaf not in devices):
        both = intersect([leaf.pa_range()], nomap)
        expect(not both, f"{leaf.text()} lies over no-map {text(both)}")


def check_direct_map(record, tables):
    """Every byte of RAM that may be mapped, once, at its offset; nothing else."""
    leaves = inside(tables.leaves, DIRECT_MAP)
    base = phys_base(record)
    handoff = record.one("handoff")
    constant = handoff.number("image"), handoff.number("image_data")
    for leaf in leaves:
        wanted = leaf.va - DIRECT_MAP[0] + base
        expect(leaf.pa == wanted, f"{leaf.text()} should show 0x{wanted:x}")
        rights = "r--" if constant[0] <= leaf.pa < constant[1] else "rw-"
        expect(leaf.rights() == rights, f"{leaf.text()} should be {rights}")
    ram = mapped_ram(record)
    missing, extra = subtract(ram, shown(leaves)), subtract(shown(leaves), ram)
    expect(not missing, f"the direct map does not show {text(missing)}")
    expect(not extra, f"the direct map shows {text(extra)}, which is no RAM or no-map")
    expect_equal("bytes that the direct map shows", sum(l.size() for l in leaves), size(ram))
    check_counts("direct map", leaves, record.one("direct"))


def check_image(record, tables):
    """The image at its link address: text r-x, rodata r--, data rw-."""
    handoff = record.one("handoff")
    parts = [handoff.number(k) for k in ("image", "image_rodata", "image_data", "image_end")]
    leaves = inside(tables.leaves, KERNEL)
    for (start, end), rights in zip(zip(parts, parts[1:]), ("r-x", "r--", "rw-")):
        part = [l for l in leaves if start <= l.pa < end]
        what = f"the image's {rights} part, as shown,"
        expect_equal(what, text(shown(part)), text([(start, end)]))
        for leaf in part:
            expect(leaf.va - KERNEL[0] == leaf.pa - parts[0], f"{leaf.text()} is out of place")
            expect(leaf.rights() == rights, f"{leaf.text()} should be {rights}")
    expect_equal("what the image's window shows", size(virtual(leaves)), parts[3] - parts[0])


def check_writable(leaves):
    for leaf in leaves:
        expect(leaf.rights() == "rw-", f"{leaf.text()} should be rw-")


def check_hart_stacks(record, tables):
    """Both stacks of each hart, page by page, in its slot; what lies between them shows nothing."""
    wanted = {}
    stack, trap = HART_STACK // PAGE, HART_TRAP_STACK // PAGE
    for line in record.all("hart"):
        if "stack" not in line:
            continue
        top, end = line.number("stack"), line.number("end")
        for i in range(1, stack + 1):
            wanted[top - i * PAGE] = end - trap * PAGE - i * PAGE
        for i in range(1, trap + 1):
            wanted[top + PAGE + (trap - i) * PAGE] = end - i * PAGE
    leaves = inside(tables.leaves, HART_STACKS)
    check_writable(leaves)
    expect_equal("the leaves of the harts' stacks",
                 sorted((l.va, l.pa, l.size()) for l in leaves),
                 sorted((va, pa, PAGE) for va, pa in wanted.items()))


def check_devices(record, tables):
    """Below the stacks of harts the fixmap shows device registers: no RAM, never executable."""
    leaves = [l for l in inside(tables.leaves, FIXMAP) if l.va < HART_STACKS[0]]
    rest = [l for l in inside(tables.leaves, FIXMAP) if l.va >= sum(HART_STACKS)]
    expect(not rest, f"the fixmap shows something behind the stacks: {rest[:1]}")
    check_writable(leaves)
    both = intersect(shown(leaves), record.ranges("bank"))
    expect(not both, f"the fixmap shows RAM: {text(both)}")
    expect(len(leaves) <= 2, f"the fixmap has {len(leaves)} leaves, UART and test device are two")


def runs(leaves):
    """Leaves as lines of mm.vmemmap: those that follow each other, there and in RAM, are one."""
    result = []
    for leaf in leaves:
        shared = leaf.rights() == "r--"  # the page that says what all tails say
        if result:
            va, end, pa, leaf_size, before = result[-1]
            follows = pa if shared else pa + end - va
            if (end, follows, leaf_size, before) == (leaf.va, leaf.pa, leaf.size(), shared):
                result[-1] = va, end + leaf_size, pa, leaf_size, before
                continue
        result.append((leaf.va, leaf.va + leaf.size(), leaf.pa, leaf.size(), shared))
    return [
        {"va": f"0x{va:016x}", "end": f"0x{end:016x}", "pa": f"0x{pa:016x}", "leaf": str(leaf),
         "shared": str(int(shared))}
        for va, end, pa, leaf, shared in result
    ]


def check_vmemmap(record, tables):
    """Struct pages of exactly the present sections, each byte of them backed by its own memory."""
    leaves = inside(tables.leaves, VMEMMAP)
    model = record.one("record")["model"]
    if model != "vmemmap":
        expect(not leaves, f"the {model} model has leaves in the vmemmap window")
        return
    expect_equal("the part of the vmemmap window that is shown",
                 text(virtual(leaves), 99), text(window_of(record), 99))
    expect_equal("the vmemmap's leaves", runs(leaves), [dict(l) for l in record.all("vmemmap")])
    own = [leaf for leaf in leaves if leaf.rights() != "r--"]
    check_writable(own)
    expect_equal("memory behind the vmemmap", size(shown(own)), sum(l.size() for l in own))
    expect(len(own) == len(leaves) or record.all("hvo"), "read-only leaves, and nothing is shared")
    backing = shown(leaves)
    memmap = union(record.ranges("early", owner="memmap"), record.ranges("held", owner="memmap"))
    expect_equal("memory behind the vmemmap", text(backing, 99), text(memmap, 99))
    check_counts("vmemmap", leaves, record.one("memmap"))


def check_whole(record, tables):
    """No leaf outside the four windows; the number of tables; tables are owned by nobody else."""
    windows = (VMEMMAP, DIRECT_MAP, FIXMAP, KERNEL)
    known = union(*([(start, start + length)] for start, length in windows))
    outside = subtract(virtual(tables.leaves), known)
    expect(not outside, f"mapped outside the four windows: {text(outside)}")
    number = record.one("direct").number("tables") + record.one("memmap").number("tables")
    expect_equal("the number of tables", len(tables.frames), number)
    frames = normal([(frame, frame + PAGE) for frame in tables.frames])
    owned = union(record.ranges("early", owner="tables"), record.ranges("held", owner="tables"))
    expect_equal("where the tables lie", text(frames, 99), text(owned, 99))


def first_struct_page_leaf(record, tables):
    """The leaf that shows the struct page of the first frame of RAM."""
    base = phys_base(record) // section_bytes(record) * section_bytes(record)
    va = VMEMMAP[0] + (record.ranges("bank")[0][0] - base) // PAGE * STRUCT_PAGE
    return next((l for l in tables.leaves if l.va <= va < l.va + l.size()), None)


CHECKS = (check_rights, check_nomap, check_direct_map, check_image, check_devices,
          check_hart_stacks, check_vmemmap, check_whole)
MEGAPAGE_LEVEL = 1
