# SPDX-License-Identifier: BSD-2-Clause
"""A card image: partitions, file system, boot files."""
import re
import struct
import subprocess

import gpt
import header
import ram

BOOTABLE = 1 << 2  # legacy BIOS bootable (UEFI specification 2.10, table 5.8)
FAT32_CLUSTERS = 65525
MOVED_TREE = 0x40000  # what "fdt move" of the environment files asks for


def check(conf, path, image, found):
    """Judge the card; the ways of booting from it."""
    try:
        with open(path, "rb") as file:
            disk = file.read()
    except OSError as error:
        found.fail(path, f"{error.strerror}: make sdcard builds it")
        return []
    found.expect(
        len(disk) == conf.number("CARD_SECTORS") * gpt.SECTOR,
        path,
        f"has CARD_SECTORS={conf['CARD_SECTORS']} sectors of 512 bytes, not {len(disk) / gpt.SECTOR:g}",
    )
    check_partitions(conf, gpt.read(disk, found, path), found, path)
    boot = conf.partitions()[conf.number("BOOT_PARTITION") - 1]
    part = disk[boot[1] * gpt.SECTOR : (boot[2] + 1) * gpt.SECTOR]
    if not check_fat(part, found, f"{path}, partition {boot[0]}"):
        return []
    return check_files(conf, Files(path, boot[1] * gpt.SECTOR), image, found)


def check_partitions(conf, entries, found, what):
    wanted = conf.partitions()
    found.expect([e.number for e in entries] == [w[0] for w in wanted], what,
                 f"has the partitions {[w[0] for w in wanted]}, not {[e.number for e in entries]}")
    for entry, (number, first, last, kind, name) in zip(entries, wanted):
        which = f"{what}, partition {number}"
        found.expect((entry.first, entry.last) == (first, last), which,
                     f"is sectors {first} to {last}, not {entry.first} to {entry.last}")
        found.expect(entry.kind == kind, which, f"has the type {kind}, not {entry.kind}")
        found.expect(entry.name == name, which, f"is named {name}, not {entry.name}")
        boots = number == conf.number("BOOT_PARTITION")
        found.expect(bool(entry.attributes & BOOTABLE) == boots, which,
                     "has the legacy boot attribute: U-Boot looks for extlinux there" if boots
                     else "has no legacy boot attribute: U-Boot would look for extlinux there")
    for one, two in zip(sorted(wanted, key=lambda w: w[1]), sorted(wanted, key=lambda w: w[1])[1:]):
        found.expect(one[2] < two[1], what, f"partitions {one[0]} and {two[0]} do not overlap")


def check_fat(part, found, what):
    """The boot sector of FAT32 (Microsoft FAT specification 1.03)."""
    if not found.expect(part[510:512] == b"\x55\xaa" and part[82:90] == b"FAT32   ", what,
                        "begins with the boot sector of a FAT32 file system"):
        return False
    per_cluster, reserved, fats = part[13], struct.unpack("<H", part[14:16])[0], part[16]
    total, fat_size = struct.unpack("<II", part[32:40])
    found.expect(total == len(part) // gpt.SECTOR, what,
                 f"the file system has the partition's {len(part) // gpt.SECTOR} sectors, not {total}")
    clusters = (total - reserved - fats * fat_size) // max(1, per_cluster)
    return found.expect(
        clusters >= FAT32_CLUSTERS,
        what,
        f"has at least {FAT32_CLUSTERS} clusters, or it is no FAT32",
    )


class Files:
    """The files of a FAT file system inside a disk, read with mtools. offset: bytes from its start."""

    def __init__(self, disk, offset):
        self._place = f"{disk}@@{offset}"

    def read(self, name):
        """A file's bytes, or None."""
        done = subprocess.run(["mtype", "-i", self._place, f"::{name}"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return done.stdout if done.returncode == 0 else None


def check_files(conf, files, image, found):
    data = files.read("/Image")
    if not found.expect(data is not None, "card", "holds /Image"):
        return []
    if image is not None:
        found.expect(data == image, "card: /Image", "is the kernel that was built: make sdcard again")
    kernel = header.Image(data, found, "card: /Image")
    for tree in conf["TREES"].split():
        blob = files.read(f"/dtb/{tree}.dtb") or b""
        size = struct.unpack(">I", blob[4:8])[0] if len(blob) >= 40 else 0
        found.expect(blob[:4] == b"\xd0\x0d\xfe\xed" and size == len(blob), f"card: /dtb/{tree}.dtb",
                     "is a whole device tree blob")
    check_extlinux(files, found)
    environment = check_environment(conf, files, found)
    moved = conf.number("RAM_BASE") + kernel.text_offset
    loaded = conf.number("KERNEL_ADDR")
    parts = [
        ram.firmware(conf),
        ram.kernel(kernel, moved, ", moved here by booti"),
        ram.Part("from here up: an initrd, when one is loaded", conf.number("RAMDISK_ADDR"),
                 conf.number("RAMDISK_ADDR") + 1),
    ]
    if loaded != moved:
        parts.append(ram.Part("kernel as loaded", loaded, loaded + max(kernel.size, kernel.file_size), True))
    tree = conf.number("FDT_ADDR")
    ways = [ram.Way("U-Boot with extlinux; it places the tree below the end of RAM", list(parts))]
    if environment:
        parts.append(ram.Part("device tree, moved here by " + environment, tree, tree + MOVED_TREE))
        ways.append(ram.Way(f"U-Boot with {environment}", parts))
    return ways


def check_extlinux(files, found):
    what = "card: /extlinux/extlinux.conf"
    text = files.read("/extlinux/extlinux.conf")
    if not found.expect(text is not None, "card", "holds /extlinux/extlinux.conf"):
        return
    labels, default = [], None
    for line in text.decode(errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        key = words[0].lower()
        if key == "label":
            labels.append(words[1])
        elif key == "default":
            default = words[1]
        elif key in ("kernel", "linux", "initrd", "fdt", "devicetree"):
            found.expect(files.read(words[1]) is not None, what, f"{key} {words[1]} is a file of the card")
    found.expect(default in labels, what, f"the default, {default}, is a label")


def check_environment(conf, files, found):
    """The file that the vendor's U-Boot imports: its name, or None."""
    for name, command in (("vf2_uEnv.txt", "boot2"), ("uEnv.txt", "bootcmd")):
        text = files.read(f"/{name}")
        if text is None:
            continue
        what = f"card: /{name}"
        lines = [line for line in text.decode(errors="replace").splitlines() if line and line[0] != "#"]
        values = dict(line.partition("=")[::2] for line in lines)
        found.expect(all("=" in line for line in lines), what, "every line is NAME=value")
        found.expect(command in values, what, f"sets {command}, which U-Boot runs")
        place = values.get("pw_card", "").rpartition(":")[2]
        found.expect(
            place == conf["BOOT_PARTITION"],
            what,
            f"pw_card names partition {conf['BOOT_PARTITION']}, where the files are, not {place or 'none'}",
        )
        for used in re.findall(r"fatload \S+ \S+ (\S+?);", values.get(command, "")):
            found.expect(files.read(used) is not None, what, f"{used} is a file of the card")
        for variable, key in (("kernel_addr_r", "KERNEL_ADDR"), ("fdt_addr_r", "FDT_ADDR"),
                              ("ramdisk_addr_r", "RAMDISK_ADDR")):
            if variable in values:
                found.expect(int(values[variable], 16) == conf.number(key), what,
                             f"{variable} is board.conf's {key}={conf[key]}")
        return name
    found.fail("card", "holds vf2_uEnv.txt or uEnv.txt for the vendor's U-Boot")
    return None
