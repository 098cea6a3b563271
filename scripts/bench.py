#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
scripts/bench.py - what memory bring-up costs, in instructions.

Boots every memory model under "qemu-system-riscv64 -icount shift=0", where instret counts
exactly and repeatably, and reads the lines mm.phase, mm.cost and mm.deferred_share. Prints one table
for each kind of boot, and compares with configs/bench-budget. The kinds:

    1G, 16G                           all struct pages before hand-over
    1G:deferred, 16G:, 100G:deferred  struct pages on demand (deferred=demand)
    16G:late                          and the rest of them late, on 4 harts (deferred=on)
    1G:smp8                           operations on the boot hart, with seven other harts up
    1G:hotplug                        a block of 128 MiB that is added, online, offline, removed
    vmemmap+OPTION=y 256M             what the options of menu "Trust" cost

    scripts/bench.py            the tables
    scripts/bench.py --update   and what they show, plus 5 %, becomes the budget; README's table and
                                the record of docs/record.md are written anew
    scripts/bench.py --check    1G and all deferred; "ok NAME" / "not ok NAME: why" each: for make test
"""
import argparse
import json
import math
import os
import re
import subprocess
import sys

import bench_docs

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODELS = ["flat", "discontig", "sparse", "vmemmap"]
EAGER = ["1G", "16G"]
DEFERRED = ["1G:deferred", "16G:deferred", "100G:deferred"]
LATE = "16G:late"
LATE_HARTS = 4
SMP, SMP_HARTS = "1G:smp8", 8
HOTPLUG = "1G:hotplug"  # half of it is held back
HOTPLUG_MODELS = ["sparse", "vmemmap"]
# What the options of menu "Trust" cost, on the default model: measured in builds of their own, with
# less RAM, because some write all of it.
TRUST = [
    "PAGE_OWNER=n",
    "STACK_PROTECTOR=n",
    "STACK_PROTECTOR=y",
    "PAGE_POISON=y",
    "DEBUG_PAGEALLOC=y",
    "SHUFFLE_FREE_LISTS=y",
]
TRUST_MODEL, TRUST_SIZE = "vmemmap", "256M"
# The most that a figure may be, whoever compiled it: instructions; bytes for not_free.
PAIRS = {"cost.pair0": 60, "cost.pair9": 150}
GOALS = {
    "1G": {"total": 3000000, "not_free": 5 * 2**18, **PAIRS},
    "16G": {"total": 44000000, **PAIRS},
    "1G:deferred": {"total": 400000},
    "16G:deferred": {"total": 500000},
    "100G:deferred": {"total": 500000},
    SMP: PAIRS,  # as on a machine with one hart
}
BUDGET = "configs/bench-budget"
LAST = "build/bench.json"  # what was measured last, for mmview
HEAD = """# SPDX-License-Identifier: BSD-2-Clause
# The most that each figure may be, in instructions: what was measured, plus 5 %, and for a
# phase 100 more. Other versions of the compiler or of QEMU (its device tree) give other counts.
# Written by "make bench-update"; "make test" compares the lines for 1G and for deferred boots.
# measured with: {tools}
# figure model memory most
"""
# What bring-up is for, ends here; the audit that follows is a test and has its own figure.
LAST_PHASE = "handover"


def die(text):
    sys.exit(f"bench: {text}")


def fields(line):
    """key=value words of a record line, values in quotes too."""
    return {k: v.strip('"') for k, v in re.findall(r'(\w+)=("[^"]*"|\S+)', line)}


def build(model, option=""):
    prepared = subprocess.run(
        ["python3", "scripts/kconf.py", "prepare", f"--model={model}", f"--set={option}"],
        stdout=subprocess.PIPE, text=True, check=False,
    )
    if prepared.returncode != 0:
        die(f"{model} cannot be configured")
    config = prepared.stdout.strip()
    environment = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    made = subprocess.run(
        ["make", f"-j{os.cpu_count()}", "-f", "scripts/build.mk", f"CONFIG={config}", "image"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, check=False,
    )
    if made.returncode != 0:
        print(made.stdout)
        die(f"{model} does not build")
    return f"{config}/Image"


def boot(image, kind):
    """Boot once; the lines of the record."""
    size, _, mode = kind.partition(":")
    environment = dict(os.environ)
    for knob in ("DTB", "SMP", "BIOS"):
        environment.pop(knob, None)
    words = {"": "bench deferred=off", "deferred": "deferred=demand", "late": "deferred=on",
             "smp8": "bench deferred=off", "hotplug": "bench deferred=off mem=512M"}[mode]
    if mode in ("late", "smp8"):
        environment["SMP"] = str(LATE_HARTS if mode == "late" else SMP_HARTS)
    environment.update(
        MEM=size, APPEND=f"{words} record poweroff", TIMEOUT="240",
        QEMU_ARGS="-icount shift=0"
        f" -object memory-backend-ram,id=ram,size={size},reserve=off -machine memory-backend=ram",
    )
    done = subprocess.run(
        ["scripts/run-qemu", image], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, env=environment, check=False,
    )
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        print(text)
        die(f"{image} at {size}: the boot failed (exit status {done.returncode})")
    lines = [line for line in text.splitlines() if line.startswith("mm.")]
    if not any(line.startswith("mm.phase ") for line in lines):
        print(text)
        die(f"{image} at {size}: no mm.phase line in the record")
    return lines


def read_record(lines):
    """{figure: instructions}, and {name: number} of everything else used."""
    figures, facts, total, counting, shares = {}, {}, 0, True, []
    for line in lines:
        topic, values = line.split()[0], fields(line)
        if topic == "mm.phase":
            count = int(values["insn"])
            figures[f"phase.{values['name']}"] = count
            total += count if counting else 0
            counting = counting and values["name"] != LAST_PHASE
        elif topic == "mm.cost":
            figures[f"cost.{values['op']}"] = math.ceil(float(values["insn"]))
            facts[f"mm.cost.{values['op']}"] = float(values["insn"])
        elif topic == "mm.deferred_share":
            shares.append((int(values["pages"]), int(values["insn"])))
        elif topic == "mm.hart":
            facts["mm.hart.up"] = facts.get("mm.hart.up", 0) + (values["state"] in ("boot", "up"))
        elif topic in ("mm.memmap", "mm.ledger", "mm.audit", "mm.build", "mm.deferred"):
            facts.update({f"{topic}.{k}": int(v) for k, v in values.items() if v.isdigit()})
    figures["total"] = total
    if shares:
        # What a hart does, and what all of it would be for one: the lists are the boot hart's work anyway.
        lists = facts["mm.deferred.lists_insn"]
        figures["late.hart"] = max(insn for _, insn in shares) + lists
        figures["late.all"] = sum(insn for _, insn in shares) + lists
        facts["late.harts"] = len(shares)
        facts["late.pages"] = sum(pages for pages, _ in shares)
    return figures, facts


def not_free(facts):
    """Bytes of RAM that bring-up keeps beside the struct pages, the firmware's included."""
    return facts["mm.ledger.ram"] - facts["mm.ledger.free"] - facts["mm.ledger.memmap"]


def rows(figures, facts):
    """The rows of the table: label, value, goal."""
    struct_page = facts.get("mm.build.page_struct", 64)
    pages = facts.get("mm.memmap.bytes", 0) / struct_page or 1
    freed = facts.get("mm.audit.pages") or facts.get("mm.ledger.free", 4096) / 4096
    yield "memmap init, per page", f"{figures.get('phase.zones', 0) / pages:.2f}", "8-9"
    yield "hand-over, per page", f"{figures.get('phase.handover', 0) / freed:.2f}", "<= 1.5"
    yield "entry to first page, M", f"{figures['total'] / 1e6:.2f}", "<= 3 / <= 44"
    for op, label, goal in (
        ("pair0", "alloc + free, order 0", "<= 60"),
        ("pair9", "alloc + free, order 9", "<= 150"),
        ("pfn_valid", "pfn_valid", "<= 8"),
        ("pfn_to_page", "pfn_to_page", ""),
        ("page_to_pfn", "page_to_pfn", ""),
        ("leak_page", "leak check, per page of RAM", ""),
    ):
        value = figures.get(f"cost.{op}")
        if op == "pair0" and value is None and "cost.alloc0" in figures:
            value = figures["cost.alloc0"] + figures.get("cost.free0", 0)
        yield label, "-" if value is None else str(value), goal
    yield "not free, less the memmap, MiB", f"{not_free(facts) / 2**20:.2f}", "<= 1.25 at 1G"


def deferred_rows(figures, facts):
    yield "entry to first page, M", f"{figures['total'] / 1e6:.3f}", "<= 0.4 at 1G, else 0.5"


def smp_rows(figures, facts):
    yield "harts up", str(facts["mm.hart.up"]), ""
    for op, label in (("pair0", "alloc + free, order 0"), ("pair9", "alloc + free, order 9")):
        yield label, str(figures[f"cost.{op}"]), f"<= {PAIRS[f'cost.{op}']}"


def late_rows(figures, facts):
    yield "entry to first page, M", f"{figures['total'] / 1e6:.3f}", ""
    if "late.harts" not in facts:
        return
    yield "struct pages initialised late", str(facts["late.pages"]), ""
    yield "harts", str(facts["late.harts"]), ""
    yield "instructions in all, M", f"{figures['late.all'] / 1e6:.2f}", ""
    yield "instructions of the busiest, M", f"{figures['late.hart'] / 1e6:.2f}", ""
    yield "times as fast as one hart", f"{figures['late.all'] / figures['late.hart']:.2f}", ""


def hotplug_rows(figures, _facts):
    kinds = (("", "128 MiB"), ("base_", "with base pages"), ("altmap_", "with altmap"), ("2m_", "2 MiB"))
    for kind, label in kinds:
        for step in ("add", "online", "offline", "remove"):
            yield f"{step} {label}", str(figures.get(f"cost.hp_{kind}{step}", "-")), ""


def print_table(results, rows):
    columns = list(results)
    if not columns:
        return
    width = 17
    print(f"{'instructions':32}" + "".join(f"{m + ' ' + s:>{width}}" for m, s in columns) + "   goal")
    for row in zip(*(rows(*results[c]) for c in columns)):
        print(f"{row[0][0]:32}" + "".join(f"{r[1]:>{width}}" for r in row) + f"   {row[0][2]}")
    print()
    names = {n: None for c in columns for n in results[c][0] if n.startswith("phase.")}
    for name in [*names, "total"]:
        print(f"{name:32}" + "".join(f"{results[c][0].get(name, 0):>{width}}" for c in columns))
    print()


def print_tables(results):
    for kinds, table_rows in ((EAGER, rows), (DEFERRED, deferred_rows), ([LATE], late_rows),
                              ([SMP], smp_rows), ([HOTPLUG], hotplug_rows)):
        print_table({c: r for c, r in results.items() if c[1] in kinds}, table_rows)


def print_trust(results):
    columns = [name for name in results if "+" in name[0]]
    if not columns:
        return
    print(
        f"{'options of menu Trust, ' + TRUST_SIZE:32}"
        + "".join(f"{m.split('+')[1]:>22}" for m, _ in columns)
    )
    for row in zip(*(rows(*results[c]) for c in columns)):
        if re.match("hand-over|entry|alloc|leak", row[0][0]):
            print(f"{row[0][0]:32}" + "".join(f"{r[1]:>22}" for r in row))
    print()


def tools():
    def first_number(command):
        text = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
        return re.search(r"\d+(\.\d+)+", text).group(0)

    gcc = first_number(["riscv64-unknown-elf-gcc", "-dumpfullversion"])
    return f"gcc {gcc}, qemu {first_number(['qemu-system-riscv64', '--version'])}"


def most(name, count):
    return math.ceil(count * 1.05) + (0 if name.startswith("cost.") else 100)


def read_budget():
    budget, made_with = {}, ""
    try:
        with open(BUDGET, encoding="utf-8") as file:
            for line in file:
                if line.startswith("# measured with: "):
                    made_with = line.removeprefix("# measured with: ").strip()
                elif line.strip() and not line.startswith("#"):
                    name, model, size, limit = line.split()
                    budget[model, size, name] = int(limit)
    except FileNotFoundError:
        pass
    return budget, made_with


def write_budget(results):
    with open(BUDGET, "w", encoding="utf-8") as file:
        file.write(HEAD.format(tools=tools()))
        for (model, size), (figures, _) in results.items():
            for name, count in figures.items():
                # Of a deferred boot what it is for: the phases are those of the others.
                if ":" in size and name.startswith("phase.") or size == HOTPLUG and ".hp_" not in name:
                    continue
                file.write(f"{name} {model} {size} {most(name, count)}\n")
    print(f"bench: wrote {BUDGET}")


def write_last(results):
    """Keep what was measured: figures and facts by model and memory size."""
    try:
        with open(LAST, encoding="utf-8") as file:
            last = json.load(file)
    except (FileNotFoundError, ValueError):
        last = {}
    now = tools()
    if last.get("tools") != now:
        last = {"tools": now, "models": {}}
    for (model, size), (figures, facts) in results.items():
        last["models"].setdefault(model, {})[size] = {"figures": figures, "facts": facts}
    with open(f"{LAST}.new", "w", encoding="utf-8") as file:
        json.dump(last, file, indent=1)
    os.replace(f"{LAST}.new", LAST)


def check(results):
    """One result line per model and size. Returns True when all are within the budget."""
    budget, made_with = read_budget()
    good = True
    for (model, size), (figures, facts) in results.items():
        name = f"budget {model} {size}"
        reached = {**figures, "not_free": not_free(facts)}
        missed = [
            f"{figure} is {reached[figure]}, the goal is {goal}"
            for figure, goal in GOALS.get(size, {}).items()
            if reached[figure] > goal
        ]
        if size == SMP and facts["mm.hart.up"] != SMP_HARTS:
            missed.append(f"{facts['mm.hart.up']} of {SMP_HARTS} harts are up")
        if missed:
            print(f"not ok {name}: {'; '.join(missed)}")
            good = False
            continue
        over = []
        for figure, count in figures.items():
            limit = budget.get((model, size, figure))
            if limit is not None and count > limit:
                over.append(f"{figure} takes {count} instructions, {limit} allowed")
        known = any(key[:2] == (model, size) for key in budget)
        if not known:
            print(f"not ok {name}: {BUDGET} has no line for it; make bench-update writes them")
            good = False
        elif over and made_with != tools():
            print(f"skip {name}: over, but the budget is for {made_with} and this is {tools()}: {over[0]}")
        elif over:
            print("\n".join(over))
            print(f"not ok {name}: {over[0]}" + (f" and {len(over) - 1} more" if over[1:] else ""))
            good = False
        else:
            print(f"ok {name}: {figures['total'] / 1e6:.2f} M instructions to the first page")
        sys.stdout.flush()
    return good


def check_docs(results, sample):
    """One more result line: do the documents say what was measured?"""
    wrong = bench_docs.check(results, sample)
    if wrong and read_budget()[1] != tools():
        print(f"skip figures in documents: measured with other tools than the budget: {wrong[0]}")
    elif wrong:
        print("\n".join(wrong))
        print(f"not ok figures in documents: {wrong[0]}; make bench-update writes them")
        return False
    else:
        print("ok figures in documents")
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    os.chdir(TOP)
    results, sample = {}, ""
    only = os.environ.get("MODEL", "")
    if only and only not in MODELS:
        die(f"MODEL={only}: {' '.join(MODELS)}")
    for model in [only] if only else MODELS:
        image = build(model)
        hotplug = [HOTPLUG] if model in HOTPLUG_MODELS else []
        for size in [*(EAGER[:1] if args.check else EAGER), *DEFERRED, LATE, SMP, *hotplug]:
            print(f"bench: {model} at {size}", file=sys.stderr)
            lines = boot(image, size)
            results[model, size] = read_record(lines)
            if (model, size) == bench_docs.SAMPLE:
                sample = "".join(line + "\n" for line in lines)
    if not only or only == TRUST_MODEL:
        for option in TRUST:
            print(f"bench: {TRUST_MODEL} with {option} at {TRUST_SIZE}", file=sys.stderr)
            results[f"{TRUST_MODEL}+{option}", TRUST_SIZE] = read_record(
                boot(build(TRUST_MODEL, option), TRUST_SIZE))
    write_last(results)
    if args.check:
        sys.exit(0 if all([check(results), check_docs(results, sample)]) else 1)
    print_tables(results)
    print_trust(results)
    if args.update:
        write_budget(results)
        bench_docs.update(results, sample)
    else:
        check(results)
        check_docs(results, sample)


main()
