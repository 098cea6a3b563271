# SPDX-License-Identifier: BSD-2-Clause
"""What is known of a board, read from its board.conf, and what was found wrong."""
import shlex
import sys


class Findings:
    """Rules that do not hold, a line each."""

    def __init__(self):
        self.lines = []

    def fail(self, what, rule):
        self.lines.append(f"{what}: {rule}")

    def expect(self, holds, what, rule):
        """Note the rule unless it holds; whether it does."""
        if not holds:
            self.fail(what, rule)
        return bool(holds)


class Conf(dict):
    """NAME=value of a board.conf, as text."""

    def __init__(self, path):
        super().__init__()
        try:
            with open(path, encoding="utf-8") as file:
                words = shlex.split(file.read(), comments=True)
        except OSError as error:
            sys.exit(f"check-image: {path}: {error.strerror}")
        for word in words:
            name, _, value = word.partition("=")
            self[name] = value

    def number(self, name):
        return int(self[name], 0)

    def has_card(self):
        return "CARD_SECTORS" in self

    def partitions(self):
        """[(number, first, last, type GUID, name)], sectors inclusive."""
        result = []
        for i in range(1, self.number("PARTITIONS") + 1):
            first, last, kind, name = self[f"PARTITION_{i}"].split()
            result.append((i, int(first), int(last), kind.upper(), name))
        return result
