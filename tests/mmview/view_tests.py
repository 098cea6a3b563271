# SPDX-License-Identifier: BSD-2-Clause
"""The views: what is shown is what the record says, for every model."""
import json
import os
import re
import subprocess
import xml.dom.minidom

import record as strict
from suite import (CLEAN, MODELS, TOP, a_map, a_tree, expect, expect_equal, run, scratch, test)

GIB = 1 << 30
TWO_BANKS = ("two", [(0x80000000, GIB), (0x140000000, GIB)])
KIB_ROWS = {"free": "free", "memmap": "memmap", "tables": "tables", "early": "early",
            "kernel": "kernel", "firmware": "firmware", "dtb": "dtb", "RAM in the tree": "ram"}


def records_of(*words, **more):
    """{model: strictly read record} of mmview --record."""
    result = run("--record", *words, **more)
    parts = re.split(r"(?m)^(?=mm\.record )", result.out)
    parsed = [strict.parse(part.splitlines()) for part in parts if part]
    return {record.one("record")["model"]: record for record in parsed}


def row(result, label):
    """The cells of a row of the table."""
    for line in result.lines:
        if line.startswith(f"  {label} ") and len(line) > 40:
            cells = re.sub(r" / ", "/", line[2 + len(label):]).split()
            if len(cells) == 4:
                return cells
    raise AssertionError(f"no row {label!r}")


@test
def record_view():
    """--record: four records by the strict grammar, in the order of the models"""
    records = records_of(a_tree(*TWO_BANKS))
    expect_equal("the models", tuple(records), MODELS)
    for model, record in records.items():
        expect_equal(f"the verdict of {model}", record.verdict, "ok")
    only = records_of("--model=sparse", a_tree(*TWO_BANKS))
    expect_equal("the models with --model", list(only), ["sparse"])
    expect_equal("its lines", [line.text for line in only["sparse"].lines],
                 [line.text for line in records["sparse"].lines])


@test
def same_as_sanitized():
    """the optimised programs give the same record as those with sanitizers"""
    blob = scratch("virt.dtb")
    subprocess.run(["dtc", "-q", "-o", blob, a_tree(*TWO_BANKS)], check=True)
    for model in ("flat", "vmemmap"):
        subprocess.run(["make", "-s", "host", f"MODEL={model}"], cwd=TOP, env=CLEAN, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        done = subprocess.run([os.path.join(TOP, "build/host", model, "pagewright"),
                               "--bootargs=record", blob], stdout=subprocess.PIPE, check=True)
        lines = [line for line in done.stdout.decode().splitlines() if line.startswith("mm.")]
        expect_equal(f"the record of {model}",
                     run("--record", f"--model={model}", blob).lines, lines)


@test
def buddy_lines():
    """mm.buddy: the blocks of a zone are its managed pages, in all models"""
    trees = [a_tree(*TWO_BANKS)] + [a_map(name) for name in (
        "c44-crosses-4g", "c65-hole-in-node", "c67-two-nodes-one-section", "c77-odd-edges",
        "c106-200-regions")]
    for tree in trees:
        for model, record in records_of(tree, status=None).items():
            expect(record.all("buddy"), f"{model}: no mm.buddy line")
            for zone in record.all("zone"):
                pages = sum(line.number("blocks") << line.number("order")
                            for line in record.all("buddy")
                            if (line["node"], line["zone"]) == (zone["node"], zone["name"]))
                expect_equal(f"{os.path.basename(tree)} {model} node {zone['node']} {zone['name']}",
                             pages, zone.number("managed"))


@test
def side_by_side():
    """the table shows each model's figures, lined up, within 100 columns"""
    tree = a_tree(*TWO_BANKS)
    records = records_of(tree)
    result = run(tree, status=None)
    for label, key in KIB_ROWS.items():
        wanted = [f"{record.one('ledger').number(key) // 1024:,}" for record in records.values()]
        expect_equal(label, row(result, label), wanted)
    sparse = [r.one("memmap") for r in records.values()][2:]
    expect_equal("sections", row(result, "sections present")[2:], [m["sections"] for m in sparse])
    expect_equal("mixed", row(result, "sections with holes")[2:], [m["mixed"] for m in sparse])
    flat = records["flat"].one("memmap").number("hole_bytes")
    expect(flat > 0, "the tree has no hole for flat")
    expect_equal("holes", row(result, "of them for holes, KiB"), [f"{flat // 1024:,}", *"000"])
    expect_equal("leaves", row(result, "leaves 4K / 2M / 1G, vmemmap")[3],
                 "/".join(records["vmemmap"].one("memmap")[f"leaf_{size}"]
                          for size in ("4k", "2m", "1g")))
    expect_equal("order 10", row(result, "order 10, 4 MiB"),
                 [f"{sum(b.number('blocks') for b in r.all('buddy') if b['order'] == '10'):,}"
                  for r in records.values()])
    table = result.lines[result.lines.index(next(
        line for line in result.lines if line.endswith("VMEMMAP"))):]
    cells = [line for line in table if line.startswith("  ") and len(line) > 60]
    expect(len(cells) > 25, "the table is short", result.shown())
    for line in result.lines:
        expect(len(line) <= 100, f"more than 100 columns: {line}")
    for line in cells[:20]:
        expect_equal(f"the width of {line.split('  ')[1]!r}", len(line), 100)


@test
def ranges_are_shown():
    """banks, reservations and dropped RAM of the tree are shown with their owners"""
    tree = a_tree("ranges", [(0x80000000, GIB), (0x2080000000, GIB)])
    result = run(tree, status=None)
    for wanted in (
            r"^banks +\[0x0080000000, 0x00c0000000\) +1 GiB  /memory@80000000 reg 0  node 0$",
            r"^dropped +\[0x2080000000, 0x20c0000000\) +1 GiB  beyond the direct map$",
            r"^reserved .*mmode_resv0@80000000, no-map$", r"^ .*512 KiB  kernel$"):
        expect(re.search(wanted, result.out, re.M), f"no line {wanted}", result.shown())


@test
def a_stop_is_shown():
    """a model that does not boot: a column of dashes, the reason, status 1"""
    tree = a_map("c61-far-banks-flat")
    result = run(tree, status=1)
    expect_equal("the verdicts", row(result, "verdict"), ["stop", "ok", "ok", "ok"])
    expect_equal("free of flat", row(result, "free")[0], "-")
    expect("FLATMEM would spend 952 MiB" in result.out, "no reason", result.shown())
    run("--record", tree, status=1)
    run("--record", "--model=vmemmap", tree, status=0)


@test
def warnings_are_shown():
    """warnings of the boot are shown once, with the models that gave them"""
    result = run(a_map("c68-alternating-nodes"), status=None)
    lines = [line for line in result.lines if line.startswith("warning ")]
    expect_equal("lines with flat-numa-ignored", sum("flat-numa-ignored" in x for x in lines), 1)
    expect("(flat)" in result.out, "the model is not named", result.shown())


@test
def json_view():
    """--json: valid, the same facts as the record, addresses as texts"""
    tree = a_tree(*TWO_BANKS)
    data = json.loads(run("--json", tree, status=None).out)
    records = records_of(tree)
    expect_equal("the models", tuple(data["records"]), MODELS)
    for model, record in records.items():
        for topic in ("bank", "ledger", "zone", "buddy", "early", "handoff"):
            wanted = [dict(line) for line in record.all(topic)]
            got = [{k: str(v) for k, v in line.items()} for line in data["records"][model][topic]]
            expect_equal(f"{model} {topic}", got, wanted)
        expect_equal("verdict", data["records"][model]["verdict"], {"ok": True})
    bank = data["records"]["flat"]["bank"][0]
    expect_equal("a bank", (bank["base"], bank["node"], bank["reg"]), ("0x0000000080000000", 0, 0))


@test
def findings_and_status():
    """--lint: status 1 for overlapping banks, 0 for hints; findings end the default view"""
    overlap = a_tree("overlap", [(0x80000000, GIB), (0xa0000000, GIB)])
    result = run("--lint", overlap, status=1)
    expect("bank-overlap" in result.out, "no finding", result.shown())
    expect("bank-overlap" in run(overlap, status=1).out, "not in the default view")
    data = json.loads(run("--json", overlap, status=1).out)
    expect("bank-overlap" in [found["name"] for found in data["findings"]], "not in --json")
    odd = a_tree("odd", [(0x80000000, GIB + (64 << 20))])
    expect(", hint: " in run("--lint", odd, status=0).out, "the odd tree gives no hint")
    clean = a_tree("clean", [(0x80000000, GIB)])
    run("--lint", clean, status=0)
    run(clean, status=0)


@test
def pictures():
    """--map is text within 100 columns, --svg a well-formed file"""
    tree = a_tree(*TWO_BANKS)
    result = run("--map", "--model=sparse", tree)
    expect(len(result.lines) > 5, "the map is empty", result.shown())
    for line in result.lines:
        expect(len(line) <= 100, f"more than 100 columns: {line}")
    path = scratch("map.svg")
    expect_equal("stdout", run("--svg", path, tree, status=None).out, "")
    expect_equal("the root", xml.dom.minidom.parse(path).documentElement.tagName, "svg")
    expect(run("--svg=-", tree).out.startswith("<"), "no SVG on stdout")
    run("--svg", os.path.join(scratch("no"), "such", "directory.svg"), tree, status=2)
    run("--map", "--model=flat", a_map("c61-far-banks-flat"), status=1)


@test
def step_by_step():
    """--step shows every stage, and the poison of the memmap until free_area_init"""
    result = run("--step", "--model=sparse", a_tree(*TWO_BANKS), status=0)
    stages = [line.split()[2].rstrip(":") for line in result.lines if line.startswith("== stage")]
    expect_equal("the stages", stages, ["devicetree", "banks", "reservations", "memblock", "paging",
                                        "nodes", "memmap", "zones", "handover", "initrd", "hugetlb",
                                        "check"])
    before, after = result.out.split("== stage zones")
    expect("ffffffffffffffff ffffffffffffffff" in before, "no poison before free_area_init")
    expect("ffffffffffffffff ffffffffffffffff" not in after, "poison after free_area_init")
    expect("sparse_init_nid" in before, "the name of 2019 is missing")
    run("--step", "--model=flat", a_map("c61-far-banks-flat"), status=1)
