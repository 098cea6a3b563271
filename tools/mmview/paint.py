# SPDX-License-Identifier: BSD-2-Clause
"""Colour, on a terminal only and never when NO_COLOR is set (no-color.org)."""
import os

CODES = {"bold": "1", "red": "31", "green": "32", "yellow": "33", "blue": "34", "dim": "2"}


class Paint:
    """paint("text", "red"): the text, in colour if this output has any."""

    def __init__(self, stream):
        dumb = os.environ.get("TERM", "") == "dumb"
        self.on = stream.isatty() and not os.environ.get("NO_COLOR") and not dumb

    def __call__(self, text, colour):
        if not self.on or not colour:
            return text
        return f"\033[{CODES[colour]}m{text}\033[0m"


class Plain(Paint):
    """For files and tests."""

    def __init__(self):  # pylint: disable=super-init-not-called
        self.on = False
