#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/monitor/run.py [--update] [WORD...] - the prompt as a person meets it: on a terminal, on the host
and in QEMU; its numbers against the record; docs/monitor.md against the table of commands. WORD:
only tests whose name has one of them. --update writes the examples of docs/monitor.md anew.

Prints "ok NAME", "not ok NAME: why" or "skip NAME: why" lines.
"""
import os
import random
import re
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "boot")]

import images  # noqa: E402
import numbers_of as numbers  # noqa: E402
import provoked  # noqa: E402
import qemu  # noqa: E402
import record  # noqa: E402
from suite import MODELS, TOP, Failure, Skip, expect, expect_equal  # noqa: E402
from terminal import COLUMNS, PROMPT, Session  # noqa: E402

TREES = ("dts/boards/qemu-virt-1g.dts", "dts/boards/visionfive2-4g.dts",
         "dts/boards/hifive-unmatched.dts", "dts/maps/c127-by-node.dts", "dts/maps/c55-odd-hole.dts")
DOCS = "docs/monitor.md"
UP, LEFT = "\x1b[A", "\x1b[D"
TESTS = []


def test(function):
    """A test is a function of the directory for its files; its doc comment is its name."""
    TESTS.append(function)
    return function


def blob(tree):
    """A compiled tree, as a path."""
    path = os.path.join(SCRATCH.name, os.path.basename(tree) + ".dtb")
    if not os.path.exists(path):
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, tree], check=True)
    return path


def host(model, *more):
    """The command of the host program."""
    return [images.Image(model).host(), *more]


def in_qemu(model, memory="256M", append="", reboots=False, counts=False):
    """The command of a QEMU whose serial line is the terminal; model may be a whole Image."""
    image = model if isinstance(model, images.Image) else images.Image(model)
    words = qemu.command(image.target(), memory, append=append)
    # ^C is for the kernel, not for QEMU.
    at = words.index("stdio")
    words[at - 1 : at + 1] = ["-chardev", "stdio,id=line,signal=off", "-serial", "chardev:line"]
    if reboots:
        words.remove("-no-reboot")
    if counts:
        words += ["-icount", "shift=0"]
    return words


def edit(session):
    """Type, move, insert, take back, search, complete; each time the line on the screen is right."""
    session.prompt()
    session.keys("pge 0x80200" + 10 * LEFT)
    session.keys("a")
    session.shows(PROMPT + "page 0x80200")
    session.wait("cursor behind the letter", lambda: session.screen.column == len(PROMPT) + 2)
    expect("pfn 0x80200, pa 0x0000000080200000" in session.run(""), "page 0x80200 was not run")
    session.keys("nonsense\x15mem\t")
    session.shows(PROMPT + "mem")
    session.keys("i\t")
    session.shows(PROMPT + "meminfo")
    session.run("")
    session.keys(UP + UP)
    session.shows(PROMPT + "page 0x80200")
    session.keys("\x03")
    session.prompt()
    session.keys("\x12page")
    session.shows("search (page)> page 0x80200")
    session.keys("\x05 zzz\x17\x7f\x02\x0b0")
    session.shows(PROMPT + "page 0x80200")
    session.keys("\x15")
    session.prompt()


def long_line(session):
    """A line of 200 bytes stays on one row of 80 columns and is taken whole."""
    rows = len(session.screen.rows)
    text = "".join(f"x{i:03}" for i in range(50))
    session.keys(text)
    session.wait("end of the long line", lambda: session.screen.line().endswith(text[-30:]))
    expect_equal("rows that the line takes", len(session.screen.rows), rows)
    expect(len(session.screen.rows[-1]) < COLUMNS, "the line touches the last column")
    expect(session.screen.line().startswith(PROMPT + "<"), "no mark on the left")
    session.keys("\x1b[H")
    session.wait("mark on the right", lambda: session.screen.line().endswith(">"))
    expect(session.screen.line().startswith(PROMPT + "x000x001"), "not the beginning of the line")
    answer = session.run("")
    expect(answer[0].startswith("unknown command 'x000x001"), "the long line was not taken", answer)


@test
def editing_on_the_host():
    """editing, history, completion and long lines on the host"""
    with Session(host("vmemmap", "--monitor", blob(TREES[0]))) as session:
        edit(session)
        long_line(session)
        session.keys("\x04")
        expect_equal("exit status", session.end(), 0)
        expect(session.terminal_is_as_before(), "the terminal is not as it was")


@test
def editing_in_qemu():
    """editing, history, completion and long lines in QEMU"""
    with Session(in_qemu("vmemmap")) as session:
        edit(session)
        long_line(session)
        session.keys("poweroff\r")
        expect_equal("exit status", session.end(), 0)
        expect(session.output.rstrip().endswith("mm.verdict ok"), "no verdict at the end")


@test
def terminal_after_a_signal():
    """killed by a signal, the program leaves the terminal as it was"""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        with Session(host("vmemmap", "--monitor", blob(TREES[0]))) as session:
            session.prompt()
            expect(not session.terminal_is_as_before(), "it never took the terminal")
            session.process.send_signal(number)
            expect_equal("exit status", session.end(), -number)
            expect(session.terminal_is_as_before(), f"after {number} the terminal is not as it was")


def reboot(session):
    """Start anew at the prompt: another boot, which knows nothing of the one before."""
    session.prompt()
    session.run("alloc 0")
    session.keys("reboot\r")
    session.wait("second boot", lambda: session.output.count("Type help") == 2)
    session.prompt()
    expect("0 blocks, 0 pages are held" in session.run("alloc"), "something is left")
    session.keys("poweroff\r")
    expect_equal("exit status", session.end(), 0)


@test
def reboot_on_the_host():
    """reboot starts anew on the host"""
    with Session(host("vmemmap", "--monitor", blob(TREES[0]))) as session:
        reboot(session)
        expect(session.terminal_is_as_before(), "the terminal is not as it was")


@test
def reboot_in_qemu():
    """reboot starts anew in QEMU (SBI SRST)"""
    with Session(in_qemu("vmemmap", reboots=True)) as session:
        reboot(session)


@test
def random_keys():
    """random bytes on a terminal: the prompt comes back"""
    dice = random.Random(20190704)
    with Session(host("vmemmap", "--monitor", blob(TREES[0]))) as session:
        session.prompt()
        session.screen.feed = lambda piece: None  # nobody looks
        for _ in range(40):
            data = bytes(dice.choice(range(1, 256)) for _ in range(200))
            # ^D on an empty line ends the session, as it should.
            session.keys(data.replace(b"\x04", b"x"))
        session.screen.feed = type(session.screen)().feed
        session.keys("\x07\x03\x15")
        session.output = ""
        session.keys("why 0x80200\r")
        session.wait("answer", lambda: "the kernel's image: its text" in session.output)
        session.keys("\x15poweroff\r")
        expect_equal("exit status", session.end(), 0)
        expect(session.terminal_is_as_before(), "the terminal is not as it was")


def answers_of(text):
    """{command: lines}: the output of commands with `echo =command` before each."""
    parts = re.split(r"(?m)^=(\w+)\n", text)
    return {name: part.splitlines() for name, part in zip(parts[1::2], parts[2::2])}


def batch(model, tree, *options):
    """All commands of numbers on the host, from one script."""
    script = "".join(f"echo ={name}\n{name}\n" for name in numbers.COMMANDS) + "echo =end\n"
    done = subprocess.run(host(model, "--monitor", *options, blob(tree)), input=script.encode(),
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=90, check=False)
    expect_equal("exit status", done.returncode, 0)
    return answers_of(done.stdout.decode())


def numbers_on_the_host(model, tree):
    answers = batch(model, tree)
    answers["record"] = record.parse(answers["record"])
    numbers.compare(answers, model)


def numbers_in_qemu(model):
    with Session(in_qemu(model)) as session:
        session.prompt()
        answers = {name: session.run(name) for name in numbers.COMMANDS}
        chain = "\n".join(session.run("trace boot"))
        for name in ("memmodel_init", "free_area_init", "memmap_init_zone", "memblock_free_all"):
            expect(f"  {name}" in chain, f"trace boot: no {name}", chain.splitlines())
        expect_equal("leaves in the trace", "paging_add_vmemmap" in chain, model == "vmemmap")
        session.keys("poweroff\r")
        expect_equal("exit status", session.end(), 0)
    # A terminal breaks the long lines of the record: it is read as it came.
    begin = session.output.index("mm.record")
    text = session.output[begin : session.output.index(PROMPT, begin)].replace("\r", "")
    answers["record"] = record.parse(text.splitlines())
    numbers.compare({k: (v if k == "record" else unwrapped(session, k)) for k, v in answers.items()}, model)


def unwrapped(session, name):
    """The lines of a command as they came."""
    text = session.output.replace("\r", "")
    begin = text.rindex(f"{PROMPT}{name}\n") + len(PROMPT) + len(name) + 1
    return text[begin : text.index(PROMPT, begin)].splitlines()


def add_number_tests():
    """One test for each model and tree."""
    for model in MODELS:
        for tree in TREES:
            def on_host(model=model, tree=tree):
                numbers_on_the_host(model, tree)
            on_host.__doc__ = f"numbers: host {os.path.basename(tree)} {model}"
            TESTS.append(on_host)

        def in_machine(model=model):
            numbers_in_qemu(model)
        in_machine.__doc__ = f"numbers: qemu {model}"
        TESTS.append(in_machine)


@test
def scripts():
    """--command and a pipe: only the answers, and a status that tells"""
    def run(*words, **more):
        return subprocess.run(host("vmemmap", *words, blob(TREES[0])), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=60, check=False, **more)
    done = run("--command=why 0x80200; node 0 # done")
    expect_equal("exit status", done.returncode, 0)
    expect(b"its text" in done.stdout and PROMPT.encode() not in done.stdout, "no clean answer")
    expect_equal("status of a bad command", run("--command=page twelve").returncode, 1)
    done = run("--monitor", input=b"\n# nothing\n  node 0\r\nmeminfo")
    expect_equal("exit status", done.returncode, 0)
    expect(b"spanned pages" in done.stdout and b"MemTotal" in done.stdout, "a line was not run")
    expect(b"\x1b" not in done.stdout, "an escape sequence in a pipe")


@test
def offline_memory():
    """why, pfn and vmemmap of memory that was added, before and after it is online"""
    ask = "; ".join(("why 0xa0800", "hotplug add 0xa0000000 128M", "why 0xa0800", "pfn 0xa0800000", "vmemmap",
                     "hotplug online 20", "why 0xa0800", "pfn 0xa0800000"))
    done = subprocess.run(host("vmemmap", "--prepend=mem=512M", f"--command={ask}", blob(TREES[0])),
                          stdout=subprocess.PIPE, timeout=60, check=False)
    text = done.stdout.decode()
    expect_equal("exit status", done.returncode, 0)
    at = -1
    for wanted in ("reason     RAM that is not used: mem=", "reason     its block of memory is offline",
                   "valid=1 ram=1 online=0 free=0", "  0 hot-add\n", "populated by the last hot-add",
                   "reason     free: block of order", "valid=1 ram=1 online=1 free=1"):
        expect(wanted in text[at + 1 :], f"not said, or not in this order: {wanted}", text.splitlines()[-60:])
        at = text.index(wanted, at + 1)


@test
def bugs_on_purpose():
    """provoke: each bug is noticed and named, the machine goes on"""
    provoked.goes_on(lambda image: in_qemu(image, "64M"))


@test
def deadly_bugs_on_purpose():
    """provoke: each bug that must stop the machine stops it with its reason"""
    provoked.stops(lambda image: in_qemu(image, "64M"))


@test
def leak_on_purpose():
    """provoke: a leak is named at poweroff, its call site by why and page_owner"""
    provoked.leaks(lambda image: in_qemu(image, "64M"))


def table_of_commands():
    """[(title, name, example)] as the program has it."""
    lines = subprocess.run(host("vmemmap", "--command=help", blob(TREES[0])), stdout=subprocess.PIPE,
                           timeout=60, check=True).stdout.decode().splitlines()
    table, title = [], None
    lines = lines[lines.index("mm.verdict ok") + 1 :]
    for line in lines:
        match = re.match(r"  (\w+) ", line)
        if match:
            table.append((title, match.group(1)))
        elif table and not line.startswith(" ") and line.startswith("help COMMAND"):
            break
        else:
            title = line
    ask = "".join(f"help {name}\n" for _, name in table)
    text = subprocess.run(host("vmemmap", "--monitor", blob(TREES[0])), input=ask.encode(),
                          stdout=subprocess.PIPE, timeout=60, check=True).stdout.decode()
    examples = re.findall(r"^Example: (.*)$", text, re.M)
    expect_equal("examples", [e.split()[0] for e in examples], [name for _, name in table])
    return [(title, name, example) for (title, name), example in zip(table, examples)]


def docs_text():
    with open(os.path.join(TOP, DOCS), encoding="utf-8") as file:
        return file.read()


@test
def docs_list_every_command():
    """docs/monitor.md has every command with its example, in the order of help"""
    wanted = [(name, example) for _, name, example in table_of_commands()]
    text = docs_text()
    blocks = re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", text, re.M | re.S)
    expect_equal("commands in docs/monitor.md", [name for name, _ in blocks], [name for name, _ in wanted])
    for (name, block), (_, example) in zip(blocks, wanted):
        shown = re.findall(r"^" + re.escape(PROMPT) + r"(.*)$", block, re.M)
        expect(example in shown, f"docs/monitor.md, {name}: the example is not {example}")
        for line in block.splitlines():
            expect(len(line) <= 100 or "|" in line, f"docs/monitor.md: a long line: {line}")


def update_docs():
    """Write the part of docs/monitor.md behind its first heading of commands anew, from a real machine."""
    table = table_of_commands()
    head = docs_text().split("\n## ")[0]
    text = [head]
    last = None
    with Session(in_qemu("vmemmap", "1G", counts=True)) as session:
        session.prompt()
        for title, name, example in table:
            if title != last:
                text.append(f"\n## {title[0].upper()}{title[1:]}\n")
            last = title
            helped = session.run(f"help {name}")
            usage = next(i for i, line in enumerate(helped) if line.startswith("usage:"))
            end = next(i for i, line in enumerate(helped) if line.startswith("Example:"))
            text.append(f"\n### {name}\n\n```\n" + "\n".join(helped[usage:end]) + "\n```\n")
            if name in ("poweroff", "reboot"):
                answer = ["mm.verdict ok"] if name == "poweroff" else ["rebooting", "..."]
            else:
                answer = session.run(example)
            answer = answer if len(answer) <= 32 else answer[:30] + ["..."]
            text.append("\n```\n" + "\n".join([PROMPT + example, *answer]) + "\n```\n")
        session.keys("poweroff\r")
        session.end()
    with open(os.path.join(TOP, DOCS), "w", encoding="utf-8") as file:
        file.write("".join(text))


def run_one(function):
    """One result line; True unless it failed."""
    name = function.__doc__.splitlines()[0]
    try:
        function()
    except Skip as skip:
        print(f"skip {name}: {skip}")
    except (Failure, record.GrammarError) as failure:
        print(f"not ok {name}: {failure}")
        for line in getattr(failure, "details", [])[:60]:
            print(f"# {line}")
        return False
    except Exception as error:  # a test that breaks has failed, the others go on
        print(f"not ok {name}: {error!r}")
        return False
    else:
        print(f"ok {name}")
    finally:
        sys.stdout.flush()
    return True


def main(words):
    os.chdir(TOP)
    os.makedirs("build/tests", exist_ok=True)
    for model in ["vmemmap"] if words[:1] in (["--update"], ["docs"]) else MODELS:
        images.build(images.Image(model), True)
    if words[:1] == ["--update"]:
        update_docs()
        return 0
    add_number_tests()
    chosen = [t for t in TESTS if not words or any(word in t.__doc__ for word in words)]
    return 0 if all([run_one(t) for t in chosen]) else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="monitor-test-") as scratch:
        SCRATCH = type("Scratch", (), {"name": scratch})
        sys.exit(main(sys.argv[1:]))
