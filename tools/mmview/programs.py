# SPDX-License-Identifier: BSD-2-Clause
"""
Where the four programs are that run the kernel's own code, one per memory model and, for the
SPARSE models, one per section size:

    build/mmview/MODEL/pagewright              in a checkout, beside build/host/mmview
    PREFIX/libexec/pagewright/MODEL            after "make install PREFIX=..."

A program with another section size is MODEL-64M, MODEL-128M and so on. In a checkout it is built
when it is first asked for; make install brings them all.
"""
import os
import subprocess
import sys

from errors import Unusable

MODELS = ("flat", "discontig", "sparse", "vmemmap")
SECTION_MODELS = ("sparse", "vmemmap")
SECTION_SIZES = ("64M", "128M", "256M", "512M", "1G")


def home():
    """Where this file is: the archive build/host/mmview or PREFIX/bin/mmview, or tools/mmview."""
    return os.path.dirname(os.path.realpath(__file__))


def checkout():
    """The root of the checkout that this mmview belongs to, or None when it is installed."""
    for up in ("../..", "../../.."):  # from tools/mmview, from build/host/mmview
        root = os.path.normpath(os.path.join(home(), up))
        if os.path.exists(os.path.join(root, "scripts", "build.mk")):
            return root
    return None


def libexec():
    """Where make install puts the programs."""
    return os.path.normpath(os.path.join(home(), "../..", "libexec", "pagewright"))


def data_file(name):
    """A file that belongs to a build (bench.json): in build/ or beside the installed programs."""
    root = checkout()
    return os.path.join(root, "build", name) if root else os.path.join(libexec(), name)


def find(model, section_size=None):
    """The path of a model's program. Builds the sizes that are not there, in a checkout."""
    name = f"{model}-{section_size}" if section_size else model
    root = checkout()
    if not root:
        return existing(os.path.join(libexec(), name), "install Pagewright again")
    path = os.path.join(root, "build", "mmview", name, "pagewright")
    if section_size and not os.path.exists(path):
        make(root, f"mmview-{section_size}")
    return existing(path, "run: make mmview")


def make(root, target):
    """Build in the checkout, quietly; the output is shown when it fails."""
    print(f"mmview: building {target} first (make {target})", file=sys.stderr)
    done = subprocess.run(["make", "-C", root, f"-j{os.cpu_count() or 1}", target],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.stderr.write(done.stdout.decode(errors="replace"))
        raise Unusable(f"make {target} failed")


def existing(path, what_to_do):
    """The path, if there is a program."""
    if not os.access(path, os.X_OK):
        raise Unusable(f"{path} is missing: {what_to_do}")
    return path
