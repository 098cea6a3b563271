# SPDX-License-Identifier: BSD-2-Clause
"""
Firmware packages. Those for QEMU are run: the same recipes make the boards'. There is no SPL for QEMU in
Debian, so a stand-in (spl.S) does the SPL's last step, and the test the ones before it: it takes the
images out of the FIT and has them loaded where the FIT says. OpenSBI is Debian's, a real one; where its
source is asked for, opensbi/ stands in.
"""
import os
import struct

import check_cases
import fixtures
import machine_test
import media
import qemu
import uboot
from cases import RAM, no_warnings, per_model
from host import Result
from images import Image
from ranges import MIB
from suite import Failure, Test, expect, expect_equal

MODEL = Image("vmemmap")
DEFAULT = ["vmemmap"]
SOURCE = "tests/uboot/opensbi"
TREE = """/include/ "qemu-virt-1g.dts"
/ {
	chosen {
		bootargs = "record";
	};
};
"""


def config_of(image):
    """What scripts/firmware reads of a build: a directory with Image and .config."""
    directory = os.path.dirname(image.target())
    name = os.path.basename(directory)
    media.run("cp", f"build/{name}/.config", directory)
    return directory


def build(board, image, directory, **env):
    """The packages of a board, in directory; what was said."""
    os.makedirs(directory, exist_ok=True)
    return media.run("scripts/firmware", board, config_of(image), directory, env=env)


def packages(image, directory, **env):
    """QEMU's packages, with a tree that asks for the record."""
    os.makedirs(directory, exist_ok=True)
    tree = os.path.join(directory, "tree.dts")
    with open(tree, "w", encoding="utf-8") as file:
        file.write(TREE)
    build("qemu", image, directory, TREE=tree, **env)
    media.run("dtc", "-q", "-I", "dts", "-O", "dtb", "-i", "dts/boards", "-o", f"{directory}/tree.dtb", tree)


def boot(image, directory, args, tree, harts=1):
    """Boot without -kernel, and judge as every other boot. tree: where the kernel must find it."""
    words = [qemu.PROGRAM, "-machine", "virt", "-m", "1G", "-smp", str(harts), "-display", "none"]
    words += ["-monitor", "none", "-serial", "stdio", "-no-reboot", *args]

    def look(record, machine, _tables):
        no_warnings(Result(record, machine.output))
        expect_equal("the tree's address", record.one("handoff").number("dtb"), tree)
        expect_equal("the image's address", record.one("handoff").number("image"), RAM + 2 * MIB)

    with qemu.Machine(words, directory) as machine:
        return machine_test.judge(machine, image, look=look)


def jump(image, directory):
    """fw_jump and the kernel in one file: OpenSBI jumps to +2 MiB, the tree goes to +34 MiB."""
    packages(image, directory)
    args = ["-bios", f"{directory}/fw_jump.bin", "-dtb", f"{directory}/tree.dtb"]
    boot(image, directory, args, RAM + 34 * MIB)


def payload(image, directory):
    """The file that an OpenSBI source tree makes."""
    packages(image, directory, OPENSBI_SRC=SOURCE)
    args = ["-bios", f"{directory}/fw_payload.bin", "-dtb", f"{directory}/tree.dtb"]
    boot(image, directory, args, RAM + 34 * MIB)


def from_source(image, directory):
    """With a source tree in OPENSBI_SRC: all of it is built, fw_payload and fw_dynamic, and boots."""
    packages(image, directory, OPENSBI_SRC=os.environ["OPENSBI_SRC"])
    status, lines = check_cases.check(directory, "qemu", "--image", image.target())
    expect(status == 0, "check-image fails", lines)
    with open(f"{directory}/fw_payload.bin", "rb") as one:
        with open(f"{qemu.DEBIAN_OPENSBI}/fw_jump.bin", "rb") as other:
            expect(one.read(4096) != other.read(4096), "that is Debian's OpenSBI")
    boot(image, f"{directory}/payload", ["-bios", f"{directory}/fw_payload.bin"], RAM + 34 * MIB, harts=2)
    boot_spl(image, directory, 2)


def image_of(fit, number, directory):
    """One image of a FIT: its file, and the address that the FIT says."""
    out = os.path.join(directory, f"image-{number}")
    media.run("dumpimage", "-T", "flat_dt", "-p", number, "-o", out, fit)
    name = media.run("fdtget", "-l", fit, "/images").split()[number]
    high, low = media.run("fdtget", "-t", "x", fit, f"/images/{name}", "load").split()
    return out, int(high, 16) << 32 | int(low, 16)


def spl(harts):
    """spl.itb: three images at their own addresses; OpenSBI's fw_dynamic is told where the kernel is."""

    def run(image, directory):
        packages(image, directory)
        boot_spl(image, directory, harts)

    return run


def boot_spl(image, directory, harts):
    fit = f"{directory}/spl.itb"
    parts = [image_of(fit, number, directory) for number in range(3)]
    (_, kernel), (_, opensbi), (_, tree) = parts
    args = fixtures.spl(directory, opensbi, tree, kernel)
    for file, address in parts:
        args += fixtures.loader(file, address)
    boot(image, directory, args, tree, harts)


def payload_fit(image, directory):
    """fw_payload.itb: one image, entered in M-mode by all harts."""
    packages(image, directory, OPENSBI_SRC=SOURCE)
    file, start = image_of(f"{directory}/fw_payload.itb", 0, directory)
    tree = RAM + 128 * MIB
    args = fixtures.spl(directory, start, tree, 0)
    args += fixtures.loader(file, start) + fixtures.loader(f"{directory}/tree.dtb", tree)
    boot(image, directory, args, RAM + 34 * MIB, harts=4)


def u_boot_reads_them(image, directory):
    """U-Boot finds the images of both, and their checksums right; at a changed byte it stops."""
    packages(image, directory, OPENSBI_SRC=SOURCE)
    files = {}
    for name in ("spl.itb", "fw_payload.itb"):
        with open(f"{directory}/{name}", "rb") as file:
            files[name] = file.read()
    files["bad.itb"] = files["spl.itb"][:-50000] + b"!" + files["spl.itb"][-49999:]
    disk = media.disk(os.path.join(directory, "disk"), files)
    with uboot.start(directory, [disk]) as machine:
        for name, images in (("spl.itb", 3), ("fw_payload.itb", 1), ("bad.itb", 1)):
            machine.enter(f"fatload virtio 0 ${{kernel_addr_r}} {name}")
            said = machine.answer("iminfo ${kernel_addr_r}")
            good = sum("crc32+" in line for line in said)
            expect(good == images, f"{good} checksums of {name} are right, should be {images}", said)
            bad = any("error" in line.lower() or "bad hash" in line.lower() for line in said)
            expect(bad == (name == "bad.itb"), f"U-Boot's opinion of {name}", said)


def checked(board, names):
    """All packages of a board, with "source", pass check-image; twice the same bytes."""

    def run(directory):
        again = os.path.join(directory, "again")
        for where in (directory, again):
            build(board, MODEL, where, OPENSBI_SRC=SOURCE)
        if board != "qemu":
            media.card(board, MODEL, directory)
        for name in names:
            expect(os.path.exists(f"{directory}/{name}"), f"{name} was not made")
            with open(f"{directory}/{name}", "rb") as one, open(f"{again}/{name}", "rb") as two:
                expect(one.read() == two.read(), f"{name} has other bytes the second time")
        status, lines = check_cases.check(directory, board, "--image", MODEL.target())
        expect(status == 0, "check-image fails", lines)
        for name in names:
            shown = name in ("fw_payload.itb", "fw_payload.bin.out") or any(name in line for line in lines)
            expect(shown, f"no table for {name}", lines)
        if "spl.itb" in names:
            said = media.run("dumpimage", "-l", f"{directory}/spl.itb")
            expect("OS:           RISC-V OpenSBI" in said, "dumpimage sees no OpenSBI", said.splitlines())

    return run


def source_is_asked_right(directory):
    """What OpenSBI's build is told: addresses as address and as offset, from board.conf or Kconfig."""
    def told(board, image, **wanted):
        build(board, image, directory, OPENSBI_SRC=SOURCE)
        with open(f"{directory}/opensbi-fw_payload.log", encoding="utf-8") as file:
            lines = file.read().splitlines()
        for name, value in wanted.items():
            expect(f"{name}={value}" in lines, f"no {name}={value}", lines)

    told("visionfive2", MODEL, FW_TEXT_START="0x40000000", FW_PAYLOAD_FDT_ADDR="0x42200000",
         FW_PAYLOAD_FDT_OFFSET="0x2200000", FW_FDT_PATH="tree.dtb", CROSS_COMPILE="riscv64-linux-gnu-")
    config = os.path.join(directory, "other")
    media.run("cp", "-r", config_of(MODEL), config)
    with open(f"{config}/.config", encoding="utf-8") as file:
        text = file.read()
    text = text.replace("CONFIG_FW_TEXT_START=0x0", "CONFIG_FW_TEXT_START=0x48000000")
    text = text.replace("CONFIG_FW_FDT_ADDR=0x0", "CONFIG_FW_FDT_ADDR=0x49000000")
    with open(f"{config}/.config", "w", encoding="utf-8") as file:
        file.write(text)
    media.run("scripts/firmware", "visionfive2", config, directory, env={"OPENSBI_SRC": SOURCE})
    with open(f"{directory}/opensbi-fw_payload.log", encoding="utf-8") as file:
        lines = file.read().splitlines()
    for line in ("FW_TEXT_START=0x48000000", "FW_PAYLOAD_FDT_OFFSET=0x1000000"):
        expect(line in lines, f"no {line}", lines)
    said = media.run("fdtget", "-t", "x", f"{directory}/fw_payload.itb", "/images/firmware", "load")
    expect_equal("load of fw_payload.itb", said.strip(), "0 48000000")


def bad_input(directory):
    """Each error names what is wrong and what to give."""
    os.makedirs(directory, exist_ok=True)
    config = config_of(MODEL)
    for board, env, why in (
        ("visionfive", {}, "give OPENSBI_SRC="),
        ("visionfive2", {"OPENSBI_SRC": "/nonexistent"}, "is no source tree of OpenSBI"),
        ("visionfive2", {"OPENSBI_SRC": "tests/boot"}, "is no source tree of OpenSBI"),
        ("visionfive2", {"OPENSBI": "/nonexistent"}, "OPENSBI=/nonexistent does not exist"),
        ("visionfive2", {"TREE": "16g"}, "visionfive2 has: 2g 4g 8g"),
        ("nosuchboard", {}, "is no board"),
    ):
        try:
            media.run("scripts/firmware", board, config, directory, env=env)
        except Failure as failure:
            expect(
                any(why in line for line in failure.details),
                f"{board} {env}: no '{why}'",
                failure.details,
            )
        else:
            raise Failure(f"{board} {env} succeeded")


def source_fails(directory):
    """A source tree that does not build: its last lines, where all of them are, and no package."""
    source = os.path.join(directory, "source")
    os.makedirs(f"{source}/firmware", exist_ok=True)
    with open(f"{source}/Makefile", "w", encoding="utf-8") as file:
        file.write("all:\n\t@echo something is wrong; false\n")
    with open(f"{source}/firmware/fw_payload.S", "w", encoding="utf-8"):
        pass
    try:
        build("visionfive", MODEL, directory, OPENSBI_SRC=source)
    except Failure as failure:
        for why in ("something is wrong", "OpenSBI does not build", "opensbi-fw_payload.log"):
            expect(any(why in line for line in failure.details), f"no '{why}'", failure.details)
    else:
        raise Failure("succeeded")
    expect(not os.path.exists(f"{directory}/fw_payload.bin"), "a package was made")


def rewritten(name, change):
    """Change a package's bytes."""
    def breaker(directory):
        with open(f"{directory}/{name}", "r+b") as file:
            data = change(file.read())
            file.seek(0)
            file.write(data)
            file.truncate()

    return breaker


def patch(old, new, which=0):
    """In spl.itb, whose data lies behind the tree, so that fdtput cannot be used: other bytes, once."""
    expect_equal("the length of the patch", len(new), len(old))

    def change(data):
        at = -1
        for _ in range(which + 1):
            at = data.index(old, at + 1)
        return data[:at] + new + data[at + len(old) :]

    return rewritten("spl.itb", change)


def cells(value):
    return struct.pack(">Q", value)


def without(value):
    """The property with these cells gets another name (devicetree specification 0.4, 5.4.1)."""
    def change(data):
        at = data.index(cells(value))
        return data[: at - 4] + bytes(4) + data[at:]

    return rewritten("spl.itb", change)


def payload_load(value):
    def breaker(directory):
        media.run("fdtput", "-t", "x", f"{directory}/fw_payload.itb", "/images/firmware", "load", "0",
                  f"{value:x}")

    return breaker


KERNEL, TREE_AT, FIRST = cells(0x40200000), cells(0x46000000), cells(0x40000000)
BREAKERS = (
    ("os linux", patch(b"u-boot\0", b"linux\0\0"), "os is u-boot, not linux"),
    ("tree without address", without(0x46000000), "fdt-1: has a load address of its own"),
    ("tree in .bss", patch(TREE_AT, cells(0x40240000)), "overlap in [0x40240000"),
    ("kernel off 2 MiB", patch(KERNEL, cells(0x40300000)), "a multiple of 2 MiB"),
    ("entry elsewhere", patch(KERNEL, cells(0x40200040), 1), "entered at its first byte"),
    ("kernel in OpenSBI", patch(FIRST, KERNEL), "OpenSBI and kernel"),
    ("no configuration", patch(b"conf-1\0", b"\0onf-1\0"), "a default configuration"),
    ("FIT cut off", rewritten("spl.itb", lambda d: d[:100]), "a default configuration"),
    (
        "another kernel",
        rewritten("fw_payload.bin", lambda d: d[:-1] + b"!"),
        "holds the kernel that was built",
    ),
    (
        "payload cut off",
        rewritten("fw_payload.bin", lambda d: d[:0x100000]),
        "is longer than 0x200000",
    ),
    ("payload at another place", payload_load(0x44000000), "for which it was built"),
    ("another payload", rewritten("fw_payload.itb", lambda d: d[:-40000] + b"!" + d[-39999:]),
     "the fw_payload.bin beside it"),
)


def broken(directory):
    good = os.path.join(directory, "good")
    build("visionfive2", MODEL, good, OPENSBI_SRC=SOURCE)
    media.card("visionfive2", MODEL, good)
    copy = os.path.join(directory, "copy")
    for name, breaker, rule in BREAKERS:
        media.run("rm", "-rf", copy)
        media.run("cp", "-r", "--sparse=always", good, copy)
        breaker(copy)
        status, lines = check_cases.check(copy, "visionfive2", "--image", MODEL.target())
        check_cases.expect_fail([f"({name})", *lines], status, rule)


def broken_length(directory):
    build("visionfive", MODEL, directory, OPENSBI_SRC=SOURCE)
    media.card("visionfive", MODEL, directory)
    rewritten("fw_payload.bin.out", lambda d: b"\1" + d[1:])(directory)
    status, lines = check_cases.check(directory, "visionfive", "--image", MODEL.target())
    check_cases.expect_fail(lines, status, "begins with its length")


def tests():
    result = per_model("firmware fw_jump", jump, DEFAULT)
    result += per_model("firmware fw_payload", payload, DEFAULT)
    if os.environ.get("OPENSBI_SRC"):
        result += per_model("firmware from OPENSBI_SRC", from_source, DEFAULT)
    result += per_model("firmware spl", spl(1), DEFAULT)
    result += per_model("firmware spl 4 harts", spl(4), DEFAULT)
    result += per_model("firmware fw_payload fit, 4 harts", payload_fit, DEFAULT)
    both = ["fw_payload.bin", "fw_payload.itb"]
    result += per_model("firmware as U-Boot reads it", u_boot_reads_them, DEFAULT)
    for board, names in (("qemu", ["fw_jump.bin", "spl.itb", *both]), ("visionfive2", ["spl.itb", *both]),
                         ("visionfive", ["fw_payload.bin", "fw_payload.bin.out"])):
        result.append(Test(f"firmware check {board}", checked(board, names), [MODEL]))
    for name, run in (("source is asked right", source_is_asked_right), ("bad input", bad_input),
                      ("source fails", source_fails), ("check broken packages", broken),
                      ("check broken length", broken_length)):
        result.append(Test(f"firmware {name}", run, [MODEL]))
    return result
