# SPDX-License-Identifier: BSD-2-Clause
"""
Machines of other shapes: sizes of RAM (C157, C51), several harts (C154, C155), other CPUs
(C145, C165), RAM that is not zero, other versions of OpenSBI (C156).
"""
import os

import machine_test
import qemu
from cases import (
    REST,
    boot,
    boot_that_stops,
    bytes_of,
    expects,
    no_warnings,
    one_bank_of,
    per_model,
    same_ledger,
    stops_with,
)
from ranges import MIB
from suite import Skip, expect, expect_equal
from trees import write_tree

SIZES = ["16M", "64M", "127M", "128M", "129M", "1G", "2049M", "3G", "8G", "16G"]


def memory_size(memory):
    def run(image, directory):
        result = boot(image, directory, memory=memory)
        one_bank_of(bytes_of(memory), result)
        no_warnings(result)
        if image.model == "vmemmap" and bytes_of(memory) >= 64 * MIB:
            machine_test.check_first_leaf_is_megapage(result)

    return run


def smallest(image, directory):
    """4 MiB are enough for all models but SPARSE, whose section costs 2 MiB in one piece."""
    words = bank_of(5 * MIB if image.model == "sparse" else 4 * MIB)
    no_warnings(boot(image, directory, memory="8M", args=words))


def too_small(image, directory):
    result = boot_that_stops(image, directory, memory="8M", args=bank_of(3 * MIB))
    stops_with(result, "stop phase=paging", "2 MiB of RAM", "page tables of 4 KiB")


def bank_of(size):
    node = f"memory@80000000 {{ device_type = \"memory\"; reg = <0 0x80000000 0 {size:#x}>; }};"
    return ["-dtb", write_tree(f"bank-of-{size >> 20}m", f"/ {{ {node} }};")]


def harts(number):
    def run(image, directory):
        result = boot(image, directory, args=["-smp", str(number)])
        no_warnings(result)
        expect(result.record.one("handoff").number("hart") < number, "an unknown boot hart")

    return run


def opensbi_chooses(image, directory):
    """OpenSBI draws the boot hart by lot: whoever wins, the memory is the same."""
    results = [boot(image, os.path.join(directory, str(i)), args=["-smp", "4"]) for i in range(4)]
    for result in results[1:]:
        same_ledger(results[0], result)


def cpu(name):
    def run(image, directory):
        result = boot(image, directory, args=["-cpu", name])
        expect_equal("the mode", result.record.one("handoff")["mode"], "sv39")

    return run


def without_mmu(image, directory):
    result = boot_that_stops(image, directory, args=["-cpu", "rv64,mmu=off"], status=None)
    stops_with(result, "phase=entry", "no Sv39")


def svade(image, directory):
    """C145. Where QEMU cannot turn Svadu off, the walk of the tables sees A and D all the same."""
    words = qemu.command(image.target(), "128M", ["-cpu", "rv64,svadu=false,svade=true"])
    with qemu.Machine(words, directory) as machine:
        status = machine.wait_start_failure()
        if status is not None and any("not found" in line for line in machine.output):
            raise Skip(f"this QEMU has no svade: {machine.output[-1]}")
    boot(image, directory, args=["-cpu", "rv64,svadu=false,svade=true"])


def dirty_ram(image, directory):
    """RAM that is not zero when the kernel starts, as on a board."""
    os.makedirs(directory, exist_ok=True)
    file = os.path.join(directory, "dirty-ram")
    with open(file, "wb") as ram:
        for _ in range(128):
            ram.write(b"\xa5" * MIB)
    backend = f"memory-backend-file,id=ram,size=128M,mem-path={file},share=off"
    args = ["-object", backend, "-machine", "memory-backend=ram"]
    try:
        no_warnings(boot(image, directory, "record selftest", "128M", args), "bad-free")
    finally:
        os.remove(file)


def debian_opensbi(name):
    """C156: the ledger is that of QEMU's own OpenSBI, wherever the blob lies."""

    def run(image, directory):
        bios = os.path.join(qemu.DEBIAN_OPENSBI, name)
        if not os.path.exists(bios):
            raise Skip("the package opensbi is not installed")
        one = boot(image, os.path.join(directory, "default"))
        two = boot(image, os.path.join(directory, "debian"), bios=bios)
        expects(two, "verdict ok", "record mm.handoff sbi=opensbi")
        same_ledger(one, two, "firmware", "dtb", "free")

    return run


def tests():
    result = []
    for memory in SIZES:
        result += per_model(f"c157 {memory}", memory_size(memory))
    result += per_model("c157 64G", memory_size("64G"), ["vmemmap"], REST)
    result += per_model("c51 smallest", smallest)
    result += per_model("c51 too small", too_small)
    for number in (4, 8):
        result += per_model(f"c154 smp {number}", harts(number), ["vmemmap"], REST)
    result += per_model("c155 opensbi draws the hart", opensbi_chooses, ["vmemmap"], REST)
    result += per_model("c165 sv57", cpu("rv64"), ["vmemmap"], REST)
    result += per_model("c165 sifive-u54", cpu("sifive-u54"), ["vmemmap"], REST)
    result += per_model("c165 no mmu", without_mmu, ["vmemmap"], REST)
    result += per_model("c145 svade", svade, ["vmemmap"], REST)
    result += per_model("dirty ram", dirty_ram)
    for name in ("fw_dynamic", "fw_jump"):
        run = debian_opensbi(f"{name}.bin")
        result += per_model(f"c156 debian {name}", run, ["vmemmap"], REST)
    return result
