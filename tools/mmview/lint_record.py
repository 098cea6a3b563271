# SPDX-License-Identifier: BSD-2-Clause
"""
What the boots themselves said: a stop, RAM that a model could not use, and warnings that no other
finding explains. So nothing that the kernel notices is missing from the list.
"""
from lint_ranges import size_text

# The kernel's warnings, and the codes that say the same with more detail.
EXPLAINED = {
    "root-cells": ("L101",),
    "reg-length": ("L103",),
    "reg-missing": ("L104",),
    "memory-no-device-type": ("L106",),
    "memory-nested": ("L107",),
    "bank-overlap": ("L111",),
    "bank-duplicate": ("L112",),
    "bank-trimmed": ("L113",),
    "bank-too-small": ("L113",),
    "bank-wraps": ("L114",),
    "bank-beyond-56": ("L115",),
    "reserved-cells": ("L201",),
    "reserved-ranges": ("L202",),
    "reserved-ignored": ("L203",),
    "reserved-overlap": ("L204", "L205"),
    "firmware-not-listed": ("L209",),
    "dynamic-unplaced": ("L211",),
    "reserved-alignment": ("L212",),
    "memreserve-unterminated": ("L213",),
    "numa-id-length": ("L401",),
    "numa-id-range": ("L402",),
    "numa-id-missing": ("L403",),
    "numa-distance": ("L406",),
    "dtb-in-reserved": ("L502",),
    "reserved-over-kernel": ("L503",),
    "initrd-range": ("L504",),
    "initrd-dropped": ("L505", "L506"),
    "section-no-memmap": ("L703",),
    "node-no-memmap": ("L703",),
    "bank-no-memmap": ("L703",),
    "bank-capped": ("L116", "L703"),
    "bank-alias": ("L117",),
    "probe-no-ram": ("L703",),
    "probe-alias": ("L117", "L703"),
}
# About the model or provoked on purpose, not about the tree.
NOT_THE_TREE = {"flat-numa-ignored", "bad-free", "page-poison", "page-leak", "more-warnings",
                "free-ranges-cut", "hart-refused", "hart-late"}
LOST = {
    "no memmap": "smaller sections in menuconfig, or more RAM in one piece for struct pages",
    "probe: no RAM": "reg of the memory node: no RAM answers there; or let firmware set the size",
    "probe: alias": "reg of the memory node: it names the same RAM twice",
    "over the hole budget": "a SPARSE model, or FLATMEM_HOLE_BUDGET_MIB in menuconfig",
}
ON_CHOSEN = ("cmdline-", "hugepages-", "mem-", "hold-", "bootargs-", "memtest-", "initrd-none",
             "probe-untested")


def check(board):
    check_stops(board)
    check_lost(board)
    check_warnings(board)


def check_stops(board):
    reasons = {}
    for model, record in board.records.items():
        verdict = record.verdict or {"ok": False, "phase": "entry", "reason": "no verdict"}
        if not verdict["ok"]:
            reasons.setdefault((verdict["phase"], verdict["reason"]), []).append(model)
    for (phase, reason), models in reasons.items():
        board.add("L701", "/", "",
                  f"With {names(board, models)} the boot stops in {phase}: {reason}.",
                  "what the reason names; docs/messages.md has every stop with its rule")


def names(board, models):
    return "every model" if len(models) == len(board.records) > 1 else ", ".join(models)


def check_lost(board):
    lost = {}
    for model, record in board.records.items():
        for line in record.dropped:
            if line["why"] in LOST:
                models = lost.setdefault(line["why"], {})
                models[model] = models.get(model, 0) + line["end"] - line["base"]
    for why, models in lost.items():
        figures = ", ".join(f"{model} {size_text(number)}" for model, number in models.items())
        board.add("L703", "/", "", f'RAM is not used, "{why}": {figures}.', LOST[why])


def check_warnings(board):
    found = board.report.codes()
    warned = {}
    for model, record in board.records.items():
        for line in record.warn:
            if line["name"] not in NOT_THE_TREE:
                warned.setdefault(line["name"], []).append((model, line["count"]))
    for name, models in warned.items():
        if found.intersection(EXPLAINED.get(name, ())):
            continue
        count = max(number for _, number in models)
        where = names(board, [model for model, _ in models])
        node, prop = ("/chosen", "bootargs") if name.startswith(ON_CHOSEN) else ("/", "")
        board.add("L702", node, prop,
                  f"With {where} the kernel warns {name}, {count} time{'s' * (count > 1)}.",
                  f"docs/messages.md explains {name}; the log of the boot has the line")
