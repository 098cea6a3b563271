# SPDX-License-Identifier: BSD-2-Clause
"""
The device trees of dts/maps and dts/boards: what their opening comments ask for, and their
blobs. The header's lines are described in README.md.
"""
import glob
import os
import re
import threading
from dataclasses import dataclass, field

from images import Image
from suite import LOGS, MODELS, Failure, output_of

FOLDERS = ("dts/maps", "dts/boards")
FIELD = re.compile(r"^ \* (case|run|qemu|args|models|config|expect): *(.*?) *$")
SINGLE = {"case", "run", "qemu", "args", "models", "config"}
RUNS = {"host", "qemu"}


@dataclass
class Tree:
    path: str
    case: str = ""
    run: list = field(default_factory=lambda: ["host"])
    qemu: list = field(default_factory=list)  # more words for QEMU
    args: str = ""  # boot arguments
    models: list = field(default_factory=lambda: list(MODELS))
    config: str = ""  # changed Kconfig symbols
    expect: list = field(default_factory=list)  # texts, in the header's order

    def name(self):
        return os.path.splitext(os.path.basename(self.path))[0]

    def image(self, model):
        return Image(model, self.config)

    def bootargs(self, more=""):
        return " ".join(word for word in ("record", more, self.args) if word)

    def memory(self):
        """The RAM that QEMU shall have, and the other words."""
        words = list(self.qemu)
        if "-m" not in words:
            return "1G", words
        at = words.index("-m")
        return words[at + 1], words[:at] + words[at + 2 :]

    def blob(self):
        """Compile; the file of the blob."""
        return compile_tree(self.path)


def read(path):
    """A tree's header. Failure when it is not as README.md says."""
    tree = Tree(path)
    seen = set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("/dts-v1/"):
                break
            match = FIELD.match(line.rstrip("\n"))
            if not match:
                continue
            key, value = match.groups()
            if key in SINGLE and key in seen:
                raise Failure(f"{path} has {key}: twice")
            seen.add(key)
            if key == "expect":
                tree.expect.append(value)
            elif key in ("run", "qemu", "models"):
                setattr(tree, key, value.split())
            else:
                setattr(tree, key, value)
    if not tree.expect:
        raise Failure(f"{path} expects nothing")
    unknown = set(tree.models) - set(MODELS) | set(tree.run) - RUNS
    if unknown:
        raise Failure(f"{path} names {' '.join(sorted(unknown))}")
    return tree


def all_trees():
    paths = [path for folder in FOLDERS for path in glob.glob(f"{folder}/*.dts")]
    return [read(path) for path in sorted(paths, key=natural_key)]


def natural_key(path):
    """c2-x before c10-x."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", path)]


_lock = threading.Lock()
_blobs = {}


def compile_tree(path):
    """The blob of a .dts file, made once per run."""
    with _lock:
        if path not in _blobs:
            os.makedirs(f"{LOGS}/dtb", exist_ok=True)
            blob = f"{LOGS}/dtb/{os.path.splitext(os.path.basename(path))[0]}.dtb"
            include = [f"-i{folder}" for folder in FOLDERS]
            command = ["dtc", "-q", "-I", "dts", "-O", "dtb", *include, "-o", blob, path]
            output_of(command)
            _blobs[path] = blob
        return _blobs[path]


def write_tree(name, text, include='/include/ "virt.dtsi"\n'):
    """A tree made by a test: the text, behind virt.dtsi; the file of its blob."""
    os.makedirs(f"{LOGS}/dtb", exist_ok=True)
    path = f"{LOGS}/dtb/{name}.dts"
    with _lock:
        if path not in _blobs:  # another model's test has written it, and may be reading it
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"/dts-v1/;\n{include}\n{text}\n")
    return compile_tree(path)
