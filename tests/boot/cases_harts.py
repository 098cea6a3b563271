# SPDX-License-Identifier: BSD-2-Clause
"""
Several harts at one piece of work. Before the allocator is there: memtest= tests all free memory on
all of them, and finds the same pages whoever tests which. With sparse ids, with pages that are hidden
from all of them, with struct pages that are shared and shared no more.
"""
import re

import proof
import qemu
import record
from cases import RAM, REST, boot, expects, no_warnings, per_model
from cases_hotplug import answers, at_prompt, audit_holds
from cases_trust import DIRECT, Suspect
from ranges import MIB, PAGE
from suite import expect, expect_equal
from trees import write_tree

MEMORY = "128M"
WRONG_FREES = "bad-free"  # the self-test's own


def smp(harts):
    return ["-smp", str(harts)]


def memtest(harts):
    def run(image, directory):
        result = boot(image, directory, "record memtest=2 selftest", MEMORY, smp(harts))
        expects(result, "record mm.memtest passes=2 bad=0", f'log "{harts} of the harts have tested"')
        no_warnings(result, WRONG_FREES)

    return run


def one_of_four(image, directory):
    """maxcpus=1: the boot hart alone, and as much is tested."""
    alone = boot(image, f"{directory}/1", "record memtest=1 maxcpus=1", MEMORY, smp(4))
    expects(alone, "record mm.memtest passes=1 bad=0", 'log "1 of the harts have tested"')


def bad_memory(harts):
    """
    Between writing and reading, words are changed from outside, one in each 4 MiB and a run of
    pages: so whoever comes by there finds them, and they are reserved.
    """
    wanted = {(RAM + at * MIB, RAM + at * MIB + PAGE) for at in range(16, 96, 4)}
    wanted.add((RAM + 101 * MIB, RAM + 101 * MIB + 3 * PAGE))

    def run(image, directory):
        # Work is handed out to write, is done, is handed out to read.
        with Suspect(
            image,
            directory,
            ["harts_run", "run_pass", "harts_run"],
            "record memtest=2 selftest",
            MEMORY,
            smp(harts),
        ) as suspect:
            for start, end in wanted:
                for page in range(start, end, PAGE):
                    suspect.debugger.write(DIRECT + page + 0x7F8, b"\x01")
            result, said = suspect.go_on()
        expect_equal("the verdict", result.verdict, "ok")
        found = {(line.number("base"), line.number("end")) for line in result.all("reserved")
                 if line["owner"] == "badmem"}
        expect_equal("bad ranges", sorted(found), sorted(wanted))
        pages = sum(end - start for start, end in wanted) // PAGE
        expect_equal("bad pages", result.one("memtest").number("bad"), pages)
        expect_equal("warnings", result.warnings().get("badmem"), len(wanted))
        expect(f"{harts} of the harts have tested" in said, "not all harts took part", [said])

    return run


SPARSE = (0, 3, 6)  # of seven; the tree says that the others are off
CPU = """cpu{0}: cpu@{0} {{ device_type = "cpu"; reg = <{0}>; status = "{1}"; compatible = "riscv";
    riscv,isa = "rv64imafdc"; mmu-type = "riscv,sv39"; cpu{0}_intc: interrupt-controller {{
    #address-cells = <0>; #interrupt-cells = <1>; interrupt-controller;
    compatible = "riscv,cpu-intc"; }}; }};"""


def sparse_tree():
    """A tree of seven harts, of which some may be used. OpenSBI 1.1 wants the wires of all."""
    harts = range(max(SPARSE) + 1)

    def wires(of_hart):
        return " ".join(f"&cpu{n}_intc {wire}" for n in harts for wire in of_hart)
    cpus = " ".join(CPU.format(n, "okay" if n in SPARSE else "disabled") for n in harts if n)
    text = f"""/ {{ cpus {{ {cpus} }}; soc {{
        clint@2000000 {{ interrupts-extended = <{wires((3, 7))}>; }};
        interrupt-controller@c000000 {{ interrupts-extended = <{wires((11, 9))}>; }}; }};
        memory@80000000 {{ device_type = "memory"; reg = <0 {RAM:#x} 0 {128 * MIB:#x}>; }}; }};"""
    return ["-dtb", write_tree("sparse-harts", text)]


def sparse_ids(image, directory):
    """C155: harts 0, 3 and 6, whichever boots; all of them work, and no other."""
    result = boot(image, directory, "record memtest=1 selftest=smp", MEMORY,
                  [*smp(max(SPARSE) + 1), *sparse_tree()])
    states = {line.number("id"): line["state"] for line in result.record.all("hart")}
    booted = result.record.one("handoff").number("hart")
    wanted = {n: "boot" if n == booted else "up" if n in SPARSE else "unused" for n in states}
    expect_equal("the harts", states, wanted)
    up = len(set(SPARSE) | {booted})
    expects(result, f'log "{up} of the harts have tested"', f'log "smp: {up} harts allocated"')
    no_warnings(result)


def hidden(harts):
    """DEBUG_PAGEALLOC: a free page traps on every hart, however recently it has read it."""

    def run(image, directory):
        words = qemu.command(image.target(), "16M", smp(harts), "record selftest=smp")
        with qemu.Machine(words, directory) as machine:
            found = machine.wait_verdict()
        expect_equal("the verdict", found.verdict, "ok")
        output = "\n".join(machine.output)
        for text in (f"smp: {harts} harts allocated", f"hidden: a free page traps on each of {harts} harts"):
            expect(text in output, f"not said: {text}", machine.output[-30:])

    return run


def storm_at_prompt(machine, harts):
    answers(machine, "selftest smp", f"smp: {harts} harts allocated")
    audit_holds(machine)


def pools(machine, _boot):
    """HVO: the pool's struct pages are shared while all harts work, are private again, are shared again."""
    answers(machine, "hugepages", "total 40")
    storm_at_prompt(machine, 4)
    answers(machine, "hugepages 2M 0", "total 0")
    storm_at_prompt(machine, 4)
    answers(machine, "hugepages 2M 40", "total 40")
    storm_at_prompt(machine, 4)
    answers(machine, "memtest 64M", "0 bad")
    answers(machine, "harts", "4 of 4 harts take work")
    lines = [line for line in machine.type("record") if line.startswith("mm.")]
    machine.stop()
    proof.judge_tables(record.parse([*lines, "mm.verdict ok"]), machine)
    machine.qmp("cont")


def shares_are_shown(machine, _boot):
    """What each hart did: in the chain of the boot, and of all work since, the storm included."""
    chain = "\n".join(machine.type("trace boot"))
    for work in ("memtest_write", "memtest_read", "do_share"):
        found = re.search(rf"{work}((?:\n.*  hart  id=\d  units=\w+)+)", chain)
        expect(found, f"trace boot: no share of {work}", chain.splitlines())
    storm_at_prompt(machine, 8)
    work = "\n".join(machine.type("trace harts"))
    found = re.search(r"  storm((?:\n.*  hart  id=\d  units=1)+)", work)
    expect(found, "trace harts: no share of the storm", work.splitlines())
    ids = re.findall(r"id=(\d)", found.group(1))
    expect_equal("harts of the storm", sorted(ids), list("01234567"))
    expect("storm" not in chain, "the storm is not a part of the boot", chain.splitlines())
    rows = [line.split() for line in machine.type("harts")]
    works = {row[1]: int(row[5]) for row in rows if len(row) > 6 and row[3] in ("boot", "up")}
    expect_equal("harts with work", len([n for n in works.values() if n > 0]), 8)


def tests():
    result = per_model("pages hidden from 3 harts", hidden(3), ["vmemmap"], REST, "DEBUG_PAGEALLOC=y")
    result += per_model("hvo with 4 harts", lambda i, d: at_prompt(
        i, d, pools, "record memtest=1 hugepages=40 hugetlb_free_vmemmap=on monitor", "256M", smp(4)),
                        ["vmemmap"])
    result += per_model("trace of 8 harts", lambda i, d: at_prompt(
        i, d, shares_are_shown, "record memtest=1 deferred=on monitor", MEMORY, smp(8)),
                        ["vmemmap"], REST)
    result += per_model("c155 sparse hart ids", sparse_ids, ["vmemmap"], REST)
    for harts in (4, 8):
        result += per_model(f"memtest smp {harts}", memtest(harts), ["vmemmap"], REST)
    result += per_model("memtest maxcpus 1", one_of_four, ["vmemmap"], REST)
    for harts in (1, 4):
        result += per_model(f"memtest bad memory smp {harts}", bad_memory(harts), ["vmemmap"], REST)
    return result
