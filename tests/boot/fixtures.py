# SPDX-License-Identifier: BSD-2-Clause
"""
The programs in assembly that tests put around the kernel: shim.S before it, minifw.S below it, spl.S
before OpenSBI. Each is assembled once; a test gets a copy with its wishes written in.
"""
import os
import struct
import threading

from suite import LOGS, Failure, output_of

MARK = b"the wishes are:\0"
# Where QEMU loads -kernel and -bios, and where it starts from a flash.
WHERE = {"shim": 0x80200000, "minifw": 0x80000000, "spl": 0x20000000}
SPL_FLASH = 32 << 20  # bytes of virt's first flash
DYNAMIC_MAGIC, DYNAMIC_VERSION = 0x4942534F, 2  # struct fw_dynamic_info: "OSBI"
CROSS = os.environ.get("CROSS_COMPILE") or "riscv64-unknown-elf-"
ANY_HART = 0xFFFFFFFFFFFFFFFF
ALL_COUNTERS = 0xFFFFFFFF
KIB = 1024

_lock = threading.Lock()
_programs = {}


def _program(name):
    """The assembled bytes of name.S."""
    with _lock:
        if name not in _programs:
            base = f"{LOGS}/fixtures/{name}"
            os.makedirs(os.path.dirname(base), exist_ok=True)
            flags = ["-march=rv64imac_zicsr_zifencei", "-mabi=lp64", "-mcmodel=medany", "-nostdlib"]
            flags += ["-static", "-Wl,--build-id=none", f"-Wl,-Ttext={WHERE[name]:#x}"]
            source = os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.S")
            output_of([f"{CROSS}gcc", *flags, source, "-o", f"{base}.elf"])
            output_of([f"{CROSS}objcopy", "-O", "binary", f"{base}.elf", f"{base}.bin"])
            with open(f"{base}.bin", "rb") as file:
                _programs[name] = file.read()
        return _programs[name]


def _with_wishes(name, directory, words):
    """A copy of a program with 64-bit words behind its mark; the file."""
    program = _program(name)
    if program.count(MARK) != 1:
        raise Failure(f"{name}.S has its mark {program.count(MARK)} times")
    at = program.index(MARK) + len(MARK)
    wishes = struct.pack(f"<{len(words)}Q", *words)
    os.makedirs(directory, exist_ok=True)
    path = os.path.join(directory, f"{name}.bin")
    with open(path, "wb") as file:
        file.write(program[:at] + wishes + program[at + len(wishes) :])
    return path


def shim(directory, kernel, a0=None, a1=None):
    """A file for -kernel that starts the kernel at an address, with another a0 or a1."""
    words = [kernel, a0 is not None, a0 or 0, a1 is not None, a1 or 0]
    return _with_wishes("shim", directory, words)


KINDS = {"none": 0, "dbcn": 1, "legacy": 2, "harts": 3}


def firmware(directory, kind, hart=ANY_HART, counters=ALL_COUNTERS, keeps=512 * KIB, deaf=ANY_HART,
             hasty=(ANY_HART, 0)):
    """
    A file for -bios that offers an SBI of this kind, and lets one hart or all enter. keeps: how
    much RAM nobody else may touch, a power of two. deaf: a hart that never comes up. hasty: one that
    enters the kernel as if it were the first, and how often.
    """
    napot = WHERE["minifw"] >> 2 | (keeps >> 3) - 1
    return _with_wishes("minifw", directory, [KINDS[kind], hart, counters, napot, deaf, *hasty])


def spl(directory, opensbi, tree, kernel):
    """QEMU's words for a flash with the stand-in for the SPL: where OpenSBI, the tree and the kernel are."""
    words = [opensbi, tree, DYNAMIC_MAGIC, DYNAMIC_VERSION, kernel]
    path = _with_wishes("spl", directory, words)
    os.truncate(path, SPL_FLASH)
    return ["-bios", "none", "-drive", f"if=pflash,unit=0,format=raw,readonly=on,file={path}"]


def loader(file, address):
    """QEMU's words that put a file's bytes into memory."""
    return ["-device", f"loader,file={file},addr={address:#x},force-raw=on"]
