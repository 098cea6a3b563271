# SPDX-License-Identifier: BSD-2-Clause
"""
A boot on this machine: the program that runs the kernel's stages against a device tree blob.
The same boot is asked for by several tests, so results are kept.
"""
import subprocess
import threading

import record
from suite import Failure, run

TIME_LIMIT = 90
PROGRAM_BROKEN = "ERROR: AddressSanitizer", "runtime error:", "LeakSanitizer"


class Result:
    """What one boot said: the parsed record, and all lines."""

    def __init__(self, parsed, output):
        self.record = parsed
        self.output = output


_boots = {}
_locks = {}
_lock = threading.Lock()


def boot(image, dtb, bootargs, places=(), keep=True):
    """
    Boot an image's host program on a blob. places: more options, --image= and --dtb-at=.
    A stop is a result like any other; a crash or a time-out is a Failure. keep: somebody else
    may ask for the same.
    """
    command = [image.host(), f"--bootargs={bootargs}", *places, dtb]
    if not keep:
        return _result(_boot(command))
    with _lock:
        lock = _locks.setdefault(tuple(command), threading.Lock())
    with lock:
        if tuple(command) not in _boots:
            _boots[tuple(command)] = _boot(command)
    return _result(_boots[tuple(command)])


def _result(result):
    if isinstance(result, Failure):
        raise result
    return result


def _boot(command):
    try:
        status, text = run(command, timeout=TIME_LIMIT)
    except subprocess.TimeoutExpired:
        return Failure(f"no end within {TIME_LIMIT} s", [" ".join(command)])
    output = text.splitlines()
    shown = [" ".join(command), *output[-40:]]
    for line in output:
        if any(sign in line for sign in PROGRAM_BROKEN):
            return Failure(f"the host program broke: {line.strip()}", shown)
    if status not in (0, 1):
        return Failure(f"the host program ended with status {status}", shown)
    try:
        result = Result(record.parse(output), output)
    except record.GrammarError as error:
        return Failure(f"the record breaks its grammar: {error}", shown)
    if result.record.verdict is None:
        return Failure("no verdict", shown)
    if not output[-1].startswith("mm.verdict"):
        return Failure(f"the verdict is not the last line: {output[-1]}", shown)
    if (status == 0) != result.record.is_ok():
        return Failure(f"exit status {status} with verdict {result.record.verdict}", shown)
    return result


MARK = "=== the next answer"  # printed by echo between the answers; no command says it


def session(image, dtb, bootargs, commands):
    """Boot and give the monitor these commands in a pipe: (the answer to each, exit status)."""
    words = [image.host(), "--monitor", f"--bootargs={bootargs}", dtb]
    script = "".join(f"echo {MARK}\n{command}\n" for command in [*commands, ""])
    status, output = run(words, input=script.encode(), timeout=TIME_LIMIT)
    answers = output.split(f"{MARK}\n")[1:-1]
    if len(answers) != len(commands):
        raise Failure(f"{len(answers)} answers, should be {len(commands)}", output.splitlines()[-60:])
    return answers, status
