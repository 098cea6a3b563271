# SPDX-License-Identifier: BSD-2-Clause
"""
What catches bugs while the machine runs: each is caught red-handed, because the test commits the bug
itself, from outside, by gdb's protocol.
"""
import cases
import layout
import mapping
import pagetables
import qemu
from cases import per_model
from gdbstub import Debugger, arguments
from proof import same_on_host
from ranges import intersect, normal, text
from suite import expect, expect_equal

A0 = 10  # the first argument
GUARD = "stack guard from 32 bytes of /chosen rng-seed"
BEYOND = 256  # the array is DT_MAX_PATH = 192 bytes long
MEMORY = "64M"  # little: with some options every free page is written or hidden one by one
FREE_PAGE = 0x82000000  # in the middle of RAM: nobody has it
DIRECT = layout.DIRECT_MAP[0] - cases.RAM  # what is added to an address of RAM
WRONG_FREES = "bad-free"  # the self-test's own
WORD = 0x123  # where in the page the bug writes


class Suspect:
    """A machine that was stopped at the first line of a function, to be harmed there."""

    def __init__(self, image, directory, functions, append="record", memory=MEMORY, args=()):
        self.symbols = image.symbols()
        words = qemu.command(image.target(), memory, [*args, *arguments(directory)], append)
        self.machine = qemu.Machine(words, directory)
        self.machine.__enter__()
        self.debugger = Debugger(directory)
        for function in functions:
            self.debugger.run_to(self.symbols[function])

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.machine.__exit__(*what)

    def go_on(self):
        """To the verdict; the record and all that was said."""
        self.debugger.go_on()
        record = self.machine.wait_verdict()
        self.debugger.close()
        return record, "\n".join(self.machine.output)


def overrun(image, directory):
    """dt_origin() gives names_intern() an array of its own: that is written to beyond its end."""
    with Suspect(image, directory, ["dt_origin", "names_intern"]) as suspect:
        suspect.debugger.write(suspect.debugger.integer_registers()[A0], b"A" * BEYOND)
        record, said = suspect.go_on()
    expect(record.verdict != "ok" and "the stack was overwritten" in said, "the overrun went unseen", [said])
    expect("(kernel image + " in said, "the stop does not say where", [said])


def seeded(image, directory):
    """The guard is the tree's seed, and the line says so."""
    with qemu.Machine(qemu.command(image.target(), MEMORY), directory) as machine:
        machine.wait_verdict()
        expect(GUARD in "\n".join(machine.output), "no line of the stack guard", machine.output)


def write_after_free(image, directory):
    """A free page is written to; the self-test allocates all pages and one is not as it was."""
    with Suspect(image, directory, ["check_init"], "record selftest") as suspect:
        suspect.debugger.write(DIRECT + FREE_PAGE + WORD, b"\x01\xaa\x02")
        record, said = suspect.go_on()
    expect_equal("the verdict", record.verdict, "ok")
    expect_equal("warnings page-poison", record.warnings().get("page-poison"), 1)
    where = f"[0x{FREE_PAGE + WORD:x}, 0x{FREE_PAGE + WORD + 3:x})"
    expect(where in said, f"the warning does not name {where}", [said])


def all_poison(image, directory):
    """Without a bug there is no warning, when all pages go out and come back."""
    result = cases.boot(image, directory, "record selftest", memory=MEMORY)
    cases.no_warnings(result, WRONG_FREES)


def hidden(image, directory):
    """At the end of a boot no free page is in the direct map, and all other pages are."""
    words = qemu.command(image.target(), MEMORY, append="record selftest")
    with qemu.Machine(words, directory) as machine:
        record = machine.wait_verdict()
        machine.stop()
        tables = pagetables.walk(machine, machine.registers(0)["satp"])
        same_on_host(record, machine, image, "record selftest")
        machine.quit()
    expect_equal("the verdict", record.verdict, "ok")
    leaves = mapping.shown(mapping.inside(tables.leaves, layout.DIRECT_MAP))
    free = record.ranges("free")
    expect(free and not intersect(leaves, free), f"free pages are mapped: {text(intersect(leaves, free))}")
    early = normal(record.ranges("early"))
    expect_equal("mapped pages of bring-up", text(intersect(leaves, early)), text(early))


def touch_after_free(image, directory):
    """The console is told to print from a free page: the trap names the page and that it is free."""
    with Suspect(image, directory, ["check_init", "arch_console_write"]) as suspect:
        suspect.debugger.set_register(A0, DIRECT + FREE_PAGE)
        record, said = suspect.go_on()
    expect(record.verdict != "ok", "a free page could be read", [said])
    expect("load page fault" in said and "the page is free" in said, "the trap does not say so", [said])


def shuffled(image, directory):
    """Two boots give different pages first; both end with the same free memory and the audit ok."""
    runs = [cases.boot(image, f"{directory}/{i}", "record selftest", memory=MEMORY) for i in (1, 2)]
    for run in runs:
        cases.no_warnings(run, WRONG_FREES)
    cases.same_ledger(*runs)


def tests():
    def on_vmemmap(name, run, config="", also=()):
        return per_model(name, run, ["vmemmap"], also, config=config)

    others = ["flat", "discontig", "sparse"]
    return (
        on_vmemmap("stack overrun", overrun)
        + on_vmemmap("stack guard seeded", seeded)
        + on_vmemmap("poison of free pages", all_poison, "PAGE_POISON=y", others)
        + on_vmemmap("write after free", write_after_free, "PAGE_POISON=y")
        + on_vmemmap("free pages are not mapped", hidden, "DEBUG_PAGEALLOC=y", others)
        + on_vmemmap("touch after free", touch_after_free, "DEBUG_PAGEALLOC=y")
        + on_vmemmap("shuffled lists", shuffled, "SHUFFLE_FREE_LISTS=y", others)
    )
