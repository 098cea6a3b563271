# SPDX-License-Identifier: BSD-2-Clause
"""
The record's grammar (docs/record.md), read strictly.

    mm.<topic> key=value key=value ...

Values are words without blanks, or texts in double quotes; the verdict has a word of its own in
front. A boot's output is whatever the console says; the record's lines are those that begin with
"mm.". parse() takes the whole output and gives the lines in order, or says what breaks the
grammar.
"""
import os
import re
import sys

# Behind the folders that are searched already: what is called the same here, comes from here.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tools/mmview"))
from grammar import LINE, PAIR, VERDICT  # noqa: E402

# The order in which topics may appear; each is repeated in one block or not at all.
ORDER = (
    "record build handoff bank dropped reserved initrd early direct memmap vmemmap node zone free "
    "hugetlb hugetlb_node hugepage hvo held buddy ledger audit memtest selftest deferred deferred_share "
    "hart warn phase cost"
).split()
ONCE = {"record", "build", "handoff", "initrd", "direct", "memmap", "ledger", "audit", "memtest",
        "deferred", "hvo"}

ADDRESS = re.compile(r"^0x[0-9a-f]{16}$")
ADDRESS_KEYS = {"base", "end", "va", "pa", "image", "image_end", "image_rodata", "image_data", "stack"}


class GrammarError(Exception):
    """A line of the record is not what docs/record.md allows."""


class Line(dict):
    """One line: its topic, its text as printed, and the values by key."""

    def __init__(self, text, topic, values):
        super().__init__(values)
        self.text = text
        self.topic = topic

    def number(self, key):
        """A value as a number, decimal or 0x."""
        return int(self[key], 0)

    def range(self):
        """(base, end) of the lines that describe memory; (va, end) of a window's."""
        return self.number("va" if "va" in self else "base"), self.number("end")


class Record:
    """All record lines of one boot, and its verdict."""

    def __init__(self, lines, verdict):
        self.lines = lines
        self.verdict = verdict  # the verdict's text behind "mm.verdict ", or None

    def all(self, topic):
        """Every line of a topic, in the order printed."""
        return [line for line in self.lines if line.topic == topic]

    def one(self, topic):
        """The only line of a topic that must be there once."""
        found = self.all(topic)
        if len(found) != 1:
            raise GrammarError(f"{len(found)} lines mm.{topic}, should be 1")
        return found[0]

    def ranges(self, topic, **wanted):
        """(base, end) of every line of a topic with these values."""
        return [
            line.range()
            for line in self.all(topic)
            if all(line.get(key) == value for key, value in wanted.items())
        ]

    def warnings(self):
        """{name: count} of the warnings that the boot gave."""
        return {line["name"]: line.number("count") for line in self.all("warn")}

    def is_ok(self):
        return self.verdict == "ok"


def parse_line(text):
    """One line that begins with mm. as a Line."""
    match = LINE.match(text)
    if not match:
        raise GrammarError(f"not a line of the record: {text}")
    values = {}
    for key, value in PAIR.findall(match.group(2)):
        if key in values:
            raise GrammarError(f"{key}= twice: {text}")
        is_address = key in ADDRESS_KEYS or (key == "dtb" and match.group(1) == "handoff")
        if is_address and not ADDRESS.match(value):
            raise GrammarError(f"{key}= is no address of 16 digits: {text}")
        values[key] = value.strip('"')
    return Line(text, match.group(1), values)


def parse(output):
    """The record in a boot's whole output (a list of lines)."""
    lines = []
    verdict = None
    for text in output:
        if not text.startswith("mm."):
            continue
        if verdict is not None:
            raise GrammarError(f"a line after the verdict: {text}")
        if text.startswith("mm.verdict"):
            if not VERDICT.match(text):
                raise GrammarError(f"not a verdict: {text}")
            verdict = text[len("mm.verdict ") :]
            continue
        lines.append(parse_line(text))
    check_order(lines)
    return Record(lines, verdict)


def check_order(lines):
    """Topics in their order, single ones once."""
    place = 0
    for line in lines:
        if line.topic not in ORDER:
            raise GrammarError(f"unknown topic: {line.text}")
        if ORDER.index(line.topic) < place:
            raise GrammarError(f"mm.{line.topic} after mm.{ORDER[place]}")
        if ORDER.index(line.topic) == place and line.topic in ONCE and line is not lines[0]:
            raise GrammarError(f"mm.{line.topic} twice")
        place = ORDER.index(line.topic)
