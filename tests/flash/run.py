#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/flash/run.py - scripts/flash in every branch: on plain files, on devices of a pretended /sys and
/proc (FLASH_ROOT), and on a loop device where this machine gives one.
"""
import os
import shutil
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FLASH = os.path.join(TOP, "scripts/flash")
MIB = 1 << 20
IMAGE_BYTES = 3 * MIB + 512  # neither a multiple of dd's blocks nor of 4 KiB

failed = 0


class Wrong(Exception):
    """What the test has found."""


class Skip(Exception):
    """What this machine lacks."""


def put(path, text=""):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


class Bench:
    """A directory with an image and a pretended machine: a disk sdb with two partitions."""

    def __init__(self, directory):
        self.directory = directory
        self.image = os.path.join(directory, "sdcard.img")
        with open(self.image, "wb") as file:
            file.write(bytes(i * 7 & 0xFF for i in range(509)) * (IMAGE_BYTES // 509 + 1))
            file.truncate(IMAGE_BYTES)
        self.root = os.path.join(directory, "root")
        self.disk = os.path.join(self.root, "dev/sdb")
        self.environment = {"FLASH_ROOT": self.root}
        put(f"{self.root}/proc/self/mountinfo", "")
        put(f"{self.root}/proc/swaps", "Filename Type Size Used Priority\n")
        self.block("sdb", "8:16", 8 * MIB, removable="1", ro="0", diskseq="9",
                   **{"device/vendor": "Generic", "device/model": "SD Reader"})
        self.block("sdb/sdb1", "8:17", 2 * MIB, partition="1")
        self.block("sdb/sdb2", "8:18", 4 * MIB, partition="2")
        put(self.disk)
        os.truncate(self.disk, 8 * MIB)

    def block(self, path, number, size, **more):
        """Files of a block device; path below its disk. /sys/class/block has it by its name."""
        folder = f"{self.root}/sys/devices/{path}"
        files = {"dev": number, "size": str(size // 512), **more}
        for key, value in files.items():
            put(f"{folder}/{key}", value + "\n")
        link = f"{self.root}/sys/class/block/{os.path.basename(path)}"
        os.makedirs(os.path.dirname(link), exist_ok=True)
        if not os.path.exists(link):
            os.symlink(folder, link)

    def sys(self, name, key, value):
        put(f"{self.root}/sys/class/block/{name}/{key}", value + "\n")

    def mount(self, number, place, source, kind="ext4"):
        with open(f"{self.root}/proc/self/mountinfo", "a", encoding="utf-8") as file:
            file.write(f"36 35 {number} / {place} rw,noatime master:1 - {kind} {source} rw\n")

    def fake(self, name, script):
        """A program of that name, first in PATH."""
        path = os.path.join(self.directory, "bin", name)
        put(path, "#!/bin/sh\n" + script)
        os.chmod(path, 0o755)
        self.environment["PATH"] = os.path.dirname(path) + ":" + os.environ["PATH"]

    def flash(self, device=None, answer="sdb\n", during=None, prefix=()):
        """Run it; (status, output). during: called while the question is open."""
        words = [*prefix, sys.executable, FLASH, "visionfive2", self.image, device or self.disk]
        process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, env={**os.environ, **self.environment})
        output = b""
        if during:
            while b"to write: " not in output:
                byte = process.stdout.read(1)
                if not byte:
                    break
                output += byte
            during()
        rest, _ = process.communicate(answer.encode(), timeout=120)
        return process.returncode, (output + rest).decode(errors="replace")

    def touched(self, device=None):
        with open(device or self.disk, "rb") as file:
            return any(file.read())

    def holds_image(self, device=None):
        with open(device or self.disk, "rb") as file, open(self.image, "rb") as image:
            return file.read(IMAGE_BYTES) == image.read()


def expect(result, status, *parts):
    found, output = result
    if found != status:
        raise Wrong(f"exit status {found}, should be {status}", output)
    for part in parts:
        if part not in output:
            raise Wrong(f'the output lacks "{part}"', output)


def refused(bench, *parts, **how):
    """Exit status 1, the reason, and not one byte written."""
    expect(bench.flash(**how), 1, *parts)
    if bench.touched():
        raise Wrong("something was written all the same")


def written(bench, device=None, **how):
    expect(bench.flash(device=device, **how), 0, "written and verified")
    if not bench.holds_image(device):
        raise Wrong("the device does not hold the image")


def card_is_written(bench):
    expect(bench.flash(), 0, "Generic SD Reader", "8.0 MiB", "removable   yes", "sdb1", "2.0 MiB",
           "not mounted", "Everything on", "written and verified")
    if not bench.holds_image():
        raise Wrong("the card does not hold the image")
    if os.path.getsize(bench.disk) != 8 * MIB:
        raise Wrong("what lies behind the image was cut off")


def not_confirmed(bench):
    refused(bench, "not confirmed", answer="yes\n")
    refused(bench, "not confirmed", answer="sdc\n")
    refused(bench, "not confirmed", answer="")


def mounted(bench):
    bench.mount("8:17", "/media/card", "/dev/sdb1")
    refused(bench, "sdb1 is mounted on /media/card", "umount /media/card")


def mounted_with_blank(bench):
    bench.mount("8:18", "/media/my\\040card", "/dev/sdb2")
    refused(bench, "/media/my card")


def mounted_by_source(bench):
    """btrfs: the number belongs to the file system, the source names the partition."""
    bench.mount("0:41", "/media/card", "/dev/sdb2", "btrfs")
    refused(bench, "sdb2 is mounted on /media/card")


def system_disk(bench):
    bench.mount("8:18", "/", "/dev/sdb2")
    refused(bench, "the disk this system runs from (/)")


def system_disk_below_crypt(bench):
    """The root is on a mapping that is built on a partition."""
    bench.block("dm-0", "254:0", MIB)
    bench.sys("sdb2", "holders/dm-0", "")
    bench.mount("254:0", "/", "/dev/mapper/root")
    refused(bench, "the disk this system runs from")


def held_by_other(bench):
    bench.block("dm-0", "254:0", MIB)
    bench.sys("sdb2", "holders/dm-0", "")
    refused(bench, "dm-0 is built on sdb2")


def swap(bench):
    put(f"{bench.root}/proc/swaps", "Filename Type Size Used Priority\n/dev/sdb2 partition 9 0 -2\n")
    refused(bench, "swapoff /dev/sdb2")


def other_mounts(bench):
    """What is mounted from elsewhere is no reason."""
    bench.mount("8:1", "/", "/dev/sda1")
    bench.mount("0:22", "/proc", "proc", "proc")
    written(bench)


def fixed_disk(bench):
    bench.sys("sdb", "removable", "0")
    refused(bench, "not a removable disk", "FIXED_DISK=yes")
    bench.environment["FIXED_DISK"] = "1"
    refused(bench, "FIXED_DISK=yes")
    bench.environment["FIXED_DISK"] = "yes"
    written(bench)


def card_slot(bench):
    """mmcblk says removable 0; the card's type tells it from soldered eMMC."""
    bench.sys("sdb", "removable", "0")
    bench.sys("sdb", "device/type", "MMC")
    refused(bench, "not a removable disk")
    bench.sys("sdb", "device/type", "SD")
    written(bench)


def read_only(bench):
    bench.sys("sdb", "ro", "1")
    refused(bench, "read-only")


def too_small(bench):
    bench.sys("sdb", "size", str((IMAGE_BYTES - 512) // 512))
    refused(bench, str(IMAGE_BYTES - 512), str(IMAGE_BYTES), "larger card")


def exactly_large_enough(bench):
    bench.sys("sdb", "size", str(IMAGE_BYTES // 512))
    written(bench)


def no_card(bench):
    bench.sys("sdb", "size", "0")
    refused(bench, "no card in the reader")


def partition(bench):
    put(os.path.join(bench.root, "dev/sdb1"))
    refused(bench, "is a partition", "whole card", device=os.path.join(bench.root, "dev/sdb1"))


def unknown_device(bench):
    put(os.path.join(bench.root, "dev/sdx"))
    refused(bench, "nothing is known", device=os.path.join(bench.root, "dev/sdx"))


def absent(bench):
    refused(bench, "does not exist", "lsblk", device="/dev/no-such-card")


def odd_thing(bench):
    refused(bench, "neither a block device nor a plain file", device="/dev/null")
    refused(bench, "neither a block device nor a plain file", device=bench.directory)


def no_image(bench):
    os.remove(bench.image)
    refused(bench, "does not exist", "make sdcard")


def card_changed(bench):
    """Another card while the question was open: size, sequence or model differ."""
    refused(bench, "another device than a moment ago",
            during=lambda: bench.sys("sdb", "diskseq", "10"))


def mounted_meanwhile(bench):
    refused(bench, "is mounted on /media/new",
            during=lambda: bench.mount("8:17", "/media/new", "/dev/sdb1"))


def write_fails(bench):
    bench.fake("dd", "echo dd: No space left on device; exit 1\n")
    expect(bench.flash(), 3, "writing failed", "No space left")


def write_lies(bench):
    """A card that takes everything and keeps something else is found by reading back."""
    real = shutil.which("dd")
    bench.fake("dd", f'{real} "$@" || exit 1\nprintf X | {real} of={bench.disk} bs=1 seek=2000000 '
               "conv=notrunc status=none\n")
    expect(bench.flash(), 3, "does not hold what was written")


def short_card(bench):
    """The kernel says 8 MiB, the card ends sooner: what comes back is too short."""
    real = shutil.which("dd")
    bench.fake("dd", f'{real} "$@" || exit 1\ntruncate -s 1M {bench.disk}\n')
    expect(bench.flash(), 3, "does not hold what was written")


def plain_file(bench):
    bench.environment = {}
    target = os.path.join(bench.directory, "card.img")
    put(target)
    expect(bench.flash(device=target, answer="card.img\n"), 1, "no size")
    os.truncate(target, MIB)
    expect(bench.flash(device=target, answer="card.img\n"), 1, "larger card")
    os.truncate(target, 5 * MIB)
    expect(bench.flash(device=target, answer="n\n"), 1, "a plain file", "not confirmed")
    written(bench, device=target, answer="card.img\n")
    if os.path.getsize(target) != 5 * MIB:
        raise Wrong("the file has another size now")


def no_rights(bench):
    """Without the rights: sudo is used when there is one, else the reason says what to do."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        raise Skip("only root can pretend to be somebody else, with setpriv")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    for path, _, _ in os.walk(bench.directory):
        os.chmod(path, 0o755)
    os.chmod(bench.disk, 0o600)
    for name in ("sh", "setpriv", "env"):
        bench.fake(name, f'exec {shutil.which(name)} "$@"\n')
    only = os.path.join(bench.directory, "bin")
    bench.environment["PATH"] = only
    refused(bench, "run it as root", prefix=[shutil.which("setpriv"), *nobody[1:]])
    bench.fake("sudo", 'echo "sudo was asked: $1"; exit 1\n')
    bench.environment["PATH"] = only
    expect(bench.flash(prefix=[shutil.which("setpriv"), *nobody[1:]]), 3, "sudo was asked: dd")


def usage(bench):
    done = subprocess.run([sys.executable, FLASH, "visionfive2", bench.image, ""], check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    expect((done.returncode, done.stdout.decode()), 2, "DEV= is missing", "lsblk")
    done = subprocess.run([sys.executable, FLASH], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    expect((done.returncode, done.stdout.decode()), 2, "usage")


def loop_device(bench):
    """A real block device, through the real /sys."""
    bench.environment = {}
    backing = os.path.join(bench.directory, "backing")
    put(backing)
    os.truncate(backing, 8 * MIB)
    environment = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
    try:
        done = subprocess.run(["losetup", "-f", "--show", backing], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=environment, check=False)
    except FileNotFoundError as error:
        raise Skip("there is no losetup") from error
    loop = done.stdout.decode().strip()
    if done.returncode != 0:
        raise Skip(f"no loop device for this user or in this container: {loop}")
    answer = os.path.basename(loop) + "\n"
    try:
        expect(bench.flash(device=loop, answer=answer), 1, "not a removable disk")
        bench.environment["FIXED_DISK"] = "yes"
        expect(bench.flash(device=loop, answer="\n"), 1, "not confirmed")
        written(bench, device=loop, answer=answer)
        if not bench.holds_image(backing):
            raise Wrong("the loop device's file does not hold the image")
        busy = os.open(loop, os.O_RDONLY | os.O_EXCL)
        expect(bench.flash(device=loop, answer=answer), 1, "busy")
        os.close(busy)
    finally:
        subprocess.run(["losetup", "-d", loop], env=environment, check=False)


TESTS = [
    card_is_written, not_confirmed, mounted, mounted_with_blank, mounted_by_source, system_disk,
    system_disk_below_crypt, held_by_other, swap, other_mounts, fixed_disk, card_slot, read_only,
    too_small, exactly_large_enough, no_card, partition, unknown_device, absent, odd_thing, no_image,
    card_changed, mounted_meanwhile, write_fails, write_lies, short_card, plain_file, no_rights,
    usage, loop_device,
]


def main():
    wanted = sys.argv[1:]
    for test in TESTS:
        name = test.__name__.replace("_", " ")
        if wanted and not any(word in name for word in wanted):
            continue
        with tempfile.TemporaryDirectory(prefix="flash-test-") as directory:
            try:
                test(Bench(directory))
                print(f"ok {name}", flush=True)
            except Skip as skip:
                print(f"skip {name}: {skip}", flush=True)
            except Wrong as wrong:
                global failed
                failed += 1
                print(f"not ok {name}: {wrong.args[0]}", flush=True)
                for line in (wrong.args[1] if len(wrong.args) > 1 else "").splitlines():
                    print(f"# {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
