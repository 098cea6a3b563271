# SPDX-License-Identifier: BSD-2-Clause
"""Text within 100 columns: a table with one column per model, and wrapped paragraphs."""
import textwrap

WIDTH = 100
LABEL = 32  # columns of a row's label, its indent included
CELL = 17  # columns of a cell, as wide as four of them fit


class Table:
    """Rows of a label and one cell per column; cells stand to the right."""

    def __init__(self, paint, cell=CELL):
        self.paint = paint
        self.cell = cell
        self.lines = []

    def heading(self, text, cells=()):
        """A title over the rows that follow."""
        line = f"{text:<{LABEL}}" + "".join(f"{cell:>{self.cell}}" for cell in cells)
        self.lines.append(self.paint(line.rstrip(), "bold"))

    def row(self, label, cells, colour=None):
        """One fact. colour: a function of the cell's value, or None. A cell of None is a dash."""
        text = "  " + label
        line = f"{text:<{LABEL}}"
        for cell in cells:
            shown = "-" if cell is None else cell if isinstance(cell, str) else f"{cell:,}"
            line += self.paint(f"{shown:>{self.cell}}", colour(cell) if colour else None)
        self.lines.append(line.rstrip())

    def gap(self):
        """An empty line, unless there is one."""
        if self.lines and self.lines[-1]:
            self.lines.append("")


def wrapped(label, text, indent=12):
    """A label in front and its text beside it, as many lines as it needs."""
    return textwrap.wrap(text, WIDTH, initial_indent=f"{label:<{indent}}",
                         subsequent_indent=" " * indent, break_long_words=False,
                         break_on_hyphens=False) or [label]
