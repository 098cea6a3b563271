# SPDX-License-Identifier: BSD-2-Clause
"""
The builds that tests need: a memory model and, perhaps, changed Kconfig symbols. Each is built
once per run, for the target and for the host, by the project's own build rules, and copied, so
that a build by someone else does not change what a running test boots.
"""
import contextlib
import fcntl
import os
import shutil
import threading
from dataclasses import dataclass

from suite import LOGS, Failure, output_of

ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


@dataclass(frozen=True)
class Image:
    """One configuration: the model, and "NAME=value ..." of what differs from the default."""

    model: str
    overrides: str = ""
    variant: str = ""  # name of the build directory's second half; "" derives it

    def name(self):
        return self.model + (f" {self.overrides}" if self.overrides else "")

    def _file(self, name):
        if self not in _copies:
            raise Failure(f"{self.name()} was not built")
        if _copies[self] is None:
            raise Failure(f"{self.name()} does not build")
        return os.path.join(_copies[self], name)

    def target(self):
        """The Image file for QEMU."""
        return self._file("Image")

    def elf(self):
        """The same with symbols."""
        return self._file("kernel.elf")

    def symbols(self):
        """{name: address} of the kernel."""
        nm = (os.environ.get("CROSS_COMPILE") or "riscv64-unknown-elf-") + "nm"
        lines = (line.split() for line in _run([nm, self.elf()]).splitlines())
        return {words[2]: int(words[0], 16) for words in lines if len(words) == 3}

    def host(self):
        """The same stages as a program of this machine."""
        return self._file("pagewright")


_copies = {}  # Image -> the directory with its files; None when it does not build
_lock = threading.Lock()


def _run(command):
    return output_of(command, env=ENVIRONMENT)


@contextlib.contextmanager
def _alone():
    """Another run of these tests may be building the same at this moment."""
    with open(f"{LOGS}/images.lock", "w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _copy(files, directory):
    os.makedirs(directory, exist_ok=True)
    for file in files:
        aside = os.path.join(directory, f"copy.{os.getpid()}")
        shutil.copy2(file, aside)
        os.replace(aside, os.path.join(directory, os.path.basename(file)))


def build(image, want_target):
    """Build one image for the host and, if wanted, for the target. Raises Failure."""
    with _lock, _alone():
        if image in _copies:
            return
        _copies[image] = None
        command = ["python3", "scripts/kconf.py", "prepare", f"--model={image.model}"]
        command += [f"--set={image.overrides}", f"--variant={image.variant}"]
        config = _run(command).strip().splitlines()[-1]
        jobs = f"-j{os.cpu_count() or 1}"
        make = ["make", "-s", jobs, "-f", "scripts/build.mk", f"CONFIG={config}"]
        name = os.path.basename(config)
        files = [f"build/host/{name}/pagewright"]
        _run(make + ["ARCH=host", "program"])
        if want_target:
            _run(make + ["ARCH=riscv", "image"])
            files += [f"{config}/Image", f"{config}/kernel.elf"]
        try:
            _copy(files, f"{LOGS}/images/{name}")
        except OSError as error:
            raise Failure(f"cannot copy what was built: {error}") from error
        _copies[image] = f"{LOGS}/images/{name}"
