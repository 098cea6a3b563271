# SPDX-License-Identifier: BSD-2-Clause
"""
The record's grammar as docs/record.md has it, in regular expressions for one line each, to match() with.
record.py reads what keeps to it and goes on; tests/boot/record.py fails on what does not.
"""
import re

# Nothing of the record has control characters in it, nor what some programs take for a line's end.
TEXT = r'"[^"\x00-\x1f\x7f-\x9f\u2028\u2029]*"'
VALUE = rf'(?:{TEXT}|[^\s"\x00-\x1f\x7f-\x9f]+)'
PAIR = re.compile(rf' ([a-z0-9_]+)=({VALUE})')
# The topic; all pairs, each with the blank before it.
LINE = re.compile(rf'mm\.([a-z_]+)((?: [a-z0-9_]+={VALUE})+)$')
# "ok", or the phase and the reason in its quotes.
VERDICT = re.compile(rf'mm\.verdict (?:(ok)|stop phase=([a-z0-9_]+) reason=({TEXT}))$')
