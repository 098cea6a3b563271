# SPDX-License-Identifier: BSD-2-Clause
"""
Two records against each other.

Left out is what differs between any two runs (docs/record.md, "Target and host"): counts of
instructions and time, and who started the machine.
"""
import difflib

from table import wrapped

LEFT_OUT = ("phase", "cost")
NOT_COMPARED = {"handoff": ("hart", "sbi", "sbi_version")}
AS_ADDRESS = ("base", "end", "dtb", "image", "image_end", "image_rodata", "image_data", "va", "pa")


def differences(first, second):
    """[(topic, kind, text)]: kind "-" only in the first, "+" only in the second, "~" changed."""
    found = []
    for topic in list(first.topics) + [t for t in second.topics if t not in first.topics]:
        if topic not in LEFT_OUT:
            found += topic_differences(topic, first.all(topic), second.all(topic))
    if first.verdict != second.verdict:
        found += [("verdict", "-", first.verdict_text()), ("verdict", "+", second.verdict_text())]
    return found


def topic_differences(topic, first, second):
    """The differences within one topic."""
    drop = NOT_COMPARED.get(topic, ())
    one, two = ([{k: v for k, v in line.items() if k not in drop} for line in lines]
                for lines in (first, second))
    if len(one) == 1 == len(two) and "base" not in one[0]:
        return [(topic, "~", change(key, one[0].get(key), two[0].get(key)))
                for key in {**one[0], **two[0]} if one[0].get(key) != two[0].get(key)]
    texts = [[" ".join(f"{k}={shown(k, v)}" for k, v in line.items()) for line in lines]
             for lines in (one, two)]
    return [(topic, kind, line) for kind, line in line_differences(*texts)]


def line_differences(one, two):
    """[(kind, line)]: what only one of two lists has, where as many went as came in pairs."""
    found = []
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=False)
    for what, start, end, other_start, other_end in matcher.get_opcodes():
        if what != "equal":
            gone = [("-", line) for line in one[start:end]]
            come = [("+", line) for line in two[other_start:other_end]]
            paired = len(gone) == len(come)
            found += [one for pair in zip(gone, come) for one in pair] if paired else gone + come
    return found


def shown(key, value):
    """A value as the record writes it."""
    if key in AS_ADDRESS and isinstance(value, int):
        return f"{value:#018x}"
    return f'"{value}"' if isinstance(value, str) and "/" in value else str(value)


def change(key, before, after):
    """key: before -> after, with the difference of numbers."""
    text = f"{key} {shown(key, before)} -> {shown(key, after)}"
    if isinstance(before, int) and isinstance(after, int) and key not in AS_ADDRESS:
        text += f" ({after - before:+d})"
    return text


def show(first, second, names, paint):
    """(lines, same?) for the terminal."""
    found = differences(first, second)
    if not found:
        compared = sum(len(v) for k, v in first.topics.items() if k not in LEFT_OUT)
        return [f"{names[0]} and {names[1]}: the same {compared} lines and verdict"], True
    lines = [paint(f"- {names[0]}", "red"), paint(f"+ {names[1]}", "green"), ""]
    for topic, kind, text in found:
        colour = {"-": "red", "+": "green", "~": "yellow"}[kind]
        lines += [paint(line, colour) for line in wrapped(f"{kind} mm.{topic}", text, 15)]
    lines += ["", f"{len(found)} differences; mm.phase and mm.cost are not compared"]
    return lines, False
