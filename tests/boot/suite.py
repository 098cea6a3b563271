# SPDX-License-Identifier: BSD-2-Clause
"""
What a test is: a name and a function that returns when all is well, raises Failure when it is
not, and Skip when this machine cannot tell. Modules with tests have a function tests() that
gives a list of them; run.py puts the lists together.
"""
import os
import subprocess
from dataclasses import dataclass, field

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LOGS = "build/tests"  # below TOP; everything that tests write
MODELS = ["flat", "discontig", "sparse", "vmemmap"]


class Failure(Exception):
    """The test has found something wrong: the reason in one line, and more lines of detail."""

    def __init__(self, why, details=()):
        super().__init__(why)
        self.details = list(details)


class Skip(Exception):
    """The test cannot be done here: the reason in one line."""


@dataclass
class Test:
    name: str  # words; the first says where it runs: host or qemu
    run: object  # a function of one argument, the directory for this test's files
    images: list = field(default_factory=list)  # what must be built first: images.Image
    full: bool = False  # only with --full: slow, or much like another one

    def directory(self):
        """Where the test keeps its logs: the name with harmless characters."""
        name = "".join(c if c.isalnum() or c in "-_=." else "_" for c in self.name)
        return os.path.join(LOGS, name)


def run(command, **more):
    """A program run to its end, or until timeout=: its exit status, and all that it printed."""
    if "input" not in more:
        more["stdin"] = subprocess.DEVNULL
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    return done.returncode, done.stdout.decode(errors="replace")


def output_of(command, **more):
    """What a program printed that must end well; a Failure with the end of it when it does not."""
    status, text = run(command, **more)
    if status != 0:
        raise Failure(f"{' '.join(command[:2])} failed", text.splitlines()[-40:])
    return text


def expect(holds, why, details=()):
    """Raise Failure unless it holds."""
    if not holds:
        raise Failure(why, details)


def expect_equal(what, found, wanted):
    """Raise Failure unless two values are the same, showing both."""
    if found != wanted:
        raise Failure(f"{what} is {found}, should be {wanted}")


def together(*checks):
    """Run all checks and collect what fails, so that one run shows everything that is wrong."""
    failures = []
    for check in checks:
        try:
            check()
        except Failure as failure:
            failures.append(failure)
    if len(failures) == 1:
        raise failures[0]
    if failures:
        details = [line for f in failures[1:] for line in [f"also: {f}", *f.details]]
        raise Failure(str(failures[0]), failures[0].details + details)
