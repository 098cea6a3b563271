# SPDX-License-Identifier: BSD-2-Clause
"""The command line itself: help, errors, exit status, colour; all texts name all options."""
import os
import pty
import re
import subprocess

from suite import (CLEAN, MMVIEW, TOP, a_map, a_tree, expect, expect_equal, run, scratch, test)

GIB = 1 << 30
BAD_USAGE = (
    (), ("--nonsense", "x.dtb"), ("a.dtb", "b.dtb"), ("--model=linear", "x.dtb"), ("--model",),
    ("--rec", "x.dtb"), ("--record", "--json", "x.dtb"), ("--section-size=3M", "x.dtb"),
    ("--section-size=64M", "--model=flat", "x.dtb"), ("--mem=lots", "x.dtb"), ("--mem=0", "x.dtb"),
    ("--section-size", "--json", "x.dtb"), ("--mem=1G@", "x.dtb"),
    ("--bank=1G", a_map("c42-unaligned-bank")),
    ("--bank=0x80000000:0", a_map("c42-unaligned-bank")), ("--image=0x80200000", "x.dtb"),
    ("--image=0x80201000:1M", "x.dtb"), ("--image=0x80200000:4K", "x.dtb"),
    ("--dtb-at=here", "x.dtb"), ("--log=a", "--log=b", "x.dtb"),
    ("--step", "--map", "x.dtb"), ("--monitor", "--map", "x.dtb"),
    ("--command=help", "--record", "x.dtb"), ("--monitor", "--section-size", "x.dtb"),
)


@test
def usage_is_refused():
    """bad usage: status 2, one line on stderr, nothing on stdout"""
    for words in BAD_USAGE:
        result = run(*words, status=2)
        expect(result.out == "" and result.err.startswith("mmview: "),
               f"mmview {' '.join(words)}: not one message on stderr", result.shown())
        expect(len(result.err.splitlines()) == 1, f"{words}: more than one line", result.shown())


@test
def unreadable_is_refused():
    """a file that cannot be read: status 2 and its name"""
    cases = [
        scratch("nowhere.dtb"),
        scratch("noise.dtb", bytes(range(256)) * 8),
        scratch("empty.dtb", b""),
        scratch("text.dts", "just a text\n"),
        scratch("wrong.dts", "/dts-v1/;\n/ { a = <1>\n"),
        scratch("missing.dts", '#include "nowhere.dtsi"\n/dts-v1/;\n/ { };\n'),
    ]
    for path in cases:
        result = run(path, status=2)
        expect(os.path.basename(path) in result.err, f"the message does not name {path}",
               result.shown())
        expect(result.out == "", "something on stdout", result.shown())
    expect("No such file" in run(cases[0], status=2).err, "no reason for a file that is not there")


@test
def damaged_blob_is_judged_by_the_kernel():
    """a blob with a broken inside: the kernel's verdict, status 1"""
    good = run("--record", "--model=flat", a_tree("ok", [(0x80000000, GIB)]))
    expect("mm.verdict ok" in good.lines, "the good tree does not boot", good.shown())
    blob = subprocess.run(["dtc", "-q", a_tree("ok", [(0x80000000, GIB)])], stdout=subprocess.PIPE,
                          check=True).stdout
    path = scratch("cut.dtb", blob[:4] + (len(blob) + 4096).to_bytes(4, "big")
                   + (1 << 30).to_bytes(4, "big") + blob[12:])
    result = run("--model=flat", path, status=1)
    expect(any(line.startswith("stop ") for line in result.lines), "no stop", result.shown())


@test
def help_names_everything():
    """--help, manual, completion and docs/mmview.md name the same options"""
    result = run("--help")
    options = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", result.out))
    expect({"--model", "--record", "--json", "--log", "--section-size"} <= options, "help is short")
    for line in result.lines:
        expect(len(line) <= 100, f"more than 100 columns: {line}")
    for name in ("tools/mmview/mmview.1", "tools/mmview/mmview.bash", "docs/mmview.md"):
        with open(os.path.join(TOP, name), encoding="utf-8") as file:
            text = file.read().replace("Fl Fl ", "--")
        missing = sorted(option for option in options if not re.search(option + r"\b(?!-)", text))
        expect(not missing, f"{name} does not name {' '.join(missing)}")


@test
def version():
    """--version is the release"""
    with open(os.path.join(TOP, "VERSION"), encoding="utf-8") as file:
        expect_equal("--version", run("--version").out, f"mmview {file.read().strip()}\n")


def on_a_terminal(*words, **env):
    """The output of mmview on a pseudo terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([MMVIEW, *words], stdin=subprocess.DEVNULL, stdout=theirs,
                          stderr=theirs, env={**CLEAN, "TERM": "xterm", **env}) as process:
        os.close(theirs)
        out = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        process.wait()
    os.close(ours)
    return out


@test
def colour():
    """colour on a terminal only, and not with NO_COLOR or TERM=dumb"""
    try:
        for end in pty.openpty():
            os.close(end)
    except OSError as error:
        return f"this machine has no pseudo terminal to give: {error}"
    tree = a_tree("colour", [(0x80000000, GIB)])
    expect(b"\033[" in on_a_terminal(tree), "no colour on a terminal")
    for env in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        expect(b"\033" not in on_a_terminal(tree, **env), f"colour in spite of {env}")
    expect("\033" not in run(tree, status=None).out, "colour in a pipe")
    return None


@test
def broken_pipe():
    """a reader that leaves early is no error message"""
    tree = a_tree("pipe", [(0x80000000, GIB)])
    done = subprocess.run(["bash", "-c", '"$0" --record "$1" | head -n 1', MMVIEW, tree],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CLEAN, check=False)
    expect(done.stdout.startswith(b"mm.record "), "no record")
    expect(done.stderr == b"", f"stderr: {done.stderr.decode()}")
