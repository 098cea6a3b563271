# SPDX-License-Identifier: BSD-2-Clause
"""
The kernel on firmware that offers less than OpenSBI does: minifw.S, a test fixture. C156: the
ledger is the same, whoever started us. C154, C155: harts that enter at once, any boot hart.
"""
import os

import fixtures
import proof
import qemu
import trees
from cases import (REST, boot, boot_that_stops, expects, no_warnings, per_model, same_ledger,
                   stops_with)
from suite import Failure, expect, expect_equal, run

# A tree that reserves what the firmware keeps, so that both firmwares find the same.
TREE = "dts/maps/c26-four-in-one-reg.dts"
SBI_NAME = {"none": "none", "dbcn": "unknown", "legacy": "none", "harts": "unknown"}


def tree_args(path=TREE):
    return ["-dtb", trees.compile_tree(path)]


def same_as_opensbi(kind):
    """All of the record but the firmware's name is what it is under OpenSBI."""

    def run(image, directory):
        bios = fixtures.firmware(directory, kind)
        under = boot(image, os.path.join(directory, "opensbi"), memory="512M", args=tree_args())
        mine = boot(image, directory, memory="512M", args=tree_args(), bios=bios)
        expects(mine, f"record mm.handoff sbi={SBI_NAME[kind]}")
        same_ledger(under, mine)
        # OpenSBI makes the blob larger, so its size is the only other difference.
        one, two = (
            [line for line in proof.comparable(b.record) if not line.startswith("mm.handoff")]
            for b in (under, mine)
        )
        if one != two:
            raise Failure("OpenSBI (-) and minifw (+) differ", proof.difference(one, two))

    return run


def stop_is_said(kind):
    """A boot that stops says why and switches off, on this console too."""

    def run(image, directory):
        bios = fixtures.firmware(directory, kind)
        args = tree_args("dts/maps/c20-no-memory.dts")
        result = boot_that_stops(image, directory, memory="512M", args=args, bios=bios)
        stops_with(result, "phase=devicetree")

    return run


def all_harts_at_once(harts):
    """Every hart jumps to the kernel: one boots, the others are parked."""

    def run(image, directory):
        bios = fixtures.firmware(directory, "none")
        args = ["-smp", str(harts), *tree_args()]
        result = boot(image, directory, memory="512M", args=args, bios=bios)
        expects(result, "verdict ok")

    return run


def parked_until_asked(harts):
    """C154: all enter at once, one boots, and the others come back when it starts them."""

    def run(image, directory):
        bios = fixtures.firmware(directory, "harts")
        result = boot(image, directory, "record memtest=1 selftest=smp", "64M", ["-smp", str(harts)], bios)
        booted = result.record.one("handoff").number("hart")
        states = {line.number("id"): line["state"] for line in result.record.all("hart")}
        expect_equal("the harts", states, {n: "boot" if n == booted else "up" for n in range(harts)})
        expects(result, f'log "{harts - 1} other harts entered too and sleep"',
                f'log "smp: {harts} harts allocated"')
        no_warnings(result, "firmware-not-listed")

    return run


def late_hart(image, directory):
    """Firmware starts a hart, and it does not come: it is named, the others do the work."""
    bios = fixtures.firmware(directory, "harts", hart=0, deaf=2)
    result = boot(image, directory, "record memtest=1 deferred=on selftest=smp", "64M", ["-smp", "4"], bios)
    states = {line.number("id"): line["state"] for line in result.record.all("hart")}
    expect_equal("the harts", states, {0: "boot", 1: "up", 2: "late", 3: "up"})
    expects(result, "warn hart-late 1", "record mm.deferred harts=3", 'log "smp: 3 harts allocated"',
            'log "hart 2 was started and does not come up; firmware says it is start pending"')
    no_warnings(result, "firmware-not-listed", "hart-late")


def hasty_hart(times):
    """A hart that was started enters as the boot hart did: it is started again, not for ever."""
    late = times > 3

    def run(image, directory):
        bios = fixtures.firmware(directory, "harts", hart=1, hasty=(2, times))
        result = boot(image, directory, "record memtest=1 selftest=smp", "64M", ["-smp", "4"], bios)
        states = {line.number("id"): line["state"] for line in result.record.all("hart")}
        expect_equal("the harts", states, {0: "up", 1: "boot", 2: "late" if late else "up", 3: "up"})
        again = sum("hart 2 went back to firmware" in line for line in result.output)
        expect_equal("how often it was started again", again, min(times, 3))
        if late:
            expects(result, "warn hart-late 1", 'log "firmware says it is stopped"')
        no_warnings(result, "firmware-not-listed", *(["hart-late"] if late else []))

    return run


def boot_hart(hart):
    def run(image, directory):
        bios = fixtures.firmware(directory, "none", hart=hart)
        args = ["-smp", "8", *tree_args()]
        result = boot(image, directory, memory="512M", args=args, bios=bios)
        expect_equal("the boot hart", result.record.one("handoff").number("hart"), hart)

    return run


def no_counters(image, directory):
    """Machine level keeps the counters to itself: the figures are 0, all else is well."""
    bios = fixtures.firmware(directory, "dbcn", counters=0)
    result = boot(image, directory, memory="512M", args=tree_args(), bios=bios)
    for line in result.record.all("phase"):
        expect_equal(f"{line['name']}'s instructions", line.number("insn"), 0)


def two_neighbours(image, directory):
    """C90: the firmware's two ranges, as newer OpenSBI lists them, make the first 2 MiB pages."""
    bios = fixtures.firmware(directory, "dbcn", keeps=256 * fixtures.KIB)
    args = tree_args("dts/maps/c90-opensbi-neighbours.dts")
    result = boot(image, directory, memory="512M", args=args, bios=bios)
    expects(
        result,
        "record mm.reserved base=0x80000000 end=0x80040000 nomap=1",
        "record mm.reserved base=0x80040000 end=0x80060000 nomap=1",
        "record mm.ledger firmware=393216",
        "record mm.audit nomap_leaf=0 result=ok",
    )


def firmware_not_listed(image, directory):
    """C91: a firmware that forgets to reserve itself is protected all the same."""
    bios = fixtures.firmware(directory, "none")
    result = boot(image, directory, memory="128M", bios=bios)
    expects(
        result,
        "warn firmware-not-listed 1",
        "record mm.reserved base=0x80000000 end=0x80200000 owner=firmware nomap=1",
    )


def device_in_firmware(image, directory):
    """A test device that the tree puts into the firmware: the write traps, and SBI switches off."""
    bios = fixtures.firmware(directory, "legacy")
    args = tree_args("dts/maps/c93-device-in-ram.dts")
    result = boot_that_stops(image, directory, memory="512M", args=args, bios=bios, status=0)
    stops_with(result, "phase=paging")
    said = [line for line in result.output if line.startswith(("mm.verdict", "trap"))]
    expect_equal("lines of a verdict or a trap", len(said), 1)


def typed_ahead(image, directory):
    """What is typed before the kernel runs is read whole, by a firmware that leaves the UART alone."""
    bios = fixtures.firmware(directory, "none")
    words = qemu.command(image.target(), memory="512M", args=tree_args(), bios=bios)
    _, said = run(words, input=b"echo all of it\npoweroff\n", timeout=qemu.TIME_LIMIT)
    lines = said.splitlines()
    expect("all of it" in lines, "the answer is missing", lines[-20:])


def tests():
    result = []
    for kind in fixtures.KINDS:
        result += per_model(f"c156 minifw {kind}", same_as_opensbi(kind))
        result += per_model(f"minifw {kind} stop is said", stop_is_said(kind), ["vmemmap"], REST)
    for harts in (4, 8):
        result += per_model(f"c154 all {harts} harts at once", all_harts_at_once(harts))
        result += per_model(f"c154 {harts} harts parked until asked", parked_until_asked(harts),
                            ["vmemmap"], REST)
    result += per_model("hart late", late_hart, ["vmemmap"], REST)
    for times in (1, 3, 9):
        result += per_model(f"hart hasty {times} times", hasty_hart(times), ["vmemmap"], REST)
    for hart in (1, 7):
        result += per_model(f"c155 boot hart {hart} of 8", boot_hart(hart), ["vmemmap"], REST)
    result += per_model("minifw typed ahead", typed_ahead, ["vmemmap"])
    result += per_model("minifw no counters", no_counters, ["vmemmap"], REST)
    result += per_model("c93 minifw device in firmware", device_in_firmware, ["vmemmap"], REST)
    result += per_model("c90 minifw two neighbours", two_neighbours)
    result += per_model("c91 minifw not listed", firmware_not_listed)
    return result
