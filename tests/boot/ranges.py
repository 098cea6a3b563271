# SPDX-License-Identifier: BSD-2-Clause
"""
Arithmetic on sets of addresses.

A set is a list of half-open ranges (start, end), ascending, not empty, neither overlapping nor
touching. normal() makes one out of any list of ranges; the other functions take any list and
return a set. This is deliberately not the kernel's code: it is what the kernel is judged by.
"""

PAGE = 4096
MIB = 1 << 20
GIB = 1 << 30


def normal(ranges):
    """The set of all bytes that any of the ranges has."""
    result = []
    for start, end in sorted(r for r in ranges if r[0] < r[1]):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def union(*lists):
    """The bytes that any of the lists has."""
    return normal([r for one in lists for r in one])


def subtract(first, second):
    """The bytes of the first list that the second does not have."""
    result = []
    holes = normal(second)
    for start, end in normal(first):
        for hole_start, hole_end in holes:
            if hole_end <= start:
                continue
            if hole_start >= end:
                break
            if hole_start > start:
                result.append((start, hole_start))
            start = hole_end
        if start < end:
            result.append((start, end))
    return result


def intersect(first, second):
    """The bytes that both lists have."""
    return subtract(first, subtract(first, second))


def size(ranges):
    """Bytes in a list; a byte that two ranges have counts once."""
    return sum(end - start for start, end in normal(ranges))


def disorder(ranges):
    """What is wrong with a list that should be ascending and disjoint; None when it is."""
    for start, end in ranges:
        if start >= end:
            return f"{text([(start, end)])} is empty"
    for (start, end), (after, _) in zip(ranges, ranges[1:]):
        if after < end:
            return f"0x{after:x} comes after {text([(start, end)])}"
    return None


def align_down(value, grain):
    return value - value % grain


def align_up(value, grain):
    return -(-value // grain) * grain


def text(ranges, limit=6):
    """For messages: the first few ranges of a list."""
    parts = [f"[0x{start:x}, 0x{end:x})" for start, end in ranges[:limit]]
    if len(ranges) > limit:
        parts.append(f"and {len(ranges) - limit} more")
    return " ".join(parts) or "nothing"
