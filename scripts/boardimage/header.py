# SPDX-License-Identifier: BSD-2-Clause
"""The header of a RISC-V Image (Linux, Documentation/arch/riscv/boot-image-header.rst, version 0.2)."""
import struct

HEADER = struct.Struct("<IIQQQIIQ8sII")
TEXT_OFFSET = 0x200000
MAX_SIZE = 32 << 20  # what a loader leaves free in front of the tree: kernel.ld
PAGE = 4096


class Image:
    """An Image: its file, and what it takes of RAM."""

    def __init__(self, data, found, what):
        self.file_size = len(data)
        self.size = 0
        self.text_offset = TEXT_OFFSET
        if not found.expect(len(data) >= HEADER.size, what, "an Image has a header of 64 bytes"):
            return
        (code, _, self.text_offset, self.size, flags, version, _, _, magic, magic2, _) = HEADER.unpack(
            data[: HEADER.size]
        )
        rules = (
            (code & 0x7F == 0x6F, "the first instruction is a jump over the header"),
            (self.text_offset == TEXT_OFFSET, f"text_offset is {TEXT_OFFSET:#x}, not {self.text_offset:#x}: "
             "with 0 U-Boot moves the image over the firmware"),
            (self.size != 0, "image_size is not 0: booti refuses that"),
            (self.size % PAGE == 0, "image_size is whole pages"),
            (
                self.size >= len(data),
                f"image_size {self.size} covers the file of {len(data)} bytes, and .bss",
            ),
            (self.size <= MAX_SIZE, f"image_size {self.size} is at most {MAX_SIZE}"),
            (flags == 0, f"flags are 0 (little endian), not {flags:#x}"),
            (version == 2, f"the version is 0.2, not {version >> 16}.{version & 0xFFFF}"),
            (magic == b"RISCV\0\0\0", "the magic at 0x30 is RISCV"),
            (magic2 == 0x05435352, "the magic at 0x38 is RSC and 5: the one that U-Boot looks at"),
        )
        for holds, rule in rules:
            found.expect(holds, what, rule)

    def bss(self):
        return self.size - self.file_size
