#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/uboot/run.py - card images and firmware packages, and boots of them through a real U-Boot.

The card is the file that "make sdcard" makes. U-Boot is Debian's S-mode build for QEMU's virt machine,
started by OpenSBI; it is typed at over the serial console. Options as of tests/boot/run.py.
"""
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "boot")]

import card_cases  # noqa: E402
import check_cases  # noqa: E402
import firmware_cases  # noqa: E402
import runner  # noqa: E402
import uboot_cases  # noqa: E402

MODULES = (card_cases, check_cases, firmware_cases, uboot_cases)

if __name__ == "__main__":
    sys.exit(runner.main(MODULES, __doc__))
