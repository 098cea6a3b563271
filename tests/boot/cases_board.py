# SPDX-License-Identifier: BSD-2-Clause
"""
QEMU's other machines and other forms of virt, each with its own tree through OpenSBI: sifive_u
(a monitor hart without S-mode, SiFive's UART), spike (HTIF), the Icicle Kit (two windows of DRAM,
no tree of its own), virt with other interrupt controllers and CPUs.
"""
import qemu
import trees
from cases import RAM, REST, boot, expects, no_warnings, per_model
from ranges import GIB, text
from suite import Skip, expect, expect_equal

FIRMWARE_END = RAM + 0x200000  # everything that S-mode runs lies above
ICICLE = "dts/boards/polarfire-icicle.dts"
# QEMU's own OpenSBI is what the Icicle Kit takes when nobody says -bios.
NO_BIOS = None

VIRT_FORMS = {
    "aclint": "virt,aclint=on",
    "aplic": "virt,aia=aplic",
    "imsic": "virt,aia=aplic-imsic",
}
CPUS = ["rv64,v=true", "rv64,svpbmt=true,svnapot=true,svinval=true", "rv64,sstc=off,h=off",
        "rv64,c=true,f=off,d=off", "shakti-c"]


def own_tree(machine, harts, memory="1G", banks=None):
    """A machine with the tree that QEMU makes for it."""

    def run(image, directory):
        words = ["-machine", machine, "-smp", str(harts)]
        result = boot(image, directory, memory=memory, args=words)
        if banks:
            expect_equal("the banks", text(result.record.ranges("bank")), text(banks))
        no_warnings(result)

    return run


def stays_in_firmware(hart):
    """A check of the stopped machine: this hart runs nothing of ours, its MMU is off."""

    def look(_record, machine, _tables):
        registers = machine.registers(hart)
        pc = registers["pc"]
        expect(RAM <= pc < FIRMWARE_END, f"hart {hart} is at {pc:#x}, outside the firmware")
        expect(registers.get("satp", 0) == 0, f"hart {hart} has satp {registers.get('satp', 0):#x}")

    return look


def monitor_hart(image, directory):
    """sifive_u: hart 0 is an E51 without S-mode; it may not be started, and boots nothing."""
    words = ["-machine", "sifive_u", "-smp", "5"]
    result = boot(image, directory, args=words, memory="2G", look=stays_in_firmware(0))
    expect(result.record.one("handoff").number("hart") != 0, "hart 0 has booted the kernel")
    no_warnings(result)


def icicle(memory, banks):
    """The Icicle Kit: QEMU takes OpenSBI, kernel and the tree that is given."""

    def run(image, directory):
        words = ["-machine", "microchip-icicle-kit", "-smp", "5", "-serial", "null"]
        # The console is the second UART: QEMU counts -serial in order, so this one comes first.
        words += ["-dtb", trees.compile_tree(ICICLE)]
        result = boot(image, directory, memory=memory, args=words, bios=NO_BIOS,
                      look=stays_in_firmware(0))
        expect_equal("the banks", text(result.record.ranges("bank")), text(banks))
        expect(result.record.one("handoff").number("hart") != 0, "hart 0 has booted the kernel")
        no_warnings(result)

    return run


def cpu(name):
    def run(image, directory):
        words = qemu.command(image.target(), "128M", ["-cpu", name])
        with qemu.Machine(words, directory) as machine:
            status = machine.wait_start_failure(1)
            if status is not None and any("not found" in line for line in machine.output):
                raise Skip(f"this QEMU lacks a property: {machine.output[-1]}")
        result = boot(image, directory, args=["-cpu", name], memory="512M")
        expects(result, "record mm.handoff mode=sv39", "verdict ok")
        no_warnings(result)

    return run


def tests():
    result = []
    few = {"models": ["vmemmap"], "also": REST}
    one = [(RAM, RAM + GIB)]
    result += per_model("machine sifive_u", own_tree("sifive_u", 2, banks=one))
    result += per_model("machine sifive_u monitor hart", monitor_hart, **few)
    result += per_model("machine spike", own_tree("spike", 1, banks=one))
    result += per_model("machine spike 4 harts", own_tree("spike", 4, banks=one), **few)
    both = [(RAM, RAM + GIB), (0x1000000000, 0x1000000000 + GIB)]
    result += per_model("machine icicle", icicle("2G", both), ["discontig", "sparse", "vmemmap"])
    for name, machine in VIRT_FORMS.items():
        result += per_model(f"machine virt {name}", own_tree(machine, 2, banks=one), **few)
    for name in CPUS:
        result += per_model(f"cpu {name}", cpu(name), **few)
    return result
