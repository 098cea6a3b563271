# SPDX-License-Identifier: BSD-2-Clause
"""Where everything lies in RAM, for one way of booting."""
from dataclasses import dataclass, field

KIB = 1024


@dataclass
class Part:
    """Bytes from start to end, half-open, that something needs. passing: only until the kernel runs."""

    what: str
    start: int
    end: int
    passing: bool = False


@dataclass
class Way:
    """One way of booting: its parts, before the kernel's first instruction."""

    name: str
    parts: list = field(default_factory=list)


def size_text(size):
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (KIB, "KiB")):
        if size >= unit:
            return f"{size / unit:.1f}".removesuffix(".0") + f" {name}"
    return f"{size} B"


def firmware(conf, base=None):
    """What OpenSBI takes, at base or where the board has it."""
    start = conf.number("FIRMWARE_BASE") if base is None else base
    return Part("OpenSBI", start, start + conf.number("FIRMWARE_SIZE"))


def kernel(image, at, how):
    text = f"kernel: {size_text(image.file_size)} and {size_text(max(0, image.bss()))} of .bss{how}"
    return Part(text, at, at + max(image.size, image.file_size))


def check(conf, way, found):
    """Print the table; inside RAM, nothing overlaps. What is moved may lie where it is moved to."""
    start = conf.number("RAM_BASE")
    end = start + conf.number("RAM_SIZE")
    print(f"{way.name}: RAM [0x{start:010x}, 0x{end:010x})")
    parts = sorted(way.parts, key=lambda part: (part.start, part.end))
    for part in parts:
        size = size_text(part.end - part.start)
        shown = f"[0x{part.start:010x}, 0x{part.end:010x})  {size:>9}"
        print(f"  {shown if part.end - part.start > 1 else shown[:13]:<39}  {part.what}")
        found.expect(start <= part.start and part.end <= end, way.name,
                     f"{part.what} lies inside RAM [{start:#x}, {end:#x})")
    for i, one in enumerate(parts):
        for two in parts[i + 1 :]:
            both = max(one.start, two.start), min(one.end, two.end)
            moved = one.passing != two.passing and "kernel" in one.what and "kernel" in two.what
            found.expect(both[0] >= both[1] or moved, way.name,
                         f"{one.what} and {two.what} overlap in [{both[0]:#x}, {both[1]:#x})")
