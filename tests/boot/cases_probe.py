# SPDX-License-Identifier: BSD-2-Clause
"""
The boot argument probe (C160, C166) on machines whose RAM is not what the tree says: virt with a
tree that claims more than -m gives, where an access behind RAM traps; and the Icicle Kit, whose
DRAM QEMU shows through several windows, as the SoC does.
"""
import trees
from cases import REST, boot, boot_that_stops, expects, per_model, stops_with
from ranges import GIB, MIB, text
from suite import expect_equal

ICICLE = "dts/boards/polarfire-icicle.dts"
LOW, LOW_ALIAS, HIGH, HIGH_ALIAS = 0x80000000, 0xC0000000, 0x1000000000, 0x1400000000


def claims(*banks, name):
    reg = ", ".join(f"<{b >> 32:#x} {b & 0xffffffff:#x} {s >> 32:#x} {s & 0xffffffff:#x}>"
                    for b, s in banks)
    node = f'memory@80000000 {{ device_type = "memory"; reg = {reg}; }};'
    return ["-dtb", trees.write_tree(f"probe-{name}", f"/ {{ {node} }};")]


def banks_are(result, *banks):
    expect_equal("the banks", text(result.record.ranges("bank")), text(list(banks)))


def trimmed(memory, claimed, name):
    """A tree that claims too much: cut to what is there, and the host with that RAM agrees."""

    def run(image, directory):
        args = claims((LOW, claimed), name=name)
        result = boot(image, directory, "record probe", f"{memory >> 20}M", args,
                      host_args=[f"--ram={LOW:#x}:{memory:#x}"])
        banks_are(result, (LOW, LOW + memory))
        expects(result, "warn probe-no-ram 1",
                f'record mm.dropped base={LOW + memory:#x} end={LOW + claimed:#x} '
                'why="probe: no RAM"',
                f"record mm.ledger ram={claimed} lost={claimed - memory}")

    return run


def true_tree(image, directory):
    """Nothing is cut where the tree is right, and nothing else changes."""
    plain = boot(image, f"{directory}/plain", "record")
    result = boot(image, directory, "record probe")
    expect_equal("warnings", sorted(result.record.warnings()), sorted(plain.record.warnings()))
    for topic in ("bank", "dropped", "reserved", "free"):
        expect_equal(f"mm.{topic}", [line.text for line in result.record.all(topic)],
                     [line.text for line in plain.record.all(topic)])


def missing_bank(image, directory):
    """A whole bank that is not there."""
    args = claims((LOW, 256 * MIB), (LOW + GIB, 512 * MIB), name="missing-bank")
    result = boot(image, directory, "record probe", "256M", args,
                  host_args=[f"--ram={LOW:#x}:{256 * MIB:#x}"])
    banks_are(result, (LOW, LOW + 256 * MIB))


def without_probe(image, directory):
    """What probe saves: the struct pages go to the top of RAM, which is not there."""
    args = claims((LOW, 2 * GIB), name="no-probe")
    stops_with(boot_that_stops(image, directory, memory="1G", args=args), "access fault")


def icicle(windows, kept, aliases):
    """C166: windows of the Icicle Kit, some of which are the same DRAM."""

    def run(image, directory):
        cells = ", ".join(f"<{b >> 32:#x} {b & 0xffffffff:#x} 0 0x40000000>" for b in windows)
        more = f'/ {{ memory@80000000 {{ reg = {cells}; }}; }};'
        with open(ICICLE, encoding="utf-8") as file:
            board = file.read().replace("/dts-v1/;", "")
        # One memory node with all windows in place of the board's two.
        name = "probe-icicle-" + "-".join(f"{w:x}" for w in windows)
        more += " &{/} { /delete-node/ memory@1000000000; };"
        words = ["-machine", "microchip-icicle-kit", "-smp", "5", "-serial", "null"]
        words += ["-dtb", trees.write_tree(name, board + more, include="")]
        real = [f"--ram={w:#x}:{GIB:#x}@{aliases.get(w, w):#x}" for w in windows]
        result = boot(image, directory, "record probe", "2G", words, bios=None, host_args=real)
        banks_are(result, *((w, w + GIB) for w in kept))
        expects(result, f"warn probe-alias {len(windows) - len(kept)}",
                f"record mm.ledger lost={(len(windows) - len(kept)) * GIB}")

    return run


def tests():
    few = {"models": ["vmemmap"], "also": REST}
    result = per_model("c160 probe 2 GiB of 4", trimmed(2 * GIB, 4 * GIB, "2g-of-4g"))
    odd = trimmed(313 * MIB, GIB, "313m")
    result += per_model("c160 probe odd size", odd, **few)
    result += per_model("c160 probe of a true tree", true_tree, **few)
    result += per_model("c160 probe a bank that is missing", missing_bank, **few)
    result += per_model("c160 without probe", without_probe, ["vmemmap"])
    low = icicle([LOW, LOW_ALIAS], [LOW], {LOW_ALIAS: LOW})
    result += per_model("c166 probe icicle low", low)
    all_four = icicle([LOW, LOW_ALIAS, HIGH, HIGH_ALIAS], [LOW, HIGH],
                      {LOW_ALIAS: LOW, HIGH_ALIAS: HIGH})
    result += per_model("c166 probe icicle all", all_four, ["discontig", "sparse", "vmemmap"])
    return result
