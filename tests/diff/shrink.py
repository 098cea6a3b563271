# SPDX-License-Identifier: BSD-2-Clause
"""
A failing machine made smaller: whatever can go while it still fails in the same place goes.
"""
import copy
import re
import time

LISTS = ("args", "reserved", "dynamic", "memreserve")


def without(machine):
    """Machines that lack one thing, the large things first."""
    for key in LISTS:
        if len(machine[key]) > 1:
            for half in (slice(0, len(machine[key]) // 2), slice(len(machine[key]) // 2, None)):
                smaller = copy.deepcopy(machine)
                del smaller[key][half]
                yield smaller
    for key in (*LISTS, "memory"):
        for i in range(len(machine[key])):
            if key == "memory" and len(machine[key]) == 1:
                continue
            smaller = copy.deepcopy(machine)
            del smaller[key][i]
            yield smaller
    for key in ("memory", "reserved"):
        for i, node in enumerate(machine[key]):
            for at in range(len(node["tuples"]) if len(node["tuples"]) > 1 else 0):
                smaller = copy.deepcopy(machine)
                del smaller[key][i]["tuples"][at]
                yield smaller


def plainer(machine):
    """Machines with one property made ordinary."""
    if machine["initrd"]:
        yield {**copy.deepcopy(machine), "initrd": None}
    if machine["cells"] != [2, 2]:
        yield {**copy.deepcopy(machine), "cells": [2, 2]}
    for key, field, plain in (("memory", "nid", None), ("memory", "hot", False),
                              ("reserved", "nomap", False), ("dynamic", "nomap", False),
                              ("dynamic", "align", 0), ("dynamic", "ranges", [])):
        for i, node in enumerate(machine[key]):
            if node[field] != plain:
                smaller = copy.deepcopy(machine)
                smaller[key][i][field] = plain
                yield smaller
    for key in ("memory", "reserved"):
        for i, node in enumerate(machine[key]):
            for at, (base, size) in enumerate(node["tuples"]):
                for pair in ([base, size - size % 4096], [base - base % 4096, size]):
                    if pair != [base, size] and pair[1]:
                        smaller = copy.deepcopy(machine)
                        smaller[key][i]["tuples"][at] = pair
                        yield smaller


def smallest(machine, fails, seconds=60):
    """
    The smallest machine found that still fails. fails(machine) says what is wrong or None; a
    machine counts only when it fails for a like reason (the same words before the first number).
    """
    kind = kind_of(fails(machine))
    end = time.monotonic() + seconds
    progress = True
    while progress and time.monotonic() < end:
        progress = False
        for smaller in (*without(machine), *plainer(machine)):
            if time.monotonic() > end:
                break
            if kind_of(fails(smaller)) == kind:
                machine = smaller
                progress = True
                break
    return machine


def kind_of(why):
    """The words of a reason before its first number; the build that said it stands in front."""
    if why is None:
        return None
    return re.split("[0-9]", why.split(": ", 1)[-1])[0]
