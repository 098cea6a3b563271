# SPDX-License-Identifier: BSD-2-Clause
"""
Run a boot: the model's program, which is the kernel's own code, against a device tree blob.

    record = boot("vmemmap", "board.dtb", Options(mem=["2G"]))
    records = boot_all(("flat", "vmemmap"), "board.dtb", Options())
"""
import concurrent.futures
import os
import subprocess
from dataclasses import dataclass, field
from typing import List, Optional

import programs
from errors import Unusable
from record import Record

TIME_LIMIT = 300


@dataclass
class Options:
    """What a boot may be told beside its tree; texts as the programs want them."""

    bootargs: Optional[str] = None  # instead of the tree's
    image: Optional[str] = None  # TEXT:RODATA:DATA:END
    dtb_at: Optional[str] = None
    mem: List[str] = field(default_factory=list)  # SIZE or SIZE@START, as mem= arguments
    section_size: Optional[str] = None  # "64M" to "1G"; None is what the configuration says
    words: List[str] = field(default_factory=lambda: ["record"])  # boot arguments of ours


def command(model, dtb, options):
    """The command line of one boot."""
    size = options.section_size if model in programs.SECTION_MODELS else None
    words = [programs.find(model, size)]
    words.append("--prepend=" + " ".join(options.words + [f"mem={mem}" for mem in options.mem]))
    if options.bootargs is not None:
        words.append(f"--bootargs={options.bootargs}")
    if options.image:
        words.append(f"--image={options.image}")
    if options.dtb_at:
        words.append(f"--dtb-at={options.dtb_at}")
    return words + [dtb]


def transcript(model, dtb, options):
    """One boot as it went: stdout and stderr in bytes, and the exit status."""
    words = command(model, dtb, options)
    try:
        done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=TIME_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise Unusable(f"{model}: no end within {TIME_LIMIT} s") from None
    except OSError as error:
        raise Unusable(f"{model}: {error}") from None
    return done


def boot(model, dtb, options=None):
    """Boot one model. A stop is a result like any other; a program that breaks is Unusable."""
    done = transcript(model, dtb, options or Options())
    record = Record.parse(done.stdout.decode(errors="replace"))
    if record.verdict is None or done.returncode not in (0, 1):
        said = done.stderr.decode(errors="replace").strip().splitlines() or record.log[-1:] or [""]
        raise Unusable(f"{model}: the boot broke off (status {done.returncode}): {said[0]}")
    return record


def boot_all(models, dtb, options=None):
    """{model: Record} of several models, in the order given; as many at a time as processors."""
    options = options or Options()
    for model in models:
        command(model, dtb, options)  # may build a program: one at a time
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        return dict(zip(models, pool.map(lambda model: boot(model, dtb, options), models)))
