# SPDX-License-Identifier: BSD-2-Clause
"""
The struct pages of a stopped machine, read from its memory one by one, against the record: an
audit from outside. The format is that of kernel/mm/page.h:

   word    63     56 55           40 39       16 15      8 7            0
          |  type   |       0       | refcount  |  order  |   PG_ flags   |
   links   63                              12 11       2 1     0
          |         section number           |   nid    |  zone  |

A frame that is free is the head of a block, or lies in one and its word is 0. All others of RAM,
and the frames of holes, are reserved with one reference. Heads are linked in lists.
"""
import bisect
import struct

import figures
from layout import DMA32_END, STRUCT_PAGE, VMEMMAP
from ranges import PAGE, align_down, align_up, intersect, normal, size, text
from suite import Failure, expect, expect_equal

PG_RESERVED, PG_BUDDY = 0x01, 0x02
RESERVED_WORD = PG_RESERVED | 1 << 16
ZONES = {"DMA32": 0, "Normal": 1}
HAS_MEMMAP = 0x02  # in mem_section.section_mem_map; its low six bits are flags
SECTIONS_PER_ROOT = 256


class Virtual:
    """Reads through the page tables that were walked."""

    def __init__(self, machine, tables):
        self.machine = machine
        self.leaves = sorted(tables.leaves, key=lambda leaf: leaf.va)
        self.starts = [leaf.va for leaf in self.leaves]

    def physical(self, va):
        at = bisect.bisect_right(self.starts, va) - 1
        leaf = self.leaves[at] if at >= 0 else None
        if leaf is None or va >= leaf.va + leaf.size():
            raise Failure(f"0x{va:x} is mapped nowhere")
        return leaf.pa + va - leaf.va

    def word(self, va):
        return struct.unpack("<Q", self.machine.read(self.physical(va), 8))[0]


def runs(record, virtual, symbols):
    """Where the struct pages are: (first pfn, number, va of the first, node)."""
    model = record.one("record")["model"]
    if model == "vmemmap":
        first = figures.phys_base(record) // PAGE
        for start, end in figures.window_of(record):
            pfn = first + (start - VMEMMAP[0]) // STRUCT_PAGE
            yield pfn, (end - start) // STRUCT_PAGE, start, None
    elif model == "sparse":
        yield from section_runs(record, virtual, symbols)
    else:
        yield from array_runs(record)


def section_runs(record, virtual, symbols):
    """SPARSE: the table of sections says. Its words are memmap - first pfn * 64, and flags."""
    pages = figures.section_bytes(record) // PAGE
    base = figures.phys_base(record) // figures.section_bytes(record)
    for number in figures.present_sections(record):
        index = number - base
        root = virtual.word(symbols["mem_section"] + index // SECTIONS_PER_ROOT * 8)
        word = virtual.word(root + index % SECTIONS_PER_ROOT * 16)
        expect(word & HAS_MEMMAP, f"section {number} has no memmap: 0x{word:x}")
        va = (word - (word & 0x3F) + number * pages * STRUCT_PAGE) & ((1 << 64) - 1)
        yield number * pages, pages, va, None


def array_runs(record):
    """FLAT and DISCONTIG: one array for each node, in memory that the record shows as memmap."""
    block = PAGE << record.one("build").number("max_order")
    base = figures.phys_base(record)
    memmap = record.ranges("early", owner="memmap")
    for line in record.all("node"):
        start, end = line.number("start_pfn") * PAGE, line.number("end_pfn") * PAGE
        if start == end:
            continue
        first = align_down(start, block) // PAGE
        number = align_up(end, block) // PAGE - first
        mine = intersect(memmap, [(start, end)])
        if size(mine) != number * STRUCT_PAGE or len(mine) != 1:
            raise Failure(f"the memmap of node {line['id']} cannot be told from {text(mine)}")
        yield first, number, 0xFFFFFFD600000000 + mine[0][0] - base, int(line["id"])


class Pages:
    """All struct pages of a machine: [word, links, next, prev, va] by frame number."""

    def __init__(self, record, machine, tables, symbols):
        self.virtual = Virtual(machine, tables)
        self.by_pfn = {}
        nodes = Nodes(record)
        for first, number, va, nid in runs(record, self.virtual, symbols):
            for offset in range(0, number * STRUCT_PAGE, PAGE):
                frame = machine.read(self.virtual.physical(va + offset), PAGE)
                pfn = first + offset // STRUCT_PAGE
                for i, fields in enumerate(struct.iter_unpack("<8Q", frame)):
                    # Where the arrays of two nodes overlap, a frame's own node decides.
                    right = nodes.of(pfn + i)
                    if nid is None or nid == right or right is None and pfn + i not in self.by_pfn:
                        self.by_pfn[pfn + i] = (*fields[:4], va + offset + i * STRUCT_PAGE)


class Nodes:
    """Which node has a frame of RAM?"""

    def __init__(self, record):
        banks = sorted((*line.range(), int(line["node"])) for line in record.all("bank"))
        self.banks = [(start // PAGE, end // PAGE, nid) for start, end, nid in banks]
        self.starts = [bank[0] for bank in self.banks]

    def of(self, pfn):
        at = bisect.bisect_right(self.starts, pfn) - 1
        return self.banks[at][2] if at >= 0 and pfn < self.banks[at][1] else None


def check_links(record, pages):
    """Every struct page knows its zone and its node; in the sparse model its section too."""
    nodes = Nodes(record)
    known = {int(line["id"]) for line in record.all("node")}
    per_section = figures.section_bytes(record) // PAGE
    has_section = record.one("record")["model"] == "sparse"
    for pfn, (_, links, *_) in pages.by_pfn.items():
        zone, nid, section = links & 3, links >> 2 & 0x3FF, links >> 12
        right = nodes.of(pfn)
        wrong = zone != (0 if pfn < DMA32_END // PAGE else 1)
        wrong = wrong or (nid not in known if right is None else nid != right)
        wrong = wrong or (has_section and section != pfn // per_section)
        if wrong:
            where = "a hole" if right is None else f"of node {right}"
            raise Failure(f"pfn {pfn}, {where}: zone {zone}, node {nid}, section {section}")
    for start, end in normal(record.ranges("bank")):
        for pfn in range(start // PAGE, end // PAGE):
            expect(pfn in pages.by_pfn, f"pfn {pfn} is RAM and has no struct page")


def check_states(record, pages):
    """Free blocks tile exactly mm.free; every other frame is reserved."""
    max_order = record.one("build").number("max_order")
    free = set()
    for start, end in record.ranges("free"):
        free.update(range(start // PAGE, end // PAGE))
    inside = {}
    counts = {}
    for pfn, (word, links, *_) in pages.by_pfn.items():
        if not word & PG_BUDDY:
            continue
        order = word >> 8 & 0xFF
        wrong = word & 0x00FFFFFFFFFF00FF != PG_BUDDY
        expect(not wrong, f"pfn {pfn}: a free head with word 0x{word:x}")
        expect(order <= max_order and pfn % (1 << order) == 0, f"pfn {pfn}: order {order}")
        for frame in range(pfn, pfn + (1 << order)):
            other = inside.get(frame)
            expect(other is None, f"pfn {frame} is in the blocks of {pfn} and {other}")
            inside[frame] = pfn
        key = (links >> 2 & 0x3FF, links & 3, order)
        counts[key] = counts.get(key, 0) + 1
    odd = sorted(set(inside) ^ free)[:5]
    expect(not odd, f"frames that are in a free block and not in mm.free, or the other way: {odd}")
    said = {
        (int(line["node"]), ZONES[line["zone"]], int(line["order"])): int(line["blocks"])
        for line in record.all("buddy")
    }
    what = "free blocks by (node, zone, order)"
    expect_equal(what, sorted(counts.items()), sorted(said.items()))
    for pfn, (word, *_) in pages.by_pfn.items():
        wanted = 0 if pfn in inside else RESERVED_WORD
        head = inside.get(pfn) == pfn
        expect(head or word == wanted, f"pfn {pfn}: its word is 0x{word:x}, should be 0x{wanted:x}")


def check_lists(pages):
    """Each head's neighbours in its list point back at it; nobody else is on a list."""
    listed = {fields[4] + 16: fields for fields in pages.by_pfn.values()}
    for pfn, (word, _, after, before, va) in pages.by_pfn.items():
        if not word & PG_BUDDY:
            expect(after == 0, f"pfn {pfn} is not free, but its lru.next is 0x{after:x}")
            continue
        for name, neighbour, offset in (("next", after, 8), ("prev", before, 0)):
            if neighbour in listed:
                back = listed[neighbour][3 if offset else 2]
            else:
                back = pages.virtual.word(neighbour + offset)
            expect(back == va + 16, f"pfn {pfn}: lru.{name} 0x{neighbour:x} points to 0x{back:x}")


def check(record, machine, tables, symbols):
    """All of it."""
    pages = Pages(record, machine, tables, symbols)
    check_links(record, pages)
    check_states(record, pages)
    check_lists(pages)
    return pages
