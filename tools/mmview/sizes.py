# SPDX-License-Identifier: BSD-2-Clause
"""Numbers and ranges as people read and write them."""
import re

PAGE = 4096
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")
SUFFIX = {"": 0, "k": 10, "m": 20, "g": 30, "t": 40}
SIZE = re.compile(r"(0x[0-9a-f]+|[0-9]+)([kmgt]?)$", re.I)


def parse_size(text):
    """Bytes from 4096, 0x1000, 64K, 2M, 8G, 1T. ValueError when it is none of them."""
    match = SIZE.match(text)
    if not match:
        raise ValueError(text)
    return int(match.group(1), 0) << SUFFIX[match.group(2).lower()]


def size_text(size):
    """4 KiB, 1.5 GiB: one digit after the point at most, none when it is exact."""
    unit = 0
    while unit < len(UNITS) - 1 and size >> (10 * (unit + 1)):
        unit += 1
    scaled = size / (1 << (10 * unit))
    return f"{scaled:.0f} {UNITS[unit]}" if scaled == int(scaled) else f"{scaled:.1f} {UNITS[unit]}"


def kib_text(size):
    """Exact KiB with groups of three: 8,256,592. Bytes that are no whole KiB show as fraction."""
    whole, rest = divmod(size, 1024)
    return f"{whole:,}" if rest == 0 else f"{size / 1024:,.3f}"


def range_text(base, end):
    """[0x0080000000, 0x00c0000000)     1 GiB - the form of the boot report."""
    return f"[{base:#012x}, {end:#012x}) {size_text(end - base):>10}"
