# SPDX-License-Identifier: BSD-2-Clause
"""Firmware packages: OpenSBI and the kernel in one file."""


def check(_conf, _directory, _image, _found):
    return []
