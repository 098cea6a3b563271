# SPDX-License-Identifier: BSD-2-Clause
"""What if: other addresses, more or less memory, other section sizes; and sources of all kinds."""
import re
import subprocess

from suite import a_map, a_tree, expect, expect_equal, run, scratch, test
from view_tests import records_of

GIB, MIB = 1 << 30, 1 << 20
ONE_BANK = ("one", [(0x80000000, GIB)])


def one(*words, **more):
    """The record of vmemmap."""
    return records_of("--model=vmemmap", *words, **more)["vmemmap"]


@test
def add_a_bank():
    """--bank adds memory, with a node, as often as wanted"""
    record = one("--bank=0x100000000:2G", "--bank=0x200000000:1G:0", a_tree(*ONE_BANK))
    expect_equal("the banks", record.ranges("bank"),
                 [(0x80000000, 0xc0000000), (0x100000000, 0x180000000), (0x200000000, 0x240000000)])
    nodes = one("--bank=0x100000000:2G:1", a_map("c63-node-per-bank"), status=None).all("bank")
    expect("1" in [line["node"] for line in nodes if line.number("base") == 0x100000000],
           "the node of --bank is not used", [line.text for line in nodes])
    clash = run("--bank=0x80000000:2G", a_tree(*ONE_BANK), status=2)
    expect("/memory@80000000" in clash.err, "the clash is not explained", clash.shown())
    wide = run("--bank=0x100000000:2G", a_map("c16-cells-1-1"), status=2)
    expect("cells" in wide.err, "cells too small are not explained", wide.shown())


@test
def less_memory():
    """--mem is the boot argument mem=, in front of the tree's own arguments"""
    record = one("--mem=256M", a_tree(*ONE_BANK))
    expect_equal("the banks", record.ranges("bank"), [(0x80000000, 0x90000000)])
    expect_equal("dropped", record.ranges("dropped", why="mem="), [(0x90000000, 0xc0000000)])
    two = one("--mem=64M@0x80000000", "--mem=64M@0x90000000", a_tree(*ONE_BANK))
    expect_equal("the banks", two.ranges("bank"),
                 [(0x80000000, 0x84000000), (0x90000000, 0x94000000)])


@test
def boot_arguments():
    """the tree's boot arguments count, also behind --; --bootargs replaces them"""
    tree = a_tree("args", [(0x80000000, GIB)], bootargs="mem=512M foo=1 -- mem=1M")
    expect_equal("the banks", one(tree).ranges("bank"), [(0x80000000, 0xa0000000)])
    expect_equal("warnings", one(tree).warnings(), {"cmdline-unknown": 1})
    record = one("--bootargs=mem=128M", tree)
    expect_equal("with --bootargs", record.ranges("bank"), [(0x80000000, 0x88000000)])
    expect_equal("without any", one("--bootargs=", tree).ranges("bank"), [(0x80000000, 0xc0000000)])
    shown = run(tree, status=None).out
    expect('command line "mem=512M foo=1 -- mem=1M"' in shown, "not shown", shown.splitlines())


@test
def other_places():
    """--image and --dtb-at say where image and tree lie"""
    words = ("--image=0x80400000:1M", "--dtb-at=0x88000000", a_tree(*ONE_BANK))
    line = one(*words).one("handoff")
    expect_equal("the image", (line.number("image"), line.number("image_end")),
                 (0x80400000, 0x80500000))
    expect_equal("the tree", line.number("dtb"), 0x88000000)
    four = one("--image=0x80400000:0x80402000:0x80403000:0x80409000", a_tree(*ONE_BANK))
    line = four.one("handoff")
    expect_equal("four addresses", [line.number(key) for key in (
        "image", "image_rodata", "image_data", "image_end")],
        [0x80400000, 0x80402000, 0x80403000, 0x80409000])


@test
def kinds_of_trees():
    """a blob, its source, standard input and a source with #include give the same banks"""
    source = a_tree(*ONE_BANK)
    blob = scratch("one.dtb")
    subprocess.run(["dtc", "-q", "-o", blob, source], check=True)
    wanted = one(blob).ranges("bank")
    expect_equal("the blob's banks", wanted, [(0x80000000, 0xc0000000)])
    expect_equal("the source's", one(source).ranges("bank"), wanted)
    with open(blob, "rb") as file:
        expect_equal("standard input's", one("-", data=file.read()).ranges("bank"), wanted)
    with open(source, encoding="utf-8") as file:
        text = file.read()
    scratch("sizes.h", "#define SIZE 0x40000000\n")
    included = scratch("included.dts", '#include "sizes.h"\n' + text.replace(
        "0x80000000 0x0 0x40000000", "0x80000000 0x0 SIZE"))
    expect_equal("with #include", one(included).ranges("bank"), wanted)


def table_of(result, model):
    """{label: five cells} of a model's table in --section-size."""
    text = re.split(r"(?m)^(?=[A-Z]+, sections of)", result.out)
    part = next(p for p in text if p.startswith(model.upper()))
    rows = {}
    for line in part.splitlines()[1:]:
        match = re.match(r"  (.{30})(.*)$", line)
        if match:
            rows[match.group(1).strip()] = re.sub(r" / ", "/", match.group(2)).split()
    return rows


@test
def section_sizes():
    """--section-size compares five sizes and advises the one that leaves most free"""
    sizes = ["64M", "128M", "256M", "512M", "1G"]
    cases = {  # banks -> the size that is best
        "small": ([(0x80000000, 64 * MIB), (0x90000000, 64 * MIB)], "64M"),
        "even": ([(0x80000000, GIB)], "128M"),
    }
    for name, (banks, best) in cases.items():
        tree = a_tree(name, banks)
        result = run("--section-size", tree, status=0)
        for model in ("sparse", "vmemmap"):
            rows = table_of(result, model)
            for i, size in enumerate(sizes):
                record = records_of(f"--section-size={size}", f"--model={model}", tree)[model]
                expect_equal("section_bits", record.one("build").number("section_bits"), 26 + i)
                expect_equal(f"{name} {model} {size} free", rows["free, KiB"][i],
                             f"{record.one('ledger').number('free') // 1024:,}")
                expect_equal(f"{name} {model} {size} sections", rows["sections present"][i],
                             record.one("memmap")["sections"])
            expect(re.search(rf"advice +{model}: .*\(SECTION_SIZE_{best}\)", result.out),
                   f"{name}: {model} does not advise {best}", result.shown())


@test
def no_size_for_flat():
    """--section-size=SIZE leaves the models without sections as they are"""
    records = records_of("--section-size=1G", a_tree(*ONE_BANK))
    expect_equal("section_bits", [r.one("build")["section_bits"] for r in records.values()],
                 ["27", "27", "30", "30"])
