# SPDX-License-Identifier: BSD-2-Clause
"""
What must become of hugepagesz=, hugepages= and default_hugepagesz=: read from docs/hugepages.md, by other
code than the kernel's. asked() takes the arguments alone; got() works out from the memory that was free
how many pages each node can give.
"""
import math
import re

PAGE = 4096
SIZES = {"2M": 2 << 20, "1G": 1 << 30}
MAX_NODES = 16


def size_of(text):
    """Bytes of a size that there is, else None."""
    match = re.fullmatch(r"(0x[0-9a-f]+|\d+)([kmgt]?)", text.lower())
    if not match:
        return None
    value = int(match.group(1), 0) << " kmgt".index(match.group(2) or " ") * 10
    return value if value in SIZES.values() else None


def request(text):
    """(total, {node: number} or None) of a hugepages= value, else None."""
    if re.fullmatch(r"\d+", text):
        return int(text), None
    if not re.fullmatch(r"(\d+:\d+)(,\d+:\d+)*", text):
        return None
    pairs = [tuple(map(int, part.split(":"))) for part in text.split(",")]
    if any(nid >= MAX_NODES for nid, _ in pairs):
        return None
    return sum(n for _, n in pairs), dict(pairs)


class Asked:
    """The requests by size, argument after argument."""

    def __init__(self, args):
        self.by_size = {}  # size -> (total, nodes), once hugepages= said so
        self.named = set()
        self.default = None
        self.unsized = None
        self.current = None  # the size that hugepages= belongs to; None: no size yet
        self.good = True
        self.last = "nothing"
        for arg in args:
            name, _, value = arg.partition("=")
            if name in ("hugepagesz", "default_hugepagesz"):
                self.good = getattr(self, name)(size_of(value))
            elif name == "hugepages":
                self.hugepages(value)
        if self.default is None and self.unsized and self.unsized[0]:
            self.by_size[SIZES["2M"]] = self.unsized

    def name(self, size):
        if size not in self.named:
            self.current = size
        self.named.add(size)
        return True

    def hugepagesz(self, size):
        if size is None:
            return False
        nothing_yet = self.by_size.get(size, (0, None))[0] == 0
        if size in self.named and not (size == self.default and nothing_yet):
            return False
        self.current = size
        return self.name(size)

    def default_hugepagesz(self, size):
        if self.default is not None or size is None:
            return False
        self.default = size
        if self.unsized and self.unsized[0]:
            self.by_size[size] = self.unsized
            self.unsized = None
        return self.name(size)

    def hugepages(self, value):
        if not self.good:
            self.good = True
            return
        wanted = request(value)
        if self.current == self.last or wanted is None:
            return
        self.last = self.current
        if self.current is None:
            self.unsized = wanted
        else:
            self.by_size[self.current] = wanted


def min_free(ram):
    """Bytes that stay free."""
    return max(math.isqrt(ram // 1024 * 16), 128) * 1024 // PAGE * PAGE


def blocks(free, size):
    """Aligned blocks of that size in ranges."""
    return sum(max(0, end // size - -(-start // size)) for start, end in free)


def got(wanted, size, free, memory, ram):
    """
    {node: pages} that a pool gets. free: {node: its free ranges}; memory: the nodes that have RAM.
    """
    total, by_node = wanted
    rest = sum(end - start for ranges in free.values() for start, end in ranges) - min_free(ram)
    room = {nid: blocks(ranges, size) for nid, ranges in free.items()}
    result = dict.fromkeys(memory, 0)

    def take(nid):
        nonlocal rest
        if rest < size or room.get(nid, 0) == 0:
            return False
        rest -= size
        room[nid] -= 1
        result[nid] += 1
        return True

    if by_node is not None:
        for nid, number in sorted(by_node.items()):
            while nid in memory and result[nid] < number and take(nid):
                pass
        return result
    going = True
    while total > 0 and going:
        going = False
        for nid in sorted(memory):
            if total > 0 and take(nid):
                total -= 1
                going = True
    return result
