# SPDX-License-Identifier: BSD-2-Clause
"""
A machine that OpenSBI and U-Boot start: what is typed at U-Boot's prompt, and the boot that follows.
"""
import os
import subprocess
import threading

import machine_test
import media
import qemu
from suite import Skip

PROGRAM = "/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf"
PROMPTS = b"=> ", b"pagewright> "


class Machine(qemu.Machine):
    """A machine whose console is typed at. The prompts have no line end, so they are counted apart."""

    STDIN = subprocess.PIPE

    def __enter__(self):
        self._prompts = threading.Semaphore(0)
        return super().__enter__()

    def _listen(self):
        rest = b""
        while chunk := os.read(self._process.stdout.fileno(), 4096):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                self._lines.put(line.decode(errors="replace").rstrip("\r"))
            if rest.endswith(PROMPTS):
                self._prompts.release()
        self._lines.put(None)

    def press(self, text):
        """Keys, now."""
        self._process.stdin.write(text.encode())
        self._process.stdin.flush()

    def wait_prompt(self):
        """Wait until the program that runs asks for a line."""
        if not self._prompts.acquire(timeout=qemu.TIME_LIMIT):
            while not self._lines.empty():
                self.output.append(self._lines.get())
            self.fail("no prompt")

    def enter(self, *lines):
        """Lines, each at a prompt."""
        for line in lines:
            self.wait_prompt()
            self.press(line + "\n")

    def answer(self, line):
        """What a program says to a line, as a list of lines; its next prompt is left waiting."""
        self.enter(line)
        self.wait_prompt()
        self._prompts.release()
        said = []
        while not self._lines.empty():
            said.append(self._lines.get())
        self.output += said
        return said[1:] if said and said[0].endswith(line) else said


def start(directory, disks, memory="1G", args=(), bios="default"):
    """A machine with these disks, in which U-Boot has stopped at its prompt. Use with `with`."""
    if not os.path.exists(PROGRAM):
        raise Skip(f"no {PROGRAM}: scripts/deps uboot installs it")
    words = qemu.command(PROGRAM, memory, args, "", bios)
    for number, disk in enumerate(disks):
        words += media.drive(disk, number)
    machine = Machine(words, directory)
    return _AtPrompt(machine)


class _AtPrompt:
    """Enters a machine and stops U-Boot's countdown."""

    def __init__(self, machine):
        self._machine = machine

    def __enter__(self):
        machine = self._machine.__enter__()
        try:
            # Nothing that is typed before the console is set up arrives.
            machine.wait_line("Net:")
            machine.press(" ")
            machine.enter("virtio scan")
        except BaseException:
            self._machine.__exit__()
            raise
        return machine

    def __exit__(self, *_):
        self._machine.__exit__()


def boot(image, directory, disks, lines, bootargs="record", look=None, **machine):
    """
    Type lines at U-Boot, the last of which starts the kernel, and judge the boot as every other.
    look(record, machine, tables): more checks, while the machine is held still.
    """
    with start(directory, disks, **machine) as running:
        running.enter(*lines)
        return machine_test.judge(running, image, bootargs, look=look)
