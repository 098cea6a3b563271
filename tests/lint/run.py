#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/lint/run.py - is the linter of tools/mmview right?

For each code a tree of dts/lint that shows it and one that just misses it; the board trees with
the codes they are known to have; every tree of dts/maps against what the kernel says of it
(kernel.py); advice against brute force (places.py); broken blobs (broken.py); the program and its
exit status; docs/lint.md. Prints "ok NAME" or "not ok NAME: why" lines.
"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import trees  # noqa: E402
from errors import Unusable  # noqa: E402
from lint_tree import need_libfdt  # noqa: E402

MAIN = "tools/mmview/lint_main.py"
# Every code of the board trees, the same without a boot and with the records of the tree's models.
BOARDS = {
    "blackhole-card": "L209",
    "hifive-unmatched": "L209",
    "k3-pico-itx": "L209",
    "licheepi-4a": "L209",
    "milkv-duo": "L209 L301 L601",
    "milkv-duo256m": "L209",
    "polarfire-icicle": "L208",
    "qemu-virt-1g": "L208",
    "visionfive1": "L208 L302",
    "visionfive2-2g": "L109 L207 L207",
    "visionfive2-4g": "",
    "visionfive2-8g": "",
}

failed = 0


def result(name, why=None, details=()):
    """One line for one test."""
    global failed
    if why is None:
        print(f"ok {name}", flush=True)
        return
    failed += 1
    print(f"not ok {name}: {why}", flush=True)
    for line in details:
        print(f"# {line}")


def load(path):
    with open(path, "rb") as file:
        return file.read()


def codes(found):
    return [one.code for one in found]


def attempt(name, check, *arguments):
    """Run one check; an exception is a failure like any other."""
    try:
        result(name, *check(*arguments))
    except Exception as error:
        result(name, f"{type(error).__name__}: {error}")


def check_tree(lint, tree, programs):
    """A tree of dts/lint against its own promise."""
    blob = trees.blob_of(tree)
    records = {}
    if "boot" in tree.fields:
        records = {"vmemmap": trees.boot(programs["vmemmap"], blob, tree.one("boot").split())}
    found = lint.findings(load(blob), records)
    wanted = sorted(set(tree.one("findings").split()) - {"none"})
    shown = [line for one in found for line in one.text().splitlines()]
    if sorted(set(codes(found))) != wanted:
        return f"found {codes(found)}, should be {wanted}", shown
    subject = tree.one("shows") or tree.one("near")
    if (subject in wanted) != ("shows" in tree.fields):
        return f"the header says {'shows' if 'shows' in tree.fields else 'near'} {subject}", shown
    if tree.name().partition("-")[0].upper() != subject:
        return f"the file's name does not begin with {subject}", shown
    for says in tree.all("says"):
        code, _, text = says.partition(" ")
        if not any(text in f"{one.consequence} {one.hint}" for one in found if one.code == code):
            return f"no {code} says {text!r}", shown
    return None, ()


def check_completeness(lint_codes, all_trees):
    for code, (name, _) in lint_codes.CODES.items():
        shows = [tree for tree in all_trees if tree.one("shows") == code]
        near = [tree for tree in all_trees if tree.one("near") == code]
        if not shows or not near:
            yield f"{code} has {len(shows)} trees that show it and {len(near)} near ones"
        elif not any(tree.name() == f"{code.lower()}-{name}" for tree in shows):
            yield f"{code}: no dts/lint/{code.lower()}-{name}.dts"


def check_boards(lint, programs):
    boards = trees.all_of("dts/boards")
    if {tree.name() for tree in boards} != set(BOARDS):
        yield "boards", f"the list has other boards than dts/boards: {sorted(BOARDS)}", ()
    for tree in boards:
        blob = trees.blob_of(tree)
        models = tree.one("models").split() or trees.MODELS
        records = {model: trees.boot(path, blob, ["--bootargs=record"])
                   for model, path in programs.items() if model in models}
        for what, given in (("alone", {}), ("with records", records)):
            found = lint.findings(load(blob), given)
            why = None
            if " ".join(codes(sorted(found, key=lambda one: one.code))) != BOARDS.get(tree.name()):
                why = f"found {codes(found)}, should be {BOARDS.get(tree.name())}"
            yield f"board {tree.name()} {what}", why, [one.text() for one in found] if why else ()


def check_docs(lint_codes):
    """docs/lint.md has a heading "CODE name (severity)" for each code, in order, and no other."""
    with open("docs/lint.md", encoding="utf-8") as file:
        headings = re.findall(r"^#+ (L\d+) (\S+) \((\w+)\)$", file.read(), re.M)
    wanted = [(code, name, severity) for code, (name, severity) in lint_codes.CODES.items()]
    if headings == wanted:
        return (None,)
    return (f"differs: {sorted(set(headings) ^ set(wanted)) or 'the order'}",)


def run_main(arguments, **more):
    done = subprocess.run([sys.executable, MAIN, *arguments], stdout=subprocess.PIPE, check=False,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60, **more)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def check_program():
    """Exit status, and which stream says what."""
    clean, dirty = f"{trees.OUT}/l111-near.dtb", f"{trees.OUT}/l111-bank-overlap.dtb"
    mild = f"{trees.OUT}/l301-splits-megapage.dtb"
    broken = f"{trees.OUT}/none.dtb"
    with open(broken, "wb") as file:
        file.write(b"no tree")
    for name, arguments, status, out, err in (
            ("clean tree", [clean], 0, r"\A\Z", r"\A\Z"),
            ("finding", [dirty], 1, r"\AL111 bank-overlap, error: /memory@8f000000 reg\n    ",
             r"\A\Z"),
            ("hint", [mild], 1, r"\AL301 ", r"\A\Z"),
            ("hint, only errors asked for", ["--least=error", mild], 0, r"\A\Z", r"\A\Z"),
            ("several files", [clean, dirty], 1, r"near.dtb: 0 findings\n.*1 findings\n\nL111",
             r"\A\Z"),
            ("no tree", [broken], 2, r"\A\Z", r"not a device tree blob"),
            ("no file", [f"{trees.OUT}/absent.dtb"], 2, r"\A\Z", r"No such file"),
            ("no argument", [], 2, r"\A\Z", r"usage"),
            ("help", ["--help"], 0, r"usage", r"\A\Z")):
        got = run_main(arguments)
        good = got[0] == status and re.search(out, got[1], re.S) and re.search(err, got[2], re.S)
        yield f"program: {name}", None if good else f"status {got[0]}: {got[1]!r} {got[2]!r}"


def check_order(lint):
    """The same findings in the same order whatever the interpreter hashes."""
    blob = f"{trees.OUT}/visionfive2-2g.dtb"
    outputs = {run_main([blob], env={**os.environ, "PYTHONHASHSEED": seed})[1]
               for seed in ("0", "1", "77")}
    if len(outputs) != 1:
        return "three runs, different output"
    severities = [one.severity for one in lint.findings(load(f"{trees.OUT}/milkv-duo.dtb"))]
    if severities != sorted(severities, key=("error", "warning", "hint").index):
        return f"not errors first: {severities}"
    return None


def main():
    os.chdir(trees.TOP)
    try:
        need_libfdt()
    except Unusable as error:
        result("libfdt", str(error))
        return 1
    import broken
    import kernel
    import lint
    import lint_codes
    import places

    programs = {model: trees.program(model) for model in trees.MODELS}
    ours = trees.all_of("dts/lint")
    for tree in ours:
        attempt(f"tree {tree.name()}", check_tree, lint, tree, programs)
    missing = list(check_completeness(lint_codes, ours))
    result("every code has its trees", "; ".join(missing) or None)
    for name, why, details in check_boards(lint, programs):
        result(name, why, details)
    for name, why in check_program():
        result(name, why)
    result("order", check_order(lint))
    attempt("docs/lint.md", check_docs, lint_codes)
    for name, why in kernel.tests(programs):
        result(name, why)
    for name, why in places.tests():
        result(name, why)
    for name, why in broken.tests():
        result(name, why)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
