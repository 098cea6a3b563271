# SPDX-License-Identifier: BSD-2-Clause
"""
One machine of generate.py as QEMU's virt machine: booted there by the real firmware and kernel, in one
memory model, and judged as every boot in QEMU is (tests/boot/machine_test.py): the record by itself, the
page tables as they lie in memory, and the record against the same blob on the host at the same
addresses, line by line. A boot that stops must stop on the host with the same words.
"""
import re

import generate
import judge  # finds the modules of tests/boot

import host
import machine_test
import qemu
from images import Image
from record import GrammarError
from suite import LOGS, MODELS, Failure, expect, expect_equal

GIB = generate.GIB
IMAGE = re.compile(r"image +\[0x([0-9a-f]+), 0x([0-9a-f]+)\) .*  text (\d+) KiB, rodata (\d+) KiB,")
BLOB = re.compile(r"dtb +\[0x([0-9a-f]+), 0x([0-9a-f]+)\)")


def image_for(seed):
    """The four models take turns."""
    return Image(MODELS[seed % len(MODELS)])


def memory(machine):
    """QEMU's RAM, enough for every bank: whole GiB."""
    end = max(base + size for node in machine["memory"] for base, size in node["tuples"])
    return f"{max(1, -(-(end - generate.VIRT_RAM) // GIB))}G"


def numbers(pattern, output, what):
    """The groups of the first line of the log that matches."""
    for line in output:
        match = pattern.match(line)
        if match:
            return match.groups()
    raise Failure(f"the log does not say where the {what} lies", output[-20:])


def same_stop(record, machine, name, image, bootargs, output):
    """A stop prints no record: places come from the log, and the blob is padded to the size it had."""
    first, last = (int(number, 16) for number in numbers(BLOB, output, "device tree"))
    start, end, text, rodata = numbers(IMAGE, output, "image")
    parts = [int(start, 16), int(text), int(rodata), int(end, 16)]
    parts[1] = parts[0] + parts[1] * generate.KIB
    parts[2] = parts[1] + parts[2] * generate.KIB
    blob, _ = judge.compile_machine(machine, f"{name}-padded", last - first)
    words = ["--image=" + ":".join(f"0x{part:x}" for part in parts), f"--dtb-at=0x{first:x}"]
    here = host.boot(image, blob, bootargs, words, keep=False)
    expect_equal("the verdict", record.verdict, here.record.verdict)


def boot(machine, name, image):
    """Boot and judge; raises Failure."""
    blob, _ = judge.compile_machine(machine, name)
    bootargs = " ".join(["record", *machine["args"]])
    words = qemu.command(image.target(), memory(machine), ["-dtb", blob], bootargs)
    directory = f"{LOGS}/diff/{name}"
    with qemu.Machine(words, directory) as running:
        record = running.wait_verdict()
        if record.is_ok():
            machine_test.judge(running, image, bootargs, record=record)
            return
        status = running.wait_end()
        expect(status == 1, f"QEMU's exit status is {status}, should be 1")
    same_stop(record, machine, name, image, bootargs, running.output)


def check(machine, name, image):
    """None when the boot is as it must be; else what is wrong, in one line."""
    try:
        boot(machine, name, image)
    except (Failure, GrammarError) as failure:
        details = " / ".join(getattr(failure, "details", [])[:4])
        return f"{image.name()} in QEMU: {failure}" + (f" ({details})" if details else "")
    finally:
        host._boots.clear()
        host._locks.clear()
    return None
