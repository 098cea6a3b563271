# SPDX-License-Identifier: BSD-2-Clause
"""The reader of records against damage: reader_damage.py does it, in a process of its own."""
import subprocess
import sys

from suite import TOP, expect, test


@test
def every_damage_is_survived():
    """whatever is missing or broken in a record: nothing is raised, and it is said"""
    done = subprocess.run([sys.executable, f"{TOP}/tests/mmview/reader_damage.py"], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    lines = done.stdout.decode(errors="replace").splitlines()
    expect(done.returncode == 0, lines[0] if lines else "no output", lines[1:])
    count = int(lines[-1].split()[0])
    expect(count > 500, f"only {count} damages")
