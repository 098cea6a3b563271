# SPDX-License-Identifier: BSD-2-Clause
"""
A machine of QEMU: started, listened to until the verdict, looked into, ended.

The console is the process's output. Looking into it goes through QMP, QEMU's control socket:
memory is read by QEMU itself, past the kernel and its page tables. Every wait has a limit.
"""
import json
import os
import queue
import shutil
import socket
import subprocess
import tempfile
import threading
import time

import record
from suite import Failure, Skip

PROGRAM = "qemu-system-riscv64"
TIME_LIMIT = 90  # seconds from the start to the verdict, on a machine that does much else
EXIT_LIMIT = 15  # from the verdict of a stop, or from quit, to the end of the process
BLOCK = 64 * 1024  # what is read of the machine's memory at once
DEBIAN_OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic"


def command(image, memory="1G", args=(), append="record", bios="default"):
    """
    The words of a QEMU command that boots an image file. memory None: args say it. args come
    first: -machine among them names another machine than virt, -serial an UART before the console.
    bios None: none is named.
    """
    words = [PROGRAM, "-machine", "virt", *args]
    words += ["-bios", bios] if bios else []
    words += ["-kernel", image]
    words += ["-display", "none", "-monitor", "none", "-serial", "stdio", "-no-reboot"]
    if append:
        words += ["-append", append]
    if memory:
        words += ["-m", memory, *backend(memory)]
    return words


def backend(memory):
    """Large memory is only reserved as addresses: a bring-up touches little of it."""
    unit = {"M": 1, "G": 1024}[memory[-1]]
    if int(memory[:-1]) * unit < 4096:
        return []
    ram = f"memory-backend-ram,id=ram,size={memory},reserve=off"
    return ["-object", ram, "-machine", "memory-backend=ram"]


class Machine:
    """
    One QEMU process. Use with `with`: at the end of the block it is gone, whatever happened.
    The console's lines are in .output, and in the file console.log of the test's directory.
    """

    STDIN = subprocess.DEVNULL  # a machine that is typed at has a pipe here

    def __init__(self, words, directory):
        self.words = words
        self.directory = directory
        self.output = []
        self.status = None
        self._lines = queue.Queue()
        self._qmp = None
        self._blocks = {}

    def __enter__(self):
        os.makedirs(self.directory, exist_ok=True)
        # The socket's path must be short, so it is not in the test's own directory.
        self._temporary = tempfile.mkdtemp(prefix="boot-test-")
        self._socket = os.path.join(self._temporary, "qmp")
        words = [*self.words, "-qmp", f"unix:{self._socket},server=on,wait=off"]
        with open(os.path.join(self.directory, "command"), "w", encoding="utf-8") as file:
            file.write("\n".join(words) + "\n")
        try:
            self._process = subprocess.Popen(
                words, stdin=self.STDIN, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
        except FileNotFoundError as error:
            shutil.rmtree(self._temporary, ignore_errors=True)
            raise Skip(f"{PROGRAM} is not installed") from error
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self._qmp:
            self._qmp.close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        shutil.rmtree(self._temporary, ignore_errors=True)
        with open(os.path.join(self.directory, "console.log"), "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in self.output)

    def _listen(self):
        for raw in self._process.stdout:
            self._lines.put(raw.decode(errors="replace").rstrip("\r\n"))
        self._lines.put(None)

    def fail(self, why):
        raise Failure(why, [" ".join(self.words), *self.output[-30:]])

    def _next_line(self, until):
        """The next line of the console, None at its end; fails after the time `until`."""
        try:
            line = self._lines.get(timeout=max(0.01, until - time.monotonic()))
        except queue.Empty:
            self.fail(f"nothing more on the console, no verdict within {TIME_LIMIT} s")
        if line is not None:
            self.output.append(line)
        return line

    def wait_verdict(self, limit=TIME_LIMIT):
        """Listen until the verdict; the parsed record. Fails when the machine ends without."""
        until = time.monotonic() + limit
        while True:
            line = self._next_line(until)
            if line is None:
                self.fail("the machine ended without a verdict")
            if line.startswith("mm.verdict"):
                break
        try:
            return record.parse(self.output)
        except record.GrammarError as error:
            return self.fail(f"the record breaks its grammar: {error}")

    def wait_line(self, begin, limit=TIME_LIMIT):
        """Listen until a line that begins like this."""
        until = time.monotonic() + limit
        while True:
            line = self._next_line(until)
            if line is None:
                self.fail(f"the machine ended without a line {begin}")
            if line.startswith(begin):
                return line

    def wait_end(self, limit=EXIT_LIMIT):
        """The process's exit status. Anything but blanks after the verdict is a failure."""
        try:
            self.status = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            self.fail(f"the machine did not switch itself off within {limit} s")
        while self._next_line(time.monotonic() + limit) is not None:
            pass
        last = [line for line in self.output if line.strip()][-1]
        if not last.startswith("mm.verdict"):
            self.fail(f"the verdict is not the last line: {last}")
        return self.status

    def wait_start_failure(self, limit=3):
        """The exit status of a QEMU that refuses its own command; None when it runs on."""
        try:
            status = self._process.wait(limit)
        except subprocess.TimeoutExpired:
            return None
        while self._next_line(time.monotonic() + limit) is not None:
            pass
        return status

    def qmp(self, name, **arguments):
        """One QMP command; its result."""
        if not self._qmp:
            self._connect()
        self._qmp.sendall(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self._answers.readline() or '{"error": "connection closed"}')
            if "error" in answer:
                self.fail(f"QMP {name}: {answer['error']}")
            if "return" in answer:
                return answer["return"]

    def _connect(self):
        self._qmp = socket.socket(socket.AF_UNIX)
        self._qmp.settimeout(TIME_LIMIT)
        self._qmp.connect(self._socket)
        self._answers = self._qmp.makefile("r", encoding="utf-8")
        self._answers.readline()  # the greeting
        self.qmp("qmp_capabilities")

    def stop(self):
        """Hold the machine still, so that what is read belongs together."""
        self.qmp("stop")

    def forget(self):
        """The machine has run since: read its memory anew."""
        self._blocks = {}

    def read(self, address, size):
        """Bytes of physical memory. Only after stop(): what was read once is kept."""
        result = b""
        while len(result) < size:
            at = address + len(result)
            block = at - at % BLOCK
            if block not in self._blocks:
                file = os.path.join(self._temporary, "memory")
                self.qmp("pmemsave", val=block, size=BLOCK, filename=file)
                with open(file, "rb") as memory:
                    self._blocks[block] = memory.read()
            result += self._blocks[block][at - block :][: size - len(result)]
        return result

    def registers(self, hart):
        """{name: value} of what QEMU shows of a hart: pc, satp, ..."""
        ask = {"command-line": "info registers", "cpu-index": hart}
        words = self.qmp("human-monitor-command", **ask).split()
        values = {}
        for name, value in zip(words, words[1:]):
            if name not in values:
                try:
                    values[name] = int(value, 16)
                except ValueError:
                    pass
        return values

    def quit(self):
        self.qmp("quit")
        self._process.wait(EXIT_LIMIT)
