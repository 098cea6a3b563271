# SPDX-License-Identifier: BSD-2-Clause
"""
gdb commands for memory bring-up. They read the kernel's own tables, so they show what the
kernel believes; pw-walk reads the page tables that satp names, so it shows what the hart does.

Before the boot tables are live (head.S) the kernel's addresses do not translate: stop at
kernel_main first (tbreak kernel_main, continue).
"""
import os
import re
import struct

import gdb

PAGE_SHIFT = 12
PTES = 512
LEAF = ("page", "megapage", "gigapage")


def value(expression):
    return gdb.parse_and_eval(expression)


def integer(expression):
    """An expression's value; of a function, its address."""
    result = value(expression)
    if result.type.code == gdb.TYPE_CODE_FUNC:
        result = result.address
    return int(result) & (1 << 64) - 1


def define(name, *headers):
    """A number that a header defines: macros are not in the debug information."""
    for header in headers:
        with open(header, encoding="utf-8") as file:
            found = re.search(rf"#define {name}\s+(\d+)\b", file.read())
        if found:
            return int(found.group(1))
    raise gdb.GdbError(f"{name} is in none of {', '.join(headers)}")


def config_directory():
    return os.path.dirname(gdb.objfiles()[0].filename)


def string(pointer):
    return pointer.string() if int(pointer) else "-"


def phys_read(pa, size):
    """Bytes at a physical address, whatever the hart maps: through QEMU's stub."""
    gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
    try:
        return bytes(gdb.selected_inferior().read_memory(pa, size))
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


def span(start, end):
    return f"[{start:#018x}, {end:#018x}) {(end - start) >> 10:>10} KiB"


class Banks(gdb.Command):
    """pw-banks - the banks of RAM in use, and what was dropped with its reason."""

    def __init__(self):
        super().__init__("pw-banks", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        table = value("banks")
        for i in range(int(table["nr"])):
            bank = table["bank"][i]
            r = bank["range"]
            print(
                f"{i:3} {span(int(r['start']), int(r['end']))}  node {int(bank['nid'])}"
                f"  {string(bank['origin'])}"
            )
        for i in range(int(table["nr_dropped"])):
            lost = table["dropped"][i]
            r = lost["range"]
            print(f"  - {span(int(r['start']), int(r['end']))}  dropped: {string(lost['why'])}")


class Memblock(gdb.Command):
    """pw-memblock - both tables of the early allocator."""

    def __init__(self):
        super().__init__("pw-memblock", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        for name in ("memory", "reserved"):
            table = value(f"memblock.{name}")
            print(
                f"{name}: {int(table['cnt'])} of {int(table['max'])} regions,"
                f" {int(table['total_size']) >> 10} KiB"
            )
            for i in range(int(table["cnt"])):
                region = table["regions"][i]
                base, size = int(region["base"]), int(region["size"])
                print(
                    f"{i:5} {span(base, base + size)}  flags {int(region['flags']):#x}"
                    f" node {int(region['nid']):#x}"
                )


class Reservations(gdb.Command):
    """pw-reservations - what was taken before anything was allocated, and by whom."""

    def __init__(self):
        super().__init__("pw-reservations", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        table = value("reservations")
        for i in range(int(table["nr"])):
            entry = table["reservation"][i]
            r = entry["range"]
            nomap = "no-map " if entry["nomap"] else ""
            print(f"{i:3} {span(int(r['start']), int(r['end']))}  {nomap}{string(entry['name'])}")


class Page(gdb.Command):
    """pw-page PFN - the struct page of a frame, decoded. Works for every memory model."""

    HEADER = "kernel/mm/page.h"

    def __init__(self):
        super().__init__("pw-page", gdb.COMMAND_DATA)

    @staticmethod
    def page_of(pfn):
        """pfn_to_page() by hand: it is inline in the kernel."""
        if gdb.lookup_global_symbol("mem_section"):
            bits = define("CONFIG_SECTION_SIZE_BITS", f"{config_directory()}/include/config_values.h")
            index = (pfn >> (bits - PAGE_SHIFT)) - integer("section_base")
            roots = value("mem_section").type.range()[1] + 1
            per_root = 4096 // gdb.lookup_type("struct mem_section").sizeof
            if not 0 <= index < roots * per_root or not integer(f"mem_section[{index // per_root}]"):
                return None
            word = integer(f"mem_section[{index // per_root}][{index % per_root}].section_mem_map")
            if not word & 2:  # SECTION_HAS_MEM_MAP
                return None
            if gdb.lookup_global_symbol("vmemmap"):
                return integer("vmemmap") + pfn * 64 & (1 << 64) - 1
            return (word & ~0x3F) + pfn * 64 & (1 << 64) - 1
        for nid in range(int(value("node_data").type.range()[1]) + 1):
            if not integer(f"node_data[{nid}]"):
                continue
            start = integer(f"node_data[{nid}]->mem_map_start_pfn")
            if start <= pfn < integer(f"node_data[{nid}]->mem_map_end_pfn"):
                return integer(f"node_data[{nid}]->node_mem_map") + (pfn - start) * 64
        return None

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("pw-page PFN")
        pfn = integer(argument)
        address = self.page_of(pfn)
        if address is None:
            print(f"pfn {pfn:#x}: no struct page")
            return
        page = value(f"*(struct page *){address}")
        word, links = (int(page[f]) & (1 << 64) - 1 for f in ("word", "links"))
        names = gdb.lookup_type("enum page_flags").fields()
        flags = " ".join(f.name for f in names if word & f.enumval) or "none"
        type_shift, count_shift = (define(f"PAGE_{n}_SHIFT", self.HEADER) for n in ("TYPE", "REFCOUNT"))
        count_bits = (type_shift if type_shift > count_shift else 64) - count_shift
        print(f"pfn {pfn:#x} at {pfn << PAGE_SHIFT:#x}: struct page {address:#x}")
        print(
            f"  flags {flags}  order {word >> define('PAGE_ORDER_SHIFT', self.HEADER) & 0xff}"
            f"  type {word >> type_shift & 0xff}  refcount {word >> count_shift & (1 << count_bits) - 1}"
        )
        print(f"  section {links >> 12}  node {links >> 2 & 0x3ff}  zone {links & 3}")
        for site in ("alloc_site", "free_site"):
            if int(page[site]):
                print(f"  {site} " + gdb.execute(f"info symbol {int(page[site])}", to_string=True).strip())


class Walk(gdb.Command):
    """pw-walk VA - from satp down to the leaf that maps a virtual address (Sv39)."""

    def __init__(self):
        super().__init__("pw-walk", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("pw-walk VA")
        va = integer(argument)
        satp = integer("$satp")
        if satp >> 60 != 8:
            print(f"satp {satp:#x}: translation is off, va is pa")
            return
        if va >> 38 not in (0, (1 << 26) - 1):
            print(f"{va:#x} is no Sv39 address: bits 63 to 39 must equal bit 38")
            return
        table = (satp & (1 << 44) - 1) << PAGE_SHIFT
        for level in (2, 1, 0):
            index = va >> (PAGE_SHIFT + 9 * level) & PTES - 1
            (pte,) = struct.unpack("<Q", phys_read(table + 8 * index, 8))
            bits = "".join(c if pte >> i & 1 else "-" for i, c in reversed(list(enumerate("vrwxugad"))))
            pa = (pte >> 10 & (1 << 44) - 1) << PAGE_SHIFT
            print(
                f"  level {level}  table {table:#014x}  entry {index:3}  pte {pte:#018x}  {bits}  -> {pa:#x}"
            )
            if not pte & 1:
                print(f"{va:#x}: not mapped")
                return
            if pte & 0xE:
                offset = va & (1 << (PAGE_SHIFT + 9 * level)) - 1
                print(f"{va:#x} -> {pa | offset:#x}, {LEAF[level]}")
                return
            table = pa
        print(f"{va:#x}: level 0 holds a table: corrupt")


class Stages(gdb.Command):
    """pw-stage NAME - run until the named stage of the boot begins (its init function)."""

    INIT = {
        "devicetree": "devicetree_init", "banks": "banks_init", "reservations": "reservations_init",
        "memblock": "memblock_init", "paging": "paging_init", "nodes": "nodes_init",
        "memmap": "memmodel_init", "zones": "free_area_init", "handover": "memblock_free_all",
        "gigantic": "hugetlb_reserve_gigantic", "initrd": "initrd_init", "hugetlb": "hugetlb_init",
        "check": "check_init", "monitor": "monitor_run",
    }

    def __init__(self):
        super().__init__("pw-stage", gdb.COMMAND_RUNNING)

    def complete(self, text, word):
        return [name for name in self.INIT if name.startswith(word)]

    def invoke(self, argument, from_tty):
        if argument not in self.INIT:
            raise gdb.GdbError("pw-stage " + "|".join(self.INIT))
        # Hardware, because software ones are written to memory that is not mapped yet.
        gdb.execute(f"thbreak {self.INIT[argument]}")
        gdb.execute("continue")


class Help(gdb.Command):
    """pw-help - the commands of Pagewright."""

    def __init__(self):
        super().__init__("pw-help", gdb.COMMAND_SUPPORT)

    def invoke(self, argument, from_tty):
        for command in COMMANDS:
            print("  " + command.__doc__.splitlines()[0])


COMMANDS = [Stages, Banks, Reservations, Memblock, Page, Walk, Help]
for command in COMMANDS:
    command()
