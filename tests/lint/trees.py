# SPDX-License-Identifier: BSD-2-Clause
"""
The trees of dts/lint: what their opening comments promise, their blobs, and the record of a boot.

    shows: CODE     or near: CODE - the tree has the finding, or just misses it
    findings: ...   every code that is found, and no other; none when nothing is
    says: CODE text one finding of that code has this text
    boot: options   a boot goes before, so that there is a record
    patch: memreserve N base size   entry N of the reservation block is overwritten
"""
import glob
import os
import re
import struct
import subprocess
import sys
from dataclasses import dataclass, field

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.append(os.path.join(TOP, "tools", "mmview"))

from record import Record  # noqa: E402

OUT = "build/tests/lint"
FOLDERS = ("dts/lint", "dts/maps", "dts/boards")
FIELD = re.compile(r"^ \* (shows|near|findings|says|boot|patch|case|run|args|models|config|expect):"
                   r" *(.*?) *$")
MODELS = ("flat", "discontig", "sparse", "vmemmap")


@dataclass
class Tree:
    """One .dts file with the fields of its opening comment."""

    path: str
    fields: dict = field(default_factory=dict)

    def name(self):
        return os.path.splitext(os.path.basename(self.path))[0]

    def all(self, key):
        return self.fields.get(key, [])

    def one(self, key):
        return (self.all(key) or [""])[0]


def read(path):
    tree = Tree(path)
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("/dts-v1/"):
                break
            match = FIELD.match(line.rstrip("\n"))
            if match:
                tree.fields.setdefault(match.group(1), []).append(match.group(2))
    return tree


def all_of(folder):
    return [read(path) for path in sorted(glob.glob(f"{folder}/*.dts"))]


def compile_file(path, blob):
    include = [f"-i{folder}" for folder in FOLDERS]
    done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", *include, "-o", blob, path],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"dtc cannot compile {path}: {done.stdout.decode(errors='replace')}")


def blob_of(tree):
    """The file of the blob, compiled and patched."""
    os.makedirs(OUT, exist_ok=True)
    blob = f"{OUT}/{tree.name()}.dtb"
    compile_file(tree.path, blob)
    for words in tree.all("patch"):
        _, entry, base, size = words.split()
        with open(blob, "r+b") as file:
            header = struct.unpack(">10I", file.read(40))
            file.seek(header[4] + 16 * int(entry))
            file.write(struct.pack(">2Q", int(base, 0), int(size, 0)))
    return blob


def program(model):
    """The model's host program, built when it is missing or old."""
    command = ["python3", "scripts/kconf.py", "prepare", f"--model={model}"]
    config = quiet(command).split()[-1]
    quiet(["make", "-s", f"-j{os.cpu_count() or 1}", "-f", "scripts/build.mk",
           f"CONFIG={config}", "ARCH=host", "program"])
    return f"build/host/{os.path.basename(config)}/pagewright"


def quiet(command):
    knobs = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {key: value for key, value in os.environ.items() if key not in knobs}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, env=environment, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:2])} failed: {text[-2000:]}")
    return text


def boot(path, blob, options):
    """The record of one boot."""
    done = subprocess.run([path, *options, blob], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=120, check=False)
    record = Record.parse(done.stdout.decode(errors="replace"))
    if record.verdict is None:
        raise RuntimeError(f"{path} {blob}: no verdict; {' | '.join(record.log[-3:])}")
    return record
