# SPDX-License-Identifier: BSD-2-Clause
"""
The tree that the user names, as a blob in a file that the programs can read.

A blob is taken as it is, byte for byte: judging it is the kernel's work. A source (.dts) goes
through dtc, and through the C preprocessor first when it says #include, as the sources in
Linux do. --bank adds a memory node by dtc too: the blob back to source, the node, and forward.
"""
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile

from errors import Unusable
from sizes import parse_size

MAGIC = b"\xd0\x0d\xfe\xed"
CPP_LINE = re.compile(rb"^[ \t]*#[ \t]*(include|define|ifdef|ifndef|if)\b", re.M)
ROOT_CELLS = r"^\t#{}-cells = <(0x[0-9a-f]+)>;$"


@contextlib.contextmanager
def opened(path, banks=(), include=()):
    """A path of a blob for the time of a with block; banks: texts BASE:SIZE[:NODE]."""
    data = read(path)
    with tempfile.TemporaryDirectory(prefix="mmview.") as directory:
        if not data.startswith(MAGIC):
            data = compiled(path, data, include)
        if banks:
            data = with_banks(data, [parse_bank(text) for text in banks])
        name = os.path.join(directory, "tree.dtb")
        with open(name, "wb") as file:
            file.write(data)
        yield name


def read(path):
    """The file's bytes, of standard input for "-"."""
    try:
        if path == "-":
            return sys.stdin.buffer.read()
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from None


def compiled(path, source, include):
    """A blob from a source."""
    if b"\0" in source or not re.search(rb"/dts-v1/|^[ \t]*#[ \t]*include", source, re.M):
        raise Unusable(f"{path}: neither a blob (magic 0xd00dfeed) nor a source (/dts-v1/)")
    places = [os.path.dirname(path) or ".", *include]
    if CPP_LINE.search(source):
        words = [find_tool("cpp"), "-nostdinc", "-undef", "-D__DTS__", "-x", "assembler-with-cpp"]
        source = tool(words + [f"-I{place}" for place in places], source, path)
    return dtc("dts", "dtb", source, path, places)


def dtc(kind, wanted, data, path, places=()):
    """Translate between blob and source."""
    words = [find_tool("dtc"), "-q", "-I", kind, "-O", wanted]
    return tool(words + [word for place in places for word in ("-i", place)], data, path)


def find_tool(name):
    """A program in PATH."""
    if not shutil.which(name):
        package = "device-tree-compiler" if name == "dtc" else name
        raise Unusable(f"{name} is needed for this and is not installed (Debian: {package})")
    return name


def tool(words, data, path):
    """Run a filter; what it says about its input is the user's answer."""
    done = subprocess.run(words, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().replace("<stdin>", path)
        raise Unusable(f"{path}: {words[0]} cannot read it\n{said}")
    return done.stdout


def parse_bank(text):
    """(base, size, node or None) of BASE:SIZE[:NODE]."""
    parts = text.split(":")
    try:
        if len(parts) not in (2, 3):
            raise ValueError
        base, size = parse_size(parts[0]), parse_size(parts[1])
        node = int(parts[2], 0) if len(parts) == 3 else None
        if size <= 0 or base + size > 1 << 64 or (node is not None and not 0 <= node < 1 << 32):
            raise ValueError
    except ValueError:
        raise Unusable(f"--bank {text}: wanted BASE:SIZE[:NODE], as in 0x100000000:4G:1") from None
    return base, size, node


def with_banks(blob, banks):
    """The blob with more memory nodes behind all others."""
    source = dtc("dtb", "dts", blob, "the tree").decode(errors="surrogateescape")
    for base, size, node in banks:
        name = f"memory@{base:x}"
        if re.search(rf"^\t{name} {{$", source, re.M):
            raise Unusable(f"--bank: the tree has a node /{name} already")
        source += f'\n/ {{\n\t{name} {{\n\t\tdevice_type = "memory";\n\t\treg = <'
        source += " ".join(cells(base, source, "address", 2) + cells(size, source, "size", 1))
        source += ">;\n"
        source += "" if node is None else f"\t\tnuma-node-id = <{node:#x}>;\n"
        source += "\t};\n};\n"
    return dtc("dts", "dtb", source.encode(errors="surrogateescape"), "the tree with --bank")


def cells(value, source, what, default):
    """A number in as many cells as the root says."""
    match = re.search(ROOT_CELLS.format(what), source, re.M)
    count = int(match.group(1), 16) if match else default
    if count < 1 or count > 8 or value >> (32 * count):
        raise Unusable(f"--bank: {value:#x} does not fit the root's #{what}-cells of {count}")
    return [f"{(value >> (32 * i)) & 0xFFFFFFFF:#x}" for i in reversed(range(count))]
