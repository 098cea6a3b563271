# SPDX-License-Identifier: BSD-2-Clause
"""
What must become of a machine of generate.py, worked out from its description alone: no code is
shared with the kernel or with the checks of the record.

The address space is cut at every number that the description has. Between two cuts all pages are
alike, so one look at one page stands for all: the first tuple that names a byte has it, a page is
usable when one and the same tuple has all its bytes, and so on, question by question.
"""
import re

PAGE = 4096
MIB = 1 << 20
GIB = 1 << 30
REACH = 128 * GIB
IMAGE_BYTES = 512 << 10
MAX_NODES = 16
FLAT_BUDGET = 64 * MIB  # bytes of struct pages for holes
STRUCT_PAGE = 64
FORCED = -1  # owner of pages that mem_force added
SUFFIX = {"": 0, "K": 10, "M": 20, "G": 30}


def floor(value):
    return value - value % PAGE


def ceil(value):
    return -(-value // PAGE) * PAGE


def mem_argument(text):
    """(size, start or None) of mem=SIZE[@START]."""
    numbers = []
    for part in text[len("mem=") :].split("@"):
        digits, suffix = re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)([KMG]?)", part).groups()
        numbers.append(int(digits, 0) << SUFFIX[suffix])
    return numbers[0], numbers[1] if len(numbers) > 1 else None


def joined(pieces):
    """(start, end, owner), ascending: pieces that touch and have one owner are one."""
    result = []
    for start, end, owner in pieces:
        if result and result[-1][1] == start and result[-1][2] == owner:
            result[-1] = (result[-1][0], end, owner)
        else:
            result.append((start, end, owner))
    return result


class Oracle:
    """The answers for one machine; blob is the size of its device tree blob."""

    def __init__(self, machine, blob):
        self.machine = machine
        self.tuples = []  # (start, end, node id, hot), in the tree's order
        for node in machine["memory"]:
            for base, size in node["tuples"]:
                if size:
                    self.tuples.append((base, base + size, node["nid"], node["hot"]))
        self.image = (machine["image"], machine["image"] + IMAGE_BYTES)
        self.dtb = (machine["dtb"], machine["dtb"] + blob)
        self.edges = sorted({v for t in self.tuples for v in t[:2]})
        self.allowed = None  # ranges of mem=, or None for everything
        self.forced = []
        self.reach = 1 << 64
        self._settle_mem()
        self.pages = self._pages()  # (start, end, owner): usable pages
        if self.pages:
            self.reach = self.pages[0][0] // GIB * GIB + REACH
            self.pages = self._pages()
        self.taken = self._taken() if self.pages else []  # (start, end, nomap): whole pages

    # --- RAM

    def owner(self, byte):
        """The first tuple that names a byte."""
        for i, (start, end, _, _) in enumerate(self.tuples):
            if start <= byte < end:
                return i
        return None

    def page_owner(self, page):
        """Who has a whole page as the banks stand; None when nobody or two."""
        inside = [edge for edge in self.edges if page < edge < page + PAGE]
        owners = {self.owner(byte) for byte in [page, *inside]}
        return owners.pop() if len(owners) == 1 else None

    def final_owner(self, page):
        """The same after mem= and the reach of the direct map."""
        if page >= self.reach:
            return None
        if self.allowed is not None and not any(s <= page < e for s, e in self.allowed):
            return None
        owner = self.page_owner(page)
        if owner is None and any(s <= page < e for s, e in self.forced):
            return FORCED
        return owner

    def _settle_mem(self):
        arguments = [mem_argument(a) for a in self.machine["args"] if a.startswith("mem=")]
        if not arguments:
            return
        cuts = sorted({f(v) for v in self.edges for f in (floor, ceil)})
        whole = [page for page in cuts if self.page_owner(page) is not None]
        lowest = whole[0] if whole else 0
        self.allowed = []
        for size, start in arguments:
            begin = lowest if start is None else start
            allowed = ceil(begin), floor(begin + size)
            self.allowed.append(allowed)
            if start is not None and "mem_force" in self.machine["args"]:
                self.forced.append(allowed)

    def _cuts(self):
        values = set(self.edges)
        for start, end in (self.allowed or []) + self.forced:
            values |= {start, end}
        values |= {v for v in (self.reach,) if v < 1 << 64}
        return sorted({f(v) for v in values for f in (floor, ceil)})

    def _pages(self):
        cuts = self._cuts()
        found = [(s, e, self.final_owner(s)) for s, e in zip(cuts, cuts[1:])]
        return [piece for piece in found if piece[2] is not None]

    def pieces(self):
        """Usable pages, joined where one owner goes on: what the kernel calls a bank."""
        return joined(self.pages)

    def usable(self, byte):
        return any(start <= byte < end for start, end, _ in self.pages)

    def dropped(self):
        """Bytes that the tree names and nobody can use: (start, end), not joined."""
        cuts = sorted({*self.edges, *self._cuts()})
        return [(s, e) for s, e in zip(cuts, cuts[1:])
                if self.owner(s) is not None and not self.usable(s)]

    def node_of(self, owner, ids):
        """The NUMA node of a tuple's pages. ids: does the model look at the tree's ids?"""
        present = [self.tuples[o][2] for _, _, o in self.pages if o != FORCED]
        if not ids or any(nid is not None and nid >= MAX_NODES for nid in present):
            return 0
        return 0 if owner == FORCED or self.tuples[owner][2] is None else self.tuples[owner][2]

    def has_ids(self):
        return any(nid is not None for _, _, nid, _ in self.tuples)

    # --- reservations

    def _static(self):
        """(start, end, nomap) to the byte, of /reserved-memory."""
        for node in self.machine["reserved"]:
            firmware = node["name"].startswith(("mmode_", "opensbi"))
            for base, size in node["tuples"]:
                if size:
                    yield base, base + size, node["nomap"] or firmware

    def _initrd(self, unmapped):
        """The initrd when it can be kept as it lies; unmapped: pages that are never mapped."""
        if not self.machine["initrd"]:
            return []
        start, end = self.machine["initrd"]
        others = [self.image, self.dtb, *self._static(), *unmapped]
        if any(o[0] < end and start < o[1] for o in others):
            return []
        fits = any(s <= start and end <= e for s, e, _ in self.pieces())
        return [(floor(start), ceil(end), False)] if fits else []

    def _taken(self):
        memreserve = [(b, b + s, False) for b, s in self.machine["memreserve"] if s]
        taken = [*self._static(), *memreserve]
        taken = [(floor(s), ceil(e), nomap) for s, e, nomap in taken]
        home = [s for s, e, _ in self.pieces() if s <= self.image[0] < e]
        if home and home[0] < self.image[0]:
            below = home[0], self.image[0]
            if not any(n and s < below[1] and below[0] < e for s, e, n in taken):
                taken.append((*below, True))
        taken += self._initrd([t for t in taken if t[2]])
        taken.append((*self.image, False))
        taken.append((floor(self.dtb[0]), ceil(self.dtb[1]), False))
        if self.usable(0):
            taken.append((0, PAGE, False))
        return sorted(taken)

    def free(self, more=()):
        """(start, end, owner) of usable pages that nobody has; more: further taken ranges."""
        taken = [(t[0], t[1]) for t in [*self.taken, *more]]
        cuts = sorted({*self._cuts(), *(v for t in taken for v in t)})
        owned = ((start, end, self.final_owner(start)) for start, end in zip(cuts, cuts[1:]))
        return joined(piece for piece in owned
                      if piece[2] is not None and not any(s <= piece[0] < e for s, e in taken))

    # --- how it ends

    def stop(self, model):
        """The beginning of the reason with which the boot must stop; None when it need not."""
        if not self.pages:
            return "no RAM is left"
        span = self.pages[-1][1] - self.pages[0][0] - sum(e - s for s, e, _ in self.pages)
        if model == "flat" and span // PAGE * STRUCT_PAGE > FLAT_BUDGET:
            return "FLATMEM would spend"
        if not all(self.usable(p) for p in range(*self.image, PAGE)):
            return "mem= leaves no RAM" if self.allowed is not None else "the image ["
        if any(n and s < self.image[1] and self.image[0] < e for s, e, n in self.taken):
            return "no-map reservation"
        return None

    def wanted_by_pools(self):
        return sum(ceil(pool["size"]) for pool in self.machine["dynamic"])

    def sections(self, bits):
        """Numbers of the sections that have RAM."""
        found = set()
        for start, end, _ in self.pages:
            found.update(range(start >> bits, (end - 1 >> bits) + 1))
        return found

    def longest(self):
        """Bytes in one piece that are free for sure: each dynamic reservation may lie in the middle."""
        longest = max([e - s for s, e, _ in self.free()], default=0) - self.wanted_by_pools()
        return longest // (1 + len(self.machine["dynamic"]))

    def is_one_node(self):
        """Is all RAM on one node in DISCONTIG too, which else takes each bank for one?"""
        args = self.machine["args"]
        if any(a.startswith("numa=fake") for a in args):
            return "numa=fake=1" in args
        ids = self.has_ids() and "numa=off" not in args
        return ids and len({self.node_of(o, True) for _, _, o in self.pages}) == 1

    def may_be_short(self, model, bits, reason):
        """Can it be that memory does not suffice, as the reason of a stop says?"""
        pools = self.wanted_by_pools()
        total = sum(e - s for s, e, _ in self.free()) - pools
        longest = self.longest()
        span = self.pages[-1][1] - self.pages[0][0]
        if reason.startswith("FLATMEM needs"):
            return longest < (span // PAGE + 2048) * STRUCT_PAGE + MIB or self._hot()
        if reason.startswith(("no free 2 MiB", "no page for a page table")):
            tables = 16 + 6 * (len(self.pieces()) + len(self.taken)) + span // GIB
            return self._window_pages() - pools // PAGE < tables
        if reason.startswith(("no page for", "no page of RAM is left")):
            memmap = span // PAGE if model in ("flat", "discontig") else (
                len(self.sections(bits)) << bits - 12)
            one = STRUCT_PAGE << bits - 12  # SPARSE wants the struct pages of a section in one piece
            torn = model == "sparse" and longest < 2 * one + MIB
            if model == "discontig" and self.is_one_node():  # it keeps what an array can be had for
                return longest < 2 * MIB or total < 4 * MIB
            if model == "discontig":  # the array of one node may take what the others need
                torn = longest < (span // PAGE + 2048) * STRUCT_PAGE + MIB
            return torn or total < 2 * memmap * STRUCT_PAGE + 2 * MIB
        return False

    def _hot(self):
        return any(hot for _, _, _, hot in self.tuples)

    def _window_pages(self):
        """Free pages in whole 2 MiB blocks of the image's bank that may be shown by one leaf."""
        block = 2 * MIB
        pages = 0
        for start, end, _ in self.pieces():
            if not start <= self.image[0] < end:
                continue
            nomap = [(s, e) for s, e, n in self.taken if n]
            for free_start, free_end, _ in self.free():
                if free_end <= start or free_start >= end:
                    continue
                at = free_start // block * block
                while at < free_end and pages < 1 << 16:
                    inside = at >= start and at + block <= end
                    if inside and not any(s < at + block and at < e for s, e in nomap):
                        pages += (min(free_end, at + block) - max(free_start, at)) // PAGE
                    at += block
        return 0 if self._hot() else pages

    def must_suffice(self, model, bits):
        """Is there so much free memory that no RAM may go without struct pages?"""
        if model in ("flat", "discontig"):
            span = self.pages[-1][1] - self.pages[0][0]
            enough = self.is_one_node() and self.longest() > 2 * (span // PAGE * STRUCT_PAGE + MIB)
        else:
            memmap = len(self.sections(bits)) << bits - 12
            total = sum(e - s for s, e, _ in self.free()) - self.wanted_by_pools()
            enough = total > 3 * memmap * STRUCT_PAGE + 4 * MIB
        return enough and not self._hot()
