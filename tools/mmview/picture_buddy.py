# SPDX-License-Identifier: BSD-2-Clause
"""
The blocks of the buddy allocator, worked out from the free ranges: a block of order n has 2^n pages
and begins at a multiple of its size. Neighbours of one order that could be one block are one, so
a range consists of the largest aligned blocks that fit. No block crosses 4 GiB (the border of the
zones) or the border of two nodes. tests/picture holds the counts against the lines mm.buddy.
"""
PAGE = 4096
ZONE_BORDER = 1 << 32


def borders(banks):
    """Addresses that no block crosses."""
    cuts = {ZONE_BORDER}
    for one, other in zip(banks, banks[1:]):
        if one["node"] != other["node"]:
            cuts.add(other["base"])
    return sorted(cuts)


def pieces(free, banks):
    """The free ranges, cut at the borders."""
    cuts = borders(banks)
    for line in free:
        base = line["base"]
        for cut in cuts:
            if base < cut < line["end"]:
                yield base, cut
                base = cut
        yield base, line["end"]


def blocks(record):
    """Yield (base, order) of every free block at hand-over, ascending."""
    max_order = record.one("build").get("max_order", 10)
    for base, end in pieces(record.free, record.bank):
        frame, limit = base // PAGE, end // PAGE
        while frame < limit:
            alignment = (frame & -frame).bit_length() - 1 if frame else max_order
            order = min(alignment, max_order, (limit - frame).bit_length() - 1)
            yield frame * PAGE, order
            frame += 1 << order


def node_of(banks, address):
    """The node of a frame of RAM."""
    return next(bank["node"] for bank in banks if bank["base"] <= address < bank["end"])


def counts(record):
    """{(node, zone, order): blocks}, to be compared with mm.buddy."""
    result = {}
    for base, order in blocks(record):
        zone = "DMA32" if base < ZONE_BORDER else "Normal"
        key = (node_of(record.bank, base), zone, order)
        result[key] = result.get(key, 0) + 1
    return result
