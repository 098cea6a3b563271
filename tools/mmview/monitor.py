# SPDX-License-Identifier: BSD-2-Clause
"""
--monitor: the kernel's own prompt, on this machine. With a person at the terminal the program
has it to itself; from a pipe or with --command only what the commands print comes through.
"""
import subprocess
import sys

import run
from errors import Unusable


def start(args, blob, asked, out):
    """Boot, then prompt or commands. Exit status: the program's, 1 for a complaint or a stop."""
    # Warnings of the boot are worth a look, its report is what the commands are for.
    asked.words = ["loglevel=5"]
    words = run.command(args.model or "vmemmap", blob, asked)
    words.insert(1, f"--command={args.command}" if args.command else "--monitor")
    try:
        if not args.command and sys.stdin.isatty() and out.isatty():
            out.flush()
            return judge(subprocess.call(words))
        stdin = subprocess.DEVNULL if args.command or args.file == "-" else None
        with subprocess.Popen(words, stdin=stdin, stdout=subprocess.PIPE) as program:
            pass_on(program.stdout, out)
    except OSError as error:
        raise Unusable(f"{words[0]}: {error}") from None
    return judge(program.returncode)


def judge(code):
    """A program that broke is our trouble, not the tree's."""
    if code not in (0, 1):
        raise Unusable(f"the boot broke off (status {code})")
    return code


def pass_on(lines, out):
    """What is printed between the verdicts of boot and end; a boot that stops whole."""
    boot = []
    last = None
    booted = False
    for raw in lines:
        line = raw.decode(errors="replace")
        if not booted:
            boot.append(line)
            booted = line.startswith("mm.verdict ok")
            if booted:
                sys.stderr.writelines(text for text in boot if text.startswith("warning"))
            continue
        if last is not None:
            out.write(last)
            out.flush()
        last = line
    if not booted:
        out.writelines(boot)
    elif last is not None and not last.startswith("mm.verdict ok"):
        out.write(last)
