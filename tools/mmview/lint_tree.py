# SPDX-License-Identifier: BSD-2-Clause
"""
The device tree blob, read with libfdt (Debian package python3-libfdt): nodes by path, properties
as bytes, cells as numbers. Nothing is judged here; a blob that is no tree raises Unusable.
"""
import os
import sys

from errors import Unusable

MAX_DEPTH = 64  # the kernel reads no deeper, kernel/dt/value.h
NOT_HERE = "no python3 here can import libfdt: scripts/deps mmview installs python3-libfdt"
# FDT_PROP and the one length that makes libfdt 1.6.1 step on the spot for ever.
ENDLESS = b"\x00\x00\x00\x03\xff\xff\xff\xf4"


def import_libfdt():
    try:
        import libfdt

        return libfdt
    except ImportError:
        raise Unusable(NOT_HERE) from None


def need_libfdt():
    """For programs: go on when libfdt can be imported, else start again where it can."""
    try:
        import_libfdt()
        return
    except Unusable:
        tried = os.environ.get("MMVIEW_PYTHON_TRIED", "").split(":")
    for python in ("/usr/bin/python3", "/usr/local/bin/python3"):
        if python not in tried and os.access(python, os.X_OK):
            os.environ["MMVIEW_PYTHON_TRIED"] = ":".join(tried + [python])
            sys.stdout.flush()
            os.execv(python, [python, os.path.abspath(sys.argv[0])] + sys.argv[1:])
    raise Unusable(NOT_HERE)


class Node:
    """One node: its path as the record prints it, its children in the tree's order."""

    def __init__(self, name, offset, parent):
        self.name = name
        self.offset = offset
        self.parent = parent
        self.children = []
        self.depth = parent.depth + 1 if parent else 0
        self.path = (parent.path.rstrip("/") if parent else "") + "/" + name

    def is_called(self, name):
        """name or name@unit-address."""
        return self.name == name or self.name.startswith(name + "@")

    def unit_address(self):
        """The number behind the @; None when there is none, -1 when it is no number."""
        _, at, unit = self.name.partition("@")
        if not at:
            return None
        try:
            parts = [int(part, 16) for part in unit.split(",")]
        except ValueError:
            return -1
        return parts[0] if len(parts) == 1 else parts[0] << 32 | parts[1]


class Tree:
    """A blob. tree.root is its first node; tree.nodes are all, in the blob's order."""

    def __init__(self, blob):
        self.lib = import_libfdt()
        self.blob = blob = bytearray(blob)
        if len(blob) < 40:
            raise Unusable(f"not a device tree blob: {len(blob)} bytes, a header has 40")
        try:
            self.fdt = self.lib.FdtRo(blob)
            if self.fdt.totalsize() > len(blob):
                raise Unusable(f"the blob is cut: it has {len(blob)} bytes, its header says "
                               f"{self.fdt.totalsize()}")
            if ENDLESS in blob:
                raise Unusable("the blob is broken: a property claims 0xfffffff4 bytes")
            self.reserved = self._memreserve(blob)
            error = self.lib.fdt_check_full(blob, len(blob))
            if error:
                raise Unusable(f"the blob is broken: {self.lib.fdt_strerror(error)}")
            self.nodes = self._walk()
        except self.lib.FdtException as error:
            raise Unusable(f"not a device tree blob: {error}") from None
        self.root = self.nodes[0]

    def _memreserve(self, blob):
        """
        ([(base, size), ...], is the list ended?) of the blob's reservation block. For libfdt a list
        that runs into the next block is no tree: from here on it reads a copy that ends in time.
        """
        fdt = self.fdt
        first, end = fdt.off_mem_rsvmap(), fdt.totalsize()
        for block in (fdt.off_dt_struct(), fdt.off_dt_strings()):
            if first <= block < end:
                end = block
        entries = []
        room = (end - first) // 16
        for i in range(room):
            entry = fdt.get_mem_rsv(i)
            # The binding of libfdt 1.6.1 gives the size alone when the address is 0.
            base, size = (0, entry) if isinstance(entry, int) else entry
            if base == 0 and size == 0:
                return entries, True
            entries.append((base, size))
        if room > 0:
            last = first + 16 * (room - 1)
            blob[last : last + 16] = bytes(16)
            self.fdt = self.lib.FdtRo(blob)
        return entries, False

    def _name(self, offset):
        return self.fdt.get_name(offset).encode("utf-8", "backslashreplace").decode()

    def _walk(self):
        nodes = [Node("", 0, None)]
        open_nodes = [nodes[0]]
        place = self.fdt.next_node(0, 0, self.lib.QUIET_ALL)
        while not isinstance(place, int) and place[1] >= 0:
            offset, depth = place
            if depth > MAX_DEPTH:
                raise Unusable(f"nodes are nested deeper than {MAX_DEPTH}")
            if depth == 0:
                raise Unusable("the blob is broken: a second root node")
            del open_nodes[depth:]
            node = Node(self._name(offset), offset, open_nodes[-1])
            open_nodes[-1].children.append(node)
            open_nodes.append(node)
            nodes.append(node)
            place = self.fdt.next_node(offset, depth, self.lib.QUIET_ALL)
        return nodes

    def prop(self, node, name):
        """
        A property's bytes, or None. Not by Fdt.getprop(): that of libfdt 1.6.1 loses a reference to
        None whenever there is no such property, until the interpreter breaks.
        """
        found = self.lib.fdt_get_property(self.blob, node.offset, name)
        if isinstance(found, int) or found is None:
            return None
        return next(bytes(part) for part in found if isinstance(part, (bytes, bytearray)))

    def number(self, node, name):
        """A property of whole cells as one number; None when it is absent or has no such form."""
        value = self.prop(node, name)
        return int.from_bytes(value, "big") if value and len(value) % 4 == 0 else None

    def cell(self, node, name):
        """A property of exactly one cell, or None."""
        value = self.prop(node, name)
        return int.from_bytes(value, "big") if value and len(value) == 4 else None

    def strings(self, node, name):
        value = self.prop(node, name) or b""
        return [part.decode("utf-8", "replace") for part in value.split(b"\0")[:-1]]

    def is_enabled(self, node):
        return self.prop(node, "status") in (None, b"okay\0", b"ok\0")

    def is_memory(self, node):
        return self.prop(node, "device_type") == b"memory\0"

    def cells(self, node):
        """(address cells, size cells) of a node's children, and which of the two are not given."""
        found = [self.cell(node, name) for name in ("#address-cells", "#size-cells")]
        names = ("#address-cells", "#size-cells")
        missing = [name for name, value in zip(names, found) if value is None]
        return tuple(default if value is None else value
                     for value, default in zip(found, (2, 1))), missing

    def child(self, node, name):
        """The first child of that name, or None."""
        return next((child for child in node.children if child.is_called(name)), None)


def tuples(value, cells):
    """([(base, size), ...], bytes left over) of a reg; a size or base may exceed 64 bits."""
    step = 4 * sum(cells)
    if not step:
        return [], len(value)
    found = []
    for at in range(0, len(value) - len(value) % step, step):
        middle = at + 4 * cells[0]
        found.append((int.from_bytes(value[at:middle], "big"),
                      int.from_bytes(value[middle:at + step], "big")))
    return found, len(value) % step
