# SPDX-License-Identifier: BSD-2-Clause
"""
What goes wrong on a hart that is not the boot hart ends the machine as it does there: one report, which
names the hart, one verdict as the last line, and an exit status that says no. Each test commits the
bug itself, from outside, by gdb's protocol.
"""
import re

from cases import REST, per_model
from cases_trust import Suspect
from suite import expect, expect_equal

MEMORY = "128M"
SP, PC = 2, 32
AT_WORK = "arch_leaves_seen"  # what a hart does when it has found work; the boot hart never does
SLOT, PAGE, STACK = 32 << 10, 4096, 8 << 10  # kernel/arch/arch.h: a guard, the stack, a guard, for traps
ILLEGAL = bytes(4)  # Unprivileged 20191213, 1.5: all zeros are no instruction


def at_work(image, directory, harts, *functions):
    """A machine stopped on a hart other than the boot hart that is about to work."""
    return Suspect(image, directory, [AT_WORK, *functions], "record selftest=smp", MEMORY,
                   ["-smp", str(harts)])


def slot_of(suspect):
    return suspect.debugger.integer_registers()[SP] // SLOT * SLOT


def ends_once(suspect, *said):
    """One verdict, at the end, and status 1; its text and the report have all that is said. The output."""
    record, _ = suspect.go_on()
    status = suspect.machine.wait_end()
    output = suspect.machine.output
    expect_equal("QEMU's exit status", status, 1)
    expect_equal("verdicts", sum("mm.verdict" in line for line in output), 1)
    expect(record.verdict.startswith("stop "), f"the verdict is {record.verdict}", output[-20:])
    for text in said:
        expect(text in "\n".join(output), f"not said: {text}", output[-30:])
    return "\n".join(output)


def names_another_hart(output, cause):
    """The report's first line and the verdict name the same hart, which is not the boot hart."""
    booted = re.search(r"^handoff +hart (\d+) ", output, re.M).group(1)
    found = re.search(rf"^trap +{cause} at 0x[0-9a-f]+ in phase \w+ on hart (\d+) ", output, re.M)
    expect(found, f"no report of a {cause}", output.splitlines()[-30:])
    hart = found.group(1)
    expect(hart != booted, f"hart {hart} is the boot hart", output.splitlines()[-30:])
    expect(f'reason="trap on hart {hart}: {cause} at ' in output, f"the verdict does not name hart {hart}",
           output.splitlines()[-5:])
    return hart


def null_call(harts):
    def run(image, directory):
        with at_work(image, directory, harts) as suspect:
            suspect.debugger.set_register(PC, 0)
            output = ends_once(suspect, "no window of the virtual map: a null pointer")
        names_another_hart(output, "instruction page fault")

    return run


def stack_overflow(image, directory):
    """Its stack pointer is at the end of its stack: the next function writes into the guard."""
    with at_work(image, directory, 4) as suspect:
        slot = slot_of(suspect)
        suspect.debugger.set_register(SP, slot + PAGE)
        output = ends_once(suspect)
    hart = names_another_hart(output, "store page fault")
    where = f"stacks of harts, hart {hart}, the guard page below the stack: the stack has overflowed"
    # The stack pointer, the address, the reason and the verdict.
    expect_equal("lines that name the guard", output.count(where), 4)
    address = int(re.search(r"^address +(0x[0-9a-f]+): ", output, re.M).group(1), 16)
    expect(slot <= address < slot + PAGE, f"{address:#x} is not in the guard of {slot:#x}")


def overflow_in_report(image, directory):
    """The report runs out of its own stack: it says less, but there is a verdict."""
    with at_work(image, directory, 4) as suspect:
        bottom = slot_of(suspect) + 2 * PAGE + STACK
        suspect.debugger.set_register(PC, 0)
        suspect.debugger.run_to(suspect.symbols["trap_report"])
        suspect.debugger.set_register(SP, bottom)
        output = ends_once(suspect, "stop phase=trap", "trap within the trap report:")
    found = re.search(r"^mm.verdict .* address=0x([0-9a-f]{16})\"$", output, re.M)
    address = int(found.group(1), 16)
    expect(bottom - PAGE <= address < bottom, f"{address:#x} is not in the guard below {bottom:#x}")


def all_at_once(harts):
    """Every hart meets an illegal instruction: the first reports, the others are silent."""

    def run(image, directory):
        with at_work(image, directory, harts) as suspect:
            suspect.debugger.write(suspect.symbols["harts_do"], ILLEGAL)
            suspect.debugger.write(suspect.symbols["alloc_pages"], ILLEGAL)
            output = ends_once(suspect, "illegal instruction")
        reports = len(re.findall(r"^trap +illegal instruction ", output, re.M))
        expect_equal("reports", reports, 1)

    return run


def tests():
    result = per_model("trap on another hart, smp 4", null_call(4), ["vmemmap"], REST)
    result += per_model("trap on another hart, smp 8", null_call(8), [], ["vmemmap"])
    result += per_model("stack overflow on another hart", stack_overflow, ["vmemmap"], REST)
    result += per_model("overflow in the report of another hart", overflow_in_report, ["vmemmap"], REST)
    result += per_model("traps on all harts at once", all_at_once(8), ["vmemmap"], REST)
    return result
