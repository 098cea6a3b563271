# SPDX-License-Identifier: BSD-2-Clause
"""
What the tests of mmview share: running it, small trees, expectations, result lines.

A test is a function with @test; its docstring's first line is its name.
"""
import os
import subprocess
import sys
import tempfile
import traceback

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MMVIEW = os.path.join(TOP, "build", "host", "mmview")
MAPS = os.path.join(TOP, "dts", "maps")
MODELS = ("flat", "discontig", "sparse", "vmemmap")
SCRATCH = tempfile.TemporaryDirectory(prefix="mmview-test.")
CLEAN = {k: v for k, v in os.environ.items()
         if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "NO_COLOR", "DESTDIR", "PREFIX")}

_tests = []


class Failure(Exception):
    """An expectation that does not hold; more: lines that help."""

    def __init__(self, why, more=()):
        super().__init__(why)
        self.more = list(more)


def test(function):
    """Register a test."""
    _tests.append(function)
    return function


def run_all(only=()):
    """Run the registered tests; exit status."""
    failed = 0
    for function in _tests:
        name = (function.__doc__ or function.__name__).strip().splitlines()[0]
        if only and not any(word in name for word in only):
            continue
        try:
            skipped = function()
            print(f"skip {name}: {skipped}" if skipped else f"ok {name}")
        except Failure as failure:
            failed += 1
            print(f"not ok {name}: {failure}")
            for line in failure.more[:60]:
                print(f"# {line}")
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {name}: {type(error).__name__}: {error}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}")
        sys.stdout.flush()
    return int(failed > 0)


def expect(condition, why, more=()):
    if not condition:
        raise Failure(why, more)


def expect_equal(what, got, wanted):
    if got != wanted:
        raise Failure(f"{what} is {got!r}, should be {wanted!r}")


class Result:
    """What a program said."""

    def __init__(self, done):
        self.status = done.returncode
        self.out = done.stdout.decode(errors="replace")
        self.err = done.stderr.decode(errors="replace")
        self.lines = self.out.splitlines()

    def shown(self):
        return self.lines + self.err.splitlines()


def run(*words, status=0, env=None, data=b"", cwd=None, program=MMVIEW):
    """Run mmview; the exit status must be the one given (None: any)."""
    done = subprocess.run([program, *words], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={**CLEAN, **(env or {})}, cwd=cwd,
                          timeout=600, check=False)
    result = Result(done)
    if status is not None and result.status != status:
        raise Failure(f"mmview {' '.join(words)}: exit status {result.status}, should be {status}",
                      result.shown())
    expect("Traceback" not in result.err, "mmview broke", result.shown())
    return result


def scratch(name, contents=None):
    """A path for a file of the tests, written when there are contents."""
    path = os.path.join(SCRATCH.name, name)
    if contents is not None:
        with open(path, "wb") as file:
            file.write(contents if isinstance(contents, bytes) else contents.encode())
    return path


def a_map(name):
    """A tree of dts/maps."""
    return os.path.join(MAPS, f"{name}.dts")


def a_tree(name, banks, bootargs=None, extra=""):
    """A small legal tree as source: banks of (base, size), firmware at the first one's start."""
    memory = "".join(
        f"\tmemory@{base:x} {{ device_type = \"memory\"; reg = <{base >> 32:#x} "
        f"{base & 0xffffffff:#x} {size >> 32:#x} {size & 0xffffffff:#x}>; }};\n"
        for base, size in banks)
    chosen = f"\tchosen {{ bootargs = \"{bootargs}\"; }};\n" if bootargs is not None else ""
    first = banks[0][0]
    firmware = f"<{first >> 32:#x} {first & 0xffffffff:#x} 0x0 0x80000>"
    return scratch(f"{name}.dts", f"""/dts-v1/;
/ {{
\t#address-cells = <2>;
\t#size-cells = <2>;
\tmodel = "test {name}";
{chosen}{memory}\treserved-memory {{
\t\t#address-cells = <2>;
\t\t#size-cells = <2>;
\t\tranges;
\t\tmmode_resv0@{first:x} {{ reg = {firmware}; no-map; }};
\t}};
{extra}}};
""")
