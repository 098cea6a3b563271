# SPDX-License-Identifier: BSD-2-Clause
"""
What must hold when mmview reads a log, whatever bytes it consists of:

- nothing is raised: what cannot be used is left out and said
- the same bytes read twice give the same
- a record written out and read again is the same record, and so is its JSON
- carriage returns and times in front of the lines change nothing
- what can be shown of it is shown; against itself it has no differences

judge() raises AssertionError or lets through what the reader raises. fuzz_record.c calls it with
libFuzzer's inputs, tests/mmview with damaged records.
"""
import io
import json
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
if f"{TOP}/tools/mmview" not in sys.path:
    sys.path.insert(0, f"{TOP}/tools/mmview")

import compare  # noqa: E402
import logfile  # noqa: E402
import view  # noqa: E402
from paint import Paint  # noqa: E402
from record import Record  # noqa: E402

BASELINE = f"{TOP}/tests/boards/golden/qemu-virt-1g.vmemmap.record"
PLAIN = Paint(io.StringIO())
_baseline = []


def baseline():
    """A sound record, to compare with."""
    if not _baseline:
        with open(BASELINE, encoding="utf-8") as file:
            _baseline.append(Record.parse(file.read()))
    return _baseline[0]


def content(record):
    """All that a record says."""
    return record.topics, record.lines, record.verdict


def said(text):
    """All that is read out of a log."""
    return [(content(boot.record), boot.record.broken, boot.damage()) for boot in logfile.read(text)]


def judge_record(record):
    """One record by itself."""
    again = Record.parse(record.text())
    assert content(again) == content(record), "written and read again, the record is another"
    assert not again.broken, f"lines that were good are broken: {again.broken}"
    as_dict = record.as_dict()
    assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict, "JSON changes the record"


def judge_boot(record):
    """A record out of a log: it survives another log, and can be shown."""
    text = record.text()
    timed = "".join(f"[{i * 17 % 1000:5}.{i:06}] {line}\n" for i, line in enumerate(text.splitlines()))
    for what, log in (("plain", text), ("with times", timed)):
        boots = logfile.read(log)
        assert len(boots) == 1, f"{what}: {len(boots)} boots out of one"
        assert content(boots[0].record) == content(record), f"{what}: another record"
    view.show({record.model or "log": record}, "log", PLAIN)
    assert compare.show(record, record, ("one", "two"), PLAIN)[1], "it differs from itself"
    compare.show(record, baseline(), ("one", "two"), PLAIN)
    compare.show(baseline(), record, ("one", "two"), PLAIN)


def judge(data):
    """One input: the bytes of a log."""
    text = data.decode(errors="replace")
    first = said(text)
    assert said(text) == first, "two readings differ"
    assert said(text.replace("\n", "\r\n")) == first, "carriage returns change what is read"
    judge_record(Record.parse(text))
    for boot in logfile.read(text):
        judge_record(boot.record)
        judge_boot(boot.record)
