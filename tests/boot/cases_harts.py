# SPDX-License-Identifier: BSD-2-Clause
"""
Several harts at one piece of work before the allocator is there: memtest= tests all free memory on
all of them, and finds the same pages whoever tests which.
"""
from cases import RAM, REST, boot, expects, no_warnings, per_model
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
            record, said = suspect.go_on()
        expect_equal("the verdict", record.verdict, "ok")
        found = {(line.number("base"), line.number("end")) for line in record.all("reserved")
                 if line["owner"] == "badmem"}
        expect_equal("bad ranges", sorted(found), sorted(wanted))
        pages = sum(end - start for start, end in wanted) // PAGE
        expect_equal("bad pages", record.one("memtest").number("bad"), pages)
        expect_equal("warnings", record.warnings().get("badmem"), len(wanted))
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


def tests():
    result = per_model("c155 sparse hart ids", sparse_ids, ["vmemmap"], REST)
    for harts in (4, 8):
        result += per_model(f"memtest smp {harts}", memtest(harts), ["vmemmap"], REST)
    result += per_model("memtest maxcpus 1", one_of_four, ["vmemmap"], REST)
    for harts in (1, 4):
        result += per_model(f"memtest bad memory smp {harts}", bad_memory(harts), ["vmemmap"], REST)
    return result
