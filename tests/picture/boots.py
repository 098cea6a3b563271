# SPDX-License-Identifier: BSD-2-Clause
"""Records of the trees of dts/, from the host programs build/host/MODEL/pagewright."""
import glob
import os
import shutil
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORK = os.path.join(TOP, "build", "tests", "picture")
MODELS = ("vmemmap", "sparse", "discontig", "flat")
VARIABLES = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")


def trees():
    """All trees, by name."""
    paths = glob.glob(f"{TOP}/dts/maps/*.dts") + glob.glob(f"{TOP}/dts/boards/*.dts")
    return {os.path.basename(path)[: -len(".dts")]: path for path in sorted(paths)}


def build(model):
    """
    Build a model's program, and copy it, so that a build by someone else does not change what a
    running test boots. None, or what make said.
    """
    environment = {k: v for k, v in os.environ.items() if k not in VARIABLES}
    done = subprocess.run(["make", "-C", TOP, "host", f"MODEL={model}"], env=environment,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        return done.stdout.decode(errors="replace")
    os.makedirs(WORK, exist_ok=True)
    shutil.copy2(f"{TOP}/build/host/{model}/pagewright", f"{WORK}/{model}")
    return None


def compile_tree(name, path):
    """The blob of a tree; None when dtc refuses it."""
    blob = os.path.join(WORK, f"{name}.dtb")
    done = subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", blob, path],
                          stderr=subprocess.DEVNULL, check=False)
    return blob if done.returncode == 0 else None


def output(model, blob):
    """All that the program prints."""
    done = subprocess.run([f"{WORK}/{model}", "--bootargs=record", blob],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return done.stdout.decode(errors="replace")
