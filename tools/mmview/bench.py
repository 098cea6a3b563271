# SPDX-License-Identifier: BSD-2-Clause
"""What the last "make bench" measured: instructions, exact under QEMU, by model and memory size."""
import json

import programs

OPERATIONS = (
    ("mm.cost.pfn_to_page", "pfn_to_page"),
    ("mm.cost.page_to_pfn", "page_to_pfn"),
    ("mm.cost.pfn_valid", "pfn_valid"),
    ("mm.cost.pair0", "alloc + free, order 0"),
    ("mm.cost.pair9", "alloc + free, order 9"),
)


def last():
    """The file's contents, or None when nothing was measured yet."""
    try:
        with open(programs.data_file("bench.json"), encoding="utf-8") as file:
            data = json.load(file)
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("models"), dict) else None


def cost(data, model, operation):
    """Instructions of one operation, measured with the smallest memory; None when not measured."""
    for size in sorted(data["models"].get(model, {}), key=lambda name: (len(name), name)):
        value = data["models"][model][size].get("facts", {}).get(operation)
        if value is not None:
            return value
    return None
