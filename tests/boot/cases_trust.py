# SPDX-License-Identifier: BSD-2-Clause
"""
What catches bugs while the machine runs: each is caught red-handed, because the test commits the bug
itself, from outside, by gdb's protocol.
"""
import qemu
from cases import per_model
from gdbstub import Debugger, arguments
from suite import expect

A0 = 10  # the first argument
GUARD = "stack guard from 32 bytes of /chosen rng-seed"
BEYOND = 256  # the array is DT_MAX_PATH = 192 bytes long


def overrun(image, directory):
    """dt_origin() gives names_intern() an array of its own: that is written to beyond its end."""
    words = qemu.command(image.target(), "64M", arguments(directory))
    with qemu.Machine(words, directory) as machine:
        debugger = Debugger(directory)
        for function in ("dt_origin", "names_intern"):
            debugger.run_to(image.symbols()[function])
        debugger.write(debugger.integer_registers()[A0], b"A" * BEYOND)
        debugger.go_on()
        record = machine.wait_verdict()
        debugger.close()
        text = machine.output
    said = "\n".join(text)
    expect(record.verdict != "ok" and "the stack was overwritten" in said, "the overrun went unseen", text)
    expect("(kernel image + " in said, "the stop does not say where", text)


def seeded(image, directory):
    """The guard is the tree's seed, and the line says so."""
    with qemu.Machine(qemu.command(image.target(), "64M"), directory) as machine:
        machine.wait_verdict()
        expect(GUARD in "\n".join(machine.output), "no line of the stack guard", machine.output)


def tests():
    return per_model("stack overrun", overrun, ["vmemmap"]) + per_model("stack guard seeded", seeded, ["vmemmap"])
