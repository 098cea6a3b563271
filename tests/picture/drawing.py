# SPDX-License-Identifier: BSD-2-Clause
"""
An SVG picture, read back: its rectangles with the ranges that their titles name, its texts with an
estimate of the room they take. Knows nothing of how tools/mmview draws.
"""
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

SVG = "{http://www.w3.org/2000/svg}"
RANGE = re.compile(r"\[0x([0-9a-f]+), 0x([0-9a-f]+)\)")
LEAVES = re.compile(r"(\d+) of (\d+) leaves of (\d+) (KiB|MiB): struct pages of ")
# Widths in parts of the font size, as DejaVu Sans has them: a wide font, so an upper estimate.
WIDTHS = {"m": 0.97, "w": 0.82, "M": 0.86, "W": 0.99, "%": 0.95, " ": 0.32, ",": 0.32, ".": 0.32,
          ":": 0.34, ";": 0.34, "i": 0.28, "j": 0.28, "l": 0.28, "I": 0.30, "t": 0.39, "f": 0.35,
          "r": 0.41, "[": 0.39, "]": 0.39, "(": 0.39, ")": 0.39, "@": 1.0, "×": 0.84, "<": 0.84,
          ">": 0.84}
MONO = 0.602


@dataclass
class Box:
    """A rectangle of the picture."""

    x: float
    y: float
    width: float
    height: float
    classes: frozenset = frozenset()
    title: str = ""

    @property
    def end(self):
        """The right edge."""
        return self.x + self.width

    def range(self):
        """(base, end) that the title names."""
        base, end = RANGE.search(self.title).groups()
        return int(base, 16), int(end, 16)

    def kind(self):
        """The owner's kind: o-kernel is kernel, hole and outside are themselves."""
        for special in ("hole", "outside"):
            if special in self.classes:
                return special
        return next(name[2:] for name in self.classes if name.startswith("o-"))


@dataclass
class Text(Box):
    """A line of text with the room that it takes."""

    text: str = ""


def width_of(text, size, is_mono):
    """The estimated width of a text."""
    if is_mono:
        return MONO * size * len(text)
    return size * sum(WIDTHS.get(c, 0.70 if c.isupper() else 0.64) for c in text)


class Drawing:
    """The parts of an SVG file. ElementTree.ParseError when it is no XML."""

    def __init__(self, source):
        self.source = source
        self.root = ElementTree.fromstring(source)
        self.view = [float(word) for word in self.root.get("viewBox").split()]
        self.boxes = [self.box(e) for e in self.root.iter(SVG + "rect")]
        self.texts = [self.text(e) for e in self.root.iter(SVG + "text")]

    @staticmethod
    def box(element):
        """A rect element."""
        numbers = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
        title = element.find(SVG + "title")
        return Box(*numbers, frozenset(element.get("class", "").split()),
                   title.text if title is not None else "")

    @staticmethod
    def text(element):
        """A text element, with or without spans."""
        spans = [(span.text or "", span.get("class", "")) for span in element.iter(SVG + "tspan")]
        spans = spans or [(element.text or "", element.get("class", ""))]
        sizes = {"title": 18, "name": 12, "small": 10.5, "mono": 10}
        width, height = 0.0, 0.0
        for text, classes in spans:
            words = classes.split()
            size = next((sizes[word] for word in words if word in sizes), 11)
            bold = 1.1 if "title" in words or "name" in words else 1.0
            width += width_of(text, size, "mono" in words) * bold
            height = max(height, size)
        x, y = float(element.get("x")), float(element.get("y"))
        x -= {"end": width, "middle": width / 2}.get(element.get("text-anchor"), 0)
        # The letters: three quarters above the base line, a fifth below it.
        return Text(x, y - 0.75 * height, width, 0.95 * height,
                    text="".join(text for text, _ in spans))

    def of(self, name):
        """The rectangles of a class, from left to right."""
        return sorted((b for b in self.boxes if name in b.classes), key=lambda b: (b.y, b.x))
