# SPDX-License-Identifier: BSD-2-Clause
"""The card and other ways through U-Boot, each until the verdict, with all checks of a boot."""
import gzip
import os

import host
import media
import qemu
import uboot
from cases import RAM, no_warnings, per_model
from ranges import GIB, MIB, text
from suite import expect, expect_equal

DEFAULT = ["vmemmap"]
LINKED = RAM + 2 * MIB  # where booti moves the image
PATTERN = 0xA5A5A5A5
NO_MOVE = "setenv fdt_high 0xffffffffffffffff"
FIRMWARE_TREE = "${fdtcontroladdr}"


def image_at(record, address):
    expect_equal("the image's address", record.one("handoff")["image"], f"0x{address:016x}")


def number_after(machine, begin):
    """The hexadecimal number that follows `begin` in a line of the console."""
    for line in machine.output:
        at = line.find(begin)
        if at >= 0:
            return int(line[at + len(begin) :].split()[0].rstrip(","), 16)
    return machine.fail(f"no line with {begin}")


def clean(record, machine, _tables):
    """Nothing that deserves a warning, and the image where text_offset wants it."""
    no_warnings(host.Result(record, machine.output))
    image_at(record, LINKED)


def read(image):
    with open(image.target(), "rb") as file:
        return file.read()


def by_extlinux(board):
    """The card as it is, U-Boot left to itself: distro boot finds extlinux on the boot partition."""

    def run(image, directory):
        card = media.card(board, image, directory)
        uboot.boot(image, directory, [card], ["setenv pw_args record", "boot"], look=clean)

    return run


def tree_of_card(image, directory):
    """
    The entry of extlinux.conf that takes the card's own tree: VisionFive 1's has RAM where QEMU has
    it. The machine needs as much as that board; its UART is not there, so the console is SBI's.
    """

    def look(record, machine, _tables):
        expect_equal("banks", text(record.ranges("bank")), text([(RAM, RAM + 8 * GIB)]))
        image_at(record, LINKED)
        firmware = record.ranges("reserved", owner="/reserved-memory/firmware@80000000")
        expect_equal("kept below the image", text(firmware), text([(RAM, LINKED)]))

    card = media.card("visionfive", image, directory)
    with uboot.start(directory, [card], memory="8G") as machine:
        machine.enter("setenv pw_args record", "boot")
        machine.wait_line("2:")
        machine.press("2\n")
        uboot.machine_test.judge(machine, image, look=look)


def vendor_environment(image, directory):
    """
    As the vendor's U-Boot of VisionFive 2 does it: import vf2_uEnv.txt from partition 3, run boot2.
    The addresses are that U-Boot's, from the start of RAM; memory_size is less than the machine has
    and than its tree says, to see that it counts.
    """
    size = 768 * MIB

    def look(record, machine, tables):
        clean(record, machine, tables)
        expect_equal("banks", text(record.ranges("bank")), text([(RAM, RAM + size)]))
        expect_equal("the blob's address", record.one("handoff").number("dtb"), RAM + 0x6000000)

    lines = [
        f"setenv memory_addr {RAM:x}",
        f"setenv memory_size {size:x}",
        f"setenv kernel_addr_r {LINKED:#x}",
        f"setenv fdt_addr_r {RAM + 0x6000000:#x}",
        "setenv loadaddr 0xa0000000",
        "setenv testenv vf2_uEnv.txt",
        NO_MOVE,
        "fatload virtio 0:3 ${loadaddr} ${testenv}",
        "env import -t ${loadaddr} ${filesize}",
        "setenv pw_card virtio 0:3; setenv pw_args record",
        "run boot2",
    ]
    card = media.card("visionfive2", image, directory)
    uboot.boot(image, directory, [card], lines, look=look)


def vendor_environment_v1(image, directory):
    """VisionFive 1: uEnv.txt from "the disk", which is its first partition; then its bootcmd."""

    def look(record, machine, tables):
        clean(record, machine, tables)
        expect_equal("the blob's address", record.one("handoff").number("dtb"), 0x88000000)

    lines = [
        "env delete kernel_addr_r fdt_addr_r ramdisk_addr_r kernel_comp_addr_r kernel_comp_size",
        "setenv loadaddr 0xa0000000",
        NO_MOVE,
        "fatload virtio 0 ${loadaddr} uEnv.txt",
        "env import -t ${loadaddr} ${filesize}",
        "setenv pw_card virtio 0:1; setenv pw_args record",
        "boot",
    ]
    card = media.card("visionfive", image, directory)
    uboot.boot(image, directory, [card], lines, look=look)


def booti(in_place, **machine):
    """
    fatload, booti; machine: other firmware, more harts. Both the place of the load and the place that booti moves to are filled with a
    pattern before, so that .bss is anything but zero.
    """

    def run(image, directory):
        def look(record, machine, tables):
            clean(record, machine, tables)
            dtb = record.one("handoff").number("dtb")
            control = number_after(machine, "fdtcontroladdr=")
            if in_place:
                expect_equal("the blob's address", dtb, control)
            else:
                moved = number_after(machine, "Loading Device Tree to ")
                expect_equal("the blob's address", dtb, moved)
                expect(moved != control, "the blob was not moved")

        lines = [
            "setenv bootargs record",
            "printenv fdtcontroladdr",
            NO_MOVE if in_place else "setenv fdt_high",
            f"mw.l ${{kernel_addr_r}} {PATTERN:x} {4 * MIB // 4:x}",
            f"mw.l {LINKED:x} {PATTERN:x} {4 * MIB // 4:x}",
            "fatload virtio 0:3 ${kernel_addr_r} /Image",
            f"booti ${{kernel_addr_r}} - {FIRMWARE_TREE}",
        ]
        card = media.card("visionfive2", image, directory)
        uboot.boot(image, directory, [card], lines, look=look, **machine)

    return run


def compressed(image, directory):
    """Image.gz: booti finds out by itself and unpacks it to kernel_comp_addr_r."""
    disk = media.disk(directory, {"Image.gz": gzip.compress(read(image), mtime=0)})
    lines = [
        "setenv bootargs record",
        "fatload virtio 0 ${kernel_addr_r} Image.gz",
        f"booti ${{kernel_addr_r}} - {FIRMWARE_TREE}",
    ]
    uboot.boot(image, directory, [disk], lines, look=clean)


def fit(image, directory, its, name="pagewright.itb"):
    """A FIT made from its source text; the bytes."""
    os.makedirs(directory, exist_ok=True)
    source = os.path.join(directory, "pagewright.its")
    with open(source, "w", encoding="utf-8") as file:
        file.write(its)
    out = os.path.join(directory, name)
    media.run("mkimage", "-f", source, out)
    with open(out, "rb") as file:
        return file.read()


FIT = """/dts-v1/;
/ {
	description = "Pagewright";
	#address-cells = <1>;

	images {
		kernel {
			data = /incbin/("%(image)s");
			type = "kernel";
			os = "linux";
			arch = "riscv";
			compression = "none";
			load = <%(at)#x>;
			entry = <%(at)#x>;
			hash { algo = "sha256"; };
		};
	};

	configurations {
		default = "board";
		board {
			kernel = "kernel";
		};
	};
};
"""


def by_bootm(image, directory):
    """A FIT: bootm loads the kernel where the FIT says, and nothing is moved after that."""
    at = RAM + 160 * MIB

    def look(record, machine, _tables):
        image_at(record, at)

    words = {"image": os.path.abspath(image.target()), "at": at}
    disk = media.disk(directory, {"kernel.itb": fit(image, directory, FIT % words)})
    lines = [
        "setenv bootargs record",
        f"mw.l {at:x} {PATTERN:x} {4 * MIB // 4:x}",
        "fatload virtio 0 ${kernel_addr_r} kernel.itb",
        f"bootm ${{kernel_addr_r}} - {FIRMWARE_TREE}",
    ]
    uboot.boot(image, directory, [disk], lines, look=look)


def tests():
    result = per_model("uboot extlinux visionfive2", by_extlinux("visionfive2"))
    result += per_model("uboot extlinux visionfive", by_extlinux("visionfive"), DEFAULT)
    result += per_model("uboot extlinux tree of the card", tree_of_card, DEFAULT)
    result += per_model("uboot vendor environment visionfive2", vendor_environment, DEFAULT)
    result += per_model("uboot vendor environment visionfive", vendor_environment_v1, DEFAULT)
    result += per_model("uboot booti dtb in place, fw_jump",
                        booti(True, bios=f"{qemu.DEBIAN_OPENSBI}/fw_jump.bin"), DEFAULT)
    result += per_model("uboot booti dtb moved, 4 harts",
                        booti(False, bios=f"{qemu.DEBIAN_OPENSBI}/fw_dynamic.bin", args=["-smp", "4"]),
                        DEFAULT)
    result += per_model("uboot booti gz", compressed, DEFAULT)
    result += per_model("uboot bootm fit", by_bootm, DEFAULT)
    return result
