# SPDX-License-Identifier: BSD-2-Clause
"""
scripts/check-image: what was built passes, and what is broken in one way fails with the rule that is
broken. Each way is done to a copy of a good card.
"""
import os
import re
import struct
import subprocess

import media
from images import Image
from suite import Test, expect, expect_equal

MODEL = Image("vmemmap")
PART = 16384 * 512  # where the card of VisionFive 2 has its files


def check(directory, board, *words):
    """Run it: exit status and lines."""
    command = ["scripts/check-image", board, "--dir", directory, *words]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.returncode, done.stdout.decode(errors="replace").splitlines()


def passes(board):
    def run(directory):
        media.card(board, MODEL, directory)
        status, lines = check(directory, board, "--image", MODEL.target())
        expect_equal("exit status", status, 0)
        expect(lines[-1].endswith(": ok"), "the last line is not ok", lines)
        kernel = [line for line in lines if "moved here by booti" in line]
        with open(MODEL.target(), "rb") as file:
            size = struct.unpack("<Q", file.read(24)[16:])[0]
        base = {"visionfive2": 0x40200000, "visionfive": 0x80200000}[board]
        expect(kernel and all(f"[0x{base:010x}, 0x{base + size:010x})" in line for line in kernel),
               "the table has another place for the kernel", lines)

    return run


def put(at, data):
    """Change bytes of the card."""

    def breaker(card, _directory):
        with open(card, "r+b") as file:
            file.seek(at)
            file.write(data)

    return breaker


def tool(*words):
    """Run a program on the card; CARD and PART stand for it and its file system."""

    def breaker(card, _directory):
        media.run(*(w.replace("PART", f"{card}@@{PART}").replace("CARD", card) for w in words))

    return breaker


def changed_file(name, change):
    """Change the bytes of one file of the card."""

    def breaker(card, directory):
        old = os.path.join(directory, "file")
        media.run("mcopy", "-n", "-o", "-i", f"{card}@@{PART}", f"::{name}", old)
        with open(old, "rb") as file:
            data = file.read()
        with open(old, "wb") as file:
            file.write(change(data))
        media.run("mcopy", "-o", "-i", f"{card}@@{PART}", old, f"::{name}")

    return breaker


def word(at, form, value):
    """A change of the Image's header."""
    raw = struct.pack(form, value)
    return changed_file("Image", lambda data: data[:at] + raw + data[at + len(raw) :])


def text(name, old, new):
    def change(data):
        expect(old.encode() in data, f"{name} has no {old}")
        return data.replace(old.encode(), new.encode())

    return changed_file(name, change)


def cut(card, _directory):
    os.truncate(card, 40 << 20)


BREAKERS = (
    ("cut off", cut, "has CARD_SECTORS="),
    ("no protective MBR", put(510, b"\0\0"), "protective MBR"),
    ("first table damaged", put(512 + 24, b"\x09"), "first table: the header's checksum"),
    ("entries damaged", put(1024 + 130, b"\xff"), "first table: the entries' checksum"),
    ("last table gone", put(131071 * 512, bytes(512)), "last table: sector 131071 begins with EFI PART"),
    ("other type", tool("sgdisk", "--typecode=1:8300", "CARD"), "partition 1: has the type 2E54B353"),
    ("not bootable", tool("sgdisk", "--attributes=3:clear:2", "CARD"), "has the legacy boot attribute"),
    ("two bootable", tool("sgdisk", "--attributes=2:set:2", "CARD"), "partition 2: has no legacy boot"),
    ("partition missing", tool("sgdisk", "--delete=2", "CARD"), "has the partitions [1, 2, 3]"),
    ("partition moved", tool("sgdisk", "--delete=1", "--set-alignment=2", "--new=1:4098:8191",
                             "--typecode=1:2E54B353-1271-4842-806F-E436D6AF6985", "--change-name=1:spl",
                             "CARD"), "partition 1: is sectors 4096 to 8191"),
    ("no file system", put(PART + 510, b"\0\0"), "boot sector of a FAT32"),
    ("file system too small", put(PART + 32, struct.pack("<I", 1000)), "sectors, not 1000"),
    ("no Image", tool("mdel", "-i", "PART", "::Image"), "card: holds /Image"),
    (
        "another Image",
        changed_file("Image", lambda d: d[:5000] + b"\xff" + d[5001:]),
        "is the kernel that was built",
    ),
    ("Image cut off", changed_file("Image", lambda d: d[:32]), "a header of 64 bytes"),
    ("text_offset", word(8, "<Q", 0), "text_offset is 0x200000"),
    ("image_size 0", word(16, "<Q", 0), "image_size is not 0"),
    ("image_size too small", word(16, "<Q", 4096), "covers the file"),
    ("image_size too large", word(16, "<Q", 0x6000000), "is at most 33554432"),
    ("big endian", word(24, "<Q", 1), "flags are 0"),
    ("version", word(32, "<I", 1), "the version is 0.2"),
    ("magic", word(0x38, "<I", 0), "RSC and 5"),
    (
        "no extlinux.conf",
        tool("mdel", "-i", "PART", "::extlinux/extlinux.conf"),
        "holds /extlinux/extlinux.conf",
    ),
    (
        "extlinux names no file",
        text("extlinux/extlinux.conf", "/dtb/4g.dtb", "/dtb/5g.dtb"),
        "/dtb/5g.dtb is a file of the card",
    ),
    (
        "extlinux without default",
        text("extlinux/extlinux.conf", "default pagewright", "default linux"),
        "the default, linux, is a label",
    ),
    (
        "no environment",
        tool("mdel", "-i", "PART", "::vf2_uEnv.txt"),
        "holds vf2_uEnv.txt or uEnv.txt",
    ),
    (
        "environment, other partition",
        text("vf2_uEnv.txt", "mmc 1:3", "mmc 1:2"),
        "pw_card names partition 3",
    ),
    ("environment, other command", text("vf2_uEnv.txt", "boot2=", "boot3="), "sets boot2"),
    ("environment, no line", text("vf2_uEnv.txt", "pw_args=", "pw_args"), "every line is NAME=value"),
    ("environment names no file", text("vf2_uEnv.txt", "/Image", "/image.bin"), "/image.bin is a file"),
    ("tree cut off", changed_file("dtb/4g.dtb", lambda d: d[:100]), "is a whole device tree blob"),
)

ADDRESSES = (
    ("tree in the kernel's bss", "FDT_ADDR=0x46000000", "FDT_ADDR=0x40270000", "overlap in [0x40270000, "),
    ("initrd in the tree", "RAMDISK_ADDR=0x46100000", "RAMDISK_ADDR=0x46000800", "overlap in [0x46000800, "),
    ("firmware over the kernel", "FIRMWARE_SIZE=0x80000", "FIRMWARE_SIZE=0x201000", "OpenSBI and kernel"),
    ("outside RAM", "FDT_ADDR=0x46000000", "FDT_ADDR=0xc0000000", "lies inside RAM"),
)


def expect_fail(lines, status, rule):
    expect_equal("exit status", status, 1)
    fails = [line for line in lines if line.startswith("FAIL ")]
    expect(any(rule in line for line in fails), f'no line FAIL with "{rule}"', lines)
    expect(re.search(r": \d+ rules broken$", lines[-1]), "the last line gives no number", lines)


def broken(directory):
    """Each way to break the card, one after the other: it is quick."""
    good = media.card("visionfive2", MODEL, directory, name="good.img")
    card = os.path.join(directory, "sdcard.img")
    for name, breaker, rule in BREAKERS:
        media.run("cp", "--sparse=always", good, card)
        breaker(card, directory)
        status, lines = check(directory, "visionfive2", "--image", MODEL.target())
        expect_fail([f"({name})", *lines], status, rule)
    os.remove(card)
    status, lines = check(directory, "visionfive2")
    expect_fail(lines, status, "make sdcard builds it")


def addresses(directory):
    """Addresses in board.conf that collide."""
    media.card("visionfive2", MODEL, directory)
    with open("firmware/visionfive2/board.conf", encoding="utf-8") as file:
        conf = file.read()
    for _, old, new, rule in ADDRESSES:
        expect_equal(f"{old} in board.conf", conf.count(old), 1)
        other = os.path.join(directory, "board.conf")
        with open(other, "w", encoding="utf-8") as file:
            file.write(conf.replace(old, new))
        status, lines = check(directory, "visionfive2", "--conf", other)
        expect_fail(lines, status, rule)


def tests():
    result = [Test(f"card check {b}", passes(b), [MODEL]) for b in media.BOARDS]
    result.append(Test("card check broken cards", broken, [MODEL]))
    result.append(Test("card check colliding addresses", addresses, [MODEL]))
    return result
