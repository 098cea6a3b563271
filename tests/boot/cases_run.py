# SPDX-License-Identifier: BSD-2-Clause
"""
What a booted kernel proves of itself, and how it fails: the self-test (C147 to C149), its struct
pages seen from outside, an injected fault in every stage (C146), and the forms of mem= on the
host (C113 to C119).
"""
import re

import host
import qemu
import structpages
import trees
from cases import boot, expects, no_warnings, per_model, stops_with
from images import Image
from ranges import GIB, MIB, normal, text
from suite import MODELS, Test, expect, expect_equal

MANY_BANKS = "dts/maps/c26-four-in-one-reg.dts"
WRONG_FREES = 4  # kernel/mm/selftest.c tries so many, each refused with a line


def selftest(tree):
    def run(image, directory):
        args = ["-dtb", trees.compile_tree(tree)] if tree else []
        memory = "512M" if tree else "1G"
        result = boot(image, directory, "record selftest", memory=memory, args=args)
        lines = [line for line in result.output if line.startswith("selftest ")]
        pages = result.record.one("audit").number("free")
        proven = any(f"{pages} pages" in l and "same free lists" in l for l in lines)
        expect(proven, f"no line says that {pages} pages were allocated and freed", lines)
        expects(result, f"warn bad-free {WRONG_FREES}")
        no_warnings(result, "bad-free")

    return run


def touching_flags(image, directory):
    """C30, C35: banks that touch and differ in a flag: blocks form across the border."""
    node = 'memory@{0:x} {{ device_type = "memory"; {1} reg = <0 {0:#x} 0 {2:#x}>; }};'
    banks = node.format(0x80000000, "", 0x5103000)
    banks += node.format(0x85103000, "hotpluggable;", 15 * MIB)
    tree = trees.write_tree("touching-flags", f"/ {{ {banks} }};")
    result = boot(image, directory, "record selftest", memory="512M", args=["-dtb", tree])
    no_warnings(result, "bad-free")


def struct_pages(machine_of, bootargs="record"):
    """Every struct page, read from outside: node, zone, section, state, place in a list."""

    def run(image, directory):
        def look(record, machine, tables):
            structpages.check(record, machine, tables, image.symbols())

        memory, args = machine_of()
        boot(image, directory, bootargs, memory=memory, args=args, look=look)

    return run


def on_demand(image, directory):
    """deferred=demand: nothing but the first unit is initialised, until the self-test takes every page."""
    result = boot(image, directory, "record deferred=demand selftest", memory="1G")
    line = result.record.one("deferred")
    grown = [text for text in result.output if "the free lists have grown on demand" in text]
    expect(grown, "the self-test found no deferred page")
    expect_equal("struct pages initialised late", line.number("late"), 0)
    units = line.number("demand_units")
    expect_equal("struct pages initialised on demand", line.number("demand"), units << 10)
    expect(units > 200, f"only {units} units were needed for all free pages")
    no_warnings(result, "bad-free")


def two_zones():
    """A bank that crosses 4 GiB, with a hole of odd pages."""
    reg = "<0 0x80000000 0 0x4000000>, <0 0xfe001000 0 0x4002000>"
    node = f'memory@80000000 {{ device_type = "memory"; reg = {reg}; }};'
    return "3G", ["-dtb", trees.write_tree("two-zones", f"/ {{ {node} }};")]


def of_tree(path):
    return lambda: ("512M", ["-dtb", trees.compile_tree(path)])


def stages():
    """The stages of the boot, in order: kernel/main.c is the list."""
    with open("kernel/main.c", encoding="utf-8") as file:
        return re.findall(r'stage_run\("(\w+)"', file.read())


def fault_in(stage):
    """C146: a fault in a stage ends the boot with a report, and QEMU with a failure."""

    def run(image, directory):
        words = qemu.command(image.target(), append=f"record fault={stage}")
        with qemu.Machine(words, directory) as machine:
            record = machine.wait_verdict()
            if record.is_ok():
                machine.fail("verdict ok in spite of the fault")
            status = machine.wait_end()
        result = host.Result(record, machine.output)
        stops_with(result, f"stop phase={stage} ", "load page fault at 0x", "pc 0x")
        expect_equal("QEMU's exit status", status, 1)
        report = "\n".join(machine.output)
        address = re.search(r"load page fault at (0x[0-9a-f]{16})", record.verdict).group(1)
        trap = rf"(?m)^trap +load page fault at {address} in phase {stage} on hart [0-7] \(scause 0xd\)$"
        for what, pattern in (("trap", trap), ("pc", r"(?m)^pc +0x[0-9a-f]{16}: .*text"),
                              ("address", rf"(?m)^address +{address}: "),
                              ("registers", r"(?m)^registers +ra  [0-9a-f]{16} ")):
            expect(re.search(pattern, report), f"the report has no line of its {what}",
                   machine.output[-30:])

    return run


ONE_BANK = '/ { memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x40000000>; }; };'


def fault_missed(image):
    """fault= with a stage that is over before the options are read: refused, and the others are named."""
    result = host.boot(image, trees.write_tree("fault-missed", ONE_BANK), "record fault=handoff")
    expect_equal("the warnings", result.record.warnings(), {"fault-missed": 1})
    names = " ".join(stages()[stages().index("devicetree"):])
    expect(any("fault=handoff: no stage" in line and line.endswith(f": {names}")
               for line in result.output), f"no line names {names}", result.output)


def mem_case(args, wanted, warnings=()):
    """
    C113 to C119 on the host, one bank of 1 GiB at 0x80000000. wanted: the ranges that remain,
    or the text that the refusal has.
    """

    def run(image):
        result = host.boot(image, trees.write_tree("mem-forms", ONE_BANK), f"record {args}")
        if isinstance(wanted, str):
            stops_with(result, wanted)
            return
        expect_equal("the banks", text(normal(result.record.ranges("bank"))), text(wanted))
        expect_equal("the warnings", sorted(result.record.warnings()), sorted(warnings))

    return run


def at(start, size):
    return 0x80000000 + start * MIB, 0x80000000 + (start + size) * MIB


WHOLE = (0x80000000, 0x80000000 + GIB)
MEM_FORMS = [
    ("mem=64M", [at(0, 64)]),
    ("mem=64m", [at(0, 64)]),
    ("mem=65536K", [at(0, 64)]),
    ("mem=65536k", [at(0, 64)]),
    ("mem=67108864", [at(0, 64)]),
    ("mem=0x4000000", [at(0, 64)]),
    ("mem=0X4000000", [at(0, 64)]),
    ('mem="64M"', [at(0, 64)]),
    ("mem=1G", [WHOLE], ["mem-no-effect"]),
    ("mem=1T", [WHOLE], ["mem-no-effect"]),
    ("mem=17179869183G", [WHOLE], ["mem-no-effect"]),
    ("mem=64M@0x80000000", [at(0, 64)]),
    ("mem=64M@2G", [at(0, 64)]),
    ("mem=64M mem=32M@0x88000000", [at(0, 64), at(128, 32)]),
    ("mem=32M@0x88000000 mem=64M", [at(0, 64), at(128, 32)]),
    ("mem=64M mem=64M@0x82000000", [at(0, 96)]),
    ("mem=64M mem=64M", [at(0, 64)]),
    ("mem=64M mem=64M@0x84000000", [at(0, 128)]),
    ("mem=64M mem=1G@0xa0000000", [at(0, 64), at(512, 512)], ["mem-outside"]),
    ("mem=64M mem=64M@0", [at(0, 64)], ["mem-outside"]),
    ("mem=65535K", [(0x80000000, 0x83FFF000)]),
    ("mem=64M mem=8191@0x88000001", [at(0, 64), (0x88001000, 0x88002000)]),
    ("mem=64M mem=4096@0x88000001", [at(0, 64)]),
    ("mem=0", [WHOLE], ["cmdline-value"]),
    ("mem=", [WHOLE], ["cmdline-value"]),
    ("mem", [WHOLE], ["cmdline-value"]),
    ("mem=-1", [WHOLE], ["cmdline-value"]),
    ("mem=64Q", [WHOLE], ["cmdline-value"]),
    ("mem=64M@", [WHOLE], ["cmdline-value"]),
    ("mem=64M@x", [WHOLE], ["cmdline-value"]),
    ("mem=64M@0x80000000x", [WHOLE], ["cmdline-value"]),
    ("mem=0x10000000000000000", [WHOLE], ["cmdline-value"]),
    ("mem=16E", [WHOLE], ["cmdline-value"]),
    ("mem=0 mem=64M", [at(0, 64)], ["cmdline-value"]),
    ("mem=1M", "mem="),
    ("mem=64M@0x90000000", "mem="),
    ("mem=64M@0x10000000", "mem="),
]


def tests():
    result = per_model("c147 c148 c149 selftest 1G", selftest(None))
    result += per_model("c147 c148 c149 selftest four banks", selftest(MANY_BANKS))
    result += per_model("c30 touching banks of other flags", touching_flags)
    result += per_model("struct pages 129M", struct_pages(lambda: ("129M", [])))
    result += per_model("struct pages four banks", struct_pages(of_tree(MANY_BANKS)))
    result += per_model("struct pages two zones", struct_pages(two_zones))
    result += per_model("struct pages deferred", struct_pages(of_tree(MANY_BANKS), "record deferred=on"))
    result += per_model("deferred on demand", on_demand)
    two_nodes = "dts/maps/c67-two-nodes-one-section.dts"
    result += per_model("struct pages two nodes in one section", struct_pages(of_tree(two_nodes)))
    for stage in stages():
        # Options are known from the end of the stage devicetree on.
        if stages().index(stage) >= stages().index("devicetree"):
            result += per_model(f"c146 fault={stage}", fault_in(stage), ["vmemmap"],
                                [m for m in MODELS if m != "vmemmap"])
    missed = Image("vmemmap")
    result.append(Test("host c146 fault=handoff", lambda _: fault_missed(missed), [missed]))
    for number, (args, *rest) in enumerate(MEM_FORMS):
        for model in MODELS:
            image = Image(model)
            name = f"host mem= form {number} {args.replace(' ', '+')} {model}"
            run = mem_case(args, *rest)
            result.append(Test(name, lambda _, r=run, i=image: r(i), [image], model != "vmemmap"))
    return result
