# SPDX-License-Identifier: BSD-2-Clause
"""What can be worked out from a record beyond its lines. Nothing here prints."""

LEDGER = ("free", "memmap", "tables", "early", "kernel", "firmware", "reserved", "dtb", "initrd",
          "frame0", "hugetlb", "badmem", "lost")


def is_whole(record):
    """Are the lines there from which the figures come? A log that is cut may lack them."""
    return all(record.topics.get(topic) for topic in ("bank", "direct", "memmap", "ledger"))


def leaves(line):
    """4 KiB, 2 MiB and 1 GiB leaves of an mm.direct or mm.memmap line as "896 / 510 / 0"."""
    return " / ".join(str(line.get(key, 0)) for key in ("leaf_4k", "leaf_2m", "leaf_1g"))


def blocks(record, **zone):
    """{order: free blocks}, over all zones or over those with these values."""
    found = {}
    for line in record.buddy:
        if all(line.get(key) == value for key, value in zone.items()):
            found[line["order"]] = found.get(line["order"], 0) + line["blocks"]
    return found


def lost_to_bring_up(record):
    """RAM that bring-up itself took: struct pages, tables, section roots and the like."""
    ledger = record.one("ledger")
    return sum(ledger.get(key, 0) for key in ("memmap", "tables", "early"))


def tables(record):
    """(page tables of the direct map, further ones for the vmemmap)."""
    return record.one("direct").get("tables", 0), record.one("memmap").get("tables", 0)


def memmap_share(record):
    """What the struct pages take of RAM, in per cent."""
    ram = record.one("ledger").get("ram", 0)
    return 100 * record.one("memmap").get("bytes", 0) / ram if ram else 0.0


def told(record, start):
    """The first line of the boot's log that begins with this word, without it; or ""."""
    for line in record.log:
        if line.startswith(start):
            return line[len(start):].strip()
    return ""


def warnings(record):
    """[(name, text)] of the warnings, in the order given, each text once."""
    found = []
    for line in record.log:
        if line.startswith("warning "):
            name, _, text = line[len("warning "):].strip().partition(": ")
            if (name, text) not in found:
                found.append((name, text))
    return found
