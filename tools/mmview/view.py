# SPDX-License-Identifier: BSD-2-Clause
"""
The default view: what the boot makes of the tree, all models side by side.

    view.show(records, title, paint) -> list of lines; records: {column's name: Record}
"""
import re

import bench
import facts
from sizes import PAGE, kib_text, range_text, size_text
from table import Table, wrapped

SHOWN_RANGES = 40  # more than this is not read by anybody: --record has all


def show(records, title, paint):
    """All parts, one after the other."""
    some = next((r for r in records.values() if r.is_ok()), next(iter(records.values())))
    lines = [paint(title, "bold")]
    lines += told_lines(some)
    for part in (range_lines, cost_table, warning_lines, stop_lines):
        more = part(records, paint)
        lines += [""] + more if more else []
    return lines


def told_lines(record):
    """The tree and the boot arguments, in the boot's own words."""
    lines = []
    for label in ("device tree", "machine"):
        text = re.sub(r'line "record ?', 'line "', facts.told(record, label))  # ours is in front
        lines += wrapped(f"{label:<12}", text) if text else []
    handoff = record.one("handoff")
    if handoff:
        places = f"image at {handoff['image']:#x}, {handoff['image_end'] - handoff['image']} bytes"
        lines += wrapped("places", f"{places}; device tree at {handoff['dtb']:#x}")
    return lines


def range_lines(records, paint):
    """Banks, what was dropped, reservations: each line once, with the models that differ."""
    booted = {name: record for name, record in records.items() if record.bank}
    return (
        section(booted, "banks", "bank", bank_words, paint)
        + section(booted, "dropped", "dropped", lambda line: line["why"], paint)
        + section(booted, "reserved", "reserved", reserved_words, paint)
    )


def bank_words(line):
    return f"{line['origin']} reg {line['reg']}"


def reserved_words(line):
    return line["owner"] + (", no-map" if line["nomap"] else "")


def section(records, label, topic, words, paint):
    """The lines of one topic over all models, by address; who differs is said."""
    found = {}
    for name, record in records.items():
        for line in record.all(topic):
            found.setdefault((line["base"], line["end"], words(line)), {})[name] = line
    lines = []
    for (base, end, text), by_model in sorted(found.items()):
        notes = node_note(by_model) if topic == "bank" else ""
        if len(by_model) < len(records):
            notes += f"  ({', '.join(by_model)} only)"
        shown = f"{label if not lines else '':<12}{range_text(base, end)}  {text}{notes}"
        lines.append(shown if topic != "dropped" else paint(shown, "yellow"))
    if len(lines) > SHOWN_RANGES:
        left_out = len(lines) - SHOWN_RANGES
        lines = lines[:SHOWN_RANGES] + [f"{'':<12}... and {left_out} more: see --record"]
    return lines


def node_note(by_model):
    """The node of a bank; DISCONTIG may count its banks as nodes."""
    most = max(by_model.values(), key=lambda line: sum(
        other["node"] == line["node"] for other in by_model.values()))["node"]
    return f"  node {most}" + "".join(
        f", {name} {line['node']}" for name, line in by_model.items() if line["node"] != most)


def cost_table(records, paint):
    """What each model costs."""
    table = Table(paint)
    table.heading("", [name.upper() for name in records])
    each = list(records.values())
    table.row("verdict", ["ok" if r.is_ok() else "stop" for r in each],
              lambda cell: "green" if cell == "ok" else "red")
    if not any(facts.is_whole(record) for record in each):
        return table.lines
    ledger_rows(table, each)
    memmap_rows(table, each)
    zone_rows(table, each)
    block_rows(table, each)
    bench_rows(table, records)
    return table.lines


def cells(each, value):
    """A cell per record, a dash for those that stopped or are cut."""
    return [value(record) if facts.is_whole(record) else None for record in each]


def ledger_rows(table, each):
    """Every byte of RAM has one owner."""
    table.gap()
    table.heading("ledger, in KiB")
    for key in ("ram", *facts.LEDGER):
        amounts = cells(each, lambda record, k=key: record.one("ledger").get(k, 0))
        if key in ("ram", "free") or any(amounts):
            table.row("RAM in the tree" if key == "ram" else key,
                      [None if a is None else kib_text(a) for a in amounts])


def memmap_rows(table, each):
    """Struct pages, page tables, sections."""
    table.gap()
    table.heading("memory map")
    table.row("struct pages, KiB", cells(each, lambda r: kib_text(r.one("memmap")["bytes"])))
    table.row("of RAM, %", cells(each, lambda r: f"{facts.memmap_share(r):.2f}"))
    holes = cells(each, lambda r: kib_text(r.one("memmap")["hole_bytes"]))
    table.row("of them for holes, KiB", holes,
              lambda cell: "yellow" if cell not in ("0", None) else None)
    table.row("page tables, direct map", cells(each, lambda r: facts.tables(r)[0]))
    table.row("page tables, vmemmap", cells(each, lambda r: facts.tables(r)[1]))
    table.row("leaves 4K / 2M / 1G, direct", cells(each, lambda r: facts.leaves(r.one("direct"))))
    table.row("leaves 4K / 2M / 1G, vmemmap", cells(each, lambda r: facts.leaves(r.one("memmap"))))
    table.row("sections present", cells(each, lambda r: r.one("memmap")["sections"] or None))
    table.row("sections with holes", cells(
        each, lambda r: r.one("memmap")["mixed"] if r.one("memmap")["sections"] else None))


def zone_rows(table, each):
    """Pages of each zone: RAM, and given to the buddy allocator."""
    table.gap()
    table.heading("zones, in pages")
    names = []
    for record in each:
        names += [z for z in ((z["node"], z["name"]) for z in record.zone) if z not in names]
    for node, name in sorted(names, key=lambda zone: (zone[0], zone[1] != "DMA32")):
        for key in ("present", "managed"):
            table.row(f"node {node} {name} {key}", [zone_cell(r, node, name, key) for r in each])


def zone_cell(record, node, name, key):
    """One figure of a zone, None when the model has no such zone."""
    for zone in record.zone:
        if (zone["node"], zone["name"]) == (node, name):
            return zone[key]
    return None


def block_rows(table, each):
    """Free blocks by order."""
    by_order = [facts.blocks(record) for record in each]
    if not any(by_order):
        return
    table.gap()
    table.heading("free blocks")
    for order in range(max(max(found, default=0) for found in by_order) + 1):
        table.row(f"order {order:2}, {size_text(PAGE << order)}",
                  [f.get(order, 0) if r.bank else None for f, r in zip(by_order, each)])


def bench_rows(table, records):
    """Instructions, when somebody has measured."""
    data = bench.last()
    models = [record.model or name for name, record in records.items()]
    table.gap()
    if not data:
        table.lines.append('instructions: not measured yet; "make bench" does')
        return
    table.heading("instructions")
    for operation, label in bench.OPERATIONS:
        costs = [bench.cost(data, model, operation) for model in models]
        table.row(label, [None if c is None else f"{c:.2f}" for c in costs])
    table.lines.append(f"  measured by make bench with {data.get('tools', 'unknown tools')}")


def warning_lines(records, paint):
    """What the boots warned about; who did not is said."""
    found = {}
    for name, record in records.items():
        for warning in facts.warnings(record):
            found.setdefault(warning, []).append(name)
    lines = []
    for (name, text), by in found.items():
        only = "" if len(by) == len(records) else f" ({', '.join(by)})"
        more = wrapped("warning", f"{name}: {text}{only}")
        lines += [paint(line, "yellow") for line in more]
    return lines


def stop_lines(records, paint):
    """Why a model does not boot."""
    lines = []
    for name, record in records.items():
        if not record.is_ok():
            verdict = record.verdict or {"phase": "?", "reason": "the record has no verdict"}
            text = f"{name}: in phase {verdict['phase']}: {verdict['reason']}"
            lines += [paint(line, "red") for line in wrapped("stop", text)]
    return lines
