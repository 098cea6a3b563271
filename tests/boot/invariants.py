# SPDX-License-Identifier: BSD-2-Clause
"""
What must hold in the record of every boot that ends well: each byte of RAM has one owner.

Everything is worked out again here, from the banks and reservations of the same record and the
rules in the kernel's headers, by other code than the kernel's.
"""
from layout import DMA32_END, HART_SLOT, HART_STACK, HART_STACKS
from ranges import (
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
from suite import expect, expect_equal, together

# mm.ledger's keys in the order in which they win a byte that two want (kernel/mm/owner.h).
OWNERS = "firmware kernel dtb initrd reserved frame0 memmap tables early hugetlb badmem lost".split()
EARLY_KEY = {key: key for key in ("memmap", "tables", "hugetlb")}  # all other owners of mm.early are "early"
RESERVED_KEY = {
    "kernel": "kernel",
    "dtb": "dtb",
    "initrd": "initrd",
    "frame0": "frame0",
    "firmware": "firmware",
    "memreserve": "reserved",
    "badmem": "badmem",
}

# Children of /reserved-memory that are the firmware's, by their names (kernel/dt/reserved.c).
FIRMWARE_NAMES = ("mmode_", "opensbi")


def reserved_key(line):
    """Which column of the ledger a reservation belongs to."""
    if line["owner"] in RESERVED_KEY:
        return RESERVED_KEY[line["owner"]]
    name = line["owner"].strip('"').rsplit("/", 1)[-1]
    return "firmware" if name.startswith(FIRMWARE_NAMES) else "reserved"


def wanted_by(record):
    """{key of the ledger: what it wants}, before it is settled who wins."""
    wanted = {key: [] for key in OWNERS}
    for line in record.all("reserved"):
        wanted[reserved_key(line)].append(line.range())
    for line in record.all("early"):
        wanted[EARLY_KEY.get(line["owner"], "early")].append(line.range())
    wanted["lost"] = record.ranges("dropped")
    return wanted


def check_ranges(record):
    """Pages, order, and that every byte of every bank is exactly one of free, early and taken."""
    banks = record.ranges("bank")
    free = record.ranges("free")
    early = record.ranges("early")
    dropped = record.ranges("dropped")
    expect(banks, "no bank in the record of a boot that ended well")
    for key in ("image", "image_rodata", "image_data", "image_end"):
        expect(record.one("handoff").number(key) % PAGE == 0, f"{key} is not on a page")
    for topic in ("bank", "reserved", "early", "free"):
        for start, end in record.ranges(topic):
            ragged = start % PAGE or end % PAGE
            expect(not ragged, f"mm.{topic} {text([(start, end)])} is not whole pages")
    for topic, ranges in (("bank", banks), ("free", free), ("early", early), ("dropped", dropped)):
        wrong = disorder(ranges)
        expect(wrong is None, f"mm.{topic}: {wrong}")
    expect_equal("mm.free, joined where it touches,", text(free, 99), text(normal(free), 99))
    starts = [line.range() for line in record.all("reserved")]
    expect(starts == sorted(starts), "mm.reserved is not sorted by start, then end")

    taken = union(record.ranges("reserved"))
    lost = intersect(dropped, banks)
    others = ("a reserved range", taken), ("a dropped range", lost), ("mm.early", early)
    for name, other in others:
        both = intersect(free, other)
        expect(not both, f"mm.free and {name} share {text(both)}")
    both = intersect(early, taken)
    expect(not both, f"mm.early and a reserved range share {text(both)}")
    outside = subtract(union(free, early), banks)
    expect(not outside, f"free or early, but in no bank: {text(outside)}")
    everything = union(free, early, intersect(taken, banks), lost)
    expect(
        everything == normal(banks),
        f"in a bank, but neither free nor owned: {text(subtract(banks, everything))}",
    )


def check_handoff(record):
    """The image and the blob are reserved where the hand-over says they are."""
    handoff = record.one("handoff")
    image = [handoff.number(k) for k in ("image", "image_rodata", "image_data", "image_end")]
    expect(image == sorted(set(image)), "the image's parts are not one after the other")
    expect_equal("mm.reserved owner=kernel", text(record.ranges("reserved", owner="kernel"), 99),
                 text([(image[0], image[3])]))
    start, length = handoff.number("dtb"), handoff.number("dtb_bytes")
    expect_equal("mm.reserved owner=dtb", text(record.ranges("reserved", owner="dtb"), 99),
                 text([(align_down(start, PAGE), align_up(start + length, PAGE))]))


def check_initrd(record):
    """Kept whole, or all of its pages free that nobody else holds."""
    lines = record.all("initrd")
    kept = record.ranges("reserved", owner="initrd")
    if not lines:
        expect(not kept, "an initrd is reserved, but there is no mm.initrd")
        return
    start, end = lines[0].range()
    pages = [(align_down(start, PAGE), align_up(end, PAGE))]
    if lines[0]["state"] == "kept":
        expect_equal("mm.reserved owner=initrd", text(kept), text(pages))
        expect_equal("mm.initrd pages", lines[0].number("pages"), 0)
        return
    expect_equal("mm.initrd state", lines[0]["state"], "freed")
    expect(not kept, "the initrd is freed and reserved")
    lost = intersect(record.ranges("dropped"), pages)
    freed = subtract(pages, union(record.ranges("reserved"), lost))
    missing = subtract(freed, record.ranges("free"))
    expect(not missing, f"of the freed initrd is not free: {text(missing)}")
    expect_equal("mm.initrd pages", lines[0].number("pages"), size(freed) // PAGE)


def check_ledger(record):
    """The ledger is the sum of the ranges above it, and adds up to all RAM of the tree."""
    ledger = {key: int(value) for key, value in record.one("ledger").items()}
    banks = record.ranges("bank")
    ram = union(banks, record.ranges("dropped"))
    wanted = wanted_by(record)
    taken = subtract(ram, banks)  # dropped before anyone could own it
    checks = [lambda: expect_equal("the ledger's ram", ledger["ram"], size(ram))]

    def column(key, bytes_):
        return lambda: expect_equal(f"the ledger's {key}", ledger[key], bytes_)

    for key in OWNERS:
        won = subtract(intersect(wanted[key], banks), taken)
        taken = union(taken, won)
        before = size(subtract(ram, banks)) if key == "lost" else 0
        checks.append(column(key, size(won) + before))
    checks.append(column("free", size(subtract(ram, taken))))
    parts = sum(value for key, value in ledger.items() if key != "ram")
    checks.append(lambda: expect_equal("the sum of the ledger's columns", parts, ledger["ram"]))
    together(*checks)


def small_huge_pages(record):
    """Huge pages that are one block of the buddy allocator."""
    block = PAGE << record.one("build").number("max_order")
    return normal([line.range() for line in record.all("hugepage") if line.number("size") <= block])


def held_blocks(record):
    """Blocks that the kernel took back from the buddy allocator for good."""
    return union(small_huge_pages(record), record.ranges("held"))


def check_hvo(record):
    """Shared tail struct pages: what was released, and what that took."""
    held = record.ranges("held")
    for line in record.all("hvo"):
        released = line.number("pages_2m") * (32 << 10) + line.number("pages_1g") * (16 << 20)
        expect_equal("mm.hvo released", line.number("released"), released)
        expect_equal("mm.hvo spent", line.number("spent"), size(held))
        for key, bytes_ in (("pages_2m", 2 << 20), ("pages_1g", 1 << 30)):
            nr = sum(l.number("nr") for l in record.all("hugetlb") if l.number("size") == bytes_)
            expect_equal(f"mm.hvo {key}", line.number(key), nr)
    expect(record.all("hvo") or not held, "mm.held without mm.hvo")
    both = intersect(held, record.ranges("hugepage"))
    expect(not both, f"mm.held and mm.hugepage share {text(both)}")


def check_huge_ranges(record):
    """mm.hugepage: aligned, of one node, larger ones owned since before hand-over, others free then."""
    small = small_huge_pages(record)
    large = subtract(record.ranges("hugepage"), small)
    expect_equal("mm.early owner=hugetlb", text(normal(record.ranges("early", owner="hugetlb")), 99),
                 text(normal(large), 99))
    outside = subtract(small, record.ranges("free"))
    expect(not outside, f"huge pages that hand-over did not give: {text(outside)}")
    for line in record.all("hugepage"):
        start, end = line.range()
        bytes_ = line.number("size")
        ragged = start % bytes_ or end % bytes_ or start >= end
        expect(not ragged, f"not whole huge pages: {line.text}")
        outside = subtract([(start, end)], record.ranges("bank", node=line["node"]))
        expect(not outside, f"a huge page of another node's RAM: {line.text}")
    for bytes_ in {line["size"] for line in record.all("hugepage")}:
        wrong = disorder(record.ranges("hugepage", size=bytes_))
        expect(wrong is None, f"mm.hugepage size={bytes_}: {wrong}")


def check_hugetlb(record):
    """The pools at the end of a boot: nothing is in use, and the sums fit."""
    check_huge_ranges(record)
    known = {line["size"] for line in record.all("hugetlb")}
    for topic in ("hugetlb_node", "hugepage"):
        expect({line["size"] for line in record.all(topic)} <= known, f"mm.{topic} of another size")
    for pool in record.all("hugetlb"):
        what = f"mm.hugetlb size={pool['size']}"
        nodes = [line for line in record.all("hugetlb_node") if line["size"] == pool["size"]]
        for key in ("asked", "got", "nr", "free", "surplus"):
            total = sum(line.number(key) for line in nodes)
            expect_equal(f"the sum of {key} over nodes, {what}", total, pool.number(key))
        for key in ("nr", "free"):
            expect_equal(f"{what}: {key}", pool.number(key), pool.number("got"))
        for key in ("resv", "surplus", "overcommit"):
            expect_equal(f"{what}: {key}", pool.number(key), 0)
        expect(pool.number("got") <= pool.number("asked"), f"{what}: more than asked")
        for line in nodes:
            mine = record.ranges("hugepage", size=pool["size"], node=line["node"])
            expect_equal(f"{what} node={line['node']}: nr * size",
                         line.number("nr") * pool.number("size"), size(mine))
            for key in ("free", "got"):
                expect_equal(f"{what} node={line['node']}: {key}", line[key], line["nr"])
            short = line.number("got") < line.number("asked")
            expect(line["why"] or not short, f"{what} node={line['node']}: no reason")


def check_audit(record):
    """The kernel's own proof says the same as the ranges."""
    audit = record.one("audit")
    free = size(record.ranges("free")) // PAGE
    managed = sum(line.number("managed") for line in record.all("zone"))
    held = size(held_blocks(record)) // PAGE
    expect_equal("mm.audit free", audit.number("free"), free - held)
    expect_equal("mm.audit expected", audit.number("expected"), free)
    expect_equal("mm.audit held", audit.number("held"), held)
    expect_equal("the zones' managed pages", managed, free)
    expect_equal("mm.audit pages", audit.number("pages"), size(record.ranges("bank")) // PAGE)
    for key in ("duplicate", "hole", "missing", "writable_exec", "nomap_leaf"):
        expect_equal(f"mm.audit {key}", audit.number(key), 0)
    expect_equal("mm.audit result", audit["result"], "ok")


def check_memtest(record):
    """What memtest found bad is what the ledger has as bad."""
    bad = sum(line.number("bad") for line in record.all("memtest"))
    expect_equal("bytes of badmem in the ledger", record.one("ledger").number("badmem"), bad * PAGE)


def check_harts(record):
    """One boot hart; the others have memory of their own, and a stack in their slot."""
    harts = record.all("hart")
    boot = [line["id"] for line in harts if line["state"] == "boot"]
    expect_equal("the boot hart", boot, [record.one("handoff")["hart"]])
    used = [line["id"] for line in harts if line["state"] != "unused"]
    expect_equal("harts that are listed twice", len(used), len(set(used)))
    nodes = {line["id"] for line in record.all("node")}
    for line in harts:
        expect(line["node"] in nodes, f"hart {line['id']} is on node {line['node']}, there is none")
        expect((line["state"] == "unused") == ("why" in line), f"why is it unused? {line.text}")
    others = [line for line in harts if line["state"] not in ("boot", "unused")]
    blocks = [line.range() for line in others]
    expect_equal("memory of harts, together", sum(end - start for start, end in blocks),
                 size(union(blocks)))
    expect_equal("mm.early owner=harts", text(normal(record.ranges("early", owner="harts")), 99),
                 text(union(blocks), 99))
    for index, line in enumerate(others, 1):
        top = HART_STACKS[0] + index * HART_SLOT + PAGE + HART_STACK
        expect_equal(f"the stack of hart {line['id']}", line.number("stack"), top)


def clip_zone(ranges, name):
    """The part of a set that belongs to the zones of that name."""
    below = [(0, DMA32_END)]
    return intersect(ranges, below) if name == "DMA32" else subtract(ranges, below)


def check_span(what, line, present, free):
    """spanned, present and managed of a node or zone, from its banks and free ranges."""
    first = present[0][0] // PAGE if present else line.number("start_pfn")
    last = present[-1][1] // PAGE if present else first
    for key, value in (
        ("start_pfn", first),
        ("end_pfn", last),
        ("spanned", last - first),
        ("present", size(present) // PAGE),
        ("managed", size(free) // PAGE),
    ):
        expect_equal(f"{what}: {key}", line.number(key), value)


def check_nodes(record):
    """Each node has its banks, each zone the part of them on its side of 4 GiB."""
    free = normal(record.ranges("free"))
    nodes = record.all("node")
    seen = []
    expect(len({line["id"] for line in nodes}) == len(nodes), "a node has two mm.node lines")
    for line in nodes:
        banks = normal(record.ranges("bank", node=line["id"]))
        check_span(f"mm.node id={line['id']}", line, banks, intersect(free, banks))
        zones = [zone for zone in record.all("zone") if zone["node"] == line["id"]]
        names = [name for name in ("DMA32", "Normal") if clip_zone(banks, name)]
        expect_equal(f"the zones of node {line['id']}", [z["name"] for z in zones], names)
        for zone in zones:
            part = clip_zone(banks, zone["name"])
            what = f"mm.zone node={line['id']} name={zone['name']}"
            check_span(what, zone, part, intersect(free, part))
        seen.append(line["id"])
    for line in record.all("bank"):
        expect(line["node"] in seen, f"a bank of node {line['node']}, which has no mm.node line")


def blocks_of(ranges, max_order):
    """{order: number} of the largest naturally aligned blocks that ranges of pages make."""
    count = {}
    for start, end in ranges:
        first, last = start // PAGE, end // PAGE
        while first < last:
            order = max_order
            while first % (1 << order) or first + (1 << order) > last:
                order -= 1
            # As many of these as there are before a larger one fits, or the end.
            number = 1
            if order == max_order:
                number = (last - first) >> order
            count[order] = count.get(order, 0) + number
            first += number << order
    return count


def check_buddy(record):
    """The free lists hold the free ranges in the largest blocks possible."""
    held = held_blocks(record)
    free = subtract(record.ranges("free"), held)
    max_order = record.one("build").number("max_order")
    for zone in record.all("zone"):
        what = f"mm.buddy node={zone['node']} zone={zone['name']}"
        banks = normal(record.ranges("bank", node=zone["node"]))
        mine = intersect(free, clip_zone(banks, zone["name"]))
        found = {
            line.number("order"): line.number("blocks")
            for line in record.all("buddy")
            if (line["node"], line["zone"]) == (zone["node"], zone["name"])
        }
        pages = sum(blocks << order for order, blocks in found.items())
        taken = size(intersect(held, clip_zone(banks, zone["name"]))) // PAGE
        expect_equal(f"pages of {what}", pages, zone.number("managed") - taken)
        expect_equal(what, found, dict(sorted(blocks_of(mine, max_order).items())))
