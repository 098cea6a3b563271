# SPDX-License-Identifier: BSD-2-Clause
"""
What the documents say of the bench: the table of README.md and the record of docs/record.md.

results is what bench.py has measured: {(model, kind): (figures, facts)}; sample is the record of the
default model with 1 GiB. update() writes both anew. check() gives what is not true any more: a figure
that is more than 5 % off, a line or a key of the record that the sample lacks or that is gone.
"""
import re

MODELS = ("flat", "discontig", "sparse", "vmemmap")
README, RECORD = "README.md", "docs/record.md"
SAMPLE = ("vmemmap", "1G")
SAMPLE_BLOCK = re.compile(r"```\n(mm\.record .*?\nmm\.verdict ok\n)```", re.S)
TOLERANCE = 0.05


def per_page(figures, facts):
    """Instructions per struct page initialised, and per page handed over."""
    pages = facts["mm.memmap.bytes"] / facts["mm.build.page_struct"]
    return figures["phase.zones"] / pages, figures["phase.handover"] / facts["mm.audit.pages"]


def lost_mib(facts):
    """RAM that is neither free nor struct pages."""
    ledger = {key: facts[f"mm.ledger.{key}"] for key in ("ram", "free", "memmap")}
    return (ledger["ram"] - ledger["free"] - ledger["memmap"]) / 2**20


# The first column of README's table: the kind of boot, and the figure as it stands there.
ROWS = {
    "pfn_to_page": ("1G", lambda figures, facts: f"{figures['cost.pfn_to_page']}"),
    "pfn_valid": ("1G", lambda figures, facts: f"{figures['cost.pfn_valid']}"),
    "memmap init, per page": ("1G", lambda *both: f"{per_page(*both)[0]:.1f}"),
    "hand-over, per page": ("1G", lambda *both: f"{per_page(*both)[1]:.1f}"),
    "entry to first page": ("1G", lambda figures, facts: f"{figures['total'] / 1e6:.2f} M"),
    "with 16 GiB": ("16G", lambda figures, facts: f"{figures['total'] / 1e6:.1f} M"),
    "`deferred=on`, 1 GiB": ("1G:deferred", lambda figures, facts: f"{figures['total'] / 1e6:.2f} M"),
    "`deferred=on`, 16 GiB": ("16G:deferred", lambda figures, facts: f"{figures['total'] / 1e6:.2f} M"),
    "`deferred=on`, 100 GiB": ("100G:deferred", lambda figures, facts: f"{figures['total'] / 1e6:.2f} M"),
    "alloc + free, order 0": ("1G", lambda figures, facts: f"{figures['cost.pair0']}"),
    "alloc + free, order 9": ("1G", lambda figures, facts: f"{figures['cost.pair9']}"),
    "RAM not free beside struct pages": ("1G", lambda figures, facts: f"{lost_mib(facts):.2f} MiB"),
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def measured(results, label, model):
    """The cell of README's table as it should be; None when that was not measured."""
    kind, cell = ROWS[label]
    return cell(*results[model, kind]) if (model, kind) in results else None


def line_of(text, label):
    """A row of the table: its line, its cells."""
    line = re.search(rf"^\| {re.escape(label)} \|.*$", text, re.M)
    if not line:
        return None, []
    return line.group(0), [cell.strip() for cell in line.group(0).strip("|").split("|")]


def number(cell):
    return float(cell.split()[0]) if re.match(r"[0-9.]+( |$)", cell) else -1


def is_near(cell, wanted):
    """Within the tolerance, and what rounding adds to it: half of the last digit on both sides."""
    digits = len(wanted.split()[0].partition(".")[2])
    return abs(number(cell) - number(wanted)) <= TOLERANCE * number(wanted) + 10**-digits


def wrong_figures(results):
    text = read(README)
    for label in ROWS:
        _, cells = line_of(text, label)
        if not cells:
            yield f"{README} has no row {label}"
            continue
        for model, cell in zip(MODELS, cells[1:]):
            wanted = measured(results, label, model)
            if wanted and not is_near(cell, wanted):
                yield f"{README}, {label}, {model}: {cell}, measured {wanted}"


def shape(record):
    """Topics and keys, one after the other; how often a topic repeats depends on figures."""
    lines = [re.sub(r'="[^"]*"|=[^ ]+', "", line) for line in record.splitlines() if line.startswith("mm.")]
    return list(dict.fromkeys(lines))


def wrong_sample(sample):
    block = SAMPLE_BLOCK.search(read(RECORD))
    if not block:
        yield f"{RECORD} has no complete record"
        return
    have, want = shape(block.group(1)), shape(sample)
    for line in want:
        if line not in have:
            yield f"{RECORD}, the complete record lacks: {line}"
    for line in have:
        if line not in want:
            yield f"{RECORD}, the complete record has, and the kernel does not print: {line}"


def check(results, sample):
    """Everything that is not true any more, a line each."""
    return [*wrong_figures(results), *(wrong_sample(sample) if sample else ())]


def update(results, sample):
    text = read(README)
    for label in ROWS:
        line, cells = line_of(text, label)
        for i, model in enumerate(MODELS, 1):
            cells[i] = measured(results, label, model) or cells[i]
        text = text.replace(line, "| " + " | ".join(cells) + (" |" if cells[-1] else "|"))
    with open(README, "w", encoding="utf-8") as file:
        file.write(text)
    if sample:
        text = SAMPLE_BLOCK.sub(lambda _: f"```\n{sample}```", read(RECORD))
        with open(RECORD, "w", encoding="utf-8") as file:
            file.write(text)
