#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""
tests/picture/run.py - the pictures of mmview (tools/mmview/picture*.py), for every tree of dts/.

  facts      owners, sections and blocks worked out for a picture are those of mm.ledger,
             mm.memmap and mm.buddy, in all four models
  svg, map   rules.py and textrules.py: every range once, to scale, no text over another
  checker    broken pictures, each of which a rule must notice
  browser    the same in headless Chromium: texts measured, colours of the light and dark page
  docs       docs/pictures/*.svg are what mmview makes today

Prints ok, not ok or skip lines; exit status 1 when a test failed.
"""
import concurrent.futures
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(TOP, "tools", "mmview"), os.path.dirname(os.path.abspath(__file__))]

import boots  # noqa: E402
import browser  # noqa: E402
import picture  # noqa: E402
import picture_buddy  # noqa: E402
import rules  # noqa: E402
import textrules  # noqa: E402
from drawing import Drawing  # noqa: E402
from picture_facts import OWNERS, Facts  # noqa: E402
from record import Record  # noqa: E402

SHOWN = 4  # findings of a failed test
IN_BROWSER = ("visionfive2-4g", "visionfive2-2g", "c59-hundred-pages", "c68-alternating-nodes")
DOCUMENTED = ("visionfive2-4g", "qemu-virt-1g")
failed = 0


def report(name, found):
    """A test's result line."""
    global failed
    found = list(found)
    if found:
        failed += 1
        print(f"not ok {name}: {'; '.join(found[:SHOWN])}"
              + (f"; {len(found) - SHOWN} more" if len(found) > SHOWN else ""), flush=True)
    else:
        print(f"ok {name}", flush=True)


def facts_findings(record):
    """The facts of a picture against the kernel's own sums."""
    facts, ledger, memmap = Facts(record), record.one("ledger"), record.one("memmap")
    totals = facts.totals()
    for kind in OWNERS:
        if totals.get(kind, 0) != ledger[kind]:
            yield f"{kind}: {totals.get(kind, 0)}, mm.ledger has {ledger[kind]}"
    counted = facts.count_sections("present"), facts.count_sections("mixed")
    if counted != (memmap["sections"], memmap["mixed"]):
        yield f"sections {counted}, mm.memmap has {memmap['sections']}, {memmap['mixed']} mixed"
    blocks = {(b["node"], b["zone"], b["order"]): b["blocks"] for b in record.topics["buddy"]}
    if picture_buddy.counts(record) != blocks:
        yield "the blocks are not those of mm.buddy"
    shown = sum(run.end - run.va for run in facts.runs)
    if shown != memmap["leaf_4k"] * 4096 + memmap["leaf_2m"] * (2 << 20):
        yield f"mm.vmemmap shows {shown} bytes, the leaves of mm.memmap more or less"


def test_tree(name, blob):
    """All models of one tree: [(test's name, findings), ...], and the record for later."""
    kept, result = None, {"facts": [], "svg": [], "map": []}
    for model in boots.MODELS:
        record = Record.parse(boots.output(model, blob))
        if not record.is_ok():
            continue
        kept = kept or record
        source = picture.svg(record, name)
        if source != picture.svg(record, name):
            result["svg"].append("two pictures of one record differ")
        found = {"facts": facts_findings(record),
                 "svg": rules.findings(Drawing(source), record),
                 "map": textrules.findings(picture.text_map(record), record)}
        for test, texts in found.items():
            result[test] += [f"{model}: {text}" for text in texts]
    return kept, result


def test_trees():
    """Every tree that any model boots; {name: record}."""
    records, sums = {}, {"facts": 0, "svg": 0, "map": 0}
    with concurrent.futures.ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        waiting = {}
        for name, path in boots.trees().items():
            blob = boots.compile_tree(name, path)
            if blob:
                waiting[name] = pool.submit(test_tree, name, blob)
        for name, future in waiting.items():
            record, result = future.result()
            if not record:
                continue
            records[name] = record
            for test, found in result.items():
                sums[test] += not found
                if found:
                    report(f"{test}: {name}", found)
    for test, good in sums.items():
        report(f"{test}: {good} trees, four models", [] if good else ["no tree was drawn"])
    return records


def changed(source, pattern, replace, count=1):
    """A picture with something changed; ValueError when there is nothing to change."""
    text, times = re.subn(pattern, replace, source, count=count)
    if not times:
        raise ValueError(f"nothing to change: {pattern}")
    return text


def broken_pictures(source):
    """(what is wrong, the rule that must notice it, the picture)."""
    kernel = r'(<rect class="own o-kernel" x=")([\d.]+)(" y="[\d.]+" width=")([\d.]+)'
    yield "a range left out", "once", changed(source, r'<rect class="own o-dtb"[^\n]*', "")
    yield "a range twice", "once", changed(source, r'(<rect class="own o-dtb"[^\n]*)', r"\1\n\1")
    yield "a range as another owner's", "sums", changed(source, "own o-kernel", "own o-dtb")
    yield "a range over its neighbour", "proportions", changed(
        source, kernel, lambda m: f"{m[1]}{float(m[2]) - 30}{m[3]}{m[4]}")
    yield "a range half as wide", "proportions", changed(
        source, kernel, lambda m: f"{m[1]}{m[2]}{m[3]}{float(m[4]) / 2}")
    yield "a text outside the page", "inside", changed(source, r'<text x="20"', '<text x="-20"')
    yield "a text over another", "texts_apart", changed(
        source, r'(<text class="title"[^\n]*)', r'\1\n<text x="30" y="30">over the title</text>')
    yield "sections beside the map", "aligned", changed(
        source, r'(class="section [^"]*" x=")([\d.]+)', lambda m: f"{m[1]}{float(m[2]) + 9}", 0)
    yield "a section left out", "sections", changed(
        source, r'<rect class="section o-present"[^\n]*', "")
    yield "a leaf left out", "window", changed(source, r'<rect class="leaf [^\n]*', "")
    yield "an order left out", "heat", changed(
        source, r'<rect class="h\d"[^\n]*<title>order 10 [^\n]*', "", 0)


def test_checker(records):
    """Every rule notices what is wrong."""
    record = records["visionfive2-4g"]
    source = picture.svg(record, "broken")
    for what, rule, text in broken_pictures(source):
        found = rules.findings(Drawing(text), record)
        noticed = any(line.startswith(f"{rule}: ") for line in found)
        report(f"checker: {what}", [] if noticed else [f"not noticed by {rule}: {found}"])
    text = picture.text_map(record)
    for what, wrong in (("a line left out of the map", text.replace("  kernel\n", "\n", 1)
                         .replace("KKKKKKKK", "/", 1)),
                        ("a map too wide", text.replace("free\n", "free" + "." * 60 + "\n", 1))):
        noticed = list(textrules.findings(wrong, record))
        report(f"checker: {what}", [] if noticed else ["not noticed"])
    overlapping = [{"text": "a", "x": 0, "end": 9, "y": 0, "bottom": 9},
                   {"text": "b", "x": 8, "end": 12, "y": 5, "bottom": 14}]
    report("checker: texts that touch in the browser",
           [] if list(browser.touching(overlapping, 960)) else ["not noticed"])


def test_browser(records):
    """Texts and colours in Chromium."""
    if not browser.find():
        print("skip browser: no chromium here; make picture-test installs it")
        return
    sources = {name: picture.svg(record, name) for name, record in records.items()}
    try:
        good = 0
        for name, boxes in zip(sources, browser.texts(sources.values(), boots.WORK)):
            drawing = Drawing(sources[name])
            wrong = list(browser.touching(boxes, drawing.view[2]))
            if len(boxes) != len(drawing.texts):
                wrong.append(f"{len(boxes)} texts on the page, {len(drawing.texts)} in the file")
            good += not wrong
            if wrong:
                report(f"browser: texts of {name}", wrong)
        report(f"browser: texts of {good} pictures", [] if good else ["none"])
        for name in IN_BROWSER:
            test_colours(name, sources[name])
    except (OSError, ValueError, browser.subprocess.TimeoutExpired) as error:
        report("browser", [str(error)])


def test_colours(name, source):
    """The pixels of the light and the dark page."""
    drawing = Drawing(source)
    size = int(drawing.view[2]), int(drawing.view[3] + 1)
    for shade, colours in zip(("light", "dark"), browser.palette(source)):
        image = browser.screenshot(source, boots.WORK, f"{name}-{shade}", size, shade == "dark")
        report(f"browser: {name}, {shade}", browser.wrong_colours(drawing, image, colours))


def test_docs(records):
    """The pictures that README shows."""
    for name in DOCUMENTED:
        path = os.path.join(TOP, "docs", "pictures", f"{name}.svg")
        wanted = picture.svg(records[name], f"{name}.dts")
        with open(path, encoding="utf-8") as file:
            same = file.read() == wanted
        report(f"docs: {name}.svg", [] if same else [
            f"is not what mmview makes: build/host/mmview --svg docs/pictures/{name}.svg "
            f"dts/boards/{name}.dts"])


def main():
    """All tests."""
    for model in boots.MODELS:
        said = boots.build(model)
        if said:
            print(said)
            report(f"build: {model}", ["make host failed"])
            return 1
    records = test_trees()
    test_checker(records)
    test_browser(records)
    test_docs(records)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
