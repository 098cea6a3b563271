# SPDX-License-Identifier: BSD-2-Clause
"""
Memory that comes and goes, typed at the prompt of a running machine (C129 to C144). After memory was
added and put online the machine must stand up to the same questions as a boot: its record, and its
page tables as they are found in memory.
"""
import subprocess
import time

import proof
import qemu
import record as records
from cases import boot, expects, no_warnings, per_model
from suite import expect, expect_equal

PROMPT = "pagewright> "
HALF = 0xA0000000  # mem=512M leaves half of 1 GiB from here on
BLOCK = 0x8000000
DEFERRED = "mem=512M deferred=demand record monitor"


class Prompt(qemu.Machine):
    """A machine whose prompt is typed at, one command after the other."""

    STDIN = subprocess.PIPE

    def start(self):
        """Boot to the prompt; the record of the boot."""
        record = self.wait_verdict()
        self.wait_line("Type help")
        return record

    def type(self, command):
        """
        Give a command; the lines of its answer. The prompt has no line end, so an echo of a second,
        unknown command marks the answer's end.
        """
        marker = f"end{time.monotonic_ns()}"
        self._process.stdin.write(f"{command}\n{marker}\n".encode())
        self._process.stdin.flush()
        before = len(self.output)
        self.wait_line(f"unknown command '{marker}'")
        return [line for line in self.output[before:-1] if PROMPT not in line]


def judge_now(machine):
    """Ask for audit and record again, and hold them against the rules and the page tables."""
    audit_holds(machine)
    lines = machine.type("record")
    found = records.parse([line for line in lines if line.startswith("mm.")] + ["mm.verdict ok"])
    machine.stop()
    machine.forget()
    proof.judge_record(found, False)
    proof.judge_tables(found, machine, None)
    machine.qmp("cont")
    return found


def answers(machine, command, wanted):
    lines = machine.type(command)
    expect(any(wanted in line for line in lines), f"{command}: no line has '{wanted}'", lines)


def audit_holds(machine):
    lines = machine.type("audit")
    expect(any(line.split() == ["result", "ok"] for line in lines), "the audit fails", lines)


def at_prompt(image, directory, script, append="mem=512M record monitor", memory="1G", args=()):
    words = qemu.command(image.target(), memory, args, append)
    with Prompt(words, directory) as machine:
        script(machine, machine.start())
        machine.quit()


def whole_life(machine, boot):
    """add, online, offline, remove: the record at the end is the boot's, but for what was counted."""
    answers(machine, f"hotplug add {HALF:#x} {2 * BLOCK:#x}", "added, offline")
    answers(machine, f"hotplug add {HALF:#x} {BLOCK:#x}", "EEXIST")
    audit_holds(machine)
    answers(machine, "hotplug online 20", "online")
    answers(machine, "hotplug online 21", "online")
    found = judge_now(machine)
    expect_equal("frames of all nodes", found.one("node").number("present"), 0x30000)
    machine.type("selftest")
    audit_holds(machine)
    answers(machine, "hotplug remove 21", "EBUSY")
    answers(machine, "hotplug offline 16", "EBUSY: pfn 0x80000 belongs to")
    for block in (20, 21):
        answers(machine, f"hotplug offline {block}", "offline")
        answers(machine, f"hotplug remove {block}", "removed")
    after = judge_now(machine)
    topics = ("bank", "dropped", "reserved", "early", "direct", "memmap", "vmemmap", "node", "zone",
              "free", "ledger")
    for topic in topics:
        expect_equal(f"mm.{topic} after all was removed", [line.text for line in after.all(topic)],
                     [line.text for line in boot.all(topic)])


def whole_life_deferred(machine, _boot):
    """Struct pages that the boot left for later are initialised first; then all is the same."""
    answers(machine, f"hotplug add {HALF:#x} {2 * BLOCK:#x}", "added, offline")
    audit_holds(machine)
    answers(machine, "hotplug online 20", "online")
    answers(machine, "hotplug online 21 movable", "online")
    audit_holds(machine)
    machine.type("selftest")
    audit_holds(machine)
    for block in (20, 21):
        answers(machine, f"hotplug offline {block}", "offline")
        answers(machine, f"hotplug remove {block}", "removed")
    audit_holds(machine)


def movable_pages(machine, _boot):
    """C136: what alloc holds moves away when its block goes offline, and alloc knows the new place."""
    answers(machine, f"hotplug add {HALF:#x} 128M base", "added, offline")
    answers(machine, "hotplug online 20 movable", "online")
    for order in (0, 3, 9):
        answers(machine, f"alloc {order}", "pfn 0xa")
    answers(machine, "hotplug offline 20", "offline")
    lines = machine.type("alloc")
    expect(not any("pfn 0xa" in line for line in lines), "a block is still in the block", lines)
    answers(machine, "alloc", "3 blocks, 521 pages")
    answers(machine, "hotplug remove 20", "removed")
    machine.type("free all")
    audit_holds(machine)
    answers(machine, f"hotplug add {HALF:#x} 128M altmap", "added, offline")
    answers(machine, "hotplug online 20", "online")
    judge_now(machine)


def veto(machine, _boot):
    """C142: who says no at the prompt sees what the others are told, and that nothing has changed."""
    answers(machine, f"hotplug add {HALF:#x} {BLOCK:#x} altmap", "added, offline")
    answers(machine, "why 0xa0000", "altmap: block 20 was added with its struct pages in its own first 2 MiB")
    machine.type("hotplug veto online")
    lines = machine.type("hotplug online 20 movable")
    for wanted in ("MEM_GOING_ONLINE", "MEM_CANCEL_ONLINE", "nothing has changed", "EPERM"):
        expect(any(wanted in line for line in lines), f"no line has '{wanted}'", lines)
    answers(machine, "hotplug blocks", "20 0x00a0000000    0 offline")
    machine.type("hotplug veto offline")
    answers(machine, "hotplug online 20 movable", "MEM_ONLINE")
    answers(machine, "hotplug offline 20", "EPERM: the veto of the prompt")
    lines = machine.type("hotplug blocks")
    expect(any(line.endswith("Movable (altmap)") for line in lines), "block 20 is not online", lines)
    expect(all(len(line) <= 80 for line in lines), "a line of more than 80 columns", lines)
    audit_holds(machine)
    machine.type("hotplug veto off")
    answers(machine, "hotplug offline 20", "offline")
    answers(machine, "hotplug remove 20", "removed")
    audit_holds(machine)


STORM = "mem=512M record selftest=hotplug"


def storm(harts, args=(), append=STORM, memory="1G"):
    """C136, C139: selftest=hotplug, memory comes and goes while all harts allocate and free."""
    def run(image, directory):
        result = boot(image, directory, append, memory, ["-smp", str(harts), *args])
        line = result.record.one("selftest")
        expect_equal("result", line["result"], "ok")
        expect_equal("harts in the storm", line.number("harts"), harts)
        for key in ("added", "online", "offline", "refused", "blocks", "moved"):
            expect(line.number(key) > 0, f"nothing was {key}", [line.text])
        expect_equal("pieces that went again", line.number("removed"), line.number("added"))
        expects(result, "verdict ok")
        no_warnings(result)

    return run


# Builds that differ in what a block is, in how it is shown, and in who looks at its pages.
STORM_BUILDS = (
    # config, memory, mem=, always run
    ("SECTION_SIZE_64M=y", "1G", "512M", True),
)


def storm_hidden(image, directory):
    """selftest=hotplug where free pages are hidden from the direct map: those of added RAM, too."""
    words = qemu.command(image.target(), "512M", append="mem=256M record selftest=hotplug")
    with qemu.Machine(words, directory) as machine:
        record = machine.wait_verdict()
        expect_equal("verdict", record.verdict, "ok")
        expect_equal("result", record.one("selftest")["result"], "ok")
        expect_equal("audit", record.one("audit")["result"], "ok")


def storms_of_builds():
    """selftest=hotplug in each of them: vmemmap, and with --full SPARSE too."""
    result = []
    for config, memory, mem, always in STORM_BUILDS:
        also = [] if config == "VMEMMAP_LEAF_BASE=y" else ["sparse"]
        result += per_model(f"hotplug-storm {config}", storm(1, append=f"mem={mem} record selftest=hotplug",
                                                             memory=memory),
                            ["vmemmap"], also, config=config, full=not always)
    return result


def storm_without(append, wanted):
    """selftest=hotplug where there is nothing to add: it says why, and the boot is ok."""
    def run(image, directory):
        result = boot(image, directory, append, "512M")
        line = result.record.one("selftest")
        expect_equal("result", line["result"], "none")
        expect(wanted in line.text, f"no line has '{wanted}'", [line.text])
        expects(result, "verdict ok")

    return run


def at_the_prompt(machine, _boot):
    """selftest hotplug at the prompt; not while alloc holds pages."""
    answers(machine, "alloc 3", "pfn")
    answers(machine, "selftest hotplug", "needs all free memory")
    machine.type("free all")
    answers(machine, "selftest hotplug", "everything is as it was")
    judge_now(machine)


def says_why(machine, _boot):
    """C141: a model that cannot, says why."""
    answers(machine, "hotplug blocks", "needs a SPARSE model")
    answers(machine, f"hotplug add {HALF:#x} {BLOCK:#x}", "ENOSYS: needs a SPARSE model")


def case(script, **more):
    return lambda image, directory: at_prompt(image, directory, script, **more)


def tests():
    """Every test of this file."""
    able = ["sparse", "vmemmap"]
    return [
        *per_model("hotplug", case(whole_life), able),
        *per_model("hotplug-movable", case(movable_pages, args=["-smp", "4"]), able),
        *per_model("hotplug-deferred", case(whole_life_deferred, append=DEFERRED), ["vmemmap"]),
        *per_model("hotplug-says-why", case(says_why), ["flat", "discontig"]),
        *per_model("hotplug-veto", case(veto), ["vmemmap"], ["sparse"]),
        *per_model("hotplug-storm", storm(1), able),
        *per_model("hotplug-storm smp 4", storm(4), ["vmemmap"], ["sparse"]),
        *per_model("hotplug-storm prompt", case(at_the_prompt), ["sparse"], ["vmemmap"]),
        *per_model("hotplug-storm nothing held back",
                   storm_without("record selftest=hotplug", "boot with mem="), ["vmemmap"], ["sparse"]),
        *storms_of_builds(),
        *per_model("hotplug-storm hidden pages", storm_hidden, ["vmemmap"], ["sparse"],
                   config="DEBUG_PAGEALLOC=y"),
        *per_model("hotplug-storm deferred", storm(1, append=STORM + " deferred=on"), ["vmemmap"],
                   ["sparse"]),
        *per_model("hotplug-storm on demand", storm(1, append=STORM + " deferred=demand"), ["sparse"],
                   ["vmemmap"]),
        *per_model("hotplug-storm HVO", storm(1, append=STORM + " hugepages=64 hugetlb_free_vmemmap=on"),
                   ["vmemmap"]),
        *per_model("hotplug-storm says why", storm_without(STORM, "needs a SPARSE model"), ["flat"],
                   ["discontig"]),
    ]
