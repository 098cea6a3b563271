# SPDX-License-Identifier: BSD-2-Clause
"""
What a line of the record must have before anything else here relies on it: keys and types of
docs/record.md. Logs come through cables and clipboards, so a line may follow the grammar and still
be damaged. Further keys and topics that this list does not know are nobody's business.
"""

WORD, NUMBER, FLAG, ORDER = "a word", "a number", "0 or 1", "a power of two up to 63"
RANGE = {"base": NUMBER, "end": NUMBER}
PFNS = {key: NUMBER for key in ("start_pfn", "end_pfn", "spanned", "present", "managed")}
LEAVES = {key: NUMBER for key in ("leaf_4k", "leaf_2m", "leaf_1g", "tables")}

KEYS = {
    "record": {"model": WORD},
    "build": {"section_bits": ORDER, "page_struct": NUMBER, "max_order": ORDER},
    "handoff": {key: NUMBER for key in ("dtb", "dtb_bytes", "image", "image_end", "image_rodata",
                                        "image_data")},
    "bank": {**RANGE, "node": NUMBER, "origin": WORD, "reg": NUMBER},
    "dropped": {**RANGE, "why": WORD},
    "reserved": {**RANGE, "owner": WORD, "nomap": FLAG},
    "early": {**RANGE, "owner": WORD},
    "direct": LEAVES,
    "memmap": {**LEAVES, **{key: NUMBER for key in ("bytes", "hole_bytes", "sections", "mixed")}},
    "vmemmap": {key: NUMBER for key in ("va", "end", "pa", "leaf")},
    "node": {"id": NUMBER, **PFNS},
    "zone": {"node": NUMBER, "name": WORD, **PFNS},
    "free": RANGE,
    "buddy": {"node": NUMBER, "zone": WORD, "order": ORDER, "blocks": NUMBER},
    "ledger": {"ram": NUMBER},
    "audit": {"result": WORD},
    "warn": {"name": WORD, "count": NUMBER},
}
ALL_NUMBERS = {"ledger"}  # whatever owners there will be
LIMITS = {NUMBER: 1 << 64, FLAG: 2, ORDER: 64}  # exclusive


def is_a(value, kind):
    """Is a value of this kind?"""
    if kind == WORD:
        return isinstance(value, str)
    return isinstance(value, int) and 0 <= value < LIMITS[kind]


def fault(topic, values):
    """What is wrong with a line's {key: value}, in a few words; None when it can be relied on."""
    wanted = KEYS.get(topic, {})
    if topic in ALL_NUMBERS:
        wanted = {**dict.fromkeys(values, NUMBER), **wanted}
    for key, kind in wanted.items():
        if key not in values:
            return f"no {key}="
        if not is_a(values[key], kind):
            return f"{key}= is not {kind}"
    if "base" in wanted and values["base"] >= values["end"]:
        return "end= is not behind base="
    return None
