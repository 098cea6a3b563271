# SPDX-License-Identifier: BSD-2-Clause
"""
The builds that tests need: a memory model and, perhaps, changed Kconfig symbols. Each is built
once per run, for the target and for the host, by the project's own build rules.
"""
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass

from suite import Failure

ENVIRONMENT = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}


@dataclass(frozen=True)
class Image:
    """One configuration: the model, and "NAME=value ..." of what differs from the default."""

    model: str
    overrides: str = ""
    variant: str = ""  # name of the build directory's second half; "" derives it

    def name(self):
        return self.model + (f" {self.overrides}" if self.overrides else "")

    def _config(self):
        if self not in _configs:
            raise Failure(f"{self.name()} was not built")
        if _configs[self] is None:
            raise Failure(f"{self.name()} does not build")
        return _configs[self]

    def target(self):
        """The Image file for QEMU."""
        return os.path.join(self._config(), "Image")

    def host(self):
        """The same stages as a program of this machine."""
        return os.path.join("build/host", os.path.basename(self._config()), "pagewright")

    def has_target(self):
        return os.path.exists(os.path.join(self._config(), "Image"))


_configs = {}  # Image -> its build directory; None when it does not build
_lock = threading.Lock()


def _run(command):
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=ENVIRONMENT,
        check=False,
    )
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Failure(f"{' '.join(command[:2])} failed", text.splitlines()[-40:])
    return text


def build(image, want_target):
    """Build one image for the host and, if wanted, for the target. Raises Failure."""
    with _lock:
        if image in _configs:
            return
        _configs[image] = None
        command = ["python3", "scripts/kconf.py", "prepare", f"--model={image.model}"]
        command += [f"--set={image.overrides}", f"--variant={image.variant}"]
        config = _run(command).strip().splitlines()[-1]
        jobs = f"-j{os.cpu_count() or 1}"
        make = ["make", "-s", jobs, "-f", "scripts/build.mk", f"CONFIG={config}"]
        if want_target:
            _run(make + ["ARCH=riscv", "image"])
        _run(make + ["ARCH=host", "program"])
        _configs[image] = config


def have(program):
    """Is a program installed?"""
    return shutil.which(program) is not None
