# SPDX-License-Identifier: BSD-2-Clause
"""
Several harts allocate and free at once (selftest=smp): no page is given twice, none is lost, and
together they get every free page.
"""
import re

from cases import REST, boot, expects, no_warnings, per_model
from suite import expect, expect_equal

LINE = re.compile(
    r"selftest +smp: (\d+) harts allocated (\d+) blocks, (\d+) freed by another hart, all (\d+) pages"
)
BLOCKS_OF_A_HART = 1000  # far less than it does


def storm(harts):
    def run(image, directory):
        result = boot(image, directory, "record selftest=smp", "128M", ["-smp", str(harts)])
        matches = [found for found in map(LINE.search, result.output) if found]
        expect(len(matches) == 1, "no line of the storm", result.output)
        up, blocks, crossed, pages = (int(word) for word in matches[0].groups())
        expect_equal("harts in the storm", up, harts)
        expect_equal("pages at exhaustion", pages, result.record.one("audit").number("free"))
        expect(blocks > harts * BLOCKS_OF_A_HART, f"only {blocks} blocks")
        expect(crossed > 0, "no block was freed by another hart")
        expects(result, "verdict ok")
        no_warnings(result)

    return run


def tests():
    result = per_model("storm smp 4", storm(4), ["vmemmap", "flat"], ["discontig", "sparse"])
    result += per_model("storm smp 8", storm(8), ["vmemmap"], REST)
    return result
