# SPDX-License-Identifier: BSD-2-Clause
"""What every map in characters must keep to."""
import re

from rules import lines, ram

LINE = re.compile(r"\[0x([0-9a-f]+), 0x([0-9a-f]+)\) +[0-9.]+ [KMGT]?i?B  (\S+)( +\S.*)?$")
OWNED = set("FKDIR0MTEBx.")  # letters for RAM


def findings(text, record, width=100):
    """Everything that is wrong with a map."""
    ranges, rows = [], text.splitlines()
    for row in rows:
        if len(row) > width:
            yield f"{len(row)} columns: {row}"
        match = LINE.match(row)
        if match:
            ranges.append((int(match.group(1), 16), int(match.group(2), 16), match.group(3)[0]))
            if set(match.group(3)) != {match.group(3)[0]}:
                yield f"a bar of several letters: {row}"
    if "\033" in text:
        yield "colour, though nobody asked for it"
    for one, other in zip(ranges, ranges[1:]):
        if one[1] != other[0]:
            yield f"{one[1]:#x} is followed by {other[0]:#x}"
    for topic in ("early", "free"):
        for base, end in lines(record, topic):
            if sum(one[:2] == (base, end) for one in ranges) != 1:
                yield f"mm.{topic} {base:#x} is not there exactly once"
    total = sum(end - base for base, end, letter in ranges if letter in OWNED)
    if total != sum(end - base for base, end in ram(record)):
        yield f"the lines have {total} bytes of RAM"
    yield from strips(rows, record)
    yield from blocks(rows, record)


def strips(rows, record):
    """The map in one line, and the sections beneath it."""
    if not rows[0].startswith("map ") or "." not in rows[0]:
        yield f"the first line is no map with free RAM: {rows[0]}"
    memmap = record.one("memmap")
    if not memmap["sections"]:
        return
    counts = re.search(r"# (\d+) present, % (\d+) of them mixed", "\n".join(rows))
    if not counts or counts.groups() != (str(memmap["sections"]), str(memmap["mixed"])):
        yield f"the sections are not {memmap['sections']} with {memmap['mixed']} mixed"
    if not rows[1].startswith("sections ") or len(rows[1]) > len(rows[0]):
        yield f"no line of sections beneath the map: {rows[1]}"


def blocks(rows, record):
    """The last line has the blocks of mm.buddy."""
    wanted = [0] * (record.one("build")["max_order"] + 1)
    for line in record.topics.get("buddy", []):
        wanted[line["order"]] += line["blocks"]
    if rows[-1].split() != ["blocks", *map(str, wanted)]:
        yield f"{rows[-1]}, mm.buddy has {wanted}"
