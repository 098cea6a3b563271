# SPDX-License-Identifier: BSD-2-Clause
"""
Each single damage to a record, judged by tests/fuzz/record_oracle.py: a line cut, lost, or with a broken
value. A program of its own, because tests/boot has another module called record. Prints how
many damages there were; the exit status says whether all were survived.
"""
import os
import sys

sys.dont_write_bytecode = True
TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, f"{TOP}/tests/fuzz")

import record_oracle  # noqa: E402

GOLDEN = f"{TOP}/tests/boards/golden/qemu-virt-1g.sparse.record"
# In place of a value: no number, too large, negative, empty, a text, a control character.
WRONG = ("x", "18446744073709551616", "9" * 5000, "-1", "", '"1"', "1\x0b2", "0.5", "9" * 30 + ".5")


def first_lines(lines):
    """One line of each topic: the others are like them."""
    seen = {}
    for number, line in enumerate(lines):
        seen.setdefault(line.split(" ")[0], number)
    return seen.values()


def damaged(lines):
    """(what was done, the lines): every damage."""
    for number in range(len(lines)):
        yield f"cut before line {number + 1}", lines[:number]
        yield f"begins behind line {number + 1}", lines[number + 1:]
        yield f"without line {number + 1}", lines[:number] + lines[number + 1:]
    for number in first_lines(lines):
        words = lines[number].split(" ")
        for at in range(1, len(words)):
            key = words[at].split("=")[0]
            others = [words[:at] + words[at + 1:]]
            others += [words[:at] + [f"{key}={wrong}"] + words[at + 1:] for wrong in WRONG]
            for other in others:
                line = " ".join(other)
                yield line[:200], lines[:number] + [line] + lines[number + 1:]


# A line that follows the grammar and cannot be relied on, and what is said of it.
UNRELIABLE = (
    ("mm.bank base=0x0 end=0x1000 node=0 reg=0", "no origin="),
    ("mm.free base=0x2000 end=0x1000", "end= is not behind base="),
    ("mm.ledger ram=5 free=x", "free= is not a number"),
    ("mm.buddy node=0 zone=Normal order=64 blocks=1", "order= is not"),
)


def main():
    with open(GOLDEN, encoding="utf-8") as file:
        lines = file.read().splitlines()
    found = []
    count = 0
    for what, log in damaged(lines):
        count += 1
        try:
            record_oracle.judge("\n".join(log).encode())
        except Exception as error:  # the finding, whatever it is
            found.append(f"{what}: {type(error).__name__}: {error}")
    for line, fault in UNRELIABLE:
        said = record_oracle.said(f"mm.build section_bits=27 page_struct=64 max_order=10\n{line}\n")
        if len(said) != 1 or not any(fault in note for note in said[0][2]):
            found.append(f"{line}: not said: {fault}: {said}")
    print("\n".join(found[:40]) or f"{count} damages")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
