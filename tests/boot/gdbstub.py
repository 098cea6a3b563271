# SPDX-License-Identifier: BSD-2-Clause
"""
As much of gdb's remote protocol as it takes to stop a machine of QEMU at the first line of a
function: a breakpoint, and go on. The words for QEMU are in arguments().
"""
import os
import socket
import time

from suite import Failure

TIME_LIMIT = 90


def arguments(directory):
    """QEMU's words: wait for us before the first instruction."""
    return ["-S", "-gdb", f"unix:{path(directory)},server=on,wait=off"]


def path(directory):
    """The socket's name, relative to where QEMU is started: the absolute one may be too long."""
    return os.path.join(directory, "gdb")


class Debugger:
    """A connection to a machine that was started with arguments()."""

    def __init__(self, directory):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(TIME_LIMIT)
        until = time.monotonic() + TIME_LIMIT
        while True:
            try:
                self._socket.connect(path(directory))
                break
            except (FileNotFoundError, ConnectionRefusedError) as error:
                if time.monotonic() > until:
                    raise Failure("QEMU's gdbstub does not answer") from error
                time.sleep(0.05)
        self._input = self._socket.makefile("rb")
        self._ask("?")

    def close(self):
        self._input.close()
        self._socket.close()

    def run_to(self, address):
        """Go on until a hart is about to execute the instruction at a virtual address."""
        self._expect_ok(f"Z0,{address:x},2")
        answer = self._ask("c")
        if not answer.startswith("T05"):
            raise Failure(f"the machine did not come to 0x{address:x}, gdbstub says {answer}")
        self._expect_ok(f"z0,{address:x},2")

    def integer_registers(self):
        """x0 to x31 of the hart that stopped, then its pc."""
        answer = bytes.fromhex(self._ask("g"))
        return [int.from_bytes(answer[at : at + 8], "little") for at in range(0, 33 * 8, 8)]

    def write(self, address, data):
        """Bytes to a virtual address of the hart that stopped."""
        self._expect_ok(f"M{address:x},{len(data):x}:{data.hex()}")

    def set_register(self, number, value):
        """x0 to x31, 32: pc. All are written back, because QEMU takes single ones only from a gdb."""
        registers = bytearray.fromhex(self._ask("g"))
        registers[number * 8 : number * 8 + 8] = value.to_bytes(8, "little")
        self._expect_ok(f"G{registers.hex()}")

    def go_on(self):
        """Without waiting for the next stop."""
        self._send("c")

    def _expect_ok(self, text):
        answer = self._ask(text)
        if answer != "OK":
            raise Failure(f"gdbstub answers {answer} to {text}")

    def _send(self, text):
        """A packet is $text#sum."""
        total = sum(text.encode()) % 256
        self._socket.sendall(f"${text}#{total:02x}".encode())

    def _ask(self, text):
        """Send a packet and return what comes back."""
        self._send(text)
        while True:
            byte = self._input.read(1)
            if not byte:
                raise Failure("QEMU's gdbstub closed the connection")
            if byte == b"$":
                break
        answer = b""
        while not answer.endswith(b"#"):
            answer += self._input.read(1)
        self._input.read(2)
        self._socket.sendall(b"+")
        return answer[:-1].decode()
