# SPDX-License-Identifier: BSD-2-Clause
"""
The advisor: both SPARSE models with every section size that Kconfig offers, and which one
leaves most memory free. Among equals the default wins, then the larger one: fewer entries.
"""
import facts
import programs
from sizes import kib_text, size_text
from table import Table, wrapped

DEFAULT = "128M"


def show(results, paint):
    """Lines for {(model, size): Record}."""
    lines = []
    for model in programs.SECTION_MODELS:
        of_model = {size: r for (m, size), r in results.items() if m == model}
        lines += model_table(model, of_model, paint) + [""]
        lines += advice(model, of_model, paint) + [""]
    return lines[:-1]


def model_table(model, by_size, paint):
    """One column per section size."""
    table = Table(paint, cell=13)
    table.heading(model.upper() + ", sections of", [unit(size) for size in by_size])
    each = list(by_size.values())
    table.row("verdict", ["ok" if r.is_ok() else "stop" for r in each],
              lambda cell: "green" if cell == "ok" else "red")
    rows = (
        ("free, KiB", lambda r: kib_text(r.one("ledger")["free"])),
        ("taken by bring-up, KiB", lambda r: kib_text(facts.lost_to_bring_up(r))),
        ("struct pages, KiB", lambda r: kib_text(r.one("memmap")["bytes"])),
        ("of them for holes, KiB", lambda r: kib_text(r.one("memmap")["hole_bytes"])),
        ("section tables and maps, KiB", lambda r: kib_text(r.one("ledger")["early"])),
        ("page tables", lambda r: sum(facts.tables(r))),
        ("leaves 4K / 2M, vmemmap", lambda r: facts.leaves(r.one("memmap")).rpartition(" /")[0]),
        ("sections present", lambda r: r.one("memmap")["sections"]),
        ("sections with holes", lambda r: r.one("memmap")["mixed"]),
    )
    for label, value in rows:
        table.row(label, [value(r) if r.bank else None for r in each])
    return table.lines


def unit(size):
    """64M as 64 MiB."""
    return size[:-1] + (" GiB" if size.endswith("G") else " MiB")


def choose(by_size):
    """The size that leaves most memory free; None when no boot succeeds."""
    free = {size: r.one("ledger")["free"] for size, r in by_size.items() if r.is_ok()}
    if not free:
        return None
    most = max(free.values())
    equals = [size for size in programs.SECTION_SIZES if free.get(size) == most]
    return DEFAULT if DEFAULT in equals else equals[-1]


def advice(model, by_size, paint):
    """What to choose in menuconfig, and what it brings."""
    size = choose(by_size)
    if not size:
        return wrapped("advice", f"{model}: no section size boots; --model={model} says why")
    free = {s: r.one("ledger")["free"] for s, r in by_size.items() if r.is_ok()}
    text = f"{model}: sections of {unit(size)} (SECTION_SIZE_{size})"
    if len(set(free.values())) == 1:
        text += ": all sizes that boot leave the same memory free"
    else:
        text += f" leave {size_text(free[size] - min(free.values()))} more free than the worst size"
        if size != DEFAULT and DEFAULT in free:
            text += f" and {size_text(free[size] - free[DEFAULT])} more than {unit(DEFAULT)}"
    return [paint(line, "bold") for line in wrapped("advice", text)]
