# SPDX-License-Identifier: BSD-2-Clause
"""
The linter: what in this tree will cost something at boot, and what to change.

    findings(dtb_bytes, records) -> [Finding, ...]

records maps a model's name to the Record of its run. Without records only what the tree alone
shows is found, with the image at the place where the host program assumes it. Findings come
errors first, then by code, then in the tree's order. Unusable is raised for what is no tree.
"""
import textwrap
from dataclasses import asdict, dataclass

import lint_banks
import lint_leaves
import lint_memory
import lint_numa
import lint_place
import lint_record
import lint_regions
import lint_reserved
import lint_sections
from lint_board import Board
from lint_codes import CODES, SEVERITIES
from lint_tree import Tree

WIDTH = 98


@dataclass(frozen=True)
class Finding:
    """One finding. node is a path of the tree, prop the property ("" for the whole node)."""

    code: str
    severity: str
    node: str
    prop: str
    consequence: str
    hint: str

    @property
    def name(self):
        """The short name of the code."""
        return CODES[self.code][0]

    def as_dict(self):
        """For --json."""
        return {"code": self.code, "name": self.name, **asdict(self)}

    def text(self):
        """One paragraph."""
        head = f"{self.code} {self.name}, {self.severity}: {self.node} {self.prop}".rstrip()
        parts = [head]
        for line in (self.consequence, f"Change: {self.hint}"):
            parts += textwrap.wrap(line, WIDTH, initial_indent="    ", subsequent_indent="    ",
                                   break_long_words=False, break_on_hyphens=False)
        return "\n".join(parts)


class Report:
    """Collects findings; the same one twice is one."""

    def __init__(self):
        self.found = []

    def add(self, code, node, prop, consequence, hint):
        finding = Finding(code, CODES[code][1], node, prop, consequence, hint)
        if finding not in self.found:
            self.found.append(finding)

    def codes(self):
        return {finding.code for finding in self.found}

    def sorted(self):
        """Errors first, then by code; within a code in the order of finding."""
        return sorted(self.found, key=lambda f: (SEVERITIES.index(f.severity), f.code))


def findings(dtb_bytes, records=None):
    """All findings for a blob and the records of its runs."""
    board = Board(Tree(dtb_bytes), records or {}, Report())
    lint_memory.read(board)
    lint_reserved.read(board)
    board.settle()
    if board.banks:
        for check in (lint_banks, lint_regions, lint_leaves, lint_place, lint_sections):
            check.check(board)
    lint_numa.check(board)
    lint_record.check(board)
    return board.report.sorted()
