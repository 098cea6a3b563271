# SPDX-License-Identifier: BSD-2-Clause
"""
The `expect:` lines of a tree's header, against what a boot said.

    verdict ok                      verdict stop "part of the reason"
    warn NAME COUNT                 the boot gave that warning so often
    record mm.TOPIC key=value ...   some line of that topic has all these values
    norecord mm.TOPIC key=value ... no line of that topic has them
    log "text"                      some line of the console has the text

Numbers are compared as numbers. Warnings that nobody expects are a failure, but for those
whose name begins with note-.
"""
import shlex

from suite import Failure, expect, together


def same(found, wanted):
    """Are two values of the record equal?"""
    try:
        return int(found, 0) == int(wanted, 0)
    except (TypeError, ValueError):
        return found == wanted


def matching(record, words):
    """The record's lines that have a topic and values: mm.bank base=0x80000000."""
    topic = words[0][len("mm.") :]
    pairs = [word.split("=", 1) for word in words[1:]]
    lines = record.all(topic)
    return lines, [l for l in lines if all(same(l.get(key), value) for key, value in pairs)]


def check_verdict(words, boot):
    verdict = boot.record.verdict
    wanted = "stop" if words[0] == "stop" else "ok"
    expect(verdict.split()[0] == wanted, f"verdict {verdict}, expected {wanted}", boot.output[-12:])
    for part in words[1:]:
        expect(part in verdict, f'verdict {verdict}: the reason lacks "{part}"')


def check_warn(words, boot):
    count = boot.record.warnings().get(words[0], 0)
    expect(count == int(words[1]), f"warning {words[0]} came {count} times, expected {words[1]}")


def check_record(words, boot):
    lines, found = matching(boot.record, words)
    shown = [line.text for line in lines]
    expect(found, f"no line of the record has {' '.join(words)}", shown)


def check_norecord(words, boot):
    _, found = matching(boot.record, words)
    expect(not found, f"a line of the record has {' '.join(words)}", [line.text for line in found])


def check_log(words, boot):
    expect(any(words[0] in line for line in boot.output), f'no line has "{words[0]}"', boot.output)


KINDS = {
    "verdict": check_verdict,
    "warn": check_warn,
    "record": check_record,
    "norecord": check_norecord,
    "log": check_log,
}


def check(expectations, boot, others=()):
    """All expectations, and that no other warning came but those of `others`."""
    checks = []
    named = set(others)
    for text in expectations:
        words = shlex.split(text)
        if words[0] not in KINDS:
            raise Failure(f"the tree's header expects {text}: unknown kind {words[0]}")
        if words[0] == "warn":
            named.add(words[1])
        checks.append(lambda w=words: KINDS[w[0]](w[1:], boot))
    given = [name for name in boot.record.warnings() if not name.startswith("note-")]
    surprise = sorted(set(given) - named)

    def no_surprise():
        expect(not surprise, f"warnings that nobody expects: {' '.join(surprise)}")

    together(*checks, no_surprise)
