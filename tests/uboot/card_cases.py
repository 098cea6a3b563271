# SPDX-License-Identifier: BSD-2-Clause
"""The card image itself: the same bytes each time, and files as they should be."""
import filecmp
import os
import time

import media
from images import Image
from suite import Failure, Test, expect, expect_equal

MODEL = Image("vmemmap")


def reproducible(board):
    """Made twice, a while apart, in another place, with other clock zone, umask, language: the same bytes."""

    def run(directory):
        first = media.card(board, MODEL, directory, name="first.img")
        time.sleep(2.1)  # FAT counts time in steps of two seconds
        mask = os.umask(0o077)
        try:
            env = {"TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"}
            second = media.card(board, MODEL, os.path.join(directory, "elsewhere"), env)
        finally:
            os.umask(mask)
        expect(filecmp.cmp(first, second, shallow=False), "the second card has other bytes")
        later = media.card(board, MODEL, directory, {"SOURCE_DATE_EPOCH": "1000000000"}, "later.img")
        expect(not filecmp.cmp(first, later, shallow=False), "SOURCE_DATE_EPOCH changes nothing")

    return run


def bad_input(directory):
    """An unknown board, no image: a message that says so, and no file."""
    out = os.path.join(directory, "out.img")
    os.makedirs(directory, exist_ok=True)
    for words, why in (
        (("scripts/sdcard", "nosuchboard", MODEL.target(), out), "is no board; there are: qemu visionfive"),
        (("scripts/sdcard", "visionfive2", "/nonexistent/Image", out), "does not exist"),
        (("scripts/sdcard", "qemu", MODEL.target(), out), "has no card"),
        (("scripts/sdcard", "visionfive2"), "usage:"),
    ):
        try:
            media.run(*words)
        except Failure as failure:
            expect(any(why in line for line in failure.details), f"{words[1:]}: no '{why}'", failure.details)
        else:
            raise Failure(f"{words} succeeded")
    expect_equal("what a failed run leaves", os.path.exists(out), False)


def tests():
    result = [Test(f"card {b} reproducible", reproducible(b), [MODEL]) for b in media.BOARDS]
    return result + [Test("card bad input", bad_input, [MODEL])]
