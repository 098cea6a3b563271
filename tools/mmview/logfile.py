# SPDX-License-Identifier: BSD-2-Clause
"""
The record out of a boot log that went through terminals, loggers and a clipboard.

    boots = read(text)      list of Boot, in the order of the log
    boot = best(boots)      the last that has a record

Undone are carriage returns, colour, whatever stands in front of each line (a time, a name), and
lines that were broken at the terminal's width. A record line is taken up at its "mm."; what
follows it is joined to it when that makes a line of the grammar out of it. What cannot be
repaired is left out and said.
"""
import re

import record
from record import Record

ESCAPE = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>])|[\x00\x07\x08]")
START = re.compile(r'(?<![\w."/-])mm\.(?:verdict (?:ok|stop)|[a-z_]+ [a-z0-9_]+=)')
# What may still become a line when more text is joined to it.
UNFINISHED = re.compile(
    r'mm\.[a-z_]+(?: [a-z0-9_]+=(?:"[^"]*"|[^ "]+))*(?: (?:[a-z0-9_]+=?|[a-z0-9_]+="[^"]*)?)?$')
UNFINISHED_VERDICT = re.compile(r'mm\.verdict (?:s|st|sto|stop(?: .*)?)?$')
MOST_PIECES = 16
WANTED = ("record", "build", "handoff", "bank", "direct", "memmap", "ledger", "audit")


class Boot:
    """One boot of a log: its record, and what was wrong with its lines."""

    def __init__(self):
        self.record = Record()
        self.notes = []

    def damage(self):
        """What is missing or does not add up; [] for a record that can be trusted."""
        found = list(self.notes)
        verdict = self.record.verdict
        if self.record.lines:
            missing = [topic for topic in WANTED if not self.record.topics.get(topic)]
            found += [f"no mm.{topic} line: the log is cut" for topic in missing]
            ledger = self.record.one("ledger")
            if ledger and ledger.get("ram") != sum(v for k, v in ledger.items() if k != "ram"):
                found.append("mm.ledger does not add up: its line is damaged")
        if verdict is None:
            found.append("no mm.verdict: the log ends too early, or is of the monitor")
        return found


def read(text):
    """All boots in a log."""
    boots, boot = [], Boot()
    for number, line, whole in joined(text):
        if line.startswith("mm.record ") and (boot.record.lines or boot.record.verdict):
            boots.append(boot)
            boot = Boot()
        fault = boot.record.add(line)
        if fault and START.match(line):
            boot.notes.append(f"line {number} is broken and left out, {fault}: {line[:60]}")
        if line.startswith("mm.verdict") and whole:
            boots.append(boot)
            boot = Boot()
    return [b for b in boots + [boot] if b.record.lines or b.record.verdict]


def best(boots):
    """The last boot that has a record; else the last verdict; None when there is neither."""
    with_record = [boot for boot in boots if boot.record.lines]
    return (with_record or boots or [None])[-1]


def joined(text):
    """(line number, line, whole?) of a log: record lines repaired, all others as they are."""
    lines = [ESCAPE.sub("", line).replace("\r", "") for line in text.split("\n")]
    places = [i for i, line in enumerate(lines) if START.search(line)]
    near = lines[max(0, places[0] - 40):places[-1] + MOST_PIECES] if places else []
    width = max((len(line) for line in near), default=0)
    first = lines[places[0]] if places else ""
    prefix = shape(first[:START.search(first).start()] if places else "")
    at = 0
    while at < len(lines):
        start = START.search(lines[at])
        if not start:
            yield at + 1, prefix.sub("", lines[at], count=1).rstrip(), True
            at += 1
            continue
        line, pieces = repaired(lines, at, start.start(), width)
        yield at + 1, line, is_line(line)
        at += pieces


def repaired(lines, at, column, width):
    """The record line that begins there and how many lines of the log it takes."""
    prefix = shape(lines[at][:column])
    line = lines[at][column:]
    best_line, best_pieces = line.rstrip(), 1
    for pieces in range(1, MOST_PIECES):
        if at + pieces >= len(lines) or START.search(lines[at + pieces]):
            break
        piece = prefix.sub("", lines[at + pieces], count=1)
        gap = gap_before(line, piece, len(lines[at + pieces - 1]) >= width)
        if gap is None:
            break
        line += gap + piece
        if is_line(line.rstrip()):
            best_line, best_pieces = line.rstrip(), pieces + 1
        elif not (UNFINISHED.match(line) or UNFINISHED_VERDICT.match(line)):
            break
    return best_line, best_pieces


def shape(prefix):
    """A pattern of what stands in front of the lines: the same with other digits."""
    pattern = re.sub(r"\d+", r"\\d+", re.escape(prefix))
    return re.compile("^" + re.sub(r"(?:\\?\s)+", r"\\s+", pattern))


def gap_before(line, piece, full):
    """What to put between a line and what may be its rest; None when it is not its rest."""
    if not piece:
        return None
    if not is_line(line):  # it needs something
        return " " if line.count('"') % 2 and not full else ""
    if re.match(r"[a-z0-9_]+=", piece):
        return " "  # the blank at the break was lost
    if line.startswith("mm.verdict") or not full:
        return None
    value = line.rpartition("=")[2]
    if piece.startswith(" "):
        return ""
    if re.match(r"0x[0-9a-f]{16}$", value) or value.endswith('"'):
        return None
    return "" if re.match(r"[0-9a-zA-Z_.-]", piece) else None


def is_line(text):
    """Does it follow the grammar?"""
    parsed = record.parse_line(text)
    return bool(record.parse_verdict(text)) or bool(parsed and parsed[0] != "verdict")


def bootargs(boot_record):
    """The boot arguments that a log names, or None."""
    for line in boot_record.log:
        match = re.search(r'machine +.*; command line "(.*)"$', line)
        if match:
            return match.group(1)
    return None
