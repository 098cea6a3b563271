# SPDX-License-Identifier: BSD-2-Clause
"""Firmware packages: OpenSBI and the kernel in one file."""
import os
import struct
import subprocess
import tempfile

import header
import ram
from conf import Conf

OFFSET = 0x200000  # of the kernel from OpenSBI's first byte
TREE_ROOM = 0x10000  # OpenSBI and the SPL let the tree grow: 9 KiB and more
FDT_MAGIC = b"\xd0\x0d\xfe\xed"


def check(conf, directory, image, found):
    """Judge every package that is there; the ways of booting with them."""
    made = os.path.join(directory, "firmware.conf")
    if not os.path.exists(made):
        return []
    addresses = Conf(made)
    ways = []
    for name, judge in (
        ("fw_jump.bin", check_jump),
        ("spl.itb", check_spl),
        ("fw_payload.bin", check_payload),
        ("fw_payload.itb", check_payload_fit),
        ("fw_payload.bin.out", check_length),
    ):
        path = os.path.join(directory, name)
        if os.path.exists(path):
            ways += judge(conf, path, image, addresses, found)
    return ways


def read(path):
    with open(path, "rb") as file:
        return file.read()


def check_kernel(data, image, found, what):
    """The kernel inside a package."""
    if image is not None:
        found.expect(data == image, what, "holds the kernel that was built: make firmware again")
    return header.Image(data, found, what)


def joined(conf, path, image, start, tree, found):
    """OpenSBI at start, the kernel behind it, and the tree that OpenSBI copies to `tree`."""
    data = read(path)
    if not found.expect(len(data) > OFFSET, path, f"is longer than {OFFSET:#x}, where the kernel begins"):
        return []
    inside = data[OFFSET:]
    if image is not None and inside.startswith(image) and not any(inside[len(image) :]):
        inside = image  # OpenSBI's linker fills up to a multiple of 16
    kernel = check_kernel(inside, image, found, f"{path}, from {OFFSET:#x}")
    return [ram.Way(path, [
        ram.firmware(conf, start),
        ram.kernel(kernel, start + OFFSET, ""),
        ram.Part("device tree, put here by OpenSBI", tree, tree + TREE_ROOM),
    ])]


def check_jump(conf, path, image, _addresses, found):
    # Debian's fw_jump is linked for these addresses.
    return joined(conf, path, image, 0x80000000, 0x82200000, found)


def check_payload(conf, path, image, addresses, found):
    start, tree = addresses.number("TEXT_START"), addresses.number("PAYLOAD_FDT_ADDR")
    return joined(conf, path, image, start, tree, found)


class Fit:
    """A FIT, read with fdtget; its data taken out by dumpimage."""

    def __init__(self, path):
        self.path = path
        self.images = self.children("/images")

    def children(self, node):
        return (self._run("fdtget", "-l", self.path, node) or "").split()

    @staticmethod
    def _run(*command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None

    def text(self, node, name):
        return self._run("fdtget", "-t", "s", self.path, node, name)

    def address(self, node, name):
        """Two cells as one number; None when they are not there."""
        cells = (self._run("fdtget", "-t", "x", self.path, node, name) or "").split()
        return int(cells[0], 16) << 32 | int(cells[1], 16) if len(cells) == 2 else None

    def data(self, name):
        """The bytes of an image, or None."""
        if name not in self.images:
            return None
        with tempfile.NamedTemporaryFile(prefix="check-image-") as out:
            number = str(self.images.index(name))
            done = self._run("dumpimage", "-T", "flat_dt", "-p", number, "-o", out.name, self.path)
            return read(out.name) if done is not None else None


def default_configuration(fit, found, what):
    name = fit.text("/configurations", "default")
    there = name in fit.children("/configurations")
    if not found.expect(there, what, "is a FIT with a default configuration"):
        return None
    return f"/configurations/{name}"


def check_image_node(fit, name, wanted, found, what):
    """One image of a FIT: properties as wanted; where it is loaded."""
    node = f"/images/{name}"
    if not found.expect(name in fit.images, what, f"has the image {name}, which its configuration names"):
        return None, b""
    for key, value in wanted.items():
        text = fit.text(node, key) or "none"
        found.expect(text.lower() == value, f"{what}: {name}", f"{key} is {value}, not {text}")
    load = fit.address(node, "load")
    found.expect(load is not None, f"{what}: {name}", "has a load address of its own, two cells")
    data = fit.data(name)
    found.expect(data, f"{what}: {name}", "has data that dumpimage can take out")
    return load, data or b""


def check_spl(conf, path, image, _addresses, found):
    fit = Fit(path)
    chosen = default_configuration(fit, found, path)
    if not chosen:
        return []
    names = [fit.text(chosen, key) for key in ("firmware", "loadables", "fdt")]
    # The SPL looks for a loadable with this os; another one ends in "Can't find U-Boot node".
    kernel_at, kernel = check_image_node(fit, names[1], {"os": "u-boot", "compression": "none"}, found, path)
    first_at, first = check_image_node(fit, names[0], {"os": "opensbi", "type": "firmware"}, found, path)
    tree_at, tree = check_image_node(fit, names[2], {"type": "flat_dt"}, found, path)
    if None in (kernel_at, first_at, tree_at):
        return []
    found.expect(tree[:4] == FDT_MAGIC, path, "holds a device tree blob")
    found.expect(
        kernel_at % OFFSET == 0,
        path,
        f"the kernel is loaded to a multiple of 2 MiB, not {kernel_at:#x}",
    )
    found.expect(tree_at % 8 == 0, path, f"the tree is loaded to a multiple of 8, not {tree_at:#x}")
    entry = fit.address(f"/images/{names[1]}", "entry")
    found.expect(entry == kernel_at, path, "the kernel is entered at its first byte")
    size = max(len(first), conf.number("FIRMWARE_SIZE"))
    return [ram.Way(path, [
        ram.Part("OpenSBI", first_at, first_at + size),
        ram.kernel(check_kernel(kernel, image, found, f"{path}: {names[1]}"), kernel_at, ""),
        ram.Part("device tree, loaded here by the SPL", tree_at, tree_at + len(tree) + TREE_ROOM),
    ])]


def check_payload_fit(_conf, path, _image, addresses, found):
    fit = Fit(path)
    chosen = default_configuration(fit, found, path)
    if not chosen:
        return []
    name = fit.text(chosen, "firmware")
    load, data = check_image_node(fit, name, {"os": "u-boot", "type": "firmware"}, found, path)
    found.expect(load == addresses.number("TEXT_START"), path,
                 f"is loaded to {addresses['TEXT_START']}, for which it was built")
    found.expect(fit.address(f"/images/{name}", "entry") == load, path, "is entered where it is loaded")
    check_same(path, data, found)
    return []


def check_length(_conf, path, _image, _addresses, found):
    data = read(path)
    length = struct.unpack("<I", data[:4])[0] if len(data) >= 4 else -1
    found.expect(length == len(data) - 4, path, f"begins with its length, {len(data) - 4}, not {length}")
    check_same(path, data[4:], found)
    return []


def check_same(path, data, found):
    other = os.path.join(os.path.dirname(path), "fw_payload.bin")
    found.expect(os.path.exists(other) and read(other) == data, path, "holds the fw_payload.bin beside it")
