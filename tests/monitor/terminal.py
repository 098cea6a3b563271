# SPDX-License-Identifier: BSD-2-Clause
"""
A program on a terminal of 80 columns: keys are typed into a pseudo terminal, and what comes back is
both kept as it is and drawn on a screen, so that a test sees what a person would see.
"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from suite import Failure, Skip

COLUMNS, ROWS = 80, 24
PROMPT = "pagewright> "
LIMIT = 90  # seconds for anything, on a machine that does much else
CONTROL = re.compile(r"\x1b\[([0-9;]*)([A-Za-z])")
BEGUN = re.compile(r"\x1b(\[[0-9;]*)?$")  # the rest comes with the next piece


class Screen:
    """The part of ECMA-48 that the line editor uses; everything else is a failure."""

    def __init__(self):
        self.rows = [""]
        self.column = 0
        self.begun = ""

    def feed(self, text):
        """Draw a piece of output."""
        text = self.begun + text
        match = BEGUN.search(text)
        self.begun = match.group(0) if match else ""
        text = text[: len(text) - len(self.begun)]
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                match = CONTROL.match(text, at)
                if not match:
                    raise Failure(f"an unknown escape sequence: {text[at:at + 8]!r}")
                self._control(match.group(2), int(match.group(1) or 1))
                at = match.end()
                continue
            self._byte(text[at])
            at += 1

    def _byte(self, c):
        if c == "\r":
            self.column = 0
        elif c == "\n":
            self.rows.append("")
        elif c == "\b":
            self.column = max(0, self.column - 1)
        elif c >= " ":
            if self.column == COLUMNS:  # the terminal wraps
                self.rows.append("")
                self.column = 0
            row = self.rows[-1].ljust(self.column)
            self.rows[-1] = row[: self.column] + c + row[self.column + 1 :]
            self.column += 1

    def _control(self, letter, number):
        if letter == "K":
            self.rows[-1] = self.rows[-1][: self.column]
        elif letter == "D":
            self.column = max(0, self.column - number)
        elif letter == "J":
            self.rows = [""]
        elif letter == "H":
            self.column = 0
        else:
            raise Failure(f"the editor sent ESC [ {number} {letter}")

    def line(self):
        """The row with the cursor."""
        return self.rows[-1].rstrip()


class Session:
    """A program behind a pseudo terminal. Use with `with`; it is gone afterwards."""

    def __init__(self, words):
        self.words = words
        self.output = ""
        self.screen = Screen()

    def __enter__(self):
        try:
            self.ours, self.theirs = pty.openpty()
        except OSError as error:
            raise Skip(f"this machine has no pseudo terminal to give: {error}") from error
        fcntl.ioctl(self.theirs, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.before = termios.tcgetattr(self.theirs)
        self.process = subprocess.Popen(
            self.words, stdin=self.theirs, stdout=self.theirs, stderr=self.theirs, close_fds=True,
            start_new_session=True)
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)

    def fail(self, why):
        raise Failure(why, [" ".join(self.words), *self.output.splitlines()[-30:]])

    def _read(self, seconds):
        """What has come within that time; False at the end of the program's output."""
        ready, _, _ = select.select([self.ours], [], [], seconds)
        if not ready:
            return self.process.poll() is None
        try:
            piece = os.read(self.ours, 65536).decode(errors="replace")
        except OSError:
            return False
        self.output += piece
        self.screen.feed(piece)
        return True

    def wait(self, what, done):
        """Read until done() holds."""
        until = time.monotonic() + LIMIT
        while not done():
            if time.monotonic() > until:
                self.fail(f"no {what} within {LIMIT} s")
            if not self._read(0.2) and not done():
                self.fail(f"the program ended, no {what}")

    def prompt(self):
        """Wait for an empty prompt."""
        self.wait("prompt", lambda: self.screen.line() == PROMPT.strip())

    def keys(self, keys):
        """Type, not faster than a 16-byte FIFO takes it."""
        data = keys if isinstance(keys, bytes) else keys.encode()
        for at in range(0, len(data), 12):
            os.write(self.ours, data[at : at + 12])
            self._read(0.002)

    def shows(self, line):
        """Wait until the row with the cursor is this."""
        self.wait(f"line {line!r} (it is {self.screen.line()!r})", lambda: self.screen.line() == line)

    def run(self, command):
        """Type a command; the lines it printed."""
        begin = len(self.screen.rows)
        self.keys(command + "\r")
        mark = PROMPT + command.rstrip()

        def done():
            return len(self.screen.rows) > begin and self.screen.line() == PROMPT.strip()

        self.wait(f"answer to {command!r}", done)
        rows = [row.rstrip() for row in self.screen.rows[begin - 1 : -1]]
        if command and not rows[0].endswith(mark[-40:]):
            self.fail(f"typed {mark!r}, shown {rows[0]!r}")
        return rows[1:]

    def end(self):
        """Wait for the end; the exit status."""
        until = time.monotonic() + LIMIT
        while self.process.poll() is None:
            if time.monotonic() > until:
                self.fail(f"no end within {LIMIT} s")
            self._read(0.05)
        while self._read(0) and select.select([self.ours], [], [], 0)[0]:
            pass
        return self.process.returncode

    def terminal_is_as_before(self):
        """Are the settings of the terminal those that the program found?"""
        return termios.tcgetattr(self.theirs) == self.before
