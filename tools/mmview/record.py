# SPDX-License-Identifier: BSD-2-Clause
"""
The record of one boot as Python data: the grammar of docs/record.md, read generously.

    record = Record.parse(text)
    record.bank            [{"base": 0x80000000, "end": 0xc0000000, "node": 0, ...}, ...]
    record.one("ledger")   {"ram": 1073741824, ...}, or {} when there is no such line
    record.verdict         {"ok": True} or {"ok": False, "phase": "memmap", "reason": "..."}

A topic is a list of dicts, one per line, and empty when the record has no such line; numbers are
int (mm.cost: float), everything else is str. Topics and keys that nobody knows yet are kept. What
a console does to a log on its way (logfile.py) is not undone here.
"""
import re

import schema
from grammar import LINE, PAIR, VERDICT

ADDRESS = re.compile(r"0x[0-9a-f]{1,16}$")
NUMBER = re.compile(r"[0-9]{1,20}$")  # 2^64 has 20 digits
FRACTION = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}$")
# Always texts, even when a boot argument, a release or a hash happens to consist of digits.
WORDS = {"project", "release", "model", "config", "mode", "sbi", "sbi_version", "origin", "why"}
WORDS |= {"owner", "name", "result", "op", "zone"}


def value_of(key, text):
    """A value as int, float or str."""
    if text.startswith('"') or key in WORDS:
        return text.strip('"')
    if ADDRESS.match(text):
        return int(text, 16)
    if NUMBER.match(text):
        return int(text)
    if FRACTION.match(text):
        return float(text)
    return text


def parse_line(text):
    """(topic, {key: value}) of one line that begins with mm., or None when it is broken."""
    match = LINE.match(text)
    if not match:
        return None
    pairs = PAIR.findall(match.group(2))
    values = {key: value_of(key, value) for key, value in pairs}
    return (match.group(1), values) if len(values) == len(pairs) else None


def parse_verdict(text):
    """The verdict line as a dict, or None."""
    match = VERDICT.match(text)
    if not match:
        return None
    if match.group(1):
        return {"ok": True}
    return {"ok": False, "phase": match.group(2), "reason": match.group(3)[1:-1]}


class Record:
    """All record lines of one boot."""

    def __init__(self):
        self.topics = {}  # topic -> list of dicts, in the order printed
        self.lines = []  # the lines' texts, the verdict left out
        self.verdict = None
        self.broken = []  # lines that begin with mm. and are none, or lack what they must have
        self.log = []  # every other line, when it was read from a boot's whole output

    @classmethod
    def parse(cls, text):
        """The record in a boot's output: the lines that begin with mm.; the rest becomes .log."""
        self = cls()
        for line in text.split("\n"):
            self.add(line.rstrip())
        return self

    def add(self, line):
        """One more line of output. What is wrong with it as a line of the record; or None."""
        if not line.startswith("mm."):
            self.log.append(line)
            return None
        verdict, parsed = parse_verdict(line), parse_line(line)
        if verdict:
            self.verdict = verdict
            return None
        fault = "not a line of the record"
        if parsed and parsed[0] != "verdict":
            fault = schema.fault(*parsed)
        if fault:
            self.broken.append(line)
            return fault
        self.topics.setdefault(parsed[0], []).append(parsed[1])
        self.lines.append(line)
        return None

    def __getattr__(self, topic):
        """record.bank is the list of the mm.bank lines; for a topic out of a log use all()."""
        if topic.startswith("_") or topic == "topics":
            raise AttributeError(topic)
        return self.topics.get(topic, [])

    def all(self, topic):
        """The lines of any topic, also of one that is called like a member of this class."""
        return self.topics.get(topic, [])

    def one(self, topic):
        """The only line of a topic; {} when it is missing, as after a stop."""
        lines = self.topics.get(topic, [])
        return lines[0] if lines else {}

    @property
    def model(self):
        """The memory model's name; None when only a verdict was printed."""
        return self.one("record").get("model")

    def is_ok(self):
        """Did the boot end with mm.verdict ok?"""
        return bool(self.verdict and self.verdict["ok"])

    def text(self):
        """The record as it was printed, verdict included."""
        return "".join(line + "\n" for line in self.lines) + self.verdict_text() + "\n"

    def verdict_text(self):
        """The verdict's line, or a remark that there was none."""
        if self.verdict is None:
            return "(no mm.verdict)"
        if self.verdict["ok"]:
            return "mm.verdict ok"
        return f'mm.verdict stop phase={self.verdict["phase"]} reason="{self.verdict["reason"]}"'

    def as_dict(self):
        """Everything for --json: addresses as texts, since JSON's readers lose bits above 2^53."""
        topics = {}
        for line in self.lines:
            topic, pairs = LINE.match(line).groups()
            values = {key: value if ADDRESS.match(value) else value_of(key, value)
                      for key, value in PAIR.findall(pairs)}
            topics.setdefault(topic, []).append(values)
        return {**topics, "verdict": self.verdict}
