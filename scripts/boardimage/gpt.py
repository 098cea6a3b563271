# SPDX-License-Identifier: BSD-2-Clause
"""A GUID partition table, both copies (UEFI specification 2.10, 5.3)."""
import struct
import uuid
import zlib

SECTOR = 512
HEADER = struct.Struct("<8sIIIIQQQQ16sQIII")
ENTRY = struct.Struct("<16s16sQQQ72s")


class Entry:
    """One partition: sectors first to last, inclusive."""

    def __init__(self, number, raw):
        kind, _, self.first, self.last, self.attributes, name = ENTRY.unpack(raw[: ENTRY.size])
        self.number = number
        self.kind = str(uuid.UUID(bytes_le=kind)).upper()
        self.name = name.decode("utf-16-le", errors="replace").rstrip("\0")


def read(disk, found, what):
    """The entries in use of the first table; both tables are judged. disk: all bytes."""
    sectors = len(disk) // SECTOR
    if not found.expect(len(disk) >= 68 * SECTOR, what, "a disk has room for two partition tables"):
        return []
    mbr = disk[:SECTOR]
    found.expect(mbr[510:] == b"\x55\xaa" and mbr[450] == 0xEE, what,
                 "sector 0 is a protective MBR: signature 55 aa, type ee")
    first = table(disk, 1, sectors - 1, found, f"{what}, first table")
    second = table(disk, sectors - 1, 1, found, f"{what}, last table")
    found.expect(first == second, what, "both partition tables say the same")
    return [e for e in (Entry(i + 1, raw) for i, raw in enumerate(first)) if int(e.kind[:8], 16)]


def table(disk, at, other, found, what):
    """The raw entries of the table whose header is in sector `at`."""
    head = disk[at * SECTOR : at * SECTOR + SECTOR]
    (magic, _, size, crc, _, mine, alternate, _, _, _, entries, number, length, entries_crc) = HEADER.unpack(
        head[: HEADER.size]
    )
    if not found.expect(magic == b"EFI PART", what, f"sector {at} begins with EFI PART"):
        return []
    sane = HEADER.size <= size <= SECTOR and number <= 1024 and length == ENTRY.size
    if not found.expect(sane, what, "header and entries have the usual sizes"):
        return []
    blank = head[:16] + bytes(4) + head[20:size]
    found.expect(zlib.crc32(blank) == crc, what, "the header's checksum is right")
    found.expect((mine, alternate) == (at, other), what,
                 f"the header says that it is in sector {at} and the other in {other}, the disk's last")
    raw = disk[entries * SECTOR : entries * SECTOR + number * length]
    found.expect(zlib.crc32(raw) == entries_crc, what, "the entries' checksum is right")
    return [raw[i : i + length] for i in range(0, len(raw), length)]
