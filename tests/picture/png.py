# SPDX-License-Identifier: BSD-2-Clause
"""The pixels of a PNG file with 8 bits a channel, as a browser writes it."""
import struct
import zlib

CHANNELS = {2: 3, 6: 4}  # colour type: bytes of a pixel


def paeth(left, above, corner):
    """The predictor of filter 4."""
    guess = left + above - corner
    distances = abs(guess - left), abs(guess - above), abs(guess - corner)
    return (left, above, corner)[distances.index(min(distances))]


def unfilter(kind, line, above, step):
    """One row, its filter undone."""
    for at, byte in enumerate(line):
        left = line[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        add = (0, left, above[at], (left + above[at]) // 2, 0)[kind]
        if kind == 4:
            add = paeth(left, above[at], corner)
        line[at] = (byte + add) & 255
    return line


class Image:
    """width, height and pixel(x, y) of a file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            data = file.read()
        if data[:8] != b"\x89PNG\r\n\x1a\n":
            raise ValueError(f"{path} is no PNG file")
        packed, at = b"", 8
        while at < len(data):
            length, kind = struct.unpack(">I4s", data[at : at + 8])
            body = data[at + 8 : at + 8 + length]
            if kind == b"IHDR":
                self.width, self.height, depth, colour, _, _, interlaced = struct.unpack(
                    ">IIBBBBB", body)
                if depth != 8 or colour not in CHANNELS or interlaced:
                    raise ValueError(f"{path}: depth {depth}, colour type {colour}")
                self.step = CHANNELS[colour]
            elif kind == b"IDAT":
                packed += body
            at += 12 + length
        self.rows = self.read(zlib.decompress(packed))

    def read(self, data):
        """All rows."""
        stride = self.width * self.step
        rows, above = [], bytearray(stride)
        for start in range(0, len(data), stride + 1):
            line = bytearray(data[start + 1 : start + 1 + stride])
            above = unfilter(data[start], line, above, self.step)
            rows.append(above)
        return rows

    def pixel(self, x, y):
        """(red, green, blue)."""
        return tuple(self.rows[y][x * self.step : x * self.step + 3])
