# SPDX-License-Identifier: BSD-2-Clause
"""
Boards that show their DRAM a second time: what kernel/dt/alias.c knows, for the findings.
"""
from dataclasses import dataclass


@dataclass
class Alias:
    """DRAM from base on is seen again, uncached, in the window."""

    compatible: str
    base: int
    window: tuple

    def cut(self, bank):
        """What the kernel leaves of a bank: it ends where the window begins."""
        start, end = bank
        if start < self.window[1] and end > self.window[0]:
            end = max(start, self.window[0])
        return start, end


# Linux 6.12, jh7100-common.dtsi (dma-ranges); U-Boot, doc/board/starfive/jh7110_common.rst.
ALIASES = (
    Alias("starfive,jh7100", 0x80000000, (0x1000000000, 0x1200000000)),
    Alias("starfive,jh7110", 0x40000000, (0x240000000, 0x440000000)),
)


def alias_of(board):
    """The alias window of this board, or None."""
    compatible = board.tree.strings(board.tree.root, "compatible")
    return next((alias for alias in ALIASES if alias.compatible in compatible), None)
