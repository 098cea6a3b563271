# SPDX-License-Identifier: BSD-2-Clause
"""The card and other ways through U-Boot, each until the verdict, with all checks of a boot."""
import gzip
import os

import host
import media
import proof
import qemu
import uboot
from cases import RAM, no_warnings, per_model
from ranges import GIB, MIB, PAGE, align_up, text
from record import parse
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
        clean(record, machine, _tables)
        firmware = record.ranges("reserved", owner="/reserved-memory/opensbi@80000000")
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
    fatload, booti; machine: other firmware, more harts. Both the place of the load and the place that
    booti moves to are filled with a pattern before, so that .bss is anything but zero.
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


def fit(directory, its):
    """A FIT made from its source text; the bytes."""
    os.makedirs(directory, exist_ok=True)
    source = os.path.join(directory, "pagewright.its")
    with open(source, "w", encoding="utf-8") as file:
        file.write(its)
    out = os.path.join(directory, "pagewright.itb")
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


RAMDISK = """
		initrd {
			data = /incbin/("%s");
			type = "ramdisk";
			os = "linux";
			arch = "riscv";
			compression = "none";
			hash { algo = "sha256"; };
		};
"""


def by_bootm(image, directory):
    """A FIT: bootm loads the kernel where the FIT says, and nothing is moved after that."""
    at = RAM + 160 * MIB

    def look(record, machine, _tables):
        image_at(record, at)

    words = {"image": os.path.abspath(image.target()), "at": at}
    disk = media.disk(directory, {"kernel.itb": fit(directory, FIT % words)})
    lines = [
        "setenv bootargs record",
        f"mw.l {at:x} {PATTERN:x} {4 * MIB // 4:x}",
        "fatload virtio 0 ${kernel_addr_r} kernel.itb",
        f"bootm ${{kernel_addr_r}} - {FIRMWARE_TREE}",
    ]
    uboot.boot(image, directory, [disk], lines, look=look)


def initrd_at(record, machine, start, length):
    """The initrd is kept where U-Boot says, to the byte, and U-Boot's own entry for it makes no noise."""
    clean(record, machine, None)
    line = record.one("initrd")
    expect_equal("the initrd", text([line.range()]), text([(start, start + length)]))
    expect_equal("its state", line["state"], "kept")


# No whole pages, and not what FAT or U-Boot would choose by themselves.
INITRD = bytes(range(256)) * 12000 + b"end"


def initrd(in_place):
    """booti with an initrd, where it was loaded or moved below the end of RAM."""

    def run(image, directory):
        def look(record, machine, _tables):
            start = record.one("initrd").number("base")
            initrd_at(record, machine, start, len(INITRD))
            expect(machine.read(start, len(INITRD)) == INITRD, "the initrd's bytes are changed")
            moved = any("Loading Ramdisk to" in line for line in machine.output)
            expect_equal("moved by U-Boot", moved, not in_place)
            if in_place:
                expect_equal("the initrd's address", start, loaded_to(machine))

        lines = [
            "setenv bootargs record",
            "printenv ramdisk_addr_r",
            "setenv initrd_high 0xffffffffffffffff" if in_place else "setenv initrd_high",
            NO_MOVE if in_place else "setenv fdt_high",
            "fatload virtio 0 ${ramdisk_addr_r} initrd",
            "setenv initrd_size ${filesize}",
            "fatload virtio 0 ${kernel_addr_r} Image",
            f"booti ${{kernel_addr_r}} ${{ramdisk_addr_r}}:${{initrd_size}} {FIRMWARE_TREE}",
        ]
        disk = media.disk(directory, {"Image": read(image), "initrd": INITRD})
        uboot.boot(image, directory, [disk], lines, look=look)

    return run


def loaded_to(machine):
    return number_after(machine, "ramdisk_addr_r=")


def initrd_is_freed(bootargs):
    """
    Told so by boot argument or at the prompt, the initrd's pages become free, once; then the record says
    so, and everything that holds of a record holds of that one.
    """

    def run(image, directory):
        disk = media.disk(directory, {"Image": read(image), "initrd": INITRD})
        with uboot.start(directory, [disk]) as machine:
            machine.enter(
                f"setenv bootargs {bootargs}",
                "printenv ramdisk_addr_r",
                "fatload virtio 0 ${ramdisk_addr_r} initrd",
                "setenv initrd_size ${filesize}",
                "fatload virtio 0 ${kernel_addr_r} Image",
                f"booti ${{kernel_addr_r}} ${{ramdisk_addr_r}}:${{initrd_size}} {FIRMWARE_TREE}",
            )
            record = machine.wait_verdict()
            expect(record.is_ok(), f"verdict {record.verdict}", machine.output[-30:])
            if "initrd=free" not in bootargs:
                initrd_at(record, machine, loaded_to(machine), len(INITRD))
                said = machine.answer("initrd free")
                expect(any("freed: 751 pages" in line for line in said), "not freed", said)
                expect(any(line.endswith(": ok") for line in said), "the audit is not ok", said)
                record = second_record(machine)
            said = machine.answer("initrd free")
            expect(any("nothing is freed" in line for line in said), "freed twice", said)
            expect_equal("mm.initrd", (record.one("initrd")["state"], record.one("initrd")["pages"]),
                         ("freed", "751"))
            expect_equal("pages of the initrd", align_up(len(INITRD), PAGE) // PAGE, 751)
            proof.judge_record(record)

    return run


def second_record(machine):
    """The record as the monitor prints it now."""
    said = machine.answer("record")
    return parse([line for line in said if line.startswith("mm.")] + ["mm.verdict ok"])


def fit_with_initrd(image, directory):
    """A FIT with a ramdisk: bootm finds it by the configuration and tells the kernel."""
    where = os.path.join(directory, "initrd")
    os.makedirs(directory, exist_ok=True)
    with open(where, "wb") as file:
        file.write(INITRD)
    at = RAM + 64 * MIB
    words = {"image": os.path.abspath(image.target()), "at": at}
    source = (FIT % words).replace("\n\t};\n", "\n" + RAMDISK % os.path.abspath(where) + "\t};\n", 1)
    source = source.replace('kernel = "kernel";', 'kernel = "kernel"; ramdisk = "initrd";')

    def look(record, machine, _tables):
        image_at(record, at)
        start = record.one("initrd").number("base")
        expect(machine.read(start, len(INITRD)) == INITRD, "the initrd's bytes are changed")

    disk = media.disk(directory, {"kernel.itb": fit(directory, source)})
    lines = [
        "setenv bootargs record",
        "fatload virtio 0 ${ramdisk_addr_r} kernel.itb",
        f"bootm ${{ramdisk_addr_r}} ${{ramdisk_addr_r}} {FIRMWARE_TREE}",
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
    result += per_model("uboot bootm fit initrd", fit_with_initrd, DEFAULT)
    result += per_model("uboot initrd in place", initrd(True), DEFAULT)
    result += per_model("uboot initrd moved", initrd(False), DEFAULT)
    result += per_model("uboot initrd freed by boot argument", initrd_is_freed("record initrd=free"), DEFAULT)
    result += per_model("uboot initrd freed at the prompt", initrd_is_freed("record"))
    return result
