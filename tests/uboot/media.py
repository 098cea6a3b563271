# SPDX-License-Identifier: BSD-2-Clause
"""
The disks that tests put into the machine: the card as scripts/sdcard makes it, and a second one with
files that a test wants besides.
"""
import os
import subprocess

from suite import Failure

KNOBS = {"OPENSBI_SRC", "OPENSBI", "TREE", "BOARD", "SOURCE_DATE_EPOCH"}
BOARDS = ["visionfive2", "visionfive"]


def run(*command, env=None):
    """Run a program to its end; its output. Failure when it fails. Knobs of make reach it by env alone."""
    inherited = {k: v for k, v in os.environ.items() if k not in KNOBS}
    inherited["PATH"] += ":/usr/sbin:/sbin"
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**inherited, **(env or {})},
        check=False,
    )
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Failure(f"{command[0]} failed with status {done.returncode}", text.splitlines())
    return text


def card(board, image, directory, env=None, name="sdcard.img"):
    """The card of a board with a built image: its file."""
    os.makedirs(directory, exist_ok=True)
    out = os.path.join(directory, name)
    run("scripts/sdcard", board, image.target(), out, env=env)
    return out


def disk(directory, files):
    """A FAT disk without partitions that holds {name: bytes}; its file."""
    os.makedirs(directory, exist_ok=True)
    out = os.path.join(directory, "disk.img")
    with open(out, "wb") as file:
        file.truncate(64 << 20)
    run("mkfs.fat", "-F", "32", "-s", "1", out)
    for name, content in files.items():
        path = os.path.join(directory, name)
        with open(path, "wb") as file:
            file.write(content)
        run("mcopy", "-i", out, path, f"::{name}")
    return out


def drive(file, number):
    """QEMU's words that put a disk into the machine as virtio disk; U-Boot numbers them as they come."""
    return [
        "-drive", f"file={file},format=raw,if=none,id=disk{number},readonly=on",
        "-device", f"virtio-blk-device,drive=disk{number}",
    ]
